import type { Clock, Db, SmsTransaction } from './ports.ts'

/** A legal hold: nothing of a subject is erased while it stands, by nobody and by no clock. */
export interface Hold {
  readonly reason: string
  readonly actor: string
  /** Unix milliseconds. */
  readonly since: number
}

/** Undefined where none stands. */
export async function holdOf(db: Db, subjectId: string): Promise<Hold | undefined> {
  const row = await db
    .selectFrom('sms_hold')
    .selectAll()
    .where('subject_id', '=', subjectId)
    .executeTakeFirst()
  return row && { reason: row.reason, actor: row.actor, since: row.since }
}

/** Places one; of one that stands the reason is replaced. */
export async function placeHold(
  transaction: SmsTransaction,
  clock: Clock,
  subjectId: string,
  by: Pick<Hold, 'reason' | 'actor'>,
): Promise<void> {
  const { reason, actor } = by
  await transaction
    .insertInto('sms_hold')
    .values({ subject_id: subjectId, reason, actor, since: clock.now() })
    .onConflict((conflict) => conflict.column('subject_id').doUpdateSet({ reason, actor }))
    .execute()
}

/** False where none stood. */
export async function liftHold(transaction: SmsTransaction, subjectId: string): Promise<boolean> {
  const { numDeletedRows: deleted } = await transaction
    .deleteFrom('sms_hold')
    .where('subject_id', '=', subjectId)
    .executeTakeFirstOrThrow()
  return deleted > 0n
}
