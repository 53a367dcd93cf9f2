import type { Filter, Metric, MetricValues, Query, QueryAnswer, QueryRow } from '../../schema/query.ts'
import { dayBefore, NOW_MINUTE, NOW_MS, TODAY, type FakeVisit } from './fake-visits.ts'

export const TIMEZONE = 'Europe/Berlin'
export const MINIMUM_GROUP = 5
const DEFAULT_METRICS: Metric[] = ['visitors', 'visits', 'pageviews']

export interface Span {
  from: string
  to: string
  /** Minutes of the day from which on visits count; realtime is the last half hour. */
  fromMinute: number
}

/** Whole days up to one. */
function days(count: number, to = TODAY): Span {
  return { from: dayBefore(to, count - 1), to, fromMinute: 0 }
}

export function spanOf(period: Query['period'] = '30d'): Span {
  if (typeof period === 'object') return { ...period, fromMinute: 0 }
  const spans = {
    today: days(1),
    yesterday: days(1, dayBefore(TODAY, 1)),
    '7d': days(7),
    '30d': days(30),
    '90d': days(90),
    '12mo': { from: '2025-12-01', to: TODAY, fromMinute: 0 },
    realtime: { from: TODAY, to: TODAY, fromMinute: NOW_MINUTE - 29 },
  }
  return spans[period]
}

function lengthOf({ from, to }: Span): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1
}

export function earlier(span: Span, compare: 'previous' | 'year'): Span {
  const shift = compare === 'previous' ? lengthOf(span) : 364
  return { ...span, from: dayBefore(span.from, shift), to: dayBefore(span.to, shift) }
}

/** The pages of a visit that the filters leave, or undefined where it fits none. */
function fitting(visit: FakeVisit, filters: readonly Filter[]): string[] | undefined {
  let pages = [...visit.pages]
  for (const filter of filters) {
    if (filter.dimension === 'page') pages = pages.filter((page) => fits(filter, page))
    else if (!fits(filter, valueOf(visit, filter.dimension))) return undefined
  }
  return pages.length > 0 ? pages : undefined
}

function fits(filter: Filter, value: string): boolean {
  if ('is' in filter) return filter.is.includes(value)
  if ('isNot' in filter) return !filter.isNot.includes(value)
  if ('contains' in filter) return filter.contains.some((part) => value.includes(part))
  return filter.matches.includes(value)
}

