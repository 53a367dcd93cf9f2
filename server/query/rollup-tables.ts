import { HAPPENED, ROLLUP_SUMS } from './catalog.ts'
import { SHARED } from './rollup.ts'
import {
  BEGAN_HOUR,
  columnOf,
  isOfSome,
  numberOf,
  PREPARED,
  ROLLUPS,
  type Rollup,
} from './rollup-prepared.ts'

/** The tables that a day is counted in (rollup-rows.ts has the whole way), and what fills each. */

/** Columns with their types, and what rows are ordered by. */
export interface CountingTable {
  readonly columns: readonly (readonly [name: string, type: string])[]
  readonly order: string
}

/** By page, a visit's bounce counts where it began; in a series, a visit is in one hour: these are not simply added up. */
const ALWAYS_SEVERAL: readonly Rollup[] = ['page', 'hour']
const DENSE = ROLLUPS.filter((name) => !isOfSome(name) && !ALWAYS_SEVERAL.includes(name))
const SPARSE = ROLLUPS.filter(isOfSome)

/** Of a visitor; of nobody's events, each by itself. */
export const OWN_FIGURES = [
  'pageviews',
  'visits',
  'visit_views',
  'bounces',
  'seconds',
  'measured_views',
  'visible',
  'depth',
  'actions',
  'errors',
  'revenue',
  'acting',
  'failing',
  'paying',
] as const

/** What a day is computed from, in the rows of `total`. */
export const ORIGIN = {
  events: 'count()',
  last_batch: 'max(batch_id)',
  duplicates: 'count() - uniqExact(event_id)',
} as const

/** All that the rollup counts of a value. */
export const FIGURES: readonly string[] = [
  ...ROLLUP_SUMS,
  'entering',
  'measured',
  'acting',
  'failing',
  'paying',
  ...SHARED.map((sum) => `shared_${sum}`),
  ...Object.keys(ORIGIN),
]

export const TABLES = {
  events: { columns: PREPARED.map(([name, type]) => [name, type] as const), order: 'site_day, visitor' },
  people: {
    columns: [
      ['site_day', 'UInt32'],
      ['visitor', 'UInt64'],
      // A bit for each dimension of which a visitor has several values, by its number.
      ['several', 'UInt64'],
      ['ids', 'Array(UInt64)'],
      ...OWN_FIGURES.map((name) => [name, 'Int64'] as const),
    ],
    order: 'site_day, visitor',
  },
  visits: {
    columns: [
      ['site_day', 'UInt32'],
      ['name', 'UInt8'],
      ['visitor', 'UInt64'],
      ['visit', 'UInt64'],
      ['id', 'UInt64'],
      ['is_seen', 'UInt8'],
      ['is_visit', 'UInt8'],
      ['enters', 'UInt8'],
      ['bounced', 'UInt8'],
      ['views', 'UInt64'],
      ['lasted', 'Int64'],
      ['pageviews', 'UInt64'],
      ['actions', 'UInt64'],
      ['errors', 'UInt64'],
      ['revenue', 'Int64'],
      ['payments', 'UInt64'],
    ],
    order: 'site_day, name, visitor',
  },
  views: {
    columns: [
      ['site_day', 'UInt32'],
      ['name', 'UInt8'],
      ['visitor', 'UInt64'],
      ['view', 'UInt128'],
      ['id', 'UInt64'],
      ['view_visible', 'UInt64'],
      ['view_depth', 'UInt8'],
    ],
    order: 'site_day, name, visitor',
  },
  places: {
    columns: [
      ['site_day', 'UInt32'],
      ['name', 'UInt8'],
      ['id', 'UInt64'],
      ['cell', 'String'],
      ['place', 'UInt64'],
    ],
    order: 'site_day, name, id',
  },
  // Parts of the figures of a value: what one does not tell is 0.
  counted: {
    columns: [
      ['site_day', 'UInt32'],
      ['name', 'UInt8'],
      ['id', 'UInt64'],
      ...FIGURES.map((figure) => [figure, 'Int64'] as const),
    ],
    order: 'site_day, name, id',
  },
} as const satisfies Readonly<Record<string, CountingTable>>
export type Table = keyof typeof TABLES
export type TableOf = (name: Table) => string

/** Of 64 bits, under the draft's own key. */
export function hashOf(column: string): string {
  return `CAST(sipHash64Keyed(({key_0:UInt64}, {key_1:UInt64}), ${column}), 'UInt64')`
}

