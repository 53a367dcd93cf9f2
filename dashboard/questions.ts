/** From what the page shows to what it asks. */
import type { AnyDimension, Filter, Interval, Metric, Period, Query } from '../schema/query.ts'
import { HEADLINE_METRICS, isRange, type View } from './state.ts'

const DAY_MS = 86_400_000

/** Days of a range, both ends counted. */
export function daysOf(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1
}

/** The grains that suit a period, the default first: enough points for a line, few enough to tell apart. */
export function intervalsFor(period: Period): [Interval, ...Interval[]] {
  if (!isRange(period)) {
    switch (period) {
      case 'realtime':
        return ['minute']
      case 'today':
      case 'yesterday':
        return ['hour']
      case '7d':
        return ['day', 'hour']
      case '30d':
        return ['day', 'week']
      case '90d':
        return ['day', 'week', 'month']
      case '12mo':
        return ['month', 'week']
    }
  }
  const days = daysOf(period.from, period.to)
  if (days <= 2) return ['hour']
  if (days <= 14) return ['day', 'hour']
  if (days <= 120) return ['day', 'week']
  return days <= 400 ? ['week', 'month'] : ['month', 'week']
}

export function intervalOf(view: View): Interval {
  const fitting = intervalsFor(view.period)
  return fitting.find((interval) => interval === view.interval) ?? fitting[0]
}

/** Headline numbers, the line and what they are compared with: one question. */
export function seriesQuestion(view: View, site: string): Query {
  const isCompared = view.compare !== 'none' && view.period !== 'realtime'
  return {
    site,
    period: view.period,
    interval: intervalOf(view),
    metrics: [...HEADLINE_METRICS],
    filters: view.filters,
    ...(isCompared && view.compare !== 'none' && { compare: view.compare }),
    limit: 1_000,
  }
}

/** A number column: a metric, or `share`, a row's part of the total. */
export type Column = Metric | 'share'

/** The columns of a breakdown. The first sorts the rows and draws the bars. */
export interface Columns {
  by: Metric
  besides: readonly Column[]
}

const visitorsAnd = (...besides: Column[]): Columns => ({ by: 'visitors', besides })

const COLUMNS: Partial<Record<AnyDimension, Columns>> = {
  page: visitorsAnd('pageviews'),
  entryPage: { by: 'visits', besides: ['bounceRate'] },
  exitPage: { by: 'visits', besides: ['share'] },
  source: visitorsAnd('bounceRate'),
  referrer: visitorsAnd('bounceRate'),
  channel: visitorsAnd('bounceRate'),
  utmCampaign: visitorsAnd('bounceRate'),
  event: visitorsAnd('events'),
  goal: visitorsAnd('conversionRate'),
  outbound: visitorsAnd('events'),
  download: visitorsAnd('events'),
}

/** What a panel shows of a dimension. */
export function columnsOf(dimension: AnyDimension): Columns {
  return COLUMNS[dimension] ?? visitorsAnd('share')
}

/** Metrics that a question for these columns asks for, the one that sorts first. */
export function metricsOf({ by, besides }: Columns): Metric[] {
  return [by, ...besides.filter((column) => column !== 'share' && column !== by)] as Metric[]
}

export interface Slice {
  /** Rows. */
  limit: number
  offset?: number
  /** Rows whose value holds this text. */
  search?: string
}

export function breakdownQuestion(
  view: Pick<View, 'period' | 'filters'>,
  site: string,
  breakdown: AnyDimension,
  { limit, offset = 0, search = '' }: Slice,
  columns = columnsOf(breakdown),
): Query {
  return {
    site,
    period: view.period,
    breakdown,
    metrics: metricsOf(columns),
    filters: search === '' ? view.filters : [...view.filters, searchFilter(breakdown, search)],
    limit,
    ...(offset > 0 && { offset }),
  }
}

/** The API tells upper from lower case, and a reader who searches does not. */
function searchFilter(dimension: AnyDimension, text: string): Filter {
  const lower = text.toLowerCase()
  const capital = lower.slice(0, 1).toUpperCase() + lower.slice(1)
  return { dimension, contains: [...new Set([text, lower, capital, text.toUpperCase()])] }
}

/** What a breakdown leads on to where the filters leave one value of it: the versions of a browser, the regions of a country. */
const DRILLS: Partial<Record<AnyDimension, AnyDimension>> = {
  browser: 'browserVersion',
  os: 'osVersion',
}

/** The dimension that a tab shows: below the one it is named for, where that has one value left. */
export function drilled(dimension: AnyDimension, filters: readonly Filter[]): AnyDimension {
  const below = DRILLS[dimension]
  const isOne = filters.some(
    (filter) => filter.dimension === dimension && 'is' in filter && filter.is.length === 1,
  )
  return below !== undefined && isOne ? below : dimension
}

/** Has the site had a page view at all? */
export function everQuestion(site: string): Query {
  return { site, period: '12mo', metrics: ['pageviews'] }
}
