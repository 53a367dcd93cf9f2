import type { Dimension } from '../../schema/query.ts'
import {
  DIMENSION_CATALOG,
  HAPPENED,
  isSparse,
  ROLLUP_DIMENSIONS,
  ROLLUP_SUMS,
  VISIT_SUMS,
} from './catalog.ts'
import { columnsOf, toldRelation, viewedRelation, type EventsFrame } from './relations.ts'
import { HOUR, SHARED, TOTAL } from './rollup.ts'

/**
 * The rows of a day's rollup, computed from events with the same relations that questions are answered with. What each
 * column means is in schema/clickhouse/, table rollup. First the events are written to a table of their own, each with
 * its visit and the value of every dimension; then that is counted.
 */
export interface RollupRows {
  /** The columns that the statements select, in their order. */
  readonly columns: readonly string[]
  /** Columns of the table of prepared events, with their types. */
  readonly preparedColumns: readonly (readonly [name: string, type: string])[]
  /**
   * Selects the prepared events; `isOnce`: an event that came twice counts once. Like the others it binds `sites`, all of
   * the time zone `timezone`, and `day`.
   */
  prepare(isOnce: boolean): string
  /** Statements that select the rows from so many prepared events. Those of `total` say what was computed from. */
  statements(prepared: { readonly table: string; readonly events: number }): readonly string[]
}

/** What a day is computed from, in the rows of `total`. */
const ORIGIN = {
  events: 'count()',
  last_batch: 'max(batch_id)',
  duplicates: 'count() - uniqExact(event_id)',
} as const

const FIGURES: readonly string[] = [
  ...ROLLUP_SUMS,
  'entering',
  'measured',
  'acting',
  'failing',
  'paying',
  ...SHARED.map((sum) => `shared_${sum}`),
  ...Object.keys(ORIGIN),
]

type Rollup = Dimension | typeof TOTAL | typeof HOUR
const ROLLUPS: readonly Rollup[] = [TOTAL, HOUR, ...ROLLUP_DIMENSIONS]

/**
 * Each event becomes a row for each dimension of its statement. Fewer statements cost less (of a small day, making the
 * plan is most of the work), more need less memory: so many rows are worked on at once.
 */
const SPREAD_ROWS = 5_000_000

const PREPARED: readonly (readonly [name: string, type: string, expression: string])[] = [
  ['site', 'UInt64', 'site'],
  ['visitor', 'UInt64', 'visitor'],
  ['visit', 'UInt64', 'visit'],
  ['type', 'LowCardinality(String)', 'type'],
  ['views', 'UInt64', 'views'],
  ['customs', 'UInt64', 'customs'],
  ['began', "DateTime('UTC')", 'began'],
  ['ended', "DateTime('UTC')", 'ended'],
  ['began_hour', 'LowCardinality(String)', expressionOf(HOUR).replace('(time,', '(began,')],
  // The page view an event belongs to, by a hash of 128 bits that no two share: its parts are too long to sort by.
  [
    'view',
    'UInt128',
    'reinterpretAsUInt128(sipHash128(hostname, page, if(visitor = 0, batch_id, 0), if(visitor = 0, row, page_view)))',
  ],
  ['visible_ms', 'UInt32', 'visible_ms'],
  ['scroll_percent', 'UInt8', 'scroll_percent'],
  ['revenue', 'Decimal(18, 4)', 'revenue'],
  ['currency', 'LowCardinality(String)', 'currency'],
  // Of the dimensions that only some events have, most events have none.
  [
    'has_sparse',
    'Bool',
    ROLLUP_DIMENSIONS.filter(isSparse)
      .map((name) => `${expressionOf(name)} != ''`)
      .join(' OR '),
  ],
  ...ROLLUPS.map((name) => [columnOf(name), 'LowCardinality(String)', expressionOf(name)] as const),
]

export const rollupRows: RollupRows = {
  columns: ['day', 'site', 'dimension', 'value', ...FIGURES],
  preparedColumns: PREPARED.map(([name, type]) => [name, type]),
  prepare(isOnce) {
    const measured = ['hostname', 'page', 'visible_ms', 'scroll_percent', 'revenue', 'currency'] as const
    const frame: EventsFrame = {
      columns: [...columnsOf(ROLLUP_DIMENSIONS), ...measured],
      from: 'sealing',
      isOnce,
    }
    return `SELECT ${PREPARED.map(([name, , expression]) => `${expression} AS ${name}`).join(', ')}
FROM (
${viewedRelation(toldRelation(frame, ROLLUP_DIMENSIONS), frame)}
)`
  },
  statements({ table, events }) {
    const together = Math.max(1, Math.floor(SPREAD_ROWS / Math.max(1, events)))
    const dense = ROLLUPS.filter((name) => !isOfSome(name))
    const groups: Rollup[][] = []
    for (let from = 0; from < dense.length; from += together) groups.push(dense.slice(from, from + together))
    groups.push(ROLLUPS.filter(isOfSome))
    return groups.map((names) => rowsOf({ names, table }))
  },
}

