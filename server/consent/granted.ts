import type { Transaction } from 'kysely'
import { GRANT_DIMENSIONS, type ConsentState } from '../../schema/query.ts'
import type { Store } from '../store/open.ts'
import type { Tables } from '../store/tables.ts'
import { categoriesOf } from './bits.ts'
import type { CountDimension, CountQuestion, CountRow } from './counts.ts'

/** What a choice came to, and nothing of where it was made. */
export interface GrantCell {
  readonly siteId: number
  /** Day of the site, `2026-11-24`. */
  readonly day: string
  readonly state: Exclude<ConsentState, 'shown'>
  /** Bits of CATEGORY_BIT that are in force by it. */
  readonly granted: number
  /** Whether the browser sent Global Privacy Control. */
  readonly gpc: boolean
}

/** Adds to a cell, within a transaction. */
export async function addGranted(
  transaction: Transaction<Tables>,
  { siteId, day, state, granted, gpc }: GrantCell,
  count: number,
): Promise<void> {
  await transaction
    .insertInto('consent_granted_count')
    .values({
      site_id: siteId,
      day,
      outcome: state,
      granted: categoriesOf(granted).join('+') || 'none',
      gpc: gpc ? 1 : 0,
      count,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['site_id', 'day', 'outcome', 'granted', 'gpc'])
        .doUpdateSet((row) => ({ count: row('consent_granted_count.count', '+', count) })),
    )
    .execute()
}

/** Whether only these counts know what is asked for. */
export function isOfGrants(by: readonly CountDimension[]): boolean {
  return by.some((dimension) => GRANT_DIMENSIONS.some((known) => known === dimension))
}

const COLUMNS = { consentState: 'outcome', consentGranted: 'granted', gpc: 'gpc' } as const

/** Sums by day and what is asked for; language and country are known of none. */
export async function readGranted(
  db: Store['db'],
  { site, from, to, by }: CountQuestion,
): Promise<CountRow[]> {
  const dimensions = by.flatMap((dimension) =>
    dimension === 'language' || dimension === 'country' ? [] : [dimension],
  )
  const columns = dimensions.map((dimension) => COLUMNS[dimension])
  const rows = await db
    .selectFrom('consent_granted_count')
    .select(['day', ...columns])
    .select((column) => column.fn.sum<number>('count').as('sum'))
    .where('site_id', '=', site.id)
    .where('day', '>=', from)
    .where('day', '<=', to)
    .groupBy(['day', ...columns])
    .orderBy('day')
    .execute()
  return rows.map((row) => {
    const values = Object.fromEntries(
      dimensions.map((dimension) => [
        dimension,
        dimension === 'gpc' ? (row.gpc === 1 ? 'on' : 'off') : (row[COLUMNS[dimension]] ?? ''),
      ]),
    )
    return Object.assign(values, { day: row.day, count: row.sum })
  })
}
