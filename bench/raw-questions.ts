/**
 * What a dashboard shows as plain scans of single events, in a table sorted by site, day, visitor and time, without
 * rollups. They ask for less than the product answers: no minimum group, sources of events and not of visits.
 */
const SPAN = 'site = {site:UInt64} AND day BETWEEN {from:Date} AND {to:Date}'

const VISITS = `SELECT day, visitor, visit, countIf(type = 'pageview') AS views, max(time) - min(time) AS seconds
FROM (
SELECT day, visitor, time, type, sum(begins) OVER (PARTITION BY day, visitor ORDER BY time ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS visit
FROM (
SELECT day, visitor, time, type, time - lagInFrame(time) OVER (PARTITION BY day, visitor ORDER BY time ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) >= 1800 AS begins
FROM events
WHERE ${SPAN}
))
GROUP BY day, visitor, visit`
const FIGURES =
  'uniqExact(day, visitor) AS visitors, count() AS visits, sum(views) AS pageviews, countIf(views = 1) / count() AS bounce_rate, avg(seconds) AS duration'

export const RAW_TOTALS = `SELECT ${FIGURES} FROM (${VISITS})`
export const RAW_SERIES = `SELECT day, ${FIGURES} FROM (${VISITS}) GROUP BY day ORDER BY day`

export function rawBreakdown(column: string): string {
  return `SELECT ${column} AS value, uniqExact(day, visitor) AS visitors, countIf(type = 'pageview') AS pageviews
FROM events
WHERE ${SPAN}
GROUP BY value
ORDER BY visitors DESC
LIMIT 10`
}
