import { PRIMARY_ROW } from '../clickhouse/primary.ts'
import { dayOf, SITE_DAY, siteOf } from '../clickhouse/site-days.ts'
import { SOURCES } from './relations.ts'
import { TOTAL } from './rollup.ts'
import { numberOf, preparedRelation, ROLLUPS } from './rollup-prepared.ts'
import { VISIT_COLUMNS, visitRows } from './visit-rows.ts'
import {
  FIGURES,
  keylessRelation,
  ORIGIN,
  OWN_FIGURES,
  peopleRelation,
  placesRelation,
  singly,
  TABLES,
  viewsRelation,
  visitsRelation,
  type CountingTable,
  type Table,
  type TableOf,
} from './rollup-tables.ts'

/**
 * The rows of the rollup of some days. What each column means is in schema/clickhouse/, table rollup.
 *
 * Most visitors have one value of most dimensions all day: their country, their browser. What such a value counts of
 * them is what they count as a whole, so each is counted once (`people`), and then added up by value. Only where a
 * visitor has several values (`several`: pages, hours, what only some events have) are single events counted by value:
 * first by visit (`visits`) and by page view (`views`).
 *
 * `places` has the order of the values of each dimension: by visitors, then by value. What a value shares with smaller
 * ones is what it counts, less what it counts of those visitors (visits, page views) that have no smaller one. All of it
 * comes together in `counted`.
 *
 * Values go by a hash of 64 bits until the end, under a key of the draft's own, so that nobody can choose two that are
 * taken for one: of a million values two are with a chance of one to 37 million.
 */
export interface RollupRows {
  /** The columns of the rollup, in the order in which they are selected. */
  readonly columns: readonly string[]
  /** Those of visits. */
  readonly visitColumns: readonly string[]
  /** The tables that the steps fill one after the other, by name: their columns with types, and their order. */
  readonly tables: Readonly<Record<string, CountingTable>>
  /**
   * The steps, in their order, for so many events; `isOnce`: an event that came twice counts once. `tableOf` tells what
   * a table is called. Steps bind `sites`, all of the time zone `timezone`; `days`, all of one month; of the days of
   * these sites, by number (server/clickhouse/site-days.ts), `left_out` and `log_site_days`, those that logs tell; and
   * `key_0` and `key_1`, two random numbers.
   */
  steps(given: {
    readonly tableOf: (name: string) => string
    readonly isOnce: boolean
    readonly events: number
  }): readonly Step[]
}

export interface Step {
  /** One of the tables, or what is put in place: `rollup`, or `kept`, the visits. */
  readonly into: string
  readonly columns: readonly string[]
  readonly select: string
}

const COLUMNS = ['day', 'site', 'dimension', 'value', ...FIGURES]

/** Visitors that are worked on at once have so many events together: a gigabyte of memory is enough for them. */
const EVENTS_AT_ONCE = 2_000_000

export const rollupRows: RollupRows = {
  columns: COLUMNS,
  visitColumns: VISIT_COLUMNS,
  tables: TABLES,
  steps({ tableOf, isOnce, events }) {
    const count = Math.max(1, Math.ceil(events / EVENTS_AT_ONCE))
    const each = (select: (tables: TableOf, of: string) => string): string[] =>
      Array.from({ length: count }, (_, index) => select(tableOf, partOfVisitors(index, count)))
    return [
      // An event that came twice may be of two visitors.
      ...(isOnce ? [preparedRelation(true)] : each((_, of) => preparedRelation(false, of))).map((select) =>
        fill('events', select),
      ),
      ...each(visitRows).map((select) => ({ into: 'kept', columns: VISIT_COLUMNS, select })),
      ...each(peopleRelation).map((select) => fill('people', select)),
      fill('people', keylessRelation(tableOf)),
      ...each(visitsRelation).map((select) => fill('visits', select)),
      ...each(viewsRelation).map((select) => fill('views', select)),
      fill('places', placesRelation(tableOf)),
      ...countedParts(tableOf),
      { into: 'rollup', columns: COLUMNS, select: rowsRelation(tableOf) },
    ]
  },
}

function fill(into: Table, select: string): Step {
  return { into, columns: TABLES[into].columns.map(([name]) => name), select }
}

