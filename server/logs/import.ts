import type { Site } from '../../schema/site.ts'
import type { EnrichSteps } from '../enrich/pipeline.ts'
import type { CountScrubbed } from '../enrich/scrub.ts'
import { createHashInput, type Words } from '../enrich/siphash.ts'
import type { EventColumns } from '../load/event-columns.ts'
import type { Clock } from '../clock.ts'
import { siteDay, type SiteDay } from '../sites/site-day.ts'
import { createSeen, type Seen } from '../spool/seen.ts'
import { isFault, type LineFault, type LogLine, type ReadLine } from './line.ts'
import type { NumberedLine } from './lines.ts'
import { createLogColumns } from './log-columns.ts'
import { createLogReader } from './reader.ts'

/** What became of the lines of a log: each is in one of the others, so that they sum up to `lines`. */
export interface ImportCounts {
  /** Lines of requests: no headers, no empty ones. */
  lines: number
  /** Documents that somebody was given. */
  pageviews: number
  /** Files that are no documents, and feeds. */
  assets: number
  /** Requests of robots, and with referrers that are spam. */
  bots: number
  /** Errors, redirects, other methods; requests of another host where one was asked for. */
  other: number
  /** Imported before. */
  duplicates: number
  /** Could not be read, or may not be kept. */
  failed: number
}

/** Where imported events go (server/import-storage.ts). */
export interface ImportTarget {
  /**
   * Makes the ids of what is stored of a day known to `seen`. False: events of that day were removed since their window
   * has passed, and none can be added to it.
   */
  openDay(day: string, seen: Pick<Seen, 'load'>): Promise<boolean>
  /** Stores rows; resolves once they are in the table. Until then they stay as they are. */
  store(rows: EventColumns): Promise<void>
}

export interface ImportParts {
  readonly site: Site
  /** Only requests of this host. Absent: all are the site's, as whoever imports says. */
  readonly host?: string | undefined
  readonly read: ReadLine
  readonly enrich: EnrichSteps
  /** Told of each value that is taken out of what is stored, by its kind. */
  readonly onScrubbed: CountScrubbed
  readonly target: ImportTarget
  readonly clock: Pick<Clock, 'now'>
  /** Rows that are stored at once. Default: as many as are worth a statement. */
  readonly storeRows?: number
  /** Told of each line that is not taken, by its number. */
  readonly onFailed: (line: number, reason: string) => void
}

export interface Import {
  readonly counts: Readonly<ImportCounts>
  /** Takes lines; rejects when they cannot be stored. */
  add(lines: readonly NumberedLine[]): Promise<void>
  /** Stores what is left. */
  finish(): Promise<void>
}

/** What an import knows of a day. */
interface OpenDay {
  readonly site: SiteDay
  readonly isOpen: boolean
  /** Ids of what the table has, and of what goes there. Absent: it had nothing of the day, and so all that comes is new. */
  readonly stored: Seen | undefined
  /** First occurrences among the lines read so far, and how often each came again. */
  readonly read: Seen
  readonly again: Map<string, number>
}

/** What the table has of a day, while it is read. */
interface DayAhead {
  readonly day: string
  readonly stored: Seen
  readonly isOpen: Promise<boolean>
}

/**
 * Rows are stored when so many of them wait: 15 MB as a block. More make the database work less for each, and take
 * that much more memory, three times over.
 */
const STORE_ROWS = 128 * 1024
/** Days whose ids are in memory at once. Logs go forward in time; a day that comes back later is asked for again. */
const OPEN_DAYS = 4
/** No bound: an id that is forgotten is an event that counts twice. */
const ALL_IDS = { ids: 2 ** 40 }
const FIRST_TIME = Date.UTC(2000, 0, 1)
const WORD = 2 ** 32
const TOO_LONG: LineFault = { fault: 'it is longer than any request' }

/**
 * Reads a log into events of a site: each request, and a page view for each document that somebody was given. What was
 * imported before is known by a fingerprint, of the second, method, address, status, bytes, referrer, and how many lines
 * before it in this log have the same; nothing of who sent it. So the same log again, or one that overlaps, counts once.
 */