/** Whether only some events have a value. */
function isOfSome(name: Rollup): boolean {
  return name !== TOTAL && name !== HOUR && isSparse(name)
}

interface Group {
  readonly names: readonly Rollup[]
  /** Of the prepared events. */
  readonly table: string
}

function rowsOf(group: Group): string {
  const parts = [
    seenPart(group),
    visitedPart(group),
    measuredPart(group),
    sharedVisitorsPart(group),
    sharedVisitsPart(group),
    sharedViewsPart(group),
    happenedPart(group),
    sharedHappenedPart(group),
  ]
  if (group.names.includes(TOTAL)) parts.push(originPart())
  const sums = FIGURES.map((figure) => `sum(part_${figure}) AS ${figure}`)
  const names = ROLLUPS.map((name) => `'${name}'`).join(', ')
  return `SELECT {day:Date} AS day, site, arrayElement([${names}], name) AS dimension, cell AS value, ${sums.join(', ')}
FROM (
${parts.join('\nUNION ALL\n')}
)
GROUP BY site, name, cell`
}

/** The figures of one part, by site, dimension and value, beside zeros for the others, so that parts can be stacked. */
function partOf(own: Readonly<Record<string, string>>, relation: string): string {
  const columns = FIGURES.map((figure) => `toInt64(${own[figure] ?? '0'}) AS part_${figure}`)
  return `SELECT site, name, cell, ${columns.join(', ')}
FROM (
${relation}
)
GROUP BY site, name, cell`
}

function originPart(): string {
  return partOf(
    ORIGIN,
    `SELECT site, ${numberOf(TOTAL)} AS name, '' AS cell, batch_id, event_id
FROM events
WHERE site IN {sites:Array(UInt64)} AND day = {day:Date}`,
  )
}

const PEOPLE = 'uniqExactIf(visitor, visitor != 0)'

function seenPart(group: Group): string {
  return partOf({ visitors: PEOPLE, pageviews: "countIf(type = 'pageview')" }, seenRelation(group))
}

/** Rows `site, name, visitor, type, cell`: one for each event and dimension. */
function seenRelation(group: Group): string {
  return spread(group, ['visitor', 'type'], '1')
}

function visitedPart(group: Group): string {
  return partOf({ ...VISIT_SUMS, entering: 'uniqExactIf(visitor, enters)' }, visitedRelation(group))
}

/** Rows `site, name, visitor, visit, cell, views, customs, began, ended, enters`: one for each visit and value. */
function visitedRelation(group: Group): string {
  const figures = ['views', 'customs', 'began', 'ended']
  const entryPage = columnOf('entryPage')
  return `SELECT site, name, visitor, visit, cell, ${figures.map((figure) => `any(${figure}) AS ${figure}`).join(', ')}, max(name != ${numberOf('page')} OR entry_page = cell) AS enters
FROM (
${spread(group, ['visitor', 'visit', ...figures, `${entryPage} AS entry_page`], 'visitor != 0', columnOfVisit)}
)
GROUP BY site, name, visitor, visit, cell`
}

function measuredPart(group: Group): string {
  return partOf(
    { measured_views: 'count()', visible: 'sum(view_visible)', depth: 'sum(view_depth)', measured: PEOPLE },
    measuredRelation(group),
  )
}

/** Rows `site, name, visitor, view, cell, view_visible, view_depth`: for each page view that told of engagement, and value. */
function measuredRelation(group: Group): string {
  return `SELECT site, name, visitor, view, cell, sum(visible_ms) AS view_visible, max(scroll_percent) AS view_depth
FROM (
${spread(group, ['visitor', 'view', 'visible_ms', 'scroll_percent'], "type = 'engagement'")}
)
GROUP BY site, name, visitor, view, cell`
}

/** Everybody counts with each of their values, and is shared with all but the smallest. */
function sharedVisitorsPart(group: Group): string {
  return partOf(
    { shared_visitors: 'countIf(place > first_place)' },
    `SELECT *, min(place) OVER (PARTITION BY site, name, visitor) AS first_place
FROM (
${placed(group, `SELECT DISTINCT site, name, visitor, cell\nFROM (\n${seenRelation(group)}\n)`)}
)`,
  )
}

function sharedVisitsPart(group: Group): string {
  const shared = Object.entries(VISIT_SUMS).map(([sum, text]): [string, string] => {
    const condition = text.includes('enters') ? 'enters AND place > first_entered' : 'place > first_place'
    return [`shared_${sum}`, conditional(text, condition)]
  })
  return partOf(
    {
      ...Object.fromEntries(shared),
      shared_entering: 'uniqExactIf(visitor, enters AND place > first_of_visitor)',
    },
    `SELECT *, min(place) OVER visit_of AS first_place, minIf(place, enters) OVER visit_of AS first_entered, minIf(place, enters) OVER (PARTITION BY site, name, visitor) AS first_of_visitor
FROM (
${placed(group, visitedRelation(group))}
)
WINDOW visit_of AS (PARTITION BY site, name, visitor, visit)`,
  )
}

