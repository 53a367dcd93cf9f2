import { PARTS, type CatalogDimension, type Part, type Sum } from './catalog.ts'
import type { Fold } from './minimum-group.ts'
import type { Slot } from './plan.ts'

/**
 * Sealed days, read from their rollups: the same columns as from events, and the minimum group kept by the same rule.
 * What is lumped of a day are always the first values of its order, so that sums less what these share with smaller
 * ones are those of all of them together (schema/clickhouse/, table rollup).
 */

/** Names of rollups that are no dimension. */
export const TOTAL = 'total'
export const HOUR = 'hour'

/** Sums of which values of one day may count the same visitor, visit or page view. */
export const SHARED = [
  'visitors',
  'visits',
  'visit_views',
  'entries',
  'bounces',
  'seconds',
  'measured_views',
  'depth',
  'entering',
  'measured',
  'acting',
  'failing',
  'paying',
] as const
export type Shared = (typeof SHARED)[number]

/** The rollup that answers where there is no breakdown, bound as `rollup`. */
export function rollupOf(slot: Slot): string {
  return slot === 'hour' ? HOUR : TOTAL
}

interface RollupShape {
  readonly breakdown: CatalogDimension | undefined
  readonly slot: Slot
}

/** The sums of each sealed day, `day_…`, by day, slot, lumped and cell. */
export function rollupPart(fold: Fold | undefined, slot: Slot, parts: readonly Part[]): string {
  return partOf(fold, { breakdown: undefined, slot }, parts, { keys: 'day', from: FROM_ROLLUP })
}

/** The same by dimension, of all those in the list `rollups` that are told by the rule of `breakdown`. */
export function panelPart(
  fold: Fold | undefined,
  breakdown: CatalogDimension,
  parts: readonly Part[],
): string {
  return partOf(fold, { breakdown, slot: 'day' }, parts, { keys: 'dimension, day', from: FROM_ROLLUPS })
}

interface Read {
  /** Columns that rows are apart by, besides their value. */
  readonly keys: string
  readonly from: string
}

function partOf(
  fold: Fold | undefined,
  shape: RollupShape,
  parts: readonly Part[],
  { keys, from }: Read,
): string {
  const { breakdown, slot } = shape
  const minute = slot === 'hour' ? 'toUInt16(value) * 60' : '0'
  const cell = breakdown === undefined ? "''" : 'value'
  if (!fold) {
    return `SELECT ${keys}, ${minute} AS slot, 0 AS lumped, ${cell} AS cell, toUInt64(0) AS day_folded, ${columns(parts, (sum) => sum)}
${from}`
  }
  const seen = parts.includes('seen')
  return `SELECT ${keys}, slot, lumped, cell, ${seen ? 'sum(lumped)' : 'toUInt64(0)'} AS day_folded, ${columns(parts, (sum) => guarded(sum, shape))}
FROM (
SELECT *, if(lumped, 0, ${minute}) AS slot, if(lumped, '', ${cell}) AS cell
FROM (
SELECT *, NOT (visitors >= {minimum:UInt32} AND (position > 1 OR small = 0 OR (small >= 2 AND small_people >= {minimum:UInt32}))) AS lumped
FROM (
SELECT *, countIf(visitors < {minimum:UInt32}) OVER (PARTITION BY ${keys}) AS small, sumIf(visitors - shared_visitors, visitors < {minimum:UInt32}) OVER (PARTITION BY ${keys}) AS small_people, row_number() OVER (PARTITION BY ${keys} ORDER BY visitors < {minimum:UInt32}, visitors, value) AS position
${from}
)))
GROUP BY ${keys}, slot, lumped, cell`
}

const FROM_ROLLUP = `FROM rollup
WHERE site = {site:UInt64} AND dimension = {rollup:String} AND day IN {sealed:Array(Date)}`

const FROM_ROLLUPS = `FROM rollup
WHERE site = {site:UInt64} AND dimension IN {rollups:Array(String)} AND day IN {sealed:Array(Date)}`

function columns(parts: readonly Part[], text: (sum: Sum) => string): string {
  return parts
    .flatMap((part) => [...PARTS[part]])
    .map((sum) => `toInt64(${text(sum)}) AS day_${sum}`)
    .join(', ')
}

/** As in parts.ts: a figure of fewer visitors than its row is told only where these are enough. */
function guarded(sum: Sum, { breakdown, slot }: RollupShape): string {
  const together = sumTogether(sum)
  const enough = guardOf(sum, breakdown === 'page', slot === 'hour')
  return enough === undefined ? together : `if(${sumTogether(enough)} >= {minimum:UInt32}, ${together}, 0)`
}

/** Whose visitors a figure is of, where these may be fewer than those of its row. */
const OF_VISITORS = { actions: 'acting', errors: 'failing', revenue: 'paying' } as const satisfies Partial<
  Record<Sum, Shared>
>

function guardOf(sum: Sum, isByPage: boolean, isByHour: boolean): Shared | undefined {
  if (isOneOf(PARTS.happened, sum)) return OF_VISITORS[sum]
  if (isOneOf(PARTS.measured, sum)) return 'measured'
  const isGuarded = isByHour ? isOneOf(PARTS.visited, sum) : isByPage && isOneOf(ENTERED, sum)
  return isGuarded ? 'entering' : undefined
}

const ENTERED = ['entries', 'bounces', 'seconds'] as const

function sumTogether(sum: Sum | Shared): string {
  return isOneOf(SHARED, sum) ? `sum(if(lumped, toUInt64(${sum} - shared_${sum}), ${sum}))` : `sum(${sum})`
}

function isOneOf<T extends string>(list: readonly T[], one: string): one is T {
  return list.some((other) => other === one)
}