/** Whether there are events that count by collector only. */
function hasOthers(tableOf: TableOf): string {
  return `(SELECT count() > 0 FROM ${tableOf('events')} WHERE NOT is_primary)`
}

const REVENUE = `toInt64(sum(revenue) * 10000)`
const HAPPENED_FIGURES = `${HAPPENED.actions.text} AS actions, ${HAPPENED.errors.text} AS errors, ${REVENUE} AS money, countIf(${HAPPENED.revenue.when}) AS payments`

/** A row for each visitor: what they did all day, and which dimensions they have several values of. */
export function peopleRelation(tableOf: TableOf, of: string): string {
  const from = `FROM ${tableOf('events')}
WHERE visitor != 0 AND is_primary AND ${of}`
  const ends = DENSE.map(
    (name, at) =>
      `min(${hashOf(columnOf(name))}) AS least_${at}, max(${hashOf(columnOf(name))}) AS most_${at}`,
  )
  const several = DENSE.map(
    (name, at) => `bitShiftLeft(toUInt64(min(least_${at}) != max(most_${at})), ${numberOf(name)})`,
  )
  const ids = DENSE.map((_name, at) => `min(least_${at})`)
  return `SELECT site_day, visitor, several, ids, pageviews, visits, visit_views, bounces, seconds, measured_views, visible, depth, actions, errors, revenue, actions > 0, errors > 0, paid > 0
FROM (
SELECT site_day, visitor, ${several.join(' + ')} AS several, [${ids.join(', ')}] AS ids, sum(seen) AS pageviews, count() AS visits, sum(views) AS visit_views, countIf(views = 1 AND customs = 0) AS bounces, sum(lasted) AS seconds, sum(actions) AS actions, sum(errors) AS errors, sum(money) AS revenue, sum(payments) AS paid
FROM (
SELECT site_day, visitor, visit, any(views) AS views, any(customs) AS customs, any(ended) - any(began) AS lasted, countIf(type = 'pageview') AS seen, ${HAPPENED_FIGURES}, ${ends.join(', ')}
${from}
GROUP BY site_day, visitor, visit
)
GROUP BY site_day, visitor
) AS whole
LEFT JOIN (
SELECT site_day, visitor, count() AS measured_views, sum(view_visible) AS visible, sum(view_depth) AS depth
FROM (
SELECT site_day, visitor, view, sum(visible_ms) AS view_visible, max(scroll_percent) AS view_depth
${from} AND type = 'engagement'
GROUP BY site_day, visitor, view
)
GROUP BY site_day, visitor
) AS told USING (site_day, visitor)`
}

/** Events without a visitor key: each has one value, and belongs to a page view of its own. */
export function keylessRelation(tableOf: TableOf): string {
  const engaged = "type = 'engagement'"
  const figures: Record<(typeof OWN_FIGURES)[number], string> = {
    pageviews: "toInt64(type = 'pageview')",
    visits: '0',
    visit_views: '0',
    bounces: '0',
    seconds: '0',
    measured_views: `toInt64(${engaged})`,
    visible: `if(${engaged}, visible_ms, 0)`,
    depth: `if(${engaged}, scroll_percent, 0)`,
    actions: `toInt64(${HAPPENED.actions.when})`,
    errors: `toInt64(${HAPPENED.errors.when})`,
    // Wider first: the largest amount times 10,000 is more than its own type holds.
    revenue: 'toInt64(toDecimal128(revenue, 4) * 10000)',
    acting: '0',
    failing: '0',
    paying: '0',
  }
  return `SELECT site_day, 0, 0, [${DENSE.map((name) => hashOf(columnOf(name))).join(', ')}], ${Object.values(figures).join(', ')}
FROM ${tableOf('events')}
WHERE visitor = 0 AND is_primary`
}

const OF_EVENT = 1
const OF_VISIT = 2
const OF_BOTH = 3

/**
 * Single events by value, where their visitor has several: `name`, `id`, and `counts`, whether the event or its visit
 * counts there, or both.
 */
