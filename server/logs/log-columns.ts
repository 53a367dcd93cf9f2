import type { EventColumn } from '../../schema/rows.ts'
import type { Site } from '../../schema/site.ts'
import type { Page } from '../enrich/page.ts'
import type { Words } from '../enrich/siphash.ts'
import type { Arrival } from '../enrich/source.ts'
import type { NO_AGENT } from '../enrich/user-agent.ts'
import type { EventColumns, SharedColumn } from '../load/event-columns.ts'
import type { LogLine } from './line.ts'

/** Of a row what it shares with others, as numbers that LogColumns gave. */
export interface SharedNumbers {
  readonly day: number
  /** Host and campaign of a page: pages are many, these are few. */
  readonly origin: number
  readonly page: number
  readonly arrival: number
  readonly place: number
  readonly agent: number
}

/**
 * The rows that lines of a log come to, anonymised, as columns (server/load/event-columns.ts): for a hundred thousand
 * lines a handful of arrays, where a row each would be an object of forty texts.
 */
export interface LogColumns extends EventColumns {
  /** Whether the next line may have no place any more. */
  isFull(): boolean
  /** Forgets all rows, and the numbers of what they share. */
  clear(): void
  day(day: string): number
  origin(page: Pick<Page, 'hostname' | 'campaign'>): number
  page(page: Pick<Page, 'page'>): number
  arrival(arrival: Arrival): number
  place(place: { country: string; region: string; city: string; network: string }): number
  agent(agent: Record<keyof typeof NO_AGENT, string>): number
  addRequest(line: LogLine, id: Words, shared: SharedNumbers): void
  addPageview(line: LogLine, id: Words, visitor: Words, shared: SharedNumbers): void
}

const TYPES = ['request', 'pageview'] as const
const [REQUEST, PAGEVIEW] = [0, 1]
/** A line comes to a request and a page view at most. */
const ROWS_OF_LINE = 2
/** What the columns `value` and `visible_ms` hold. */
const MAX_NUMBER = 2 ** 32 - 1
const NOBODY: Words = { high: 0, low: 0 }

/** Texts by number, one list for each column that they are of. */
function createShared<Name extends string>(names: readonly Name[]) {
  const values = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, string[]>
  const [first] = names
  return {
    values,
    add(value: Readonly<Record<Name, string>>): number {
      for (const name of names) values[name].push(value[name])
      return values[first as Name].length - 1
    },
    clear(): void {
      for (const name of names) values[name].length = 0
    },
  }
}

const same = (value: string): SharedColumn => ({ kind: 'same', value })
const shared = (numbers: Uint32Array, texts: readonly string[]): SharedColumn => ({
  kind: 'shared',
  of: numbers,
  values: texts,
})

