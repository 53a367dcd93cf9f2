import { dayOf, siteOf } from '../clickhouse/site-days.ts'
import { DIMENSION_CATALOG } from './catalog.ts'
import { columnOf } from './rollup-prepared.ts'
import { hashOf, type TableOf } from './rollup-tables.ts'
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
  'is_alone',
  'views',
  'customs',
  'lasted',
  'row_views',
  'pages',
  'page_views',
  ...VALUES.map(({ column }) => column),
]

const VISIT = 'site_day, visitor, visit_number'
/** Tells rows of a visit apart: hashes of values, which are found once for each value that there is. */
const ALIKE = `cityHash64(${VALUES.map(({ of }) => hashOf(of)).join(', ')})`
const OWN = `${VISIT}, alike`

/** `of`: a condition on visitors. Page views of nobody are together where all is the same. */
export function visitRows(tableOf: TableOf, of: string): string {
  const events = `SELECT *, if(visitor = 0, 0, visit) AS visit_number, ${ALIKE} AS alike
FROM ${tableOf('events')}
WHERE is_primary AND ${of}`
  const pages = `SELECT ${OWN}, count() OVER (PARTITION BY ${VISIT}) = 1 AS is_whole, visitor != 0 AND count() OVER (PARTITION BY site_day, visitor) = 1 AS is_alone, sum(seen) AS row_views, arraySort(groupArray((page, seen))) AS pages
FROM (
SELECT ${OWN}, of_page AS page, countIf(type = 'pageview') AS seen
FROM (
${events}
)
GROUP BY ${OWN}, page
)
GROUP BY ${OWN}`
  return `SELECT ${dayOf('site_day')}, ${siteOf('site_day')}, visitor, visit_number, is_whole, is_alone, views, customs, ended - began, row_views, pages.1, pages.2, ${VALUES.map(({ of: value }) => value).join(', ')}
FROM (
${events}
LIMIT 1 BY ${OWN}
) AS first
INNER JOIN (
${pages}
) AS pages USING (${OWN})`
}
