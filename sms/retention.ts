import type { Clock, SmsStore, SmsTransaction } from './ports.ts'
import { eraseSubject, type EraserParts } from './erase.ts'
import { isKnown } from './store/subjects.ts'

const DAY = 24 * 3_600_000

/** How long things are kept, days. Whoever is on hold keeps all of theirs. */
export const RETENTION_DAYS = {
  /** Texts of messages and answers. What an answer agreed to or took back stays with its consent. */
  bodies: 90,
  /** Pictures, after the last message that they went with has expired. */
  media: 90,
  /** What a provider told, as it told it. */
  events: 30,
  /** Messages without their texts: when, why, and what came of them. 13 months. */
  messages: 396,
  /**
   * Consents and opt-outs, from the last message on: then the subject is erased. Claims under the TCPA lapse after four
   * years (28 USC 1658).
   */
  consents: 1_827,
} as const
export type Retained = keyof typeof RETENTION_DAYS

/** How many were removed. */
export type Removed = Readonly<Record<Retained, number>>

/** Subjects erased within one transaction: each waits for the write lock once. */
const AT_ONCE = 100

/**
 * Removes what has been kept for its time: again and again, whenever it is looked. What it removes is gone at once or,
 * where it is cut off in between, the next time.
 */
export async function removeExpired(
  parts: EraserParts & { readonly store: SmsStore; readonly clock: Clock },
): Promise<Removed> {
  const { store, clock } = parts
  const now = clock.now()
  const before = (kept: Retained): number => now - RETENTION_DAYS[kept] * DAY
  const removed = await store.transaction(async (transaction) => ({
    bodies: await removeBodies(transaction, before('bodies')),
    media: await removeMedia(transaction, before('media')),
    events: await removeEvents(transaction, before('events')),
    messages: await removeMessages(transaction, before('messages')),
  }))
  let consents = 0
  for (;;) {
    const erased = await store.transaction((transaction) =>
      eraseQuiet(transaction, parts, before('consents')),
    )
    consents += erased
    if (erased < AT_ONCE) return { ...removed, consents }
  }
}

async function removeBodies(transaction: SmsTransaction, before: number): Promise<number> {
  const messages = await transaction
    .updateTable('sms_message')
    .set({ body: null })
    .where('body', 'is not', null)
    .where('created_at', '<', before)
    // What is on its way still needs its text.
    .where('status', 'not in', ['queued', 'dispatching', 'handed', 'unknown'])
    .where('subject_id', 'not in', onHold(transaction))
    .executeTakeFirstOrThrow()
  const answers = await transaction
    .updateTable('sms_inbound')
    .set({ body: null })
    .where('body', 'is not', null)
    .where('recorded_at', '<', before)
    .where('subject_id', 'not in', onHold(transaction))
    .executeTakeFirstOrThrow()
  return Number(messages.numUpdatedRows + answers.numUpdatedRows)
}

async function removeMedia(transaction: SmsTransaction, before: number): Promise<number> {
  const { numDeletedRows: deleted } = await transaction
    .deleteFrom('sms_media')
    .where('needed_until', '<', before)
    .executeTakeFirstOrThrow()
  return Number(deleted)
}

async function removeEvents(transaction: SmsTransaction, before: number): Promise<number> {
  const { numDeletedRows: deleted } = await transaction
    .deleteFrom('sms_event')
    .where('received_at', '<', before)
    .executeTakeFirstOrThrow()
  return Number(deleted)
}

async function removeMessages(transaction: SmsTransaction, before: number): Promise<number> {
  const messages = await transaction
    .deleteFrom('sms_message')
    .where('created_at', '<', before)
    .where('status', 'not in', ['queued', 'dispatching', 'handed', 'unknown'])
    .where('subject_id', 'not in', onHold(transaction))
    .executeTakeFirstOrThrow()
  const answers = await transaction
    .deleteFrom('sms_inbound')
    .where('recorded_at', '<', before)
    .where('subject_id', 'not in', onHold(transaction))
    .executeTakeFirstOrThrow()
  return Number(messages.numDeletedRows + answers.numDeletedRows)
}

/** Erases subjects of whom nothing has happened for so long: no message, no entry. */
async function eraseQuiet(transaction: SmsTransaction, parts: EraserParts, before: number): Promise<number> {
  const limit = new Date(before).toISOString()
  const quiet = await transaction
    .selectFrom('sms_subject')
    .select('id')
    .where('number', 'is not', null)
    .where('created_at', '<', before)
    .where('id', 'not in', onHold(transaction))
    .where('id', 'not in', (from) =>
      from.selectFrom('sms_message').select('subject_id').where('created_at', '>=', before),
    )
    .where('id', 'not in', (from) =>
      from.selectFrom('sms_ledger').select('subject_id').where('recorded_at', '>=', limit),
    )
    .limit(AT_ONCE)
    .execute()
  for (const { id } of quiet) {
    const subject = await parts.subjects.byId(transaction, id)
    if (subject && isKnown(subject)) {
      await eraseSubject(transaction, parts, subject, { actor: 'server', method: 'retention' })
    }
  }
  return quiet.length
}

function onHold(transaction: SmsTransaction) {
  return transaction.selectFrom('sms_hold').select('subject_id')
}
