import type { Store } from '../store/open.ts'
import type { AuditAction } from './entry.ts'

/** When one of the actions was last done to each subject: ISO 8601 to the second, by subject. */
export async function lastTimes(
  store: Pick<Store, 'db'>,
  actions: readonly AuditAction[],
): Promise<Map<string, string>> {
  const rows = await store.db
    .selectFrom('audit_log')
    .select(['subject', (select) => select.fn.max('time').as('time')])
    .where('action', 'in', [...actions])
    .groupBy('subject')
    .execute()
  return new Map(rows.flatMap(({ subject, time }) => (subject === null ? [] : [[subject, time] as const])))
}
