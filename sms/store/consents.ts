import type { ConsentState } from '../consent.ts'
import type { Db, SmsTransaction } from '../ports.ts'
import type { Subject } from './subjects.ts'

/** The state of a subject in one program. There is no place for one in all. */
export async function consentOf(
  db: Db,
  subject: Pick<Subject, 'id' | 'elsewhere'>,
  programId: string,
): Promise<ConsentState> {
  const row = await db
    .selectFrom('sms_consent')
    .select('state')
    .where('subject_id', '=', subject.id)
    .where('program_id', '=', programId)
    .executeTakeFirst()
  return row ? (JSON.parse(row.state) as ConsentState) : subject.elsewhere
}

/** The states of a subject in all programs where they have one of their own, by program. */
export async function consentsOf(db: Db, subjectId: string): Promise<Map<string, ConsentState>> {
  const rows = await db
    .selectFrom('sms_consent')
    .select(['program_id', 'state'])
    .where('subject_id', '=', subjectId)
    .orderBy('program_id')
    .execute()
  return new Map(rows.map((row) => [row.program_id, JSON.parse(row.state) as ConsentState]))
}

export async function putConsent(
  transaction: SmsTransaction,
  at: { readonly subjectId: string; readonly programId: string; readonly now: number },
  state: ConsentState,
): Promise<void> {
  const kept = { state: JSON.stringify(state), standing: state.is, changed_at: at.now }
  await transaction
    .insertInto('sms_consent')
    .values({ subject_id: at.subjectId, program_id: at.programId, ...kept })
    .onConflict((conflict) => conflict.columns(['subject_id', 'program_id']).doUpdateSet(kept))
    .execute()
}
