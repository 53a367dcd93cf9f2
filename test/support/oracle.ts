import type {
  Dimension,
  Filter,
  Metric,
  MetricValues,
  Query,
  QueryAnswer,
  QueryRow,
} from '../../schema/query.ts'
import type { EventRow } from '../../schema/rows.ts'

/**
 * A slow and obvious model of the query station over a plain list of events: no SQL, and nothing of server/query. It
 * answers without a minimum group.
 */
export interface OracleEvent extends EventRow {
  batchId: bigint
  row: number
}

export interface OracleAnswer {
  rows: QueryRow[]
  totals: MetricValues
  rowCount: number
  /** Undefined where nothing is compared. */
  comparison: QueryAnswer['comparison'] | undefined
}

interface Told {
  event: OracleEvent
  /** The visit, or the event alone where it has no visitor key. */
  visit: OracleEvent[]
}

const COLUMN: Partial<Record<Dimension, Exclude<keyof EventRow, 'detail'>>> = {
  page: 'page',
  hostname: 'hostname',
  country: 'country',
  region: 'region',
  city: 'city',
  network: 'network',
  browser: 'browser',
  browserVersion: 'browserVersion',
  os: 'os',
  osVersion: 'osVersion',
  device: 'device',
  screen: 'screen',
  language: 'language',
  basis: 'basis',
  collector: 'collector',
  source: 'source',
  referrer: 'referrer',
  channel: 'channel',
  utmSource: 'utmSource',
  utmMedium: 'utmMedium',
  utmCampaign: 'utmCampaign',
  utmTerm: 'utmTerm',
  utmContent: 'utmContent',
}
/** Taken from the first page view of the visit. */
const FROM_THE_VISIT: readonly Dimension[] = [
  'source',
  'referrer',
  'channel',
  'utmSource',
  'utmMedium',
  'utmCampaign',
  'utmTerm',
  'utmContent',
]

export function seconds(event: OracleEvent): number {
  return Math.floor(event.timeMs / 1000)
}

const walls = new Map<string, Intl.DateTimeFormat>()

/** Year-month-day and hour:minute on the wall of a time zone. */
export function wall(timezone: string, ms: number): { day: string; clock: string } {
  const form = walls.get(timezone) ?? wallOf(timezone)
  walls.set(timezone, form)
  const parts = form.format(ms)
  return { day: parts.slice(0, 10), clock: parts.slice(11, 16) }
}

function wallOf(timezone: string): Intl.DateTimeFormat {
  // Swedish writes 2026-11-01 13:05.
  return new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' })
}

function groupBy<T, K>(list: readonly T[], keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one])
  return groups
}

function inOrder(a: OracleEvent, b: OracleEvent): number {
  if (seconds(a) !== seconds(b)) return seconds(a) - seconds(b)
  if (a.batchId !== b.batchId) return a.batchId < b.batchId ? -1 : 1
  return a.row - b.row
}

