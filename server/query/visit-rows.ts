import { dayOf, siteOf } from '../clickhouse/site-days.ts'
import { DIMENSION_CATALOG } from './catalog.ts'
import { columnOf } from './rollup-prepared.ts'
import type { TableOf } from './rollup-tables.ts'
import { VISIT_DIMENSIONS } from './visits.ts'

/** The rows of visits of days that are sealed, made of the prepared events that their rollups are counted from. */

const VALUES = VISIT_DIMENSIONS.map((dimension) => ({
  column: DIMENSION_CATALOG[dimension].expression,
  of: columnOf(dimension),
}))

/** Columns of the table visits (schema/clickhouse/), in the order of what `visitRows` selects. */
export const VISIT_COLUMNS: readonly string[] = [
  'day',
  'site',
  'visitor',
  'visit',
  'is_whole',
  'views',
  'customs',
  'lasted',
  'row_views',
  'pages',
  'page_views',
  ...VALUES.map(({ column }) => column),
]

const VISIT = 'site_day, visitor, visit_number'
/** Tells rows of a visit apart. Keyed, so that nobody can choose two that are taken for one. */
const ALIKE = `sipHash128Keyed(({key_0:UInt64}, {key_1:UInt64}), ${VALUES.map(({ of }) => of).join(', ')})`

/** `of`: a condition on visitors. Page views of nobody are together where all is the same. */
export function visitRows(tableOf: TableOf, of: string): string {
  const events = `SELECT *, if(visitor = 0, 0, visit) AS visit_number, ${ALIKE} AS alike
FROM ${tableOf('events')}
WHERE is_primary AND ${of}`
  const values = VALUES.map(({ of: value }) => `any(${value}) AS ${value}`).join(', ')
  const rows = `SELECT ${VISIT}, any(views) AS views, any(customs) AS customs, any(lasted) AS lasted, sum(seen) AS row_views, arraySort(groupArray((page, seen))) AS pages, ${values}
FROM (
SELECT ${VISIT}, alike, of_page AS page, any(views) AS views, any(customs) AS customs, any(ended - began) AS lasted, countIf(type = 'pageview') AS seen, ${values}
FROM (
${events}
)
GROUP BY ${VISIT}, alike, page
)
GROUP BY ${VISIT}, alike`
  const several = `SELECT ${VISIT}
FROM (
${events}
)
WHERE visitor != 0
GROUP BY ${VISIT}
HAVING min(alike) != max(alike)`
  return `SELECT ${dayOf('site_day')}, ${siteOf('site_day')}, visitor, visit_number, (${VISIT}) NOT IN (
${several}
), views, customs, lasted, row_views, pages.1, pages.2, ${VALUES.map(({ of: value }) => value).join(', ')}
FROM (
${rows}
)`
}
