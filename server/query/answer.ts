import type { Interval, Metric, MetricValues, QueryRow } from '../../schema/query.ts'
import { UserError } from '../errors.ts'
import type { AnsweredRow } from './ask.ts'
import { isRank, METRIC_CATALOG, metricValue, SUMS, type Sums } from './catalog.ts'
import { amountText } from './money.ts'
import { OTHER } from './minimum-group.ts'
import { bucketOf } from './plan.ts'
import type { Units } from './units.ts'

/** Rows of statements become rows of the answer. */

export function sumsOfRow(row: AnsweredRow | undefined): Sums {
  const sums: Sums = {}
  for (const sum of SUMS) {
    if (row?.[sum] === undefined) continue
    // Nothing has no rank.
    if (row[sum] === null) continue
    if (sum === 'revenue') sums.revenue = BigInt(String(row[sum]))
    else sums[sum] = Number(row[sum])
  }
  return sums
}

export function addSums(all: readonly Sums[]): Sums {
  const total: Sums = {}
  for (const sums of all) {
    for (const sum of SUMS) {
      if (sums[sum] === undefined) continue
      // Ranks do not add up; where they are told of a whole, it is asked for.
      if (isRank(sum)) total[sum] ??= sums[sum]
      else if (sum === 'revenue') total.revenue = (total.revenue ?? 0n) + (sums.revenue ?? 0n)
      else total[sum] = (total[sum] ?? 0) + (sums[sum] ?? 0)
    }
  }
  return total
}

export function metricValues(metrics: readonly Metric[], sums: Sums, units: Units): MetricValues {
  return Object.fromEntries(
    metrics.map((metric) => {
      if (metric === 'revenue') return [metric, amountText(sums.revenue ?? 0n, units.currency)]
      const isTold = units.isOneVital || METRIC_CATALOG[metric].part !== 'ranked'
      return [metric, isTold ? metricValue(metric, sums) : null]
    }),
  )
}

/** The value a row stands for. */
export function valueOfRow(row: AnsweredRow): string {
  return isLumped(row) ? OTHER : String(row['value'])
}

export function isLumped(row: AnsweredRow): boolean {
  return Number(row['lumped']) === 1
}

export function foldedIn(rows: readonly AnsweredRow[]): number {
  return rows.reduce((sum, row) => sum + Number(row['folded'] ?? 0), 0)
}

/** The sums of each bucket, gapless. */
export interface Series {
  readonly buckets: readonly string[]
  readonly sums: ReadonlyMap<string, Sums>
}

/**
 * Puts rows into the buckets of a series. A bucket that was not foreseen (the database and this process may know
 * different editions of the time zones) is added in its place, so that nothing counted is lost.
 */
export function seriesOf(
  rows: readonly AnsweredRow[],
  interval: Interval,
  buckets: readonly string[],
): Series {
  const sums = new Map<string, Sums>()
  for (const row of rows) {
    const bucket = bucketOf(interval, String(row['date']), Number(row['slot']))
    sums.set(bucket, addSums([sums.get(bucket) ?? {}, sumsOfRow(row)]))
  }
  const foreseen = new Set(buckets)
  const others = [...sums.keys()].filter((bucket) => !foreseen.has(bucket))
  return { buckets: others.length === 0 ? buckets : [...buckets, ...others].toSorted(), sums }
}

/** One row for each bucket; `more` comes after the time. */
export function seriesRows(
  series: Series,
  metrics: readonly Metric[],
  units: Units,
  more: Readonly<Record<string, string>> = {},
): QueryRow[] {
  return series.buckets.map((time) =>
    Object.assign({ time }, more, metricValues(metrics, series.sums.get(time) ?? {}, units)),
  )
}

/** Rows of a series by value. */
const MAX_SERIES_ROWS = 100_000

/** Throws UserError where so many values with so many buckets each would be too many rows. */
export function checkSeriesRows(values: number, buckets: number): void {
  if (values * buckets <= MAX_SERIES_ROWS) return
  throw new UserError(
    `${values} values with ${buckets} rows each are more than ${MAX_SERIES_ROWS} rows: lower the limit or choose a longer interval.`,
  )
}
