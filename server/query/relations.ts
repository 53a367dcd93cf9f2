import type { Dimension, Filter } from '../../schema/query.ts'
import { DIMENSION_CATALOG, EVENT_ORDER, OPERATOR_CATALOG, operatorOf, type Column } from './catalog.ts'

/**
 * The relations that every statement is built of: events → events with their visit's number → events with their
 * visit's figures, or one row for each visit. All texts are constants put together; values are bound by name.
 */

/**
 * A visit is a visitor's events of one site-local day until nothing happened for this long. Engagement never begins a
 * visit: it is sent when a page that was being looked at is hidden, so whoever sent it had not left.
 */
const INACTIVITY_SECONDS = 1_800

const SO_FAR = 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'

export interface EventsFrame {
  /** Columns read besides those that order the events. */
  readonly columns: readonly Column[]
  /** Where they are from. */
  readonly from: keyof typeof SOURCES
  /** An event that came twice is taken once: of a day of which sealing told that there are such. */
  readonly isOnce: boolean
}

/** An EventsFrame without its columns. */
export type EventsSource = Omit<EventsFrame, 'columns'>

const OF_SITE = 'site = {site:UInt64} AND day BETWEEN {from:Date} AND {to:Date}'

const SOURCES = {
  /** All days of the span. */
  span: OF_SITE,
  /** Those in the bound list `released`: the days whose answer may be told. */
  released: `${OF_SITE} AND day IN {released:Array(Date)}`,
  /** Those in the bound list `open`: the days that are not sealed. */
  open: `${OF_SITE} AND day IN {open:Array(Date)}`,
  /** One day of several sites, for sealing. */
  sealing: 'site IN {sites:Array(UInt64)} AND day = {day:Date}',
} as const

/** What tells one visitor from another: a key lives for one day of one site. */
function dayOf({ from }: Pick<EventsFrame, 'from'>): string {
  return from === 'sealing' ? 'site, day' : 'day'
}

/** Events of the site and the days. */
export function eventsRelation({ columns, from, isOnce }: EventsFrame): string {
  const own = [dayOf({ from }), 'visitor', 'time', 'batch_id', 'row', 'type']
  const once = `\nORDER BY site, day, event_id, ${EVENT_ORDER}\nLIMIT 1 BY site, day, event_id`
  return `SELECT ${[...own, ...new Set(columns)].join(', ')}
FROM events
WHERE ${SOURCES[from]}${isOnce ? once : ''}`
}

/** Events with the number of their visit. An event without a visitor key is no visit and gets a number alone. */
function numberedRelation(frame: EventsFrame): string {
  const visitor = `PARTITION BY ${dayOf(frame)}, visitor ORDER BY ${EVENT_ORDER} ${SO_FAR}`
  return `SELECT *, sum(begins) OVER (${visitor}) AS visit
FROM (
SELECT *, visitor = 0 OR (type != 'engagement' AND time - lagInFrame(time) OVER (${visitor}) >= ${INACTIVITY_SECONDS}) AS begins
FROM (
${eventsRelation(frame)}
))`
}

/** What is known of a visit as a whole, by aggregate. */
const VISIT_FIGURES: Readonly<Record<string, string>> = {
  views: "countIf(type = 'pageview')",
  customs: "countIf(type = 'event')",
  began: 'min(time)',
  ended: 'max(time)',
}

function visitColumns(dimensions: readonly Dimension[], over: string): string {
  const figures = Object.entries(VISIT_FIGURES).map(([name, aggregate]) => `${aggregate}${over} AS ${name}`)
  const values = visitDimensions(dimensions).map((dimension) => {
    const entry = DIMENSION_CATALOG[dimension]
    if (entry.scope !== 'visit') return ''
    const aggregate = `${entry.aggregate}${over}`
    return `${entry.keyless === 'own' ? aggregate : `if(visitor = 0, '', ${aggregate})`} AS ${entry.expression}`
  })
  return [...figures, ...values].join(', ')
}

function visitDimensions(dimensions: readonly Dimension[]): Dimension[] {
  return [...new Set(dimensions)].filter((dimension) => DIMENSION_CATALOG[dimension].scope === 'visit')
}

/** Events, each with its visit's figures and values. */
export function toldRelation(frame: EventsFrame, dimensions: readonly Dimension[]): string {
  return `SELECT *, ${visitColumns(dimensions, ' OVER whole')}
FROM (
${numberedRelation(frame)}
)
WINDOW whole AS (PARTITION BY ${dayOf(frame)}, visitor, visit)`
}

/** One row for each visit, and for each event without a visitor key. */
export function visitsRelation(frame: EventsFrame, dimensions: readonly Dimension[]): string {
  return `SELECT ${dayOf(frame)}, visitor, visit, ${visitColumns(dimensions, '')}
FROM (
${numberedRelation(frame)}
)
GROUP BY ${dayOf(frame)}, visitor, visit`
}

/**
 * The same events with the number of the page view they belong to: the latest before them of the same page by the
 * same visitor.
 */
export function viewedRelation(relation: string, frame: Pick<EventsFrame, 'from'>): string {
  return `SELECT *, countIf(type = 'pageview') OVER (PARTITION BY ${dayOf(frame)}, visitor, hostname, page ORDER BY ${EVENT_ORDER} ${SO_FAR}) AS page_view
FROM (
${relation}
)`
}

/** What a dimension reads of `events`. */
export function columnsOf(dimensions: readonly Dimension[]): Column[] {
  return dimensions.flatMap((dimension) => DIMENSION_CATALOG[dimension].columns)
}

export function parameterOf(position: number): string {
  return `filter_${position}`
}

/** The condition of one filter. */
export function predicateOf(filter: Filter, position: number): string {
  const { expression } = DIMENSION_CATALOG[filter.dimension]
  return OPERATOR_CATALOG[operatorOf(filter).operator].predicate(expression, parameterOf(position))
}

/** Events of the last half hour, for `realtime`. */
export const WINDOW_PREDICATE =
  "time >= toDateTime({since:UInt32}, 'UTC') AND time < toDateTime({until:UInt32}, 'UTC')"
