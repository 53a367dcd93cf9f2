import { EMAIL_TYPES } from '../../schema/email.ts'
import { LOGGED_TYPES } from '../../schema/log.ts'
import { TARGETING_TYPES } from '../../schema/targeting.ts'
import { isPrimary } from '../clickhouse/primary.ts'
import { SITE_DAY } from '../clickhouse/site-days.ts'
import {
  DIMENSION_CATALOG,
  EVENT_ORDER,
  isSparse,
  type CatalogDimension,
  type CatalogFilter,
  type Column,
} from './catalog.ts'
import { OPERATOR_CATALOG, operatorOf } from './operators.ts'

/**
 * The relations that every statement is built of: events → events with their visit's number → events with their
 * visit's figures, or one row for each visit. All texts are constants put together; values are bound by name.
 */

/**
 * A visit is a visitor's events of one site-local day until nothing happened for this long. Engagement never begins a
 * visit: it is sent when a page that was being looked at is hidden, so whoever sent it had not left. Neither does what
 * comes from the page alone, which may lie open for hours; nor does that make a visit longer.
 */
const INACTIVITY_SECONDS = 1_800

/**
 * When a visitor was last active before an event: what comes from the page alone does not count. Where there was nothing
 * else, the first of that; 1970 where there was nothing at all.
 */
function lastActive(visitor: string): string {
  const before = `OVER (${visitor} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`
  return `greatest(min(time) ${before}, maxIf(time, NOT ${OF_THE_PAGE}) ${before})`
}

const NEVER_BEGINS = "type IN ('engagement', 'error', 'vital', 'beacon')"
const OF_THE_PAGE = "type IN ('error', 'vital', 'beacon')"

function listed(types: readonly string[]): string {
  return `(${types.map((type) => `'${type}'`).join(', ')})`
}

/** Kinds of events apart by whose they are, as SQL. */
const WHOSE = {
  /** Of visitors: visits are made of them. */
  visitors: `type NOT IN ${listed([...LOGGED_TYPES, ...EMAIL_TYPES, ...TARGETING_TYPES])}`,
  /** Of no visitor; see the part `logged`. */
  logs: `type IN ${listed(LOGGED_TYPES)}`,
  /** Of no visitor, and counted apart from all others (ads.ts, traits.ts). */
  targeting: `type IN ${listed(TARGETING_TYPES)}`,
} as const

const SO_FAR = 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'

export interface EventsFrame {
  /** Columns read besides those that order the events. */
  readonly columns: readonly Column[]
  /** Where they are from. */
  readonly from: keyof typeof SOURCES
  /** A condition on visitors, of whom the others are left out. Default: all. */
  readonly of?: string
  /** An event that came twice is taken once: of a day of which sealing told that there are such. */
  readonly isOnce: boolean
  /** Default: visitors'. */
  readonly whose?: keyof typeof WHOSE
  /** Events of every collector, of which logs make visits of their own. Default: those of the primary one. */
  readonly isOfAll?: true
  /** Days in the bound list `sealed` are read from visits (visits.ts), beside the events of open days, or are all there is. */
  readonly visits?: 'beside' | 'only'
  /**
   * Conditions on events: only visitors are read who have one that meets each. Default: all are. Whoever selects visits by
   * what their events hold spares the others' events the way into order, which costs most of such a statement.
   */
  readonly holding?: readonly string[]
}

/** Which events there are. */
export type EventsSource = Omit<EventsFrame, 'columns' | 'holding'>

export const OF_SITE = 'site = {site:UInt64} AND day BETWEEN {from:Date} AND {to:Date}'

export const SOURCES = {
  /** All days of the span. */
  span: OF_SITE,
  /** Those in the bound list `released`: the days whose answer may be told. */
  released: `${OF_SITE} AND day IN {released:Array(Date)}`,
  /** Those in the bound list `open`: the days that are not sealed. */
  open: `${OF_SITE} AND day IN {open:Array(Date)}`,
  /** Those in the bound list `sealed`, of which events are not read. */
  sealed: `${OF_SITE} AND day IN {sealed:Array(Date)}`,
  /** Some days of several sites, for sealing, but for those that are left out. */
  sealing: `site IN {sites:Array(UInt64)} AND day IN {days:Array(Date)} AND ${SITE_DAY} NOT IN {left_out:Array(UInt32)}`,
} as const