function tell(events: readonly OracleEvent[]): Told[] {
  const told: Told[] = events
    .filter((event) => event.visitor === 0n)
    .map((event) => ({ event, visit: [event] }))
  const people = groupBy(
    events.filter((event) => event.visitor !== 0n),
    (event) => `${event.day} ${event.visitor}`,
  )
  for (const own of people.values()) {
    let visit: OracleEvent[] = []
    for (const event of own.toSorted(inOrder)) {
      const before = visit.at(-1)
      const isAway = before !== undefined && seconds(event) - seconds(before) >= 30 * 60
      if (isAway && event.type !== 'engagement') visit = []
      visit.push(event)
      told.push({ event, visit })
    }
  }
  return told
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

function valueOf(dimension: Dimension, { event, visit }: Told, timezone: string): string {
  if (dimension === 'weekday') return WEEKDAYS[new Date(`${event.day}T12:00:00Z`).getUTCDay()] ?? ''
  if (dimension === 'hourOfDay') return wall(timezone, event.timeMs).clock.slice(0, 2)
  const views = visit.filter((one) => one.type === 'pageview')
  if (dimension === 'entryPage') return event.visitor === 0n ? '' : (views[0]?.page ?? '')
  if (dimension === 'exitPage') return event.visitor === 0n ? '' : (views.at(-1)?.page ?? '')
  const column = COLUMN[dimension]
  if (column === undefined) throw new Error(`the model does not know ${dimension}`)
  const holder = FROM_THE_VISIT.includes(dimension) ? views[0] : event
  return String(holder?.[column] ?? '')
}

function fitsGlob(glob: string, text: string): boolean {
  if (glob === '') return text === ''
  const [head, deep] = glob.startsWith('**') ? [glob.slice(2), true] : [glob.slice(1), false]
  if (glob.startsWith('*')) {
    for (let taken = 0; taken <= text.length; taken++) {
      if (taken > 0 && !deep && text[taken - 1] === '/') return false
      if (fitsGlob(head, text.slice(taken))) return true
    }
    return false
  }
  return text[0] === glob[0] && fitsGlob(glob.slice(1), text.slice(1))
}

function fits(filter: Filter, value: string): boolean {
  if ('is' in filter) return filter.is.includes(value)
  if ('isNot' in filter) return !filter.isNot.includes(value)
  if ('contains' in filter) return filter.contains.some((part) => value.includes(part))
  return filter.matches.some((glob) => fitsGlob(glob, value))
}

interface Question {
  metrics: readonly Metric[]
  /** Which page view an engagement belongs to. */
  viewOf: Map<OracleEvent, string>
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}

function figures(
  told: readonly Told[],
  visits: ReadonlySet<OracleEvent[]>,
  question: Question,
  enteredAt?: string,
): MetricValues {
  const keyed = told.filter(({ event }) => event.visitor !== 0n)
  const pageviews = told.filter(({ event }) => event.type === 'pageview').length
  const whole = [...visits]
  const entries =
    enteredAt === undefined
      ? whole
      : whole.filter((visit) => visit.find((event) => event.type === 'pageview')?.page === enteredAt)
  const views = (visit: OracleEvent[]): number => visit.filter((event) => event.type === 'pageview').length
  const bounces = entries.filter(
    (visit) => views(visit) === 1 && !visit.some((event) => event.type === 'event'),
  ).length
  const lengths = entries.map((visit) => Math.max(...visit.map(seconds)) - Math.min(...visit.map(seconds)))
  const measured = [
    ...groupBy(
      told.map(({ event }) => event).filter((event) => event.type === 'engagement'),
      (event) => question.viewOf.get(event),
    ).values(),
  ]
  const all: Record<Metric, number | null> = {
    visitors: new Set(keyed.map(({ event }) => `${event.day} ${event.visitor}`)).size,
    visits: whole.length,
    pageviews,
    viewsPerVisit: whole.length === 0 ? null : sum(whole.map(views)) / whole.length,
    bounceRate: entries.length === 0 ? null : bounces / entries.length,
    visitDuration: entries.length === 0 ? null : sum(lengths) / entries.length,
    timeOnPage:
      measured.length === 0
        ? null
        : sum(measured.flat().map((event) => event.visibleMs)) / measured.length / 1000,
    scrollDepth:
      measured.length === 0
        ? null
        : sum(measured.map((view) => Math.max(...view.map((event) => event.scrollPercent)))) /
          measured.length,
  }
  return Object.fromEntries(question.metrics.map((metric) => [metric, all[metric]]))
}

function visitsIn(told: readonly Told[]): Set<OracleEvent[]> {
  return new Set(told.filter(({ event }) => event.visitor !== 0n).map(({ visit }) => visit))
}

function viewsOf(told: readonly Told[]): Map<OracleEvent, string> {
  const views = new Map<OracleEvent, string>()
  const people = groupBy(
    told.map(({ event }) => event),
    ({ day, visitor, hostname, page }) => JSON.stringify([day, String(visitor), hostname, page]),
  )
  for (const [key, events] of people) {
    let seen = 0
    for (const event of events.toSorted(inOrder)) {
      if (event.type === 'pageview') seen++
      views.set(event, event.visitor === 0n ? `${event.batchId} ${event.row}` : `${key} ${seen}`)
    }
  }
  return views
}

function bucketOf(interval: string, day: string, clock: string): string {
  if (interval === 'day') return day
  if (interval === 'month') return `${day.slice(0, 7)}-01`
  if (interval === 'hour') return `${day}T${clock.slice(0, 2)}:00`
  if (interval === 'minute') return `${day}T${clock}`
  const date = new Date(`${day}T12:00:00Z`)
  while (date.getUTCDay() !== 1) date.setUTCDate(date.getUTCDate() - 1)
  return date.toISOString().slice(0, 10)
}

/** Walks through every minute of the period, half a day more on both sides, and keeps what lies in it. */
function buckets(interval: string, from: string, to: string, timezone: string): string[] {
  const found: string[] = []
  const end = Date.parse(`${to}T00:00:00Z`) + 40 * 3_600_000
  for (let ms = Date.parse(`${from}T00:00:00Z`) - 16 * 3_600_000; ms < end; ms += 60_000) {
    const { day, clock } = wall(timezone, ms)
    if (day >= from && day <= to) found.push(bucketOf(interval, day, clock))
  }
  return [...new Set(found)]
}

function byMetric(metric: Metric, dimension: Dimension): (a: QueryRow, b: QueryRow) => number {
  return (a, b) => {
    const [x, y] = [a[metric] ?? -Infinity, b[metric] ?? -Infinity]
    if (x !== y) return y - x
    return Buffer.compare(Buffer.from(String(a[dimension])), Buffer.from(String(b[dimension])))
  }
}

export interface OracleSite {
  timezone: string
  now: number
}

/** The period is a range of days or realtime. An event that was delivered twice is in the list once. */
export function askOracle(events: readonly OracleEvent[], query: Query, site: OracleSite): OracleAnswer {
  const { compare, breakdown, period, ...rest } = query
  const own = answer(events, query, site)
  if (compare === undefined || typeof period !== 'object') return { ...own, comparison: undefined }
  const { from, to } = compare === 'year' ? yearBefore(period) : sameLengthBefore(period)
  const compared = { ...rest, period: { from, to } }
  if (breakdown !== undefined) delete compared.interval
  const { rows, totals } = answer(events, compared, site)
  return { ...own, comparison: { totals, ...(compared.interval !== undefined && { rows }), from, to } }
}

interface Days {
  from: string
  to: string
}

function sameLengthBefore({ from, to }: Days): Days {
  const days: string[] = []
  for (let day = from; day <= to; day = dayAfter(day, 1)) days.push(day)
  return { from: dayAfter(from, -days.length), to: dayAfter(from, -1) }
}

function yearBefore({ from, to }: Days): Days {
  return { from: yearEarlier(from), to: yearEarlier(to) }
}

function yearEarlier(day: string): string {
  const same = `${Number(day.slice(0, 4)) - 1}${day.slice(4)}`
  // Only the last day of February is not there every year.
  return same.endsWith('-02-29') && dayAfter(same, 0) !== same ? `${same.slice(0, 8)}28` : same
}

function dayAfter(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}

function answer(
  events: readonly OracleEvent[],
  query: Query,
  site: OracleSite,
): Omit<OracleAnswer, 'comparison'> {
  const { timezone, now } = site
  const { interval, breakdown, filters = [], metrics = ['visitors', 'visits', 'pageviews'] } = query
  const until = (Math.floor(now / 60_000) + 1) * 60_000
  const isRealtime = query.period === 'realtime'
  if (!isRealtime && typeof query.period !== 'object') throw new Error('the model knows ranges and realtime')
  const { from, to } =
    typeof query.period === 'object'
      ? query.period
      : { from: wall(timezone, until - 30 * 60_000).day, to: wall(timezone, now).day }
  const told = tell(events.filter((event) => event.day >= from && event.day <= to))
  const question = { metrics, viewOf: viewsOf(told) }
  const selected = told
    .filter((one) => filters.every((filter) => fits(filter, valueOf(filter.dimension, one, timezone))))
    .filter(({ event }) => !isRealtime || (event.timeMs >= until - 30 * 60_000 && event.timeMs < until))
  const totals = figures(selected, visitsIn(selected), question)

  const names = isRealtime
    ? [...new Set(Array.from({ length: 30 }, (_, n) => wall(timezone, until - (30 - n) * 60_000)))].map(
        (at) => bucketOf('minute', at.day, at.clock),
      )
    : interval && buckets(interval, from, to, timezone)
  const place = (event: OracleEvent): string =>
    bucketOf(interval ?? 'day', event.day, wall(timezone, event.timeMs).clock)
  const series = (cell: readonly Told[], enteredAt?: string): QueryRow[] => {
    const start = (visit: OracleEvent[]): OracleEvent => {
      const held = isRealtime ? cell.filter((one) => one.visit === visit).map(({ event }) => event) : visit
      return held.toSorted(inOrder)[0] as OracleEvent
    }
    const visits = [...visitsIn(cell)]
    return [...new Set(names)].map((time) => {
      const held = cell.filter(({ event }) => place(event) === time)
      const begun = new Set(visits.filter((visit) => place(start(visit)) === time))
      return Object.assign({ time }, figures(held, begun, question, enteredAt))
    })
  }

  if (breakdown === undefined) {
    const rows = interval === undefined ? [{ ...totals }] : series(selected)
    return { rows, totals, rowCount: rows.length }
  }
  const cells = groupBy(selected, (one) => valueOf(breakdown, one, timezone))
  const enteredAt = (value: string): string | undefined => (breakdown === 'page' ? value : undefined)
  const ranked = [...cells]
    .map(([value, cell]): QueryRow =>
      Object.assign({ [breakdown]: value }, figures(cell, visitsIn(cell), question, enteredAt(value))),
    )
    .toSorted(byMetric(metrics[0] ?? 'visitors', breakdown))
  const { offset = 0, limit = 100 } = query
  const shown = ranked.slice(offset, offset + limit)
  const rows =
    interval === undefined
      ? shown
      : shown.flatMap((row) => {
          const value = String(row[breakdown])
          return series(cells.get(value) ?? [], enteredAt(value)).map((one) =>
            Object.assign(one, { [breakdown]: value }),
          )
        })
  return { rows, totals, rowCount: ranked.length }
}
