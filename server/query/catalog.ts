import type { EventType } from '../../schema/event.ts'
import type { LoggedType } from '../../schema/log.ts'
import { DIMENSIONS, type Dimension, type FilterOn, type Metric } from '../../schema/query.ts'

/**
 * Every metric, dimension and filter of a question as constants: the only pieces of SQL there are besides the frames
 * in sql.ts and minimum-group.ts. Nothing of a request is ever part of them.
 */

/** Columns of `events` that a dimension or a figure reads. */
export type Column =
  | 'hostname'
  | 'page'
  | 'referrer'
  | 'source'
  | 'channel'
  | 'utm_source'
  | 'utm_medium'
  | 'utm_campaign'
  | 'utm_term'
  | 'utm_content'
  | 'country'
  | 'region'
  | 'city'
  | 'network'
  | 'browser'
  | 'browser_version'
  | 'os'
  | 'os_version'
  | 'device'
  | 'screen'
  | 'language'
  | 'basis'
  | 'collector'
  | 'visible_ms'
  | 'scroll_percent'
  | 'name'
  | 'value'
  | 'revenue'
  | 'currency'
  | 'props'
  | 'status'

interface EventDimension {
  /** Selects events: a visit belongs to each value that one of its events holds. */
  readonly scope: 'event'
  readonly columns: readonly Column[]
  readonly expression: string
  /** Only some kinds of events have a value: it is empty for all others, which are in no row and fit no filter. */
  readonly isSparse?: true
  /** An event may have several values, those of this array; the expression then makes a row for each. */
  readonly each?: string
}

interface VisitDimension {
  /** Selects visits: a visit has one value, that of its first page view (exitPage: of its last). */
  readonly scope: 'visit'
  readonly columns: readonly Column[]
  readonly expression: string
  /** Aggregate over the events of one visit that gives the value; also runs as a window over the visit. */
  readonly aggregate: string
  /** What a page view without a visitor key holds, which is no visit: its own column, or nothing. */
  readonly keyless: 'own' | 'nothing'
}

export type DimensionEntry = (EventDimension | VisitDimension) & {
  /** close: may point at somebody, so that answers that touch it are folded at the minimum group. */
  readonly closeness: 'plain' | 'close'
}

/** Order of a visitor's events: the loader numbers the rows by the client's milliseconds before it floors the time. */
export const EVENT_ORDER = 'time, batch_id, row'

function event(column: Column, closeness: DimensionEntry['closeness']): DimensionEntry {
  return { scope: 'event', columns: [column], expression: column, closeness }
}

function ofKind(
  type: EventType | LoggedType | 'beacon',
  closeness: DimensionEntry['closeness'],
): DimensionEntry {
  return {
    scope: 'event',
    columns: ['name'],
    expression: `if(type = '${type}', name, '')`,
    isSparse: true,
    closeness,
  }
}

/** The goals that an event reaches: names, events and patterns of pages are bound, and empty where a goal has none. */
const REACHED =
  "arrayFilter((reached, by_event, by_page) -> (type = 'event' AND name = by_event) OR (type = 'pageview' AND by_page != '' AND match(page, by_page)), {goals:Array(String)}, {goal_events:Array(String)}, {goal_pages:Array(String)})"

/**
 * Properties have names that sites choose: those that a question names are bound, in the order in which it does, the
 * breakdown's first.
 */
export const PROPERTY_SLOTS = [
  'prop0',
  'prop1',
  'prop2',
  'prop3',
  'prop4',
  'prop5',
  'prop6',
  'prop7',
  'prop8',
  'prop9',
  'prop10',
] as const
export type PropertySlot = (typeof PROPERTY_SLOTS)[number]
export type CatalogDimension = Dimension | PropertySlot

function ofProperty(slot: PropertySlot): [PropertySlot, DimensionEntry] {
  const entry: DimensionEntry = {
    scope: 'event',
    columns: ['props'],
    expression: `if(type = 'event', props[{${slot}:String}], '')`,
    isSparse: true,
    closeness: 'close',
  }
  return [slot, entry]
}