/** The same aggregate over the rows that also meet a condition. */
function conditional(aggregate: string, condition: string): string {
  if (aggregate === 'count()') return `countIf(${condition})`
  if (aggregate.startsWith('sum(')) return `sumIf(${aggregate.slice(4, -1)}, ${condition})`
  return aggregate.replace('enters', condition)
}

function sharedViewsPart(group: Group): string {
  return partOf(
    {
      shared_measured_views: 'countIf(place > first_place)',
      shared_depth: 'sum(least(view_depth, depth_before))',
      shared_measured: 'uniqExactIf(visitor, place > first_of_visitor)',
    },
    `SELECT *, min(place) OVER (PARTITION BY site, name, visitor, view) AS first_place, max(view_depth) OVER (PARTITION BY site, name, visitor, view ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS depth_before, min(place) OVER (PARTITION BY site, name, visitor) AS first_of_visitor
FROM (
${placed(group, measuredRelation(group))}
)`,
  )
}

/** Whose visitors each sum of `happened` is of. */
const HAPPENED_TO = { actions: 'acting', errors: 'failing', revenue: 'paying' } as const

function happenedPart(group: Group): string {
  const own = Object.entries(HAPPENED_TO).flatMap(([sum, people]): [string, string][] => {
    const { when, text } = HAPPENED[sum as keyof typeof HAPPENED_TO]
    return [
      [sum, text],
      [people, `uniqExactIf(visitor, visitor != 0 AND ${when})`],
    ]
  })
  return partOf(Object.fromEntries(own), happenedRelation(group))
}

/** Rows `site, name, visitor, type, currency, revenue, cell`: for each event that something happened in, and dimension. */
function happenedRelation(group: Group): string {
  return spread(group, ['visitor', 'type', 'currency', 'revenue'], SOMETHING)
}

const SOMETHING = `(${Object.values(HAPPENED)
  .map(({ when }) => when)
  .join(' OR ')})`

function sharedHappenedPart(group: Group): string {
  const kinds = Object.entries(HAPPENED_TO).map(([sum, people]) => ({
    people,
    when: HAPPENED[sum as keyof typeof HAPPENED_TO].when,
  }))
  const firsts = kinds.map(
    ({ people, when }) => `minIf(place, ${when}) OVER (PARTITION BY site, name, visitor) AS first_${people}`,
  )
  return partOf(
    Object.fromEntries(
      kinds.map(({ people, when }) => [
        `shared_${people}`,
        `uniqExactIf(visitor, ${when} AND place > first_${people})`,
      ]),
    ),
    `SELECT *, ${firsts.join(', ')}
FROM (
${placed(group, happenedRelation(group))}
)`,
  )
}

/**
 * Of the visitors with more than one value, all others share nothing: rows with their place in the order of the values,
 * by visitors, then by value.
 */
function placed(group: Group, relation: string): string {
  return `SELECT *, (people, cell) AS place
FROM (
SELECT *
FROM (
${relation}
)
WHERE (site, name, visitor) IN (
SELECT site, name, visitor
FROM (
${seenRelation(group)}
)
WHERE visitor != 0
GROUP BY site, name, visitor
HAVING min(cell) != max(cell)
)) AS several
INNER JOIN (
SELECT site, name, cell, ${PEOPLE} AS people
FROM (
${seenRelation(group)}
)
GROUP BY site, name, cell
) AS sizes USING (site, name, cell)`
}

/** A row for each dimension of the group: its number among all as `name`, which is quicker to group by, and its value. */
function spread(
  { names, table }: Group,
  columns: readonly string[],
  condition: string,
  column: (name: Rollup) => string = columnOf,
): string {
  return `SELECT site, ${columns.join(', ')}, name, cell
FROM ${table}
ARRAY JOIN [${names.map(numberOf).join(', ')}] AS name, [${names.map((name) => `toString(${column(name)})`).join(', ')}] AS cell
WHERE ${condition}${names.some(isOfSome) ? " AND has_sparse AND cell != ''" : ''}`
}

function numberOf(name: Rollup): number {
  return ROLLUPS.indexOf(name) + 1
}

/** Column of the prepared events that holds the value. */
function columnOf(name: Rollup): string {
  return `of_${name}`
}

/** In a series a visit is in the hour in which it began. */
function columnOfVisit(name: Rollup): string {
  return name === HOUR ? 'began_hour' : columnOf(name)
}

function expressionOf(name: Rollup): string {
  if (name === TOTAL) return "''"
  return DIMENSION_CATALOG[name === HOUR ? 'hourOfDay' : name].expression
}