const LOG_DAY: Readonly<Record<'question' | 'sealing', string>> = {
  question: 'day < {tracker_from:Date}',
  sealing: `${SITE_DAY} IN {log_site_days:Array(UInt32)}`,
}

/** Whether an event is of the primary collector: of a question, or of a day that is sealed. */
export const IS_PRIMARY = isPrimary(LOG_DAY.question)
export const IS_SEALED_PRIMARY = isPrimary(LOG_DAY.sealing)

/** What tells one visitor from another: a key lives for one day of one site. */
function dayOf({ from }: Pick<EventsFrame, 'from'>): string {
  return from === 'sealing' ? 'site, day' : 'day'
}

/** Events of the site and the days. */
export function eventsRelation({
  columns,
  from,
  of,
  isOnce,
  whose = 'visitors',
  isOfAll,
  holding = [],
}: EventsFrame): string {
  const own = [
    dayOf({ from }),
    'visitor',
    'time',
    'batch_id',
    'row',
    'type',
    ...(isOfAll ? ['collector'] : []),
  ]
  const once = `\nORDER BY site, day, event_id, ${EVENT_ORDER}\nLIMIT 1 BY site, day, event_id`
  const isChosen = `${WHOSE[whose]}${whose === 'visitors' && !isOfAll ? ` AND ${IS_PRIMARY}` : ''}`
  const where = `${SOURCES[from]}${of === undefined ? '' : ` AND ${of}`} AND ${isChosen}`
  const chosen = holding.map(
    (condition) => ` AND visitor IN (
SELECT visitor
FROM events
WHERE ${where} AND ${condition}
)`,
  )
  return `SELECT ${[...new Set([...own, ...columns])].join(', ')}
FROM events
WHERE ${where}${chosen.join('')}${isOnce ? once : ''}`
}

/**
 * Events with the number of their visit, and which of their visitor's day they are (`nth`). An event without a visitor key
 * is no visit and gets a number alone.
 */
export function numberedRelation(frame: EventsFrame): string {
  const visitor = `PARTITION BY ${dayOf(frame)}, visitor${ofCollector(frame)} ORDER BY ${EVENT_ORDER}`
  const number = `sum(begins) OVER (${visitor} ${SO_FAR})`
  return `SELECT *, ${frame.isOfAll ? `${number} * 2 + (${OF_LOG})` : number} AS visit
FROM (
SELECT *, row_number() OVER (${visitor}) AS nth, visitor = 0 OR (NOT ${NEVER_BEGINS} AND time - ${lastActive(visitor)} >= ${INACTIVITY_SECONDS}) AS begins
FROM (
${eventsRelation(frame)}
))`
}

const OF_LOG = "collector = 'log'"

/** Logs and tracker may have seen one visit, each for itself. */
function ofCollector({ isOfAll }: Pick<EventsFrame, 'isOfAll'>): string {
  return isOfAll ? `, ${OF_LOG}` : ''
}

/** What is known of a visit as a whole; `over`: what the aggregates run over. */
const VISIT_FIGURES: Readonly<Record<string, (over: string) => string>> = {
  views: (over) => `countIf(type = 'pageview')${over}`,
  customs: (over) => `countIf(type = 'event')${over}`,
  began: (over) => `min(time)${over}`,
  ended: (over) => `greatest(min(time)${over}, maxIf(time, NOT ${OF_THE_PAGE})${over})`,
}

function visitColumns(dimensions: readonly CatalogDimension[], over: string): string {
  const figures = Object.entries(VISIT_FIGURES).map(([name, figure]) => `${figure(over)} AS ${name}`)
  const values = visitDimensions(dimensions).map((dimension) => {
    const entry = DIMENSION_CATALOG[dimension]
    if (entry.scope !== 'visit') return ''
    const aggregate = `${entry.aggregate}${over}`
    return `${entry.keyless === 'own' ? aggregate : `if(visitor = 0, '', ${aggregate})`} AS ${entry.expression}`
  })
  return [...figures, ...values].join(', ')
}

function visitDimensions(dimensions: readonly CatalogDimension[]): CatalogDimension[] {
  return [...new Set(dimensions)].filter((dimension) => DIMENSION_CATALOG[dimension].scope === 'visit')
}

