import { UserError } from '../errors.ts'
import { createBlindIndex } from '../store/envelope.ts'
import type { LastingKey } from '../store/data-keys.ts'
import type { Store } from '../store/open.ts'
import type { BackupTarget } from './target.ts'

/**
 * What was erased since backups were made, so that restoring an older one does not bring it back: a text file beside
 * the backups (in a bucket: several), one line for each erasure, which is a keyed digest. It holds no id, and without the installation's lasting key nobody
 * can tell what a line is about, or add one that would erase something else.
 */

/**
 * What can be erased: a consent receipt or a recipient of mails by their commitment in the ledger, an account or a
 * person with a phone by their id.
 */
export type ErasedKind = 'receipt' | 'account' | 'recipient' | 'sms-subject'

/** The line of an erasure. */
export type Mark = (kind: ErasedKind, subject: string) => string

export function createMark(lasting: LastingKey): Mark {
  const digest = createBlindIndex(lasting, 'erasures')
  return (kind, subject) => digest(`${kind}\0${subject}`)
}

/**
 * Notes an erasure beside the backups at once; undefined where no place for them is set. What cannot be noted is told,
 * and the next backup makes up for it from the store: the erasure itself stands.
 */
export function createErasureNote(parts: {
  target: Pick<BackupTarget, 'noteErasure'> | undefined
  lasting: LastingKey
  warn: (sentence: string) => void
  /** Default: receipts. */
  kind?: Exclude<ErasedKind, 'account'>
}): ((subject: string) => Promise<void>) | undefined {
  const { target, lasting, warn, kind = 'receipt' } = parts
  if (!target) return undefined
  const mark = createMark(lasting)
  return async (subject) => {
    try {
      await target.noteErasure(mark(kind, subject))
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      warn(`${error.message} The next backup makes up for it.`)
    }
  }
}

/**
 * The marks of all that the store says was erased: receipts and recipients by their ledgers, accounts by the audit log,
 * people with phones by their row.
 */
export async function erasuresOf(store: Pick<Store, 'db'>, mark: Mark): Promise<string[]> {
  const receipts = await store.db
    .selectFrom('consent_ledger')
    .select('commitment')
    .where('event', '=', 'erased')
    .where('commitment', 'is not', null)
    .execute()
  const accounts = await store.db
    .selectFrom('audit_log')
    .select('subject')
    .where('action', '=', 'account.removed')
    .where('subject', 'is not', null)
    .execute()
  const recipients = await store.db
    .selectFrom('email_ledger')
    .select('commitment')
    .where('event', '=', 'erased')
    .execute()
  const subjects = await store.db
    .selectFrom('sms_subject')
    .select('id')
    .where('erased_at', 'is not', null)
    .execute()
  return [
    ...recipients.map(({ commitment }) => mark('recipient', commitment)),
    ...subjects.map(({ id }) => mark('sms-subject', id)),
    ...receipts.map(({ commitment }) => mark('receipt', commitment ?? '')),
    ...accounts.map(({ subject }) => mark('account', subject ?? '')),
  ]
}
