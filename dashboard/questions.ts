/** From what the page shows to what it asks. */
import type { Interval, Metric, Period, Query } from '../schema/query.ts'
import { HEADLINE_METRICS, isRange, type PanelDimension, type View } from './state.ts'

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

/** The columns of a breakdown. The first sorts the rows and draws the bars; `share` is its part of the total. */
export interface Columns {
  by: Metric & ('visitors' | 'visits')
  beside: 'pageviews' | 'bounceRate' | 'events' | 'conversionRate' | 'share'
}

export const COLUMNS = {
  page: { by: 'visitors', beside: 'pageviews' },
  entryPage: { by: 'visits', beside: 'bounceRate' },
  exitPage: { by: 'visits', beside: 'share' },
  source: { by: 'visitors', beside: 'bounceRate' },
  channel: { by: 'visitors', beside: 'bounceRate' },
  utmCampaign: { by: 'visitors', beside: 'bounceRate' },
  country: { by: 'visitors', beside: 'share' },
  browser: { by: 'visitors', beside: 'share' },
  os: { by: 'visitors', beside: 'share' },
  device: { by: 'visitors', beside: 'share' },
  event: { by: 'visitors', beside: 'events' },
  goal: { by: 'visitors', beside: 'conversionRate' },
  outbound: { by: 'visitors', beside: 'events' },
  download: { by: 'visitors', beside: 'events' },
} as const satisfies Record<PanelDimension, Columns>

export function breakdownQuestion(view: View, site: string, breakdown: PanelDimension, limit: number): Query {
  const { by, beside } = COLUMNS[breakdown]
  return {
    site,
    period: view.period,
    breakdown,
    metrics: beside === 'share' ? [by] : [by, beside],
    filters: view.filters,
    limit,
  }
}

/** Has the site had a page view at all? */
export function everQuestion(site: string): Query {
  return { site, period: '12mo', metrics: ['pageviews'] }
}
