import type { Dimension } from '../../schema/query.ts'
import { SITE_DAY } from '../clickhouse/site-days.ts'
import { DIMENSION_CATALOG, isSparse, ROLLUP_DIMENSIONS } from './catalog.ts'
import { columnsOf, IS_SEALED_PRIMARY, toldRelation, viewedRelation, type EventsFrame } from './relations.ts'
import { HOUR, TOTAL } from './rollup.ts'

/**
 * The events of days as they are sealed, each with its visit and the value of every dimension, made by the same relations
 * that questions are answered with.
 */

export type Rollup = Dimension | typeof TOTAL | typeof HOUR
export const ROLLUPS: readonly Rollup[] = [TOTAL, HOUR, ...ROLLUP_DIMENSIONS]

/** Whether only some events have a value. */
export function isOfSome(name: Rollup): boolean {
  return name !== TOTAL && name !== HOUR && isSparse(name)
}

/** Rollups go by number while they are counted, which is quicker to group by. */
export function numberOf(name: Rollup): number {
  return ROLLUPS.indexOf(name) + 1
}

/** Column of the prepared events that holds the value. */
export function columnOf(name: Rollup): string {
  return `of_${name}`
}

/** In a series a visit is in the hour in which it began. */
export const BEGAN_HOUR = 'began_hour'

/** Name, type and expression of each column of the prepared events. */
export const PREPARED: readonly (readonly [name: string, type: string, expression: string])[] = [
  ['site_day', 'UInt32', SITE_DAY],
  ['visitor', 'UInt64', 'visitor'],
  ['visit', 'UInt64', 'visit'],
  ['type', 'LowCardinality(String)', 'type'],
  ['views', 'UInt64', 'views'],
  ['customs', 'UInt64', 'customs'],
  ['began', "DateTime('UTC')", 'began'],
  ['ended', "DateTime('UTC')", 'ended'],
  [BEGAN_HOUR, 'LowCardinality(String)', expressionOf(HOUR).replace('(time,', '(began,')],
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
  ['is_primary', 'Bool', IS_SEALED_PRIMARY],
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

/** Selects the prepared events; `isOnce`: an event that came twice counts once; `of`: a condition on visitors. */
export function preparedRelation(isOnce: boolean, of?: string): string {
  const measured = ['hostname', 'page', 'visible_ms', 'scroll_percent', 'revenue', 'currency'] as const
  const frame: EventsFrame = {
    columns: [...columnsOf(ROLLUP_DIMENSIONS), ...measured],
    from: 'sealing',
    ...(of !== undefined && { of }),
    isOnce,
    isOfAll: true,
  }
  return `SELECT ${PREPARED.map(([name, , expression]) => `${expression} AS ${name}`).join(', ')}
FROM (
${viewedRelation(toldRelation(frame, ROLLUP_DIMENSIONS), frame)}
)`
}

function expressionOf(name: Rollup): string {
  if (name === TOTAL) return "''"
  return DIMENSION_CATALOG[name === HOUR ? 'hourOfDay' : name].expression
}
