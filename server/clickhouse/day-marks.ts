/**
 * Which days are sealed, and whether events came since: told by the database alone, so that no memory can be wrong.
 *
 * Every insert gives a partition a new part with a higher block number, merges keep the highest one, and deleting rows
 * changes none. A day's rollup says which it was computed from.
 */

/** Dimension of the row, of site 0, that stands for a sealed day. */
export const SEAL_ROW = 'seal'

export interface DayMark {
  /** `2026-11-24`. */
  readonly day: string
  /** Highest block its rollup was computed from, plus one; 0: it has none. */
  readonly sealed: number
  /** Highest block there is in `events`, plus one; 0: no events are left. */
  readonly latest: number
  /** Rows that did not count, since their event was there already. */
  readonly duplicates: number
  /** Rows of events there are. */
  readonly rows: number
}

/** Rows of DayMark for each day that has events or a rollup, in order. Binds `from`, `to` and `seal`. */
export const DAY_MARKS = `SELECT toString(day) AS day, max(sealed_block) AS sealed, max(latest_block) AS latest, max(twice) AS duplicates, max(present) AS rows
FROM (
SELECT day, last_block AS sealed_block, toUInt64(0) AS latest_block, duplicates AS twice, toUInt64(0) AS present
FROM rollup
WHERE site = 0 AND dimension = {seal:String} AND day BETWEEN {from:Date} AND {to:Date}
UNION ALL
SELECT toDateOrZero(partition) AS day, toUInt64(0), toUInt64(max(max_block_number) + 1), toUInt64(0), sum(rows)
FROM system.parts
WHERE database = currentDatabase() AND table = {events:String} AND active AND toDateOrZero(partition) BETWEEN {from:Date} AND {to:Date}
GROUP BY partition
)
GROUP BY day
ORDER BY day`

/** Nothing came since it was sealed, as far as the marks tell. */
export function isUntouched({ sealed, latest }: Pick<DayMark, 'sealed' | 'latest'>): boolean {
  return sealed > 0 && (latest === 0 || latest === sealed)
}
