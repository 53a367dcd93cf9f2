import type { Clock, Db, SmsTransaction } from '../ports.ts'

/** Texts that somebody found right though a rule asked to look at them. */
export interface Approvals {
  /** Whether a text of a program may be queued without being looked at again. */
  has(db: Db, programId: string, textIndex: string): Promise<boolean>
  /** Approves one, or approves it anew. */
  keep(
    transaction: SmsTransaction,
    of: { readonly programId: string; readonly textIndex: string },
    by: { readonly until: number; readonly reason: string; readonly actor: string },
  ): Promise<void>
}

export function createApprovals({ clock }: { clock: Clock }): Approvals {
  return {
    has: async (db, programId, textIndex) => {
      const row = await db
        .selectFrom('sms_approval')
        .select('until')
        .where('program_id', '=', programId)
        .where('text_index', '=', textIndex)
        .executeTakeFirst()
      return row !== undefined && clock.now() < row.until
    },
    keep: async (transaction, { programId, textIndex }, by) => {
      const kept = { ...by, approved_at: clock.now() }
      await transaction
        .insertInto('sms_approval')
        .values({ program_id: programId, text_index: textIndex, ...kept })
        .onConflict((conflict) => conflict.columns(['program_id', 'text_index']).doUpdateSet(kept))
        .execute()
    },
  }
}