/** Visitors are random numbers of 64 bits: a range of them is a part of them, and lies together. */
function partOfVisitors(index: number, of: number): string {
  if (of === 1) return 'visitor >= 0'
  const width = 2n ** 64n / BigInt(of)
  const last = index === of - 1 ? 2n ** 64n - 1n : width * BigInt(index + 1) - 1n
  return `visitor BETWEEN ${width * BigInt(index)} AND ${last}`
}

/**
 * The figures of one part, by site, day, dimension and value. Each is counted by itself: what all of them keep in memory
 * at once is more than the processor has at hand, and one statement about everything takes long to be understood.
 */
function partOf(own: Readonly<Record<string, string>>, from: string): Step {
  const columns = Object.entries(own).map(([figure, text]) => `toInt64(${text}) AS part_${figure}`)
  return {
    into: 'counted',
    columns: ['site_day', 'name', 'id', ...Object.keys(own)],
    select: `SELECT site_day, name, id, ${columns.join(', ')}
${from}
GROUP BY site_day, name, id`,
  }
}

function countedParts(tableOf: TableOf): Step[] {
  return [
    singlePart(tableOf),
    visitsPart(tableOf),
    viewsPart(tableOf),
    unsharedVisitorsPart(tableOf),
    unsharedVisitsPart(tableOf),
    sharedViewsPart(tableOf),
    unsharedMeasuredPart(tableOf),
  ]
}

function rowsRelation(tableOf: TableOf): string {
  const sums = FIGURES.map((figure) => `sum(counted_${figure}) AS ${figure}`)
  const counted = FIGURES.map((figure) => `${figure} AS counted_${figure}`)
  const names = [...ROLLUPS, PRIMARY_ROW].map((name) => `'${name}'`).join(', ')
  return `SELECT ${dayOf('site_day')} AS day, ${siteOf('site_day')} AS site, arrayElement([${names}], name) AS dimension, cell AS value, ${sums.join(', ')}
FROM (
SELECT site_day, name, cell, ${counted.join(', ')}
FROM ${tableOf('counted')} AS counted
INNER JOIN ${tableOf('places')} AS places USING (site_day, name, id)
UNION ALL
${originRow()}
UNION ALL
${primaryRow()}
)
GROUP BY site_day, name, cell`
}

/** A row of its own, with zeros for all figures but these. */
function rowOf(own: Readonly<Record<string, string>>, name: number, cell: string, more = ''): string {
  const columns = FIGURES.map((figure) => `toInt64(${own[figure] ?? '0'}) AS counted_${figure}`)
  return `SELECT ${SITE_DAY} AS site_day, toUInt8(${name}) AS name, '${cell}' AS cell, ${columns.join(', ')}
FROM events
WHERE ${SOURCES.sealing}${more}
GROUP BY site_day`
}

function originRow(): string {
  return rowOf(ORIGIN, numberOf(TOTAL), '')
}

/** A row for each day of a site that logs tell although the tracker has some of it, with figures of nothing. */
function primaryRow(): string {
  const isOfLogs = ` AND ${SITE_DAY} IN {log_site_days:Array(UInt32)} AND collector = 'tracker'`
  return rowOf({}, ROLLUPS.length + 1, 'log', isOfLogs)
}

function singlePart(tableOf: TableOf): Step {
  const sums = OWN_FIGURES.map((figure): [string, string] => [figure, `sum(${figure})`])
  return partOf(
    {
      ...Object.fromEntries(sums),
      visitors: 'countIf(visitor != 0)',
      entries: 'sum(visits)',
      entering: 'countIf(visitor != 0)',
      measured: 'countIf(visitor != 0 AND measured_views > 0)',
    },
    singly(tableOf),
  )
}

const ENTERS = 'is_visit AND enters'

function people(condition: string): string {
  return `uniqExactIf(visitor, visitor != 0 AND ${condition})`
}

/** What has several values shares all it counts, until what is not shared is taken off. */
function visitsPart(tableOf: TableOf): Step {
  const shareable = {
    visitors: people('is_seen'),
    visits: 'countIf(is_visit)',
    visit_views: 'sumIf(views, is_visit)',
    entries: `countIf(${ENTERS})`,
    bounces: `countIf(${ENTERS} AND bounced)`,
    seconds: `sumIf(lasted, ${ENTERS})`,
    entering: people(ENTERS),
    acting: people('actions > 0'),
    failing: people('errors > 0'),
    paying: people('payments > 0'),
  }
  return partOf(
    {
      ...shareable,
      ...Object.fromEntries(Object.entries(shareable).map(([sum, text]) => [`shared_${sum}`, text])),
      pageviews: 'sum(pageviews)',
      actions: 'sum(actions)',
      errors: 'sum(errors)',
      revenue: 'sum(revenue)',
    },
    `FROM ${tableOf('visits')}`,
  )
}

