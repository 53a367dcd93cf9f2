import type { WrittenConsent } from '../schema/sms.ts'
import type { PhoneNumber } from './phone.ts'
import type { Clock, Db, SmsTransaction } from './ports.ts'
import type { Recorder } from './record.ts'
import type { StoredProgram } from './store/programs.ts'
import type { Subjects } from './store/subjects.ts'

/** A row of a list: complete, and from a list of one's own (written-consent.ts). */
export interface ListedConsent {
  readonly number: PhoneNumber
  readonly consent: WrittenConsent
  /** Where it stands in the list, for whoever looks for it later. */
  readonly line: number
}

/** What became of a row. */
export const IMPORT_OUTCOMES = [
  /** It allows messages now. */
  'granted',
  /** The number is asked to confirm, once. */
  'asked',
  /** It was imported before, or the number is being asked already. */
  'known',
  /** Somebody opted out, was erased or has another number: a list never undoes that. */
  'opted-out',
  /** Older than the consent that is in force. */
  'too-old',
] as const
export type ImportOutcome = (typeof IMPORT_OUTCOMES)[number]

/** Takes one row, in the caller's transaction. The same row again changes nothing. */
export async function importConsent(
  transaction: SmsTransaction,
  parts: { readonly subjects: Subjects; readonly recorder: Recorder; readonly clock: Clock },
  program: StoredProgram,
  { number, consent, line }: ListedConsent,
): Promise<ImportOutcome> {
  const subject = await parts.subjects.findOrMake(transaction, number)
  if (await wasImported(transaction, subject.id, program.id, consent.collectedAt)) return 'known'
  const recorded = await parts.recorder.consent(transaction, subject, program, {
    consent,
    isImported: true,
    evidence: {
      // Who is asked now has from now on to answer; of others the day counts on which they signed.
      at: program.program.confirmWithin === 'off' ? Date.parse(consent.collectedAt) : parts.clock.now(),
      toldAt: consent.collectedAt,
      actor: consent.actor,
      method: 'import',
      payload: { line },
    },
  })
  const { did, state } = recorded
  if (did === 'granted' || did === 'renewed') return 'granted'
  if (did === 'asked' || did === 'too-old') return did
  return state.is === 'pending' ? 'known' : 'opted-out'
}

async function wasImported(
  db: Db,
  subjectId: string,
  programId: string,
  collectedAt: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('sms_ledger')
    .select('seq')
    .where('subject_id', '=', subjectId)
    .where('program_id', '=', programId)
    .where('event', '=', 'consent-imported')
    .where('occurred_at', '=', collectedAt)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
