import type { Interval, Metric, MetricValues, QueryRow } from '../../schema/query.ts'
import { UserError } from '../errors.ts'
import type { AnsweredRow } from './ask.ts'
import { metricValue, SUMS, type Sum, type Sums } from './catalog.ts'
import { OTHER } from './minimum-group.ts'
import { bucketOf } from './plan.ts'

/** Rows of statements become rows of the answer. */

export function sumsOfRow(row: AnsweredRow | undefined): Sums {
  const sums: Partial<Record<Sum, number>> = {}
  for (const sum of SUMS) {
    if (row?.[sum] !== undefined) sums[sum] = Number(row[sum])
  }
  return sums
}

export function addSums(all: readonly Sums[]): Sums {
  const total: Partial<Record<Sum, number>> = {}
  for (const sums of all) {
    for (const sum of SUMS) {
      const value = sums[sum]
      if (value !== undefined) total[sum] = (total[sum] ?? 0) + value
    }
  }
  return total
}

export function metricValues(metrics: readonly Metric[], sums: Sums): MetricValues {
  return Object.fromEntries(metrics.map((metric) => [metric, metricValue(metric, sums)]))
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
  more: Readonly<Record<string, string>> = {},
): QueryRow[] {
  return series.buckets.map((time) =>
    Object.assign({ time }, more, metricValues(metrics, series.sums.get(time) ?? {})),
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
