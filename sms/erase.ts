import { transition } from './consent.ts'
import type { Clock, SmsPorts, SmsTransaction } from './ports.ts'
import { consentsOf, putConsent } from './store/consents.ts'
import { createLedger, type Ledger } from './store/ledger.ts'
import { createMessages, type Messages } from './store/messages.ts'
import { createSubjects, type Subject, type Subjects } from './store/subjects.ts'

export interface EraserParts {
  readonly ledger: Ledger
  readonly subjects: Subjects
  readonly messages: Messages
  readonly clock: Clock
}

/** What erasing needs, where there is nothing else of the module. */
export function createEraserParts(
  ports: Pick<SmsPorts, 'chain' | 'sealing' | 'random' | 'clock'>,
): EraserParts {
  return {
    clock: ports.clock,
    ledger: createLedger(ports),
    subjects: createSubjects(ports),
    messages: createMessages(ports),
  }
}

/** Why somebody is erased, in the words of the ledger. */
export type ErasureMethod = 'request' | 'retention' | 'restore'

/**
 * Erases a subject in the caller's transaction: their number, their key and every text that was theirs. What stays is
 * that something was agreed to and taken back, at which times, by a random id; that none of it opens any more; and that
 * the number gets no messages, by a keyed hash that nothing else is found by. The chain of the ledger holds.
 */
export async function eraseSubject(
  transaction: SmsTransaction,
  { ledger, subjects, messages, clock }: EraserParts,
  subject: Subject,
  by: { readonly actor: string; readonly method: ErasureMethod },
): Promise<void> {
  const at = clock.now()
  const entry = await ledger.append(transaction, subject, {
    event: 'erased',
    occurredAt: at,
    actor: by.actor,
    method: by.method,
    payload: {},
  })
  const event = { what: 'erased', at, entry } as const
  for (const [programId, state] of await consentsOf(transaction, subject.id)) {
    await putConsent(
      transaction,
      { subjectId: subject.id, programId, now: at },
      transition(state, event).state,
    )
  }
  const { state } = transition(subject.elsewhere, event)
  await subjects.setElsewhere(transaction, subject.id, state)
  await subjects.nextEpoch(transaction, subject)
  await messages.cancel(transaction, subject.id, 'erased')
  await blank(transaction, subject.id)
  await subjects.forget(transaction, subject, state)
}

/** What was sealed under the subject's key is overwritten too: an old backup may hold the key. */
async function blank(transaction: SmsTransaction, subjectId: string): Promise<void> {
  await transaction
    .updateTable('sms_message')
    .set({ body: null })
    .where('subject_id', '=', subjectId)
    .execute()
  await transaction
    .updateTable('sms_inbound')
    .set({ body: null })
    .where('subject_id', '=', subjectId)
    .execute()
  await transaction
    .updateTable('sms_ledger')
    .set({ payload: null })
    .where('subject_id', '=', subjectId)
    .execute()
  // Nobody can be told of a number that is not known any more.
  await transaction
    .deleteFrom('sms_push')
    .where('subject_id', '=', subjectId)
    .where('done_at', 'is', null)
    .execute()
}
