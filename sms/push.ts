import type { SendingParts } from './parts.ts'
import type { SmsTransaction } from './ports.ts'
import { isKnown } from './store/subjects.ts'
import type { PushTable } from './store/tables.ts'

/** Somebody opted out, or in again: the provider keeps a list of its own, and must have heard of it. */
export interface Push {
  readonly subjectId: string
  /** The ledger's, that proves it. */
  readonly entry: string
  readonly opted: 'out' | 'in'
  readonly now: number
}

/** Queues that the provider is told. What it was not told yet of the same pair is out of date. */
export async function queuePush(
  transaction: SmsTransaction,
  { subjectId, entry, opted, now }: Push,
  senderIds: readonly string[],
): Promise<void> {
  for (const senderId of senderIds) {
    await transaction
      .updateTable('sms_push')
      .set({ done_at: now })
      .where('subject_id', '=', subjectId)
      .where('sender_id', '=', senderId)
      .where('done_at', 'is', null)
      .execute()
    await transaction
      .insertInto('sms_push')
      .values({
        entry_id: entry,
        sender_id: senderId,
        subject_id: subjectId,
        opted,
        attempts: 0,
        due_at: now,
        done_at: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

/** An opt-out of everything concerns every sender. */
const AT_ONCE = 100
/** How long nobody else tells the same. */
const LEASE_MS = 30_000
/** The first pause before another try, and the longest. It is tried until the provider knows. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [5_000, 15 * 60_000]

/** Tells the provider what is due; resolves to how much it was. */
export async function pushDue(parts: SendingParts): Promise<number> {
  const due = await parts.store.transaction((transaction) => takeDue(transaction, parts.clock.now()))
  // All at the same moment, so that a provider can put them into one request.
  const told = await Promise.all(due.map(async (row) => ({ row, to: await tell(parts, row) })))
  await parts.store.transaction(async (transaction) => {
    for (const { row, to } of told) {
      await transaction
        .updateTable('sms_push')
        .set(to)
        .where('entry_id', '=', row.entry_id)
        .where('sender_id', '=', row.sender_id)
        .where('done_at', 'is', null)
        .execute()
    }
  })
  return due.length
}

async function takeDue(transaction: SmsTransaction, now: number): Promise<PushTable[]> {
  const rows = await transaction
    .selectFrom('sms_push')
    .selectAll()
    .where('done_at', 'is', null)
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(AT_ONCE)
    .execute()
  for (const row of rows) {
    await transaction
      .updateTable('sms_push')
      .set({ due_at: now + LEASE_MS, attempts: row.attempts + 1 })
      .where('entry_id', '=', row.entry_id)
      .where('sender_id', '=', row.sender_id)
      .execute()
  }
  return rows
}

async function tell(parts: SendingParts, row: PushTable): Promise<Partial<PushTable>> {
  const { store, subjects, senders, provider, clock, log } = parts
  const subject = await subjects.byId(store.db, row.subject_id)
  const sender = await senders.byId(store.db, row.sender_id)
  // Of somebody who was erased there is no number to tell, and no message to keep back.
  if (!sender || !subject || !isKnown(subject)) return { done_at: clock.now() }
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** row.attempts)
  try {
    const change = { sender: sender.number, subject: subject.number, opted: row.opted }
    const pushed = await provider.pushConsent(change)
    if (pushed.is === 'failed') return { due_at: Math.max(pushed.until, clock.now() + pause) }
    if (pushed.is === 'refused') {
      log.warn(
        { entry: row.entry_id, code: pushed.code },
        'the provider refused to note an opt-out or opt-in',
      )
    }
    return { done_at: clock.now() }
  } catch (error) {
    log.error({ error: error instanceof Error ? error.name : 'unknown' }, 'the SMS provider broke')
    return { due_at: clock.now() + pause }
  }
}