function ofVisit(
  column: Column,
  end: 'First' | 'Last',
  keyless: VisitDimension['keyless'],
  expression: string,
): DimensionEntry {
  return {
    scope: 'visit',
    columns: [column],
    expression,
    aggregate: `${end === 'First' ? 'argMinIf' : 'argMaxIf'}(${column}, nth, type = 'pageview')`,
    keyless,
    closeness: 'plain',
  }
}

const WEEKDAYS = "['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']"

export const DIMENSION_CATALOG: Readonly<Record<CatalogDimension, DimensionEntry>> = {
  page: event('page', 'plain'),
  entryPage: ofVisit('page', 'First', 'nothing', 'entry_page'),
  exitPage: ofVisit('page', 'Last', 'nothing', 'exit_page'),
  hostname: event('hostname', 'plain'),
  source: ofVisit('source', 'First', 'own', 'visit_source'),
  referrer: ofVisit('referrer', 'First', 'own', 'visit_referrer'),
  channel: ofVisit('channel', 'First', 'own', 'visit_channel'),
  utmSource: ofVisit('utm_source', 'First', 'own', 'visit_utm_source'),
  utmMedium: ofVisit('utm_medium', 'First', 'own', 'visit_utm_medium'),
  utmCampaign: ofVisit('utm_campaign', 'First', 'own', 'visit_utm_campaign'),
  utmTerm: ofVisit('utm_term', 'First', 'own', 'visit_utm_term'),
  utmContent: ofVisit('utm_content', 'First', 'own', 'visit_utm_content'),
  country: event('country', 'plain'),
  region: event('region', 'close'),
  city: event('city', 'close'),
  network: event('network', 'close'),
  browser: event('browser', 'plain'),
  browserVersion: event('browser_version', 'close'),
  os: event('os', 'plain'),
  osVersion: event('os_version', 'close'),
  device: event('device', 'plain'),
  screen: event('screen', 'close'),
  language: event('language', 'plain'),
  basis: event('basis', 'plain'),
  collector: event('collector', 'plain'),
  weekday: {
    scope: 'event',
    columns: [],
    expression: `arrayElement(${WEEKDAYS}, toDayOfWeek(day))`,
    closeness: 'plain',
  },
  hourOfDay: {
    scope: 'event',
    columns: [],
    expression: "leftPad(toString(toHour(time, {timezone:String})), 2, '0')",
    closeness: 'plain',
  },
  event: ofKind('event', 'plain'),
  goal: {
    scope: 'event',
    columns: ['name', 'page'],
    expression: `arrayJoin(${REACHED})`,
    each: REACHED,
    isSparse: true,
    closeness: 'plain',
  },
  outbound: ofKind('outbound', 'plain'),
  download: ofKind('download', 'plain'),
  form: ofKind('form', 'plain'),
  element: ofKind('click', 'close'),
  error: ofKind('error', 'close'),
  vital: ofKind('vital', 'plain'),
  status: {
    scope: 'event',
    columns: ['status'],
    expression: "if(status = 0, '', toString(status))",
    isSparse: true,
    closeness: 'plain',
  },
  currency: {
    scope: 'event',
    columns: ['currency'],
    expression: 'currency',
    isSparse: true,
    closeness: 'plain',
  },
  direction: {
    scope: 'event',
    columns: ['props'],
    expression: "if(type = 'call', props['direction'], '')",
    isSparse: true,
    closeness: 'plain',
  },
  outcome: ofKind('call', 'plain'),
  beacon: ofKind('beacon', 'plain'),
  ...(Object.fromEntries(PROPERTY_SLOTS.map(ofProperty)) as Record<PropertySlot, DimensionEntry>),
}

/** A filter as it is planned. */
export type CatalogFilter = FilterOn<CatalogDimension>

export function isSparse(dimension: CatalogDimension): boolean {
  const entry = DIMENSION_CATALOG[dimension]
  return entry.scope === 'event' && entry.isSparse === true
}

/** Goals are the site's of today, whatever they were when a day was sealed; calls are counted from events. */
const FROM_EVENTS: readonly Dimension[] = ['goal', 'direction', 'outcome']
/** What rollups hold. */
export const ROLLUP_DIMENSIONS: readonly Dimension[] = DIMENSIONS.filter(
  (dimension) => !FROM_EVENTS.includes(dimension),
)