export function createLogColumns(site: Pick<Site, 'id'>, capacity: number): LogColumns {
  let rows = 0
  const words = (): Uint32Array => new Uint32Array(capacity)
  const timeMs = new Float64Array(capacity)
  const [seconds, visibleMs, values] = [words(), words(), words()]
  const status = new Uint16Array(capacity)
  const id = { high: words(), low: words() }
  const visitor = { high: words(), low: words() }
  const of = {
    day: words(),
    type: words(),
    origin: words(),
    page: words(),
    arrival: words(),
    place: words(),
    agent: words(),
    method: words(),
  }
  const days = createShared(['day'])
  const methods = createShared(['name'])
  const pages = createShared(['page'])
  const origins = createShared(['hostname', 'utmSource', 'utmMedium', 'utmCampaign', 'utmTerm', 'utmContent'])
  const arrivals = createShared(['referrer', 'source', 'channel'])
  const places = createShared(['country', 'region', 'city', 'network'])
  const agents = createShared(['browser', 'browserVersion', 'os', 'osVersion', 'device'])
  const knownMethods = new Map<string, number>()

  const columns: Record<EventColumn, SharedColumn> = {
    day: shared(of.day, days.values.day),
    visitor: { kind: 'longs', ...visitor },
    time: { kind: 'numbers', values: seconds },
    site: same(String(site.id)),
    event_id: { kind: 'longs', ...id },
    type: shared(of.type, TYPES),
    collector: same('log'),
    basis: same('log'),
    hostname: shared(of.origin, origins.values.hostname),
    page: shared(of.page, pages.values.page),
    referrer: shared(of.arrival, arrivals.values.referrer),
    source: shared(of.arrival, arrivals.values.source),
    channel: shared(of.arrival, arrivals.values.channel),
    utm_source: shared(of.origin, origins.values.utmSource),
    utm_medium: shared(of.origin, origins.values.utmMedium),
    utm_campaign: shared(of.origin, origins.values.utmCampaign),
    utm_term: shared(of.origin, origins.values.utmTerm),
    utm_content: shared(of.origin, origins.values.utmContent),
    country: shared(of.place, places.values.country),
    region: shared(of.place, places.values.region),
    city: shared(of.place, places.values.city),
    network: shared(of.place, places.values.network),
    browser: shared(of.agent, agents.values.browser),
    browser_version: shared(of.agent, agents.values.browserVersion),
    os: shared(of.agent, agents.values.os),
    os_version: shared(of.agent, agents.values.osVersion),
    device: shared(of.agent, agents.values.device),
    screen: same(''),
    language: same(''),
    visible_ms: { kind: 'numbers', values: visibleMs },
    scroll_percent: same('0'),
    name: shared(of.method, methods.values.name),
    value: { kind: 'numbers', values },
    revenue: same('0'),
    currency: same(''),
    props: same('{}'),
    status: { kind: 'numbers', values: status },
  }

  function methodOf(name: string): number {
    const known = knownMethods.get(name)
    if (known !== undefined) return known
    // A name of its own: that of a line would keep all lines read with it.
    const number = methods.add({ name: Buffer.from(name).toString() })
    knownMethods.set(methods.values.name[number] ?? '', number)
    return number
  }

  function add(line: LogLine, type: number, eventId: Words, whose: Words, numbers: SharedNumbers): number {
    const row = rows++
    timeMs[row] = line.timeMs
    seconds[row] = Math.floor(line.timeMs / 1_000)
    id.high[row] = eventId.high
    id.low[row] = eventId.low
    visitor.high[row] = whose.high
    visitor.low[row] = whose.low
    of.type[row] = type
    of.day[row] = numbers.day
    of.origin[row] = numbers.origin
    of.page[row] = numbers.page
    of.arrival[row] = numbers.arrival
    of.place[row] = numbers.place
    of.agent[row] = numbers.agent
    return row
  }

  const result = {
    get rows() {
      return rows
    },
    timeMs,
    columns,
    isFull: () => rows + ROWS_OF_LINE > capacity,
    clear() {
      rows = 0
      knownMethods.clear()
      for (const one of [days, methods, origins, pages, arrivals, places, agents]) one.clear()
      // What page views have in the place of a method.
      methodOf('')
    },
    day: (day: string) => days.add({ day }),
    origin: ({ hostname, campaign }: Pick<Page, 'hostname' | 'campaign'>) =>
      origins.add({ hostname, ...campaign }),
    page: pages.add,
    arrival: arrivals.add,
    place: places.add,
    agent: agents.add,
    addRequest(line: LogLine, eventId: Words, numbers: SharedNumbers) {
      const row = add(line, REQUEST, eventId, NOBODY, numbers)
      of.method[row] = methodOf(line.method)
      values[row] = Math.min(line.bytes, MAX_NUMBER)
      status[row] = line.status
      visibleMs[row] = Math.min(line.durationMs, MAX_NUMBER)
    },
    addPageview(line: LogLine, eventId: Words, whose: Words, numbers: SharedNumbers) {
      const row = add(line, PAGEVIEW, eventId, whose, numbers)
      of.method[row] = 0
      values[row] = 0
      status[row] = 0
      visibleMs[row] = 0
    },
  }
  result.clear()
  return result
}