function spread(tableOf: TableOf, columns: readonly string[], of: string): string {
  const events = tableOf('events')
  const own = ['site_day', 'visitor', ...columns].join(', ')
  const collector = numberOf('collector')
  const dense = DENSE.filter((name) => name !== 'collector')
  const id = (name: Rollup): string => hashOf(columnOf(name))
  return `SELECT ${own}, name, id, counts
FROM ${events}
ARRAY JOIN [${numberOf('page')}, ${numberOf('hour')}, ${numberOf('hour')}] AS name, [${id('page')}, ${id('hour')}, ${hashOf(BEGAN_HOUR)}] AS id, [${OF_BOTH}, ${OF_EVENT}, ${OF_VISIT}] AS counts
WHERE is_primary AND ${of}
UNION ALL
SELECT ${own}, name, id, ${OF_BOTH}
FROM ${events}
ARRAY JOIN [${SPARSE.map(numberOf).join(', ')}] AS name, [${SPARSE.map((name) => `toString(${columnOf(name)})`).join(', ')}] AS cell, [${SPARSE.map(id).join(', ')}] AS id
WHERE is_primary AND has_sparse AND cell != '' AND ${of}
UNION ALL
SELECT ${own}, ${collector}, ${id('collector')}, ${OF_BOTH}
FROM ${events}
WHERE ${hasOthers(tableOf)} AND ${of}
UNION ALL
SELECT ${own}, name, id, ${OF_BOTH}
FROM ${events}
INNER JOIN (
SELECT site_day, visitor, several
FROM ${tableOf('people')}
WHERE several != 0 AND ${of}
) AS people USING (site_day, visitor)
ARRAY JOIN [${dense.map(numberOf).join(', ')}] AS name, [${dense.map(id).join(', ')}] AS id
WHERE is_primary AND bitTest(several, name) AND ${of}`
}

/** A row for each visit and value. Nobody's events are counted together. */
export function visitsRelation(tableOf: TableOf, of: string): string {
  const entry = `${hashOf(columnOf('entryPage'))} AS entry`
  const columns = ['visit', 'type', 'views', 'customs', 'began', 'ended', 'revenue', 'currency', entry]
  const counted = `counts != ${OF_VISIT}`
  return `SELECT site_day, name, visitor, visit_number, id, max(${counted}), max(visitor != 0 AND counts != ${OF_EVENT}), max(name != ${numberOf('page')} OR entry = id), any(views = 1 AND customs = 0), any(views), any(ended - began), countIf(${counted} AND type = 'pageview'), countIf(${counted} AND ${HAPPENED.actions.when}), countIf(${counted} AND ${HAPPENED.errors.when}), toInt64(sumIf(revenue, ${counted}) * 10000), countIf(${counted} AND ${HAPPENED.revenue.when})
FROM (
SELECT *, if(visitor = 0, 0, visit) AS visit_number
FROM (
${spread(tableOf, columns, of)}
))
GROUP BY site_day, name, visitor, visit_number, id`
}

/** A row for each page view that told of engagement, and value. */
export function viewsRelation(tableOf: TableOf, of: string): string {
  return `SELECT site_day, name, visitor, view, id, sum(visible_ms), max(scroll_percent)
FROM (
${spread(tableOf, ['view', 'type', 'visible_ms', 'scroll_percent'], of)}
)
WHERE type = 'engagement' AND counts != ${OF_VISIT}
GROUP BY site_day, name, visitor, view, id`
}

/** People with one value, once for each dimension. */
export function singly(tableOf: TableOf): string {
  return `FROM ${tableOf('people')}
ARRAY JOIN [${DENSE.map(numberOf).join(', ')}] AS name, ids AS id
WHERE NOT bitTest(several, name) AND NOT (name = ${numberOf('collector')} AND ${hasOthers(tableOf)})`
}

/**
 * Each value of each dimension with its text, and its place among those of its dimension. Values are made distinct as they
 * are, by the dictionaries of their columns, and written out after.
 */
export function placesRelation(tableOf: TableOf): string {
  const texts = [
    ...ROLLUPS.map((name) => [name, columnOf(name)] as const),
    ['hour', BEGAN_HOUR] as const,
  ].map(
    ([name, column]) =>
      `SELECT ${numberOf(name)} AS name, toString(text) AS cell, ${hashOf('text')} AS id FROM (SELECT DISTINCT ${column} AS text FROM ${tableOf('events')})`,
  )
  return `SELECT site_day, name, id, cell, row_number() OVER (PARTITION BY site_day, name ORDER BY people, cell)
FROM (
SELECT site_day, name, id, sum(people) AS people
FROM (
SELECT site_day, name, id, countIf(visitor != 0) AS people
${singly(tableOf)}
GROUP BY site_day, name, id
UNION ALL
SELECT site_day, name, id, uniqExactIf(visitor, visitor != 0 AND is_seen)
FROM ${tableOf('visits')}
GROUP BY site_day, name, id
)
GROUP BY site_day, name, id
) AS counted
INNER JOIN (
SELECT DISTINCT name, cell, id
FROM (
${texts.join('\nUNION ALL\n')}
)) AS texts USING (name, id)`
}