/** What each part of a statement counts. All are sums over days, so that longer periods add released days. */
export const PARTS = {
  /** From the selected events themselves. */
  seen: ['visitors', 'pageviews'],
  /** From the visits that hold a selected event, each measured as a whole. */
  visited: ['visits', 'visit_views', 'entries', 'bounces', 'seconds'],
  /** From engagement, by the page view it belongs to. */
  measured: ['measured_views', 'visible', 'depth'],
  /** From the selected events besides page views. */
  happened: ['actions', 'errors', 'revenue'],
  /** From what browsers that granted it remember of their own visits. */
  remembered: ['newcomers', 'of_week', 'of_month'],
  /** From feedback. */
  rated: ['ratings', 'scores'],
  /** From web vitals: no sums, but values by rank. */
  ranked: ['p50', 'p75', 'p95'],
  /** From what nobody's visit is made of: requests of logs, and calls. */
  logged: ['requests', 'calls', 'call_seconds'],
} as const
export type Part = keyof typeof PARTS
export const PART_NAMES = Object.keys(PARTS) as readonly Part[]
/** What rollups hold; the others are counted from events. */
export const ROLLUP_PARTS: readonly Part[] = ['seen', 'visited', 'measured', 'happened']
/** What the visits of sealed days hold. */
export const VISIT_PARTS: readonly Part[] = ['seen', 'visited']
export type Sum = (typeof PARTS)[Part][number]
/** Money is in ten-thousandths. */
export type Sums = Partial<Record<Exclude<Sum, 'revenue'>, number>> & { revenue?: bigint }
export const SUMS = Object.values(PARTS).flat()
export const ROLLUP_SUMS = ROLLUP_PARTS.flatMap((part): readonly Sum[] => PARTS[part])

interface OfSomeEvents {
  /** Of which events. */
  readonly when: string
  /** What of them. */
  readonly text: string
}

const ACTIONS = "type IN ('event', 'click', 'outbound', 'download', 'form', 'beacon')"

/** The sums of parts that are about some kinds of events. */
export const HAPPENED: Readonly<Record<(typeof PARTS)['happened'][number], OfSomeEvents>> = {
  actions: {
    when: ACTIONS,
    text: `countIf(${ACTIONS})`,
  },
  errors: { when: "type = 'error'", text: "countIf(type = 'error')" },
  revenue: { when: "currency != ''", text: 'toInt64(sum(revenue) * 10000)' },
}

/** `value` holds the units of which this is the first visit, a bit each: day, week, month, year. */
const FIRST_EVER = "type = 'visit' AND bitAnd(value, 15) = 15 AND props['recency'] = ''"
const FIRST_OF_WEEK = "type = 'visit' AND bitAnd(value, 2) != 0"
const FIRST_OF_MONTH = "type = 'visit' AND bitAnd(value, 4) != 0"

export const REMEMBERED: Readonly<Record<(typeof PARTS)['remembered'][number], OfSomeEvents>> = {
  newcomers: { when: FIRST_EVER, text: `countIf(${FIRST_EVER})` },
  of_week: { when: FIRST_OF_WEEK, text: `countIf(${FIRST_OF_WEEK})` },
  of_month: { when: FIRST_OF_MONTH, text: `countIf(${FIRST_OF_MONTH})` },
}

const FEEDBACK = "type = 'feedback'"

export const RATED: Readonly<Record<(typeof PARTS)['rated'][number], OfSomeEvents>> = {
  ratings: { when: FEEDBACK, text: `countIf(${FEEDBACK})` },
  scores: { when: FEEDBACK, text: `sumIf(value, ${FEEDBACK})` },
}

const VITAL = "type = 'vital'"
const VALUES: OfSomeEvents = { when: VITAL, text: `groupArrayIf(value, ${VITAL})` }

/** All values of a day; their ranks are found over all days at once. */
export const RANKED: Readonly<Record<(typeof PARTS)['ranked'][number], OfSomeEvents>> = {
  p50: VALUES,
  p75: VALUES,
  p95: VALUES,
}

