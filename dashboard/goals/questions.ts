import type { AnyDimension, FunnelQuery, Period, Query, Step } from '../../schema/query.ts'
import { makeFilter } from '../conditions.ts'
import type { View } from '../state.ts'

/** Most steps that a question takes. */
export const MOST_STEPS = 10

type Asked = Pick<View, 'period' | 'filters' | 'compare'>

/** Funnels and goals are of whole days: in their place realtime is today. */
export function periodOf({ period }: Pick<View, 'period'>): Exclude<Period, 'realtime'> {
  return period === 'realtime' ? 'today' : period
}

function compareOf({ compare }: Pick<View, 'compare'>) {
  return compare === 'none' ? {} : { compare }
}

/** All goals of the site that were reached; the comparison says which days are compared with. */
export function goalsQuestion(view: Asked, site: string): Query {
  return {
    site,
    period: periodOf(view),
    breakdown: 'goal',
    metrics: ['visitors', 'conversionRate', 'events', 'revenue'],
    filters: view.filters,
    ...compareOf(view),
    limit: 100,
  }
}

/** The same of the days compared with: a comparison has totals only. */
export function goalsBeforeQuestion(view: Asked, site: string, period: { from: string; to: string }): Query {
  return {
    site,
    period: { from: period.from, to: period.to },
    breakdown: 'goal',
    metrics: ['visitors', 'conversionRate'],
    filters: view.filters,
    limit: 100,
  }
}

export function funnelQuestion(view: Asked, site: string, funnel: Step[]): FunnelQuery {
  return { site, period: periodOf(view), filters: view.filters, funnel, ...compareOf(view) }
}

/** The funnel of one value of a dimension alone. */
export function funnelOfQuestion(
  view: Asked,
  site: string,
  funnel: Step[],
  dimension: AnyDimension,
  value: string,
): FunnelQuery {
  const filters = [...view.filters, makeFilter(dimension, 'is', [value])]
  return { site, period: periodOf(view), filters, funnel }
}
