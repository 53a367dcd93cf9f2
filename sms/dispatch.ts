import { judge, type Claimed } from './judge.ts'
import { keep } from './store/messages.ts'
import { senderLimit, SLOT_MS } from './limits.ts'
import type { SendingParts } from './parts.ts'
import type { Order, Outcome, Picture, SmsTransaction } from './ports.ts'
import { settle } from './settle.ts'
import type { Sender } from './store/senders.ts'
import type { MessageTable } from './store/tables.ts'

/**
 * Sends what is due, in three transactions for each small batch:
 *
 * 1. The gate: everything is read, decided and kept, with a slot of the sender's cap. A crash from here on leaves a
 *    message that may have left.
 * 2. The handing over: whatever an opt-out has taken back since is left out, and the provider is called while the lock
 *    is held. So an opt-out comes before it, and nothing is sent; or after it, and the message was with the provider.
 * 3. What came of it.
 */
export async function dispatchSender(parts: SendingParts, senderId: string): Promise<number> {
  const { settled } = await beginSender(parts, senderId)
  return settled
}

/** The same as far as the handing over: what comes of it is waited for beside what others do. */
export async function beginSender(
  parts: SendingParts,
  senderId: string,
): Promise<{ readonly settled: Promise<number> }> {
  const claimed = await parts.store.transaction((transaction) => gate(transaction, parts, senderId))
  if (claimed.length === 0) return { settled: Promise.resolve(0) }
  // Before the lock is held: pictures never change.
  const pictures = await picturesOf(parts, claimed)
  const { answers, handed } = await parts.store.transaction((transaction) =>
    handOver(transaction, parts, claimed, pictures),
  )
  return { settled: settleAll(parts, handed, answers) }
}

async function settleAll(
  parts: SendingParts,
  handed: readonly Claimed[],
  answers: Promise<readonly Outcome[]>,
): Promise<number> {
  const outcomes = await answers
  await parts.store.transaction(async (transaction) => {
    for (const [index, one] of handed.entries()) {
      await settle(transaction, parts, one, outcomes[index] ?? { is: 'unknown' })
    }
  })
  return handed.length
}

/** Most messages of a batch: what cannot be recalled is never more than what leaves within seconds. */
const BATCH = 10

async function gate(transaction: SmsTransaction, parts: SendingParts, senderId: string): Promise<Claimed[]> {
  let sender = await parts.senders.byId(transaction, senderId)
  const now = parts.clock.now()
  if (!sender || now < sender.restUntil) return []
  const { slots } = sender
  const claimed: Claimed[] = []
  for (const row of await dueOf(transaction, sender, now)) {
    const judged = await judge(transaction, parts, sender, row)
    sender = judged.sender
    if (judged.claimed) claimed.push(judged.claimed)
  }
  if (sender.slots !== slots) await parts.senders.setSlots(transaction, senderId, sender.slots)
  return claimed
}

/** What is due, answers first, and no more of the rest than the cap has room for. */
async function dueOf(transaction: SmsTransaction, sender: Sender, now: number): Promise<MessageTable[]> {
  const due = transaction
    .selectFrom('sms_message')
    .selectAll()
    .where('sender_id', '=', sender.id)
    .where('status', '=', 'queued')
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .orderBy('seq')
  const { most, within } = senderLimit(sender.class, false)
  const free = most - sender.slots.filter((at) => at > now - within).length
  const answers = await due.where('purpose', '!=', 'program').limit(BATCH).execute()
  const room = Math.min(BATCH - answers.length, free - answers.length)
  if (room <= 0) return answers
  return [...answers, ...(await due.where('purpose', '=', 'program').limit(room).execute())]
}

interface Handing {
  readonly handed: Claimed[]
  /** Of each that was handed over, in their order. Never rejects. */
  readonly answers: Promise<readonly Outcome[]>
}

async function handOver(
  transaction: SmsTransaction,
  parts: SendingParts,
  claimed: readonly Claimed[],
  pictures: ReadonlyMap<string, Picture>,
): Promise<Handing> {
  const { clock, tokens, provider } = parts
  const handed: Claimed[] = []
  for (const one of claimed) {
    const row = await transaction
      .selectFrom('sms_message')
      .select('claim')
      .where('id', '=', one.id)
      .where('status', '=', 'dispatching')
      .executeTakeFirst()
    // Taken back, or taken for lost, while this process waited for its turn.
    if (row?.claim !== one.claim) continue
    const now = clock.now()
    if (now > one.slotAt + SLOT_MS) {
      // Its slot is no good any more. It has not left, and passes the gate again.
      await keep(transaction, one.id, { status: 'queued', claim: null, lease_until: null, slot_at: null })
      continue
    }
    const leaseUntil = now + SLOT_MS + provider.capabilities.answersWithinMs
    await keep(transaction, one.id, { status: 'handed', handed_at: now, lease_until: leaseUntil })
    handed.push(one)
  }
  const orders = handed.map(({ id, subject, sender, text, media }): Order => {
    const order = { token: tokens.issue(id), from: sender.number, to: subject.number, text }
    return media.length === 0 ? order : { ...order, media: media.flatMap((one) => pictures.get(one) ?? []) }
  })
  return { handed, answers: carry(parts, orders) }
}

async function picturesOf(
  { media, store }: SendingParts,
  claimed: readonly Claimed[],
): Promise<ReadonlyMap<string, Picture>> {
  const pictures = new Map<string, Picture>()
  for (const id of new Set(claimed.flatMap((one) => one.media))) {
    const picture = await media.read(store.db, id)
    if (picture) pictures.set(id, picture)
  }
  return pictures
}

async function carry({ provider, log }: SendingParts, orders: readonly Order[]): Promise<readonly Outcome[]> {
  /** Called at once; whatever breaks in it, the messages may have left. */
  const attempt = async <T>(call: () => Promise<T>, broken: T): Promise<T> => {
    try {
      return await call()
    } catch (error) {
      log.error({ error: error instanceof Error ? error.name : 'unknown' }, 'the SMS provider broke')
      return broken
    }
  }
  const lost: Outcome = { is: 'unknown' }
  const { sendBatch, capabilities } = provider
  if (sendBatch && orders.length > 1 && orders.length <= capabilities.batch) {
    return attempt(
      () => sendBatch(orders),
      orders.map(() => lost),
    )
  }
  return Promise.all(orders.map((order) => attempt(() => provider.send(order), lost)))
}