/** Which of all values, from the smallest on, is told: the first that so many of all do not exceed. */
export const RANKS: Readonly<Record<(typeof PARTS)['ranked'][number], number>> = {
  p50: 0.5,
  p75: 0.75,
  p95: 0.95,
}

export function isRank(sum: Sum): sum is keyof typeof RANKS {
  return sum in RANKS
}

export const LOGGED: Readonly<Record<(typeof PARTS)['logged'][number], string>> = {
  requests: "countIf(type = 'request')",
  calls: "countIf(type = 'call')",
  call_seconds: "sumIf(value, type = 'call')",
}

/** The sums of visits, over one row for each: what is added up, of which. `enters`: whether its bounce and duration count. */
export const VISITED: Readonly<
  Record<(typeof PARTS)['visited'][number], { readonly value: string; readonly when: string }>
> = {
  visits: { value: '1', when: 'visitor != 0' },
  visit_views: { value: 'views', when: 'visitor != 0' },
  entries: { value: '1', when: 'enters' },
  bounces: { value: '1', when: 'enters AND views = 1 AND customs = 0' },
  seconds: { value: 'lasted', when: 'enters' },
}

interface MetricEntry {
  readonly part: Part
  readonly sum: Sum
  /** Divided by this; null where it is 0. */
  readonly per?: Sum
  /** And by this: milliseconds to seconds, seconds to minutes. */
  readonly divisor?: number
}

export const METRIC_CATALOG: Readonly<Record<Metric, MetricEntry>> = {
  visitors: { part: 'seen', sum: 'visitors' },
  visits: { part: 'visited', sum: 'visits' },
  pageviews: { part: 'seen', sum: 'pageviews' },
  viewsPerVisit: { part: 'visited', sum: 'visit_views', per: 'visits' },
  bounceRate: { part: 'visited', sum: 'bounces', per: 'entries' },
  visitDuration: { part: 'visited', sum: 'seconds', per: 'entries' },
  timeOnPage: { part: 'measured', sum: 'visible', per: 'measured_views', divisor: 1_000 },
  scrollDepth: { part: 'measured', sum: 'depth', per: 'measured_views' },
  events: { part: 'happened', sum: 'actions' },
  errors: { part: 'happened', sum: 'errors' },
  // The share is made of two answers (conversion.ts); by itself it is its upper half.
  conversionRate: { part: 'seen', sum: 'visitors' },
  revenue: { part: 'happened', sum: 'revenue' },
  newVisitors: { part: 'remembered', sum: 'newcomers' },
  weeklyVisitors: { part: 'remembered', sum: 'of_week' },
  monthlyVisitors: { part: 'remembered', sum: 'of_month' },
  score: { part: 'rated', sum: 'scores', per: 'ratings' },
  p50: { part: 'ranked', sum: 'p50' },
  p75: { part: 'ranked', sum: 'p75' },
  p95: { part: 'ranked', sum: 'p95' },
  requests: { part: 'logged', sum: 'requests' },
  calls: { part: 'logged', sum: 'calls' },
  callMinutes: { part: 'logged', sum: 'call_seconds', divisor: 60 },
}

/** The value of a metric from its sums; money is another's to write (money.ts). */
export function metricValue(metric: Exclude<Metric, 'revenue'>, sums: Sums): number | null {
  const { sum, per, divisor = 1 } = METRIC_CATALOG[metric]
  // Milliseconds become seconds, and thousandths of a shift the shift.
  if (isRank(sum)) return sums[sum] === undefined ? null : sums[sum] / 1_000
  const above = Number(sums[sum] ?? 0)
  if (per === undefined) return above / divisor
  const below = Number(sums[per] ?? 0)
  return below === 0 ? null : above / below / divisor
}

/** The same as SQL over columns named like the sums: rows are ordered by it. */
export function metricExpression(metric: Metric): string {
  if (metric === 'revenue') return 'toInt64(revenue)'
  const { sum, per, divisor } = METRIC_CATALOG[metric]
  if (per === undefined) return sum
  return `if(${per} = 0, NULL, ${sum} / ${per}${divisor === undefined ? '' : ` / ${divisor}`})`
}
