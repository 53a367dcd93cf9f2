import type { Clock, Listed, ProviderEvent } from '../../ports.ts'
import { field, listOf, textOf } from '../../unknown.ts'
import type { Client } from './client.ts'
import { CONSENTS } from './consents.ts'
import { consentEvent, eventOf, type Fingerprint } from './events.ts'
import { readAll, type Lists } from './pages.ts'
import type { MessageRecord } from './record.ts'

/**
 * How far it was read. Messages are read from a time on. Consents cannot be asked for by time: all of them are read, some
 * pages each time, and those of a pass count that changed since the pass before the last began.
 */
interface Cursor {
  readonly messagesFrom: number
  readonly consents: {
    /** When the pass before the last one and the last one began. */
    readonly before: number
    readonly last: number
    /** When this one began, and the page it goes on with; undefined between two. */
    readonly now?: number
    readonly page?: string
  }
}

const DAY_MS = 24 * 3_600_000
/** What comes into a list a little later than its time says is read again. */
const OVERLAP_MS = 5 * 60_000
/** How long a message that has not arrived is looked at again. */
const UNFINISHED_MS = 3_600_000
const MOST_PAGES = 10
const CONSENT_PAGES = 3
/** A time with more messages than fit into the pages is read in parts, down to one of a second. */
const SHORTEST_MS = 1_000

/** Everything that happened since, by lists: what events that were lost would have told. */
export async function listSince(
  client: Client,
  clock: Clock,
  text: string | undefined,
  parts: { lists: Lists; fingerprint: Fingerprint },
): Promise<Listed> {
  const cursor = readCursor(text, clock.now())
  const messages = await listMessages(client, clock, cursor.messagesFrom, parts)
  const consents = await listConsents(client, clock, cursor.consents, parts.fingerprint)
  const next: Cursor = { messagesFrom: messages.from, consents: consents.cursor }
  return { events: [...consents.events, ...messages.events], cursor: JSON.stringify(next) }
}

/** What was never read begins with the messages of a day, and with all that opted out before there was anybody to tell. */
function readCursor(text: string | undefined, now: number): Cursor {
  let read: unknown
  try {
    read = text === undefined ? undefined : JSON.parse(text)
  } catch {
    read = undefined
  }
  const timeAt = (without: number, ...path: string[]): number => {
    const time = field(read, ...path)
    return typeof time === 'number' ? time : without
  }
  const [pass, page] = [field(read, 'consents', 'now'), textOf(field(read, 'consents', 'page'))]
  return {
    messagesFrom: timeAt(now - DAY_MS, 'messagesFrom'),
    consents: {
      before: timeAt(0, 'consents', 'before'),
      last: timeAt(0, 'consents', 'last'),
      ...(typeof pass === 'number' && page !== undefined && { now: pass, page }),
    },
  }
}

async function listMessages(
  client: Client,
  clock: Clock,
  from: number,
  { lists, fingerprint }: { lists: Lists; fingerprint: Fingerprint },
): Promise<{ events: ProviderEvent[]; from: number }> {
  const now = clock.now()
  for (let to = now; ; to = from + (to - from) / 2) {
    const records: MessageRecord[] = []
    const read = await readAll(
      client,
      {
        lists,
        query: {
          dateFrom: new Date(from - OVERLAP_MS).toISOString(),
          // Up to now there is nothing to leave out, and clocks may be apart.
          ...(to < now && { dateTo: new Date(to).toISOString() }),
        },
        mostPages: MOST_PAGES,
      },
      (record) => void records.push(record),
    )
    // Nothing of it counts as read: the next time asks for all of it again.
    if (read.is === 'unavailable') return { events: [], from }
    if (!read.isComplete && to - from > SHORTEST_MS) continue
    const unfinished = records.filter((record) => isUnfinished(record) && record.at > now - UNFINISHED_MS)
    const events = records
      .toSorted((one, other) => one.at - other.at)
      .flatMap((record) => eventOf(record, fingerprint) ?? [])
    return { events, from: Math.min(to, ...unfinished.map(({ at }) => at)) }
  }
}

function isUnfinished({ direction, status, code }: MessageRecord): boolean {
  return direction === 'Outbound' && code === undefined && (status === 'Queued' || status === 'Sent')
}

async function listConsents(
  client: Client,
  clock: Clock,
  cursor: Cursor['consents'],
  fingerprint: Fingerprint,
): Promise<{ events: ProviderEvent[]; cursor: Cursor['consents'] }> {
  const events: ProviderEvent[] = []
  const began = cursor.now ?? clock.now()
  const since = cursor.before - OVERLAP_MS
  let page = cursor.page
  for (let count = 0; count < CONSENT_PAGES; count++) {
    const called = await client.ask({
      method: 'GET',
      path: CONSENTS,
      query: {
        optStatus: ['OptOut', 'OptIn'],
        perPage: '1000',
        ...(page !== undefined && { pageToken: page }),
      },
      group: 'light',
    })
    // What was read counts; the page that could not be read is asked for again.
    if (called.is !== 'answer' || called.status !== 200) break
    for (const record of listOf(field(called.json, 'records'))) {
      const event = consentEvent(record, fingerprint)
      if (event && event.at >= since) events.push(event)
    }
    page = textOf(field(called.json, 'paging', 'nextPageToken'))
    if (page === undefined) return { events, cursor: { before: cursor.last, last: began } }
  }
  return { events, cursor: { ...cursor, ...(page !== undefined && { now: began, page }) } }
}
