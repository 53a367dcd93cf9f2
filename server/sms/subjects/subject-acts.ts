import {
  eraseSubject,
  holdOf,
  isKnown,
  liftHold,
  placeHold,
  type PhoneNumber,
  type SmsParts,
  type Subject,
} from '../../../sms/index.ts'
import { UserError } from '../../errors.ts'
import type { Store } from '../../store/open.ts'
import { SMS_TABLES } from '../../store/personal.ts'
import type { ProofBy } from '../proof/make.ts'

/** What is done about one subject, each with who and why in the audit log and, while there is one, in their ledger. */
export interface SubjectActs {
  /** Shows a number in full. Throws UserError 404 for a subject that is unknown or erased. */
  reveal(subjectId: string, by: ProofBy): Promise<PhoneNumber>
  /**
   * Erases a subject for good. Throws UserError 404 for one that is unknown or erased, 409 while a legal hold stands.
   */
  erase(subjectId: string, by: ProofBy): Promise<void>
  /** Nothing of the subject is erased while a hold stands. Throws UserError 404. */
  hold(subjectId: string, by: ProofBy): Promise<void>
  /** False where none stood. Throws UserError 404. */
  release(subjectId: string, by: ProofBy): Promise<boolean>
  /** The id of a number's subject. Throws UserError 404 where the number is not known. */
  idOf(number: PhoneNumber): Promise<string>
}

export interface SubjectActsParts {
  readonly sms: SmsParts
  /** Overwrites what was deleted. */
  readonly store: Pick<Store, 'purge'>
  /** Notes an erasure beside the backups, so that restoring an older one does not bring the subject back. */
  readonly onErased?: ((subjectId: string) => Promise<void>) | undefined
}

export function createSubjectActs({ sms, store, onErased }: SubjectActsParts): SubjectActs {
  const { subjects, ledger, audit, clock } = sms

  async function known(db: Parameters<typeof subjects.byId>[0], subjectId: string): Promise<Subject> {
    const subject = await subjects.byId(db, subjectId)
    if (!subject || !isKnown(subject)) throw noSubject()
    return subject
  }

  return {
    reveal: (subjectId, { actor, reason }) =>
      sms.store.transaction(async (transaction) => {
        const subject = await known(transaction, subjectId)
        await ledger.append(transaction, subject, {
          event: 'disclosed',
          occurredAt: clock.now(),
          actor,
          method: 'reveal',
          payload: { reason },
        })
        const event = { actor, action: 'sms.number.revealed', subject: subjectId, reason } as const
        await audit.append(transaction, event)
        return subject.number
      }),
    erase: async (subjectId, { actor, reason }) => {
      await sms.store.transaction(async (transaction) => {
        const subject = await known(transaction, subjectId)
        if (await holdOf(transaction, subjectId)) {
          throw new UserError(
            'A legal hold stands on this subject, and nothing of it is erased: lift the hold first.',
            409,
          )
        }
        await eraseSubject(transaction, sms, subject, { actor, method: 'request' })
        const event = { actor, action: 'sms.subject.erased', subject: subjectId, reason } as const
        await audit.append(transaction, event)
      })
      await store.purge(SMS_TABLES)
      await onErased?.(subjectId)
    },
    hold: (subjectId, { actor, reason }) =>
      sms.store.transaction(async (transaction) => {
        await known(transaction, subjectId)
        await placeHold(transaction, clock, subjectId, { actor, reason })
        await audit.append(transaction, { actor, action: 'sms.hold.placed', subject: subjectId, reason })
      }),
    release: (subjectId, { actor, reason }) =>
      sms.store.transaction(async (transaction) => {
        await known(transaction, subjectId)
        const stood = await liftHold(transaction, subjectId)
        if (stood) {
          await audit.append(transaction, { actor, action: 'sms.hold.lifted', subject: subjectId, reason })
        }
        return stood
      }),
    idOf: async (number) => {
      const subject = await subjects.find(sms.store.db, number)
      if (!subject) throw noSubject()
      return subject.id
    },
  }
}

function noSubject(): UserError {
  return new UserError('There is no such subject here: it was erased, or never signed up.', 404)
}
