/** The question and the answer of `POST /api/query`. */

export const METRICS = [
  'visitors',
  'visits',
  'pageviews',
  'viewsPerVisit',
  'bounceRate',
  'visitDuration',
  'timeOnPage',
  'scrollDepth',
  'events',
  'errors',
  'conversionRate',
  'revenue',
  'newVisitors',
  'weeklyVisitors',
  'monthlyVisitors',
  'score',
  'p50',
  'p75',
  'p95',
  'requests',
  'calls',
  'callMinutes',
] as const
/** Counts are integers, rates fractions 0–1, durations seconds, scroll depth percent, money exact decimal text. */
export type Metric = (typeof METRICS)[number]

export const DIMENSIONS = [
  'page',
  'entryPage',
  'exitPage',
  'hostname',
  'source',
  'referrer',
  'channel',
  'utmSource',
  'utmMedium',
  'utmCampaign',
  'utmTerm',
  'utmContent',
  'country',
  'region',
  'city',
  'network',
  'browser',
  'browserVersion',
  'os',
  'osVersion',
  'device',
  'screen',
  'language',
  'basis',
  'collector',
  'weekday',
  'hourOfDay',
  'event',
  'goal',
  'outbound',
  'download',
  'form',
  'element',
  'error',
  'vital',
  'status',
  'currency',
  'direction',
  'outcome',
] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** A property of custom events by its name, one that the site has declared: `prop:plan`. */
export type PropertyDimension = `prop:${string}`
export type AnyDimension = Dimension | PropertyDimension

export const INTERVALS = ['minute', 'hour', 'day', 'week', 'month'] as const
export type Interval = (typeof INTERVALS)[number]

export const NAMED_PERIODS = ['today', 'yesterday', '7d', '30d', '90d', '12mo', 'realtime'] as const
export type NamedPeriod = (typeof NAMED_PERIODS)[number]
/** Whole days in the site's time zone, both inclusive, `2026-11-01`. */
export interface DayRange {
  from: string
  to: string
}
export type Period = NamedPeriod | DayRange

/** One condition; the values are alternatives. Conditions of a question are combined with AND. */
export type FilterOn<D> = { dimension: D } & (
  | { is: string[] }
  | { isNot: string[] }
  | { contains: string[] }
  /** Globs: `*` any characters within a path segment, `**` any characters. */
  | { matches: string[] }
)
export type Filter = FilterOn<AnyDimension>

export interface Query {
  site: string
  /** Default `30d`. */
  period?: Period
  /** With an interval the rows are a gapless series in the column `time`. */
  interval?: Interval
  /** Default visitors, visits, pageviews. */
  metrics?: Metric[]
  breakdown?: AnyDimension
  filters?: Filter[]
  compare?: 'previous' | 'year'
  /** Rows, 1 to 1,000. Default 100. */
  limit?: number
  /** Rows to pass over. Default 0. */
  offset?: number
}

/** Values of `consentState`: that the choice was offered, and what came of it. */
export const CONSENT_STATES = ['shown', 'accepted', 'rejected', 'custom', 'withdrawn', 'objected'] as const
export type ConsentState = (typeof CONSENT_STATES)[number]

/** Choices are counted as they are made, by nobody: they cannot be asked for together with what visitors did. */
export const CHOICE_METRICS = ['choices'] as const
export type ChoiceMetric = (typeof CHOICE_METRICS)[number]
export const CHOICE_DIMENSIONS = ['consentState', 'language', 'country'] as const
export type ChoiceDimension = (typeof CHOICE_DIMENSIONS)[number]
/** Choices are counted by day. */
export const CHOICE_INTERVALS = ['day', 'week', 'month'] as const

/** A question about choices: its metric is `choices`, or it breaks down or filters by `consentState`. */
export interface ChoiceQuery extends Omit<
  Query,
  'period' | 'interval' | 'metrics' | 'breakdown' | 'filters'
> {
  /** Default `30d`. */
  period?: Exclude<Period, 'realtime'>
  interval?: (typeof CHOICE_INTERVALS)[number]
  metrics?: ChoiceMetric[]
  breakdown?: ChoiceDimension
  filters?: FilterOn<ChoiceDimension>[]
}

export const STEP_KINDS = ['page', 'event', 'element', 'outbound', 'download', 'form'] as const
export type StepKind = (typeof STEP_KINDS)[number]
/**
 * What a visit has to do at one place of a funnel or a flow: see a page, or do what the dimension of the same name tells.
 * Stars are globs, as in the filter `matches`. A plain text is a page.
 */
export type Step = string | { [K in StepKind]: { [Key in K]: string } }[StepKind]

interface VisitQuery {
  site: string
  /** Default `30d`. */
  period?: Exclude<Period, 'realtime'>
  filters?: Filter[]
}

/** How many visits did one step after another, other events between them allowed. */
export interface FunnelQuery extends VisitQuery {
  compare?: 'previous' | 'year'
  /** 2 to 10 steps. */
  funnel: Step[]
}

/** Which pages visits saw next after a step, or before it. */
export interface FlowQuery extends VisitQuery {
  /** `steps`: how many pages on, or back, 1 to 3. Default 1. */
  flow: { from: Step; steps?: number } | { to: Step; steps?: number }
  /** Pages told by name at each step, 1 to 100; the others are `(other)`. Default 10. */
  limit?: number
}

/** Of the browsers that were here for the first time in a week, how many came back in each week after. */
export interface RetentionQuery {
  site: string
  /** The weeks that it touches. Default `90d`. */
  period?: Exclude<Period, 'realtime'>
  retention: 'week'
}

/** What `POST /api/query` takes. */
export type Question = Query | ChoiceQuery | FunnelQuery | FlowQuery | RetentionQuery

/** A value is null where it cannot be computed: a rate over no visit, money in several currencies. */
export type MetricValues = Partial<Record<Exclude<Metric, 'revenue'> | ChoiceMetric, number | null>> & {
  revenue?: string | null
}
export type QueryRow = MetricValues & Record<string, string | number | null>

export interface QueryAnswer {
  rows: QueryRow[]
  totals: MetricValues
  /** Totals (and for series, rows) of the period compared with. */
  comparison?: { totals: MetricValues; rows?: QueryRow[]; from: string; to: string }
  meta: {
    from: string
    to: string
    timezone: string
    /** `counts`: choices are sums already. */
    source: 'rollup' | 'events' | 'both' | 'counts'
    /** Cells folded into `(other)` since they held fewer visitors than the minimum group. */
    foldedRows: number
    /** Rows there are in all, before limit and offset. */
    rowCount: number
    /** How `visitors` over several days is made: the sum of daily visitors. Absent in answers about choices. */
    visitors?: 'daily-sum'
    minimumGroup: number
    /** What `revenue` is in; null and several where it is in several: filter by one, or break down by currency. */
    currencies?: string[]
    /** ISO time up to which accepted events are in the answer. */
    freshness: string
  }
}
