import type { Transaction } from 'kysely'
import type { DropDimension, DropMetric } from '../../schema/query.ts'
import type { Store } from '../store/open.ts'
import type { Tables } from '../store/tables.ts'
import type { CountedCell, DropKind } from './cell.ts'

/** Where the drop ledger lies in the store: sums by site, day, hour, kind and reason. */

/** Sums are kept as long as rollups are by default, in days: 25 months. */
export const DROP_DAYS = 762

/** The metric that each kind is asked for by. */
const METRIC_OF = { dropped: 'drops', late: 'late', scrubbed: 'scrubbed' } as const satisfies Record<
  DropKind,
  DropMetric
>
const KIND_OF = Object.fromEntries(
  Object.entries(METRIC_OF).map(([kind, metric]) => [metric, kind]),
) as Record<DropMetric, DropKind>
const DIMENSION_OF: Partial<Record<DropKind, DropDimension>> = {
  dropped: 'dropReason',
  scrubbed: 'scrubKind',
}

/** Adds to cells, within a transaction. What is counted of a site that has been removed is gone with it. */
export async function addCells(
  transaction: Transaction<Tables>,
  cells: readonly CountedCell[],
): Promise<void> {
  const ids = [...new Set(cells.map(({ siteId }) => siteId))]
  if (ids.length === 0) return
  const sites = await transaction
    .selectFrom('site')
    .select('id')
    .where('id', 'in', ids)
    .where('removed_at', 'is', null)
    .execute()
  const known = new Set([0, ...sites.map(({ id }) => id)])
  for (const { siteId, day, hour, kind, reason, count } of cells) {
    if (!known.has(siteId)) continue
    await transaction
      .insertInto('drop_count')
      .values({ site_id: siteId, day, hour, kind, reason, count })
      .onConflict((conflict) =>
        conflict
          .columns(['site_id', 'day', 'hour', 'kind', 'reason'])
          .doUpdateSet((row) => ({ count: row('drop_count.count', '+', count) })),
      )
      .execute()
  }
}

/** A sum of the ledger as a question about drops reads it. */
export type DropRow = { day: string; hour: number; metric: DropMetric; count: number } & Partial<
  Record<DropDimension, string>
>

/** Sums of the days from one to the other, both included. Without `hours` those of a day are one. */
export async function readDrops(
  db: Store['db'],
  of: {
    readonly siteId: number
    readonly from: string
    readonly to: string
    readonly metrics: readonly DropMetric[]
    readonly hours: boolean
  },
): Promise<DropRow[]> {
  const rows = await db
    .selectFrom('drop_count')
    .select(['day', 'kind', 'reason'])
    .$if(of.hours, (query) => query.select('hour'))
    .select((column) => column.fn.sum<number>('count').as('sum'))
    .where('site_id', '=', of.siteId)
    .where('day', '>=', of.from)
    .where('day', '<=', of.to)
    .where(
      'kind',
      'in',
      of.metrics.map((metric) => KIND_OF[metric]),
    )
    .groupBy(['day', 'kind', 'reason'])
    .$if(of.hours, (query) => query.groupBy('hour'))
    .execute()
  return rows.map(({ day, hour = 0, kind, reason, sum }) => {
    const row: DropRow = { day, hour, metric: METRIC_OF[kind], count: sum }
    const dimension = DIMENSION_OF[kind]
    if (dimension !== undefined) row[dimension] = reason
    return row
  })
}

/** Removes the sums of days before one. Answers how many there were. */
export async function removeDropsBefore(transaction: Transaction<Tables>, day: string): Promise<number> {
  const { numDeletedRows } = await transaction
    .deleteFrom('drop_count')
    .where('day', '<', day)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
