import type { Trait } from './targeting.ts'

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
  'beacon',
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

/** How the conditions of a filter are written, on the command line as in an address: `page~/docs/**`, `page*=docs`. */
export const FILTER_SIGNS = { is: '=', isNot: '!=', matches: '~', contains: '*=' } as const

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
/**
 * Two lists, counted apart: the categories that a choice granted (`performance+targeting`, or `none`) and whether it was
 * made under Global Privacy Control (`on`, `off`) are known of no country and no language.
 */
export const GRANT_DIMENSIONS = ['consentGranted', 'gpc'] as const
export const ORIGIN_DIMENSIONS = ['language', 'country'] as const
export const CHOICE_DIMENSIONS = ['consentState', ...GRANT_DIMENSIONS, ...ORIGIN_DIMENSIONS] as const
export type ChoiceDimension = (typeof CHOICE_DIMENSIONS)[number]
/** What became of ads, as browsers tell it under `targeting`; `touches`: how often they were seen before they had their effect. */
export const AD_METRICS = ['impressions', 'clicks', 'conversions', 'touches'] as const
export type AdMetric = (typeof AD_METRICS)[number]
export const AD_DIMENSIONS = ['adCampaign'] as const
export type AdDimension = (typeof AD_DIMENSIONS)[number]

/** Browsers of a day that told a value of the trait. */
export const TRAIT_METRICS = ['visitors'] as const
export type TraitDimension = `trait:${Trait}`

/** What is counted of nobody is counted by day. */
export const COUNT_INTERVALS = ['day', 'week', 'month'] as const

/** A question about what is counted of nobody: it cannot be asked together with what visitors did. */
interface CountQuery<M, D, I = (typeof COUNT_INTERVALS)[number]> extends Omit<
  Query,
  'period' | 'interval' | 'metrics' | 'breakdown' | 'filters'
> {
  /** Default `30d`. */
  period?: Exclude<Period, 'realtime'>
  interval?: I
  metrics?: M[]
  breakdown?: D
  filters?: FilterOn<D>[]
}
/** Its metric is `choices`, or it breaks down or filters by `consentState`, `consentGranted` or `gpc`. */
export type ChoiceQuery = CountQuery<ChoiceMetric, ChoiceDimension>
/** Its metrics are of AD_METRICS, or it breaks down or filters by `adCampaign`. Default impressions, clicks, conversions. */
export type AdQuery = CountQuery<AdMetric, AdDimension>
/** It breaks down or filters by a trait, and by no other. */
export type TraitQuery = CountQuery<(typeof TRAIT_METRICS)[number], TraitDimension>

/** What the collector did not store, or not as it was sent; like choices, counted by nobody. */
export const DROP_METRICS = ['drops', 'late', 'scrubbed'] as const
export type DropMetric = (typeof DROP_METRICS)[number]
/** Why events were dropped, and what kind of value was scrubbed. */
export const DROP_DIMENSIONS = ['dropReason', 'scrubKind'] as const
export type DropDimension = (typeof DROP_DIMENSIONS)[number]
/** Drops are counted by hour. */
export const DROP_INTERVALS = ['hour', 'day', 'week', 'month'] as const

/** Its metrics are of DROP_METRICS, or it breaks down or filters by one of their dimensions. Default that of the dimension. */
export type DropQuery = CountQuery<DropMetric, DropDimension, (typeof DROP_INTERVALS)[number]>

/** Mails are counted by nobody's doing: they cannot be asked for together with what visitors did. */
export const MAIL_METRICS = ['sends', 'fetches', 'likelyHuman', 'follows'] as const
/**
 * `sends`: mails that went out. `fetches`: how often their pictures were fetched, by whomever. `likelyHuman`: of these,
 * those behind which somebody most likely was. `follows`: how often their links were followed.
 */
export type MailMetric = (typeof MAIL_METRICS)[number]
export const MAIL_DIMENSIONS = ['emailCampaign', 'verdict'] as const
export type MailDimension = (typeof MAIL_DIMENSIONS)[number]

/** Its metrics are of MAIL_METRICS, or it breaks down or filters by one of their dimensions. Default sends, fetches, likelyHuman. */
export type MailQuery = CountQuery<MailMetric, MailDimension>

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

/** Hours in which requests of one network operator were refused, failed or looked for weak places. */
export interface BurstQuery {
  site: string
  /** Default `30d`. */
  period?: Exclude<Period, 'realtime'>
  /** At least so many of them in an hour, 10 to 100,000. */
  bursts: number
}

/** What `POST /api/query` takes. */
export type Question =
  | Query
  | ChoiceQuery
  | DropQuery
  | MailQuery
  | AdQuery
  | TraitQuery
  | FunnelQuery
  | FlowQuery
  | RetentionQuery
  | BurstQuery

/** A value is null where it cannot be computed: a rate over no visit, money in several currencies. */
export type MetricValues = Partial<
  Record<Exclude<Metric, 'revenue'> | ChoiceMetric | DropMetric | MailMetric | AdMetric, number | null>
> & {
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
    /** `counts`: choices and drops are sums already. */
    source: 'rollup' | 'events' | 'both' | 'counts'
    /**
     * Whose page views the answer is made of, so that no visit counts twice. Absent where the site has no logs, where the
     * question filters by `collector`, and in answers about choices and retention.
     */
    collector?: 'tracker' | 'log' | 'both'
    /** The first day that the tracker tells, where logs tell those before it. */
    trackerFrom?: string
    /** Cells folded into `(other)` since they held fewer visitors than the minimum group. */
    foldedRows: number
    /** Rows there are in all, before limit and offset. */
    rowCount: number
    /** How `visitors` over several days is made: the sum of daily visitors. Absent in answers about counts and mails. */
    visitors?: 'daily-sum'
    minimumGroup: number
    /** What `revenue` is in; null and several where it is in several: filter by one, or break down by currency. */
    currencies?: string[]
    /** ISO time up to which accepted events are in the answer. */
    freshness: string
  }
}