/** Events, each with its visit's figures and values. */
export function toldRelation(frame: EventsFrame, dimensions: readonly CatalogDimension[]): string {
  return `SELECT *, ${visitColumns(dimensions, ' OVER whole')}
FROM (
${numberedRelation(frame)}
)
WINDOW whole AS (PARTITION BY ${dayOf(frame)}, visitor, visit)`
}

/**
 * One row for each visit, and for each event without a visitor key, that holds an event which meets the condition
 * `selected`: with the page views of these, and when the first of them was.
 */
export function visitsRelation(
  frame: EventsFrame,
  dimensions: readonly CatalogDimension[],
  selected = '1',
): string {
  return `SELECT ${dayOf(frame)}, visitor, visit, ${visitColumns(dimensions, '')}, countIf(selected AND type = 'pageview') AS selected_views, minIf(time, selected) AS first_seen
FROM (
SELECT *, ${selected} AS selected
FROM (
${numberedRelation(frame)}
))
GROUP BY ${dayOf(frame)}, visitor, visit
HAVING max(selected)`
}

/**
 * The same events with the number of the page view they belong to: the latest before them of the same page by the
 * same visitor.
 */
export function viewedRelation(relation: string, frame: Pick<EventsFrame, 'from' | 'isOfAll'>): string {
  return `SELECT *, countIf(type = 'pageview') OVER (PARTITION BY ${dayOf(frame)}, visitor${ofCollector(frame)}, hostname, page ORDER BY ${EVENT_ORDER} ${SO_FAR}) AS page_view
FROM (
${relation}
)`
}

/** What a dimension reads of `events`. */
export function columnsOf(dimensions: readonly CatalogDimension[]): Column[] {
  return dimensions.flatMap((dimension) => DIMENSION_CATALOG[dimension].columns)
}

export function parameterOf(position: number): string {
  return `filter_${position}`
}

/**
 * The condition of one filter. `isTold`: whether a value may be told, as SQL; one that may not is equal to nothing, so
 * that it is also not equal to what is asked for.
 */
export function predicateOf(
  filter: CatalogFilter,
  position: number,
  isTold?: (value: string) => string,
): string {
  const entry = DIMENSION_CATALOG[filter.dimension]
  const { operator } = operatorOf(filter)
  const conditionOf = (value: string): string => {
    const condition = OPERATOR_CATALOG[operator].predicate(value, parameterOf(position))
    if (!isTold) return condition
    return operator === 'isNot'
      ? `(${condition} OR NOT ${isTold(value)})`
      : `(${condition} AND ${isTold(value)})`
  }
  if (entry.scope === 'event' && entry.each !== undefined) {
    return `arrayExists(one -> ${conditionOf('one')}, ${entry.each})`
  }
  const condition = conditionOf(entry.expression)
  return isSparse(filter.dimension) ? `(${entry.expression} != '' AND ${condition})` : condition
}

/** The rows that have a value of a dimension; `value`: a column that holds it. */
export function havingValue(dimension: CatalogDimension, value: string): string {
  return isSparse(dimension) ? `\nWHERE ${value} != ''` : ''
}

/**
 * All values of dimensions as an array of (number of the dimension, from 1, and value): none where only some events have
 * one. By number, which is quicker to group by than a name.
 */
export function valuesOf(dimensions: readonly CatalogDimension[]): string {
  const always: string[] = []
  const sometimes: string[] = []
  for (const [position, dimension] of dimensions.entries()) {
    const entry = DIMENSION_CATALOG[dimension]
    const number = `toUInt8(${position + 1})`
    const value = `(${number}, toString(${entry.expression}))`
    if (entry.scope === 'event' && entry.each !== undefined)
      sometimes.push(`arrayMap(one -> (${number}, one), ${entry.each})`)
    else if (isSparse(dimension)) sometimes.push(`if(${entry.expression} = '', [], [${value}])`)
    else always.push(value)
  }
  if (sometimes.length === 0) return `[${always.join(', ')}]`
  return `arrayConcat([${always.join(', ')}], ${sometimes.join(', ')})`
}

/** Events of the last half hour, for `realtime`. */
export const WINDOW_PREDICATE =
  "time >= toDateTime({since:UInt32}, 'UTC') AND time < toDateTime({until:UInt32}, 'UTC')"
