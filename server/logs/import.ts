import { encodeRow } from '../../schema/rows.ts'
import type { Site } from '../../schema/site.ts'
import type { Enrich } from '../enrich/pipeline.ts'
import type { Clock } from '../clock.ts'
import { siteDay, type SiteDay } from '../sites/site-day.ts'
import { createSeen, type Seen } from '../spool/seen.ts'
import { isFault, type LogLine, type ReadLine } from './line.ts'
import type { NumberedLine } from './lines.ts'
import { readLogged } from './logged.ts'

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
  /** Stores encoded records; resolves once they are in the table. */
  store(records: Buffer): Promise<void>
}

export interface ImportParts {
  readonly site: Site
  /** Only requests of this host. Absent: all are the site's, as whoever imports says. */
  readonly host?: string | undefined
  readonly read: ReadLine
  readonly enrich: Pick<Enrich, 'request' | 'eventId'>
  readonly target: ImportTarget
  readonly clock: Pick<Clock, 'now'>
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
  /** Ids of what the table has, and of what goes there. */
  readonly stored: Seen
  /** First occurrences among the lines read so far, and how often each came again. */
  readonly read: Seen
  readonly again: Map<bigint, number>
}

/** Records are stored when so many bytes of them wait. */
const STORE_BYTES = 8 * 1024 * 1024
/** Days whose ids are in memory at once. Logs go forward in time; a day that comes back later is asked for again. */
const OPEN_DAYS = 4
/** No bound: an id that is forgotten is an event that counts twice. */
const ALL_IDS = { ids: 2 ** 40 }
const FIRST_TIME = Date.UTC(2000, 0, 1)

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
  let waiting: string[] = []
  let waitingLength = 0
  /** Records on their way: the next lines are read meanwhile. */
  let storing: Promise<void> = Promise.resolve()

  async function store(): Promise<void> {
    await storing
    if (waiting.length === 0) return
    const records = Buffer.from(waiting.join(''))
    waiting = []
    waitingLength = 0
    storing = target.store(records)
    // Who adds the next lines, or finishes, hears of it.
    storing.catch(() => undefined)
  }

  async function dayOf(timeMs: number): Promise<OpenDay> {
    if (latest && timeMs >= latest.site.startMs && timeMs < latest.site.endMs) return latest
    const ofTime = siteDay(site.timezone, timeMs)
    latest = days.get(ofTime.day) ?? (await openDay(ofTime))
    return latest
  }

  async function openDay(ofTime: SiteDay): Promise<OpenDay> {
    const [oldest] = days.keys()
    if (days.size >= OPEN_DAYS && oldest !== undefined) {
      // Should it come back, the table has to know all of it.
      await store()
      await storing
      days.delete(oldest)
    }
    const stored = createSeen(ALL_IDS)
    const isOpen = await target.openDay(ofTime.day, stored)
    const day = { site: ofTime, isOpen, stored, read: createSeen(ALL_IDS), again: new Map<bigint, number>() }
    days.set(ofTime.day, day)
    return day
  }

  async function take({ number, text }: NumberedLine): Promise<void> {
    const fail = (reason: string): void => {
      counts.failed++
      onFailed(number, reason)
    }
    const line = text === undefined ? { fault: 'it is longer than any request' } : parts.read(text)
    if (line === undefined) return
    counts.lines++
    if (isFault(line)) return fail(line.fault)
    if (line.timeMs < FIRST_TIME) return fail('its time is before the year 2000')
    if (line.timeMs > clock.now() && siteDay(site.timezone, line.timeMs).startMs > clock.now()) {
      return fail('its day has not begun yet')
    }
    if (parts.host !== undefined && line.host !== parts.host) {
      counts.other++
      return
    }
    const day = await dayOf(line.timeMs)
    if (!day.isOpen) return fail(`the events of ${day.site.day} were removed, since their window has passed`)
    keep(line, day)
  }

  function keep(line: LogLine, day: OpenDay): void {
    const id = occurrence(fingerprintOf(line), day)
    const { rows, bucket } = readLogged({ line, id, site, day: day.site, enrich })
    let isNew = true
    for (const [index, row] of rows.entries()) {
      const isKnown = !admit(day.stored, row.eventId)
      // The request goes first. A page view that is missing beside one that is there is added all the same.
      if (isKnown && index === 0) isNew = false
      if (isKnown) continue
      const record = encodeRow(row)
      waiting.push(record)
      waitingLength += record.length
    }
    counts[isNew ? bucket : 'duplicates']++
  }

  /** The fingerprint, with a number behind it from the second line on that has it. */
  function occurrence(fingerprint: string, { read, again }: OpenDay): string {
    const hash = enrich.eventId(site.id, fingerprint)
    if (admit(read, hash)) return fingerprint
    const before = (again.get(hash) ?? 0) + 1
    again.set(hash, before)
    return `${fingerprint}\n${before}`
  }

  return {
    counts,
    async add(lines) {
      for (const line of lines) {
        await take(line)
        if (waitingLength >= STORE_BYTES) await store()
      }
    },
    async finish() {
      await store()
      await storing
    },
  }
}

function fingerprintOf({ timeMs, method, path, query, status, bytes, referrer }: LogLine): string {
  return `log\n${Math.floor(timeMs / 1_000)}\n${method}\n${path}?${query}\n${status}\n${bytes}\n${referrer}`
}

function admit(seen: Seen, id: bigint): boolean {
  return seen.admit(Number(id >> 32n), Number(id & 0xffff_ffffn), 0)
}