function viewsPart(tableOf: TableOf): Step {
  const measured = 'uniqExactIf(visitor, visitor != 0)'
  return partOf(
    {
      measured_views: 'count()',
      visible: 'sum(view_visible)',
      depth: 'sum(view_depth)',
      measured,
      shared_measured_views: 'count()',
      shared_measured: measured,
    },
    `FROM ${tableOf('views')}`,
  )
}

/** With the place of each value. */
function placed(tableOf: TableOf, table: 'visits' | 'views'): string {
  return `${tableOf(table)} AS placed
INNER JOIN ${tableOf('places')} AS places USING (site_day, name, id)`
}

/** Everybody is unshared with the smallest of their values; of those they entered with, did something in, and so on, too. */
function unsharedVisitorsPart(tableOf: TableOf): Step {
  const kinds = {
    shared_visitors: 'is_seen',
    shared_entering: ENTERS,
    shared_acting: 'actions > 0',
    shared_failing: 'errors > 0',
    shared_paying: 'payments > 0',
  }
  const smallest = Object.values(kinds).map(
    (condition, kind) => `(${kind}, argMinIf(id, place, ${condition}), countIf(${condition}) > 0)`,
  )
  const own = Object.keys(kinds).map((figure, kind): [string, string] => [figure, `-countIf(kind = ${kind})`])
  return partOf(
    Object.fromEntries(own),
    `FROM (
SELECT site_day, name, smallest.1 AS kind, smallest.2 AS id
FROM (
SELECT site_day, name, visitor, [${smallest.join(', ')}] AS all_smallest
FROM ${placed(tableOf, 'visits')}
WHERE visitor != 0
GROUP BY site_day, name, visitor
)
ARRAY JOIN all_smallest AS smallest
WHERE smallest.3
)`,
  )
}

function unsharedVisitsPart(tableOf: TableOf): Step {
  return partOf(
    {
      shared_visits: '-countIf(kind = 0)',
      shared_visit_views: '-sumIf(views, kind = 0)',
      shared_entries: '-countIf(kind = 1)',
      shared_bounces: '-countIf(kind = 1 AND bounced)',
      shared_seconds: '-sumIf(lasted, kind = 1)',
    },
    `FROM (
SELECT site_day, name, views, bounced, lasted, smallest.1 AS kind, smallest.2 AS id
FROM (
SELECT site_day, name, visitor, visit, any(views) AS views, any(bounced) AS bounced, any(lasted) AS lasted, [(0, argMin(id, place), 1), (1, argMinIf(id, place, enters), countIf(enters) > 0)] AS all_smallest
FROM ${placed(tableOf, 'visits')}
WHERE is_visit
GROUP BY site_day, name, visitor, visit
)
ARRAY JOIN all_smallest AS smallest
WHERE smallest.3
)`,
  )
}

function unsharedMeasuredPart(tableOf: TableOf): Step {
  return partOf(
    { shared_measured: '-count()' },
    `FROM (
SELECT site_day, name, argMin(id, place) AS id
FROM ${placed(tableOf, 'views')}
WHERE visitor != 0
GROUP BY site_day, name, visitor
)`,
  )
}

/** A page view is unshared with the smallest of its values; of its depth it shares what it reached in smaller ones already. */
function sharedViewsPart(tableOf: TableOf): Step {
  return partOf(
    { shared_measured_views: '-countIf(is_smallest)', shared_depth: 'sum(reached)' },
    `FROM (
SELECT site_day, name, one.1 AS id, one.2 AS reached, one.3 AS is_smallest
FROM (
SELECT site_day, name, visitor, view, arraySort(groupArray((place, id, view_depth))) AS depths
FROM ${placed(tableOf, 'views')}
GROUP BY site_day, name, visitor, view
)
ARRAY JOIN arrayMap(at -> (depths[at].2, if(at = 1, 0, least(depths[at].3, arrayMax(before -> before.3, arraySlice(depths, 1, at - 1)))), at = 1), range(1, length(depths) + 1)) AS one
)`,
  )
}