function valueOf(visit: FakeVisit, dimension: string): string {
  if (dimension === 'entryPage') return visit.pages[0] ?? ''
  if (dimension === 'exitPage') return visit.pages.at(-1) ?? ''
  if (dimension === 'event') return visit.pages.includes('/pricing') ? 'Signup' : ''
  if (dimension === 'basis') return visit.minuteOfDay % 5 < 3 ? 'performance@2' : 'anonymous'
  if (dimension === 'weekday') return WEEKDAYS[(new Date(visit.day).getUTCDay() + 6) % 7] ?? ''
  if (dimension === 'hourOfDay') return two(Math.floor(visit.minuteOfDay / 60))
  const value = (visit as unknown as Record<string, unknown>)[dimension]
  return typeof value === 'string' ? value : ''
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

/** Dimensions that only some events have. */
const SPARSE: ReadonlySet<string> = new Set(['event', 'goal', 'outbound', 'download'])

export interface Hit {
  visit: FakeVisit
  pages: string[]
}

function measure(hits: readonly Hit[], metrics: readonly Metric[]): MetricValues {
  const sum = (of: (hit: Hit) => number) => hits.reduce((total, hit) => total + of(hit), 0)
  const visits = sum(({ visit }) => visit.visits)
  const pageviews = sum(({ visit, pages }) => visit.visits * pages.length)
  const over = (amount: number) => (visits === 0 ? null : amount / visits)
  const all: Required<Pick<MetricValues, Metric>> = {
    visitors: sum(({ visit }) => visit.visitors),
    visits,
    pageviews,
    viewsPerVisit: over(pageviews),
    bounceRate: over(sum(({ visit }) => (visit.pages.length === 1 ? visit.visits : 0))),
    visitDuration: over(sum(({ visit }) => visit.visits * visit.seconds)),
    timeOnPage: null,
    scrollDepth: null,
    events: sum(({ visit }) => (valueOf(visit, 'event') === '' ? 0 : visit.visits)),
    errors: 0,
    conversionRate: null,
    revenue: '0',
    newVisitors: 0,
    weeklyVisitors: null,
    monthlyVisitors: null,
    score: null,
    p50: null,
    p75: null,
    p95: null,
    requests: 0,
    calls: 0,
    callMinutes: 0,
  }
  return Object.fromEntries(metrics.map((metric) => [metric, all[metric]]))
}

function groupBy(hits: readonly Hit[], keysOf: (hit: Hit) => string[]): Map<string, Hit[]> {
  const groups = new Map<string, Hit[]>()
  for (const hit of hits) {
    for (const key of keysOf(hit)) {
      const group = groups.get(key)
      if (group) group.push(hit)
      else groups.set(key, [hit])
    }
  }
  return groups
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

function bucketOf(visit: FakeVisit, interval: string): string {
  const hour = `${visit.day}T${two(Math.floor(visit.minuteOfDay / 60))}`
  if (interval === 'minute') return `${hour}:${two(visit.minuteOfDay % 60)}`
  if (interval === 'hour') return `${hour}:00`
  if (interval === 'month') return `${visit.day.slice(0, 7)}-01`
  return interval === 'week' ? mondayOf(visit.day) : visit.day
}

function mondayOf(day: string): string {
  return dayBefore(day, (new Date(day).getUTCDay() + 6) % 7)
}

function bucketsOf(span: Span, interval: string): string[] {
  if (interval === 'minute') {
    return Array.from({ length: 30 }, (_, index) => {
      const minute = span.fromMinute + index
      return `${span.from}T${two(Math.floor(minute / 60))}:${two(minute % 60)}`
    })
  }
  const all = Array.from({ length: lengthOf(span) }, (_, index) =>
    dayBefore(span.to, lengthOf(span) - 1 - index),
  )
  if (interval === 'hour') {
    return all.flatMap((day) => Array.from({ length: 24 }, (_, hour) => `${day}T${two(hour)}:00`))
  }
  if (interval === 'day') return all
  return [...new Set(all.map((day) => (interval === 'week' ? mondayOf(day) : `${day.slice(0, 7)}-01`)))]
}

/** The visits of a span that the filters leave. */
export function hitsIn(
  visits: readonly FakeVisit[],
  { from, to, fromMinute }: Span,
  filters: readonly Filter[],
): Hit[] {
  return visits.flatMap((visit) => {
    if (visit.day < from || visit.day > to || visit.minuteOfDay < fromMinute) return []
    const pages = fitting(visit, filters)
    return pages ? [{ visit, pages }] : []
  })
}

/** Answers as the server does, as far as the dashboard can tell. */
export function answerFrom(visits: readonly FakeVisit[], query: Query, foldsAll: boolean): QueryAnswer {
  const metrics = query.metrics ?? DEFAULT_METRICS
  const span = spanOf(query.period)
  const hitsOf = (of: Span) => hitsIn(visits, of, query.filters ?? [])
  const seriesOf = (hits: Hit[], of: Span): QueryRow[] => {
    const { interval = 'day' } = query
    const groups = groupBy(hits, ({ visit }) => [bucketOf(visit, interval)])
    return bucketsOf(of, interval).map((time) =>
      Object.assign({ time }, measure(groups.get(time) ?? [], metrics)),
    )
  }

  const hits = hitsOf(span)
  const folded = { rows: 0 }
  const all = query.interval
    ? seriesOf(hits, span)
    : query.breakdown
      ? breakDown(hits, query, metrics, folded, foldsAll)
      : []
  const offset = query.offset ?? 0
  const rows = all.slice(offset, offset + (query.limit ?? 100))
  const before = query.compare && earlier(span, query.compare)
  const hitsBefore = before && hitsOf(before)
  return {
    rows,
    totals: measure(hits, metrics),
    ...(before &&
      hitsBefore && {
        comparison: {
          totals: measure(hitsBefore, metrics),
          ...(query.interval && { rows: seriesOf(hitsBefore, before) }),
          from: before.from,
          to: before.to,
        },
      }),
    meta: {
      from: span.from,
      to: span.to,
      timezone: TIMEZONE,
      source: 'both',
      foldedRows: folded.rows,
      rowCount: all.length,
      visitors: 'daily-sum',
      minimumGroup: MINIMUM_GROUP,
      freshness: new Date(NOW_MS - 1_500).toISOString(),
    },
  }
}

function breakDown(
  hits: readonly Hit[],
  query: Query,
  metrics: readonly Metric[],
  folded: { rows: number },
  foldsAll: boolean,
): QueryRow[] {
  const dimension = query.breakdown ?? 'page'
  const by = metrics[0] ?? 'visitors'
  const groups = groupBy(hits, ({ visit, pages }) =>
    dimension === 'page'
      ? [...new Set(pages)]
      : [valueOf(visit, dimension)].filter((value) => value !== '' || !SPARSE.has(dimension)),
  )
  const folds = foldsAll || (query.filters?.length ?? 0) >= 3
  const other: Hit[] = []
  const rows: QueryRow[] = []
  for (const [value, group] of groups) {
    const isSmall = group.reduce((sum, { visit }) => sum + visit.visitors, 0) < MINIMUM_GROUP
    if (folds && isSmall) {
      other.push(...group)
      folded.rows++
    } else rows.push({ [dimension]: value, ...measureRow(group, dimension, value, metrics) })
  }
  rows.sort(
    (a, b) =>
      Number(b[by] ?? 0) - Number(a[by] ?? 0) || (String(a[dimension]) < String(b[dimension]) ? -1 : 1),
  )
  if (other.length > 0) rows.push({ [dimension]: '(other)', ...measure(other, metrics) })
  return rows
}

/** In a breakdown by page, only the views of that page are its own. */
function measureRow(
  group: Hit[],
  dimension: string,
  value: string,
  metrics: readonly Metric[],
): MetricValues {
  if (dimension !== 'page') return measure(group, metrics)
  return measure(
    group.map(({ visit, pages }) => ({ visit, pages: pages.filter((page) => page === value) })),
    metrics,
  )
}
