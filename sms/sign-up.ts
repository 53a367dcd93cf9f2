import type { WrittenConsent } from '../schema/sms.ts'
import { asOf } from './consent.ts'
import type { PhoneNumber } from './phone.ts'
import type { Clock, SmsTransaction } from './ports.ts'
import type { Recorder } from './record.ts'
import { consentOf } from './store/consents.ts'
import type { StoredProgram } from './store/programs.ts'
import type { Subjects } from './store/subjects.ts'

const DAY = 24 * 3_600_000
/** Whoever was asked and has not answered is not asked again by a form for so long. */
const ASK_AGAIN_MS = 30 * DAY
/** Most questions that forms send to one number within a day, whatever programs they are of. */
const MOST_A_DAY = 3

/** What became of a form. It is told to nobody who sent it: they may not be who holds the phone. */
export type SignedUp = 'asked' | 'granted' | 'already' | 'asked-before' | 'ended'

/**
 * Takes a consent from a form that anybody can send for any number, in the caller's transaction. At most one question
 * goes out for a number and a program within 30 days, however often forms are sent; what cannot be asked for leaves no
 * trace. A number that is signed up already stays so by its own consent.
 */
export async function signUp(
  transaction: SmsTransaction,
  parts: { readonly subjects: Subjects; readonly recorder: Recorder; readonly clock: Clock },
  program: StoredProgram,
  form: { readonly number: PhoneNumber; readonly consent: WrittenConsent; readonly payload: object },
): Promise<SignedUp> {
  const { subjects, recorder, clock } = parts
  const { number, consent, payload } = form
  const now = clock.now()
  const subject = await subjects.findOrMake(transaction, number)
  const state = asOf(await consentOf(transaction, subject, program.id), now)
  if (state.is === 'active') return 'already'
  if (program.program.confirmWithin !== 'off' && (await wasAsked(transaction, subject.id, program.id, now))) {
    return 'asked-before'
  }
  const { did } = await recorder.consent(transaction, subject, program, {
    consent,
    isImported: false,
    evidence: { at: now, toldAt: consent.collectedAt, actor: 'subject', method: consent.signature, payload },
  })
  return did === 'asked' ? 'asked' : did === 'granted' ? 'granted' : 'ended'
}

async function wasAsked(
  transaction: SmsTransaction,
  subjectId: string,
  programId: string,
  now: number,
): Promise<boolean> {
  const asked = await transaction
    .selectFrom('sms_message')
    .select(['program_id', 'created_at'])
    .where('subject_id', '=', subjectId)
    .where('purpose', '=', 'request')
    .where('created_at', '>', now - ASK_AGAIN_MS)
    .execute()
  const today = asked.filter((row) => row.created_at > now - DAY)
  return asked.some((row) => row.program_id === programId) || today.length >= MOST_A_DAY
}
