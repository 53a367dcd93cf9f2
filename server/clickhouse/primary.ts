/**
 * Whose page views tell a day of a site: its primary collector (docs/adr/0024-log-collection.md). Where tracker and
 * logs saw the same visits, the others are passed over, so that none counts twice. Told by the database alone.
 *
 * Before the first day of which the tracker has events it is `log`, after it `tracker`. That first day is told by logs
 * where some of it are there and logs were imported before any event of the tracker came: in an earlier second, which is
 * what a batch id begins with. What is behind it is random or a count, and would decide a tie by chance; in a tie the
 * tracker tells.
 */

/** Dimension of the row in `rollup`, with the value `log`, of a first day that logs tell: kept when its events are gone. */
export const PRIMARY_ROW = 'primary'

/** The events that are not the primary collector's are those of this one; `isLogDay`: SQL. */
export function isPrimary(isLogDay: string): string {
  return `collector != if(${isLogDay}, 'tracker', 'log')`
}

/** The second in which a batch was made, of its id (server/load/cursor.ts); SQL. */
function secondOf(batchId: string): string {
  return `bitShiftRight(${batchId}, 32)`
}

export interface FirstDay {
  /** Internal id, decimal. */
  readonly site: string
  readonly collector: 'tracker' | 'log'
  /** `2026-11-24`. */
  readonly day: string
}

/** Rows of FirstDay: since when sites have events of the tracker, and page views of logs. `open`: the days that may not be sealed. */
export const FIRST_DAYS = `SELECT toString(site) AS site, collector, toString(min(first)) AS day
FROM (
SELECT site, value AS collector, min(day) AS first
FROM rollup
WHERE site IN {sites:Array(UInt64)} AND dimension = 'collector' AND value IN ('tracker', 'log')
GROUP BY site, collector
UNION ALL
SELECT site, toString(collector) AS collector, min(day) AS first
FROM events
WHERE site IN {sites:Array(UInt64)} AND day IN {open:Array(Date)} AND (collector = 'tracker' OR (collector = 'log' AND type = 'pageview'))
GROUP BY site, collector
)
GROUP BY site, collector
ORDER BY site, collector`

/** One row `logged`: whether logs tell the first day of the tracker, `day`. Binds `site`, `day` and `primary`. */
export const IS_FIRST_DAY_LOGGED = `WITH (
SELECT (minIf(batch_id, collector = 'tracker'), countIf(collector = 'log' AND type = 'pageview'))
FROM events
WHERE site = {site:UInt64} AND day = {day:Date}
) AS first, (
SELECT count()
FROM rollup
WHERE site = {site:UInt64} AND dimension = {primary:String} AND day = {day:Date} AND value = 'log'
) AS known, (
SELECT count()
FROM events
WHERE site = {site:UInt64} AND day <= {day:Date} AND collector = 'log' AND ${secondOf('batch_id')} < ${secondOf('first.1')}
) AS earlier
SELECT toUInt8(known > 0 OR (first.2 > 0 AND earlier > 0)) AS logged`