export function createImport(parts: ImportParts): Import {
  const { site, enrich, target, clock, onFailed } = parts
  const counts: ImportCounts = {
    lines: 0,
    pageviews: 0,
    assets: 0,
    bots: 0,
    other: 0,
    duplicates: 0,
    failed: 0,
  }
  const days = new Map<string, OpenDay>()
  let latest: OpenDay | undefined
  const opened = new Set<string>()
  /** The day behind the one that was opened last: logs go forward in time, and reading on does not wait for it then. */
  let ahead: DayAhead | undefined
  const { storeRows = STORE_ROWS } = parts
  let columns = createLogColumns(site, storeRows)
  /** Filled while the others are on their way. */
  let others = createLogColumns(site, storeRows)
  const reader = createLogReader({ site, enrich, columns, onScrubbed: parts.onScrubbed })
  const input = createHashInput()
  const id: Words = { high: 0, low: 0 }
  let now = clock.now()
  /** Rows on their way: the next lines are read meanwhile. */
  let storing: Promise<void> = Promise.resolve()

  async function store(): Promise<void> {
    await storing
    if (columns.rows === 0) return
    storing = target.store(columns)
    // Who adds the next lines, or finishes, hears of it.
    storing.catch(() => undefined)
    ;[columns, others] = [others, columns]
    columns.clear()
    reader.begin(columns)
  }

  /** The day of a time, where it is open already. */
  function knownDay(timeMs: number): OpenDay | undefined {
    if (latest && timeMs >= latest.site.startMs && timeMs < latest.site.endMs) return latest
    return days.get(siteDay(site.timezone, timeMs).day)
  }

  async function openDay(timeMs: number): Promise<OpenDay> {
    const ofTime = siteDay(site.timezone, timeMs)
    const [oldest] = days.keys()
    if (days.size >= OPEN_DAYS && oldest !== undefined) days.delete(oldest)
    if (opened.has(ofTime.day)) {
      // It comes back: the table has to know all of it.
      await store()
      await storing
    }
    const { stored, isOpen } = ahead?.day === ofTime.day ? ahead : readIds(ofTime.day)
    opened.add(ofTime.day)
    const day: OpenDay = {
      site: ofTime,
      isOpen: await isOpen,
      // Behind that wait, when its ids are here.
      stored: stored.stats().ids > 0 ? stored : undefined,
      read: createSeen(ALL_IDS),
      again: new Map<string, number>(),
    }
    days.set(ofTime.day, day)
    const next = siteDay(site.timezone, ofTime.endMs)
    // Of a day of which something was stored by then, the ids would not be all.
    if (next.startMs <= clock.now() && !opened.has(next.day)) {
      ahead = readIds(next.day)
      // Who opens it hears of it.
      ahead.isOpen.catch(() => undefined)
    }
    return day
  }

  function readIds(day: string): DayAhead {
    const stored = createSeen(ALL_IDS)
    return { day, stored, isOpen: target.openDay(day, stored) }
  }

  /** Takes a line, or says that its day has to be opened first: by the time that it gives back. */
  function take({ number, text }: NumberedLine): number | undefined {
    const line = text === undefined ? TOO_LONG : parts.read(text)
    if (line === undefined) return undefined
    const fault = isFault(line) ? line.fault : faultOf(line)
    if (isFault(line) || fault !== undefined) {
      count('failed')
      onFailed(number, fault ?? '')
      return undefined
    }
    if (parts.host !== undefined && line.host !== parts.host) {
      count('other')
      return undefined
    }
    const day = knownDay(line.timeMs)
    if (!day) return line.timeMs
    latest = day
    if (day.isOpen) count(keep(line, day) ?? 'duplicates')
    else {
      count('failed')
      onFailed(number, `the events of ${day.site.day} were removed, since their window has passed`)
    }
    return undefined
  }

  function count(bucket: Exclude<keyof ImportCounts, 'lines'>): void {
    counts.lines++
    counts[bucket]++
  }

  function faultOf({ timeMs }: LogLine): string | undefined {
    if (timeMs < FIRST_TIME) return 'its time is before the year 2000'
    if (timeMs <= now) return undefined
    now = clock.now()
    return timeMs > now && siteDay(site.timezone, timeMs).startMs > now
      ? 'its day has not begun yet'
      : undefined
  }

  /** What the line is, undefined where it was imported before. */
  function keep(line: LogLine, day: OpenDay): Exclude<keyof ImportCounts, 'lines'> | undefined {
    const bucket = reader.look(line, day.site)
    identify(line, day)
    const isNew = isMissing(day)
    if (isNew) reader.addRequest(id)
    if (bucket === 'pageviews') {
      // The request goes first. A page view that is missing beside one that is there is added all the same.
      input.text('pageview')
      enrich.hashEventId(input, id)
      if (isMissing(day)) reader.addPageview(id)
    }
    input.wipe()
    return isNew ? bucket : undefined
  }

  /** Whether what has this `id` is not in the table, where it goes then. */
  function isMissing({ stored }: OpenDay): boolean {
    return stored?.admit(id.high, id.low, 0) ?? true
  }

  /**
   * Puts the fingerprint of a line into `input`, with a number behind it from the second line on that has it, and its
   * hash into `id`.
   */
  function identify(line: LogLine, { read, again }: OpenDay): void {
    enrich.beginEventId(input, site.id)
    input.text(line.method)
    reader.addPrints(input)
    input.word(Math.floor(line.timeMs / 1_000))
    input.word(line.status)
    input.word(line.bytes)
    input.word(line.bytes / WORD)
    enrich.hashEventId(input, id)
    if (read.admit(id.high, id.low, 0)) return
    const name = `${id.high} ${id.low}`
    const before = (again.get(name) ?? 0) + 1
    again.set(name, before)
    input.word(before)
    enrich.hashEventId(input, id)
  }

  return {
    counts,
    async add(lines) {
      for (const line of lines) {
        const unknown = take(line)
        if (unknown !== undefined) {
          latest = await openDay(unknown)
          take(line)
        }
        if (columns.isFull()) await store()
      }
    },
    async finish() {
      await store()
      await storing
      await ahead?.isOpen.catch(() => undefined)
    },
  }
}
