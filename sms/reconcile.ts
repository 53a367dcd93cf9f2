import type { SendingParts } from './parts.ts'
import type { Sightings, SmsTransaction } from './ports.ts'
import { accept, because, ENDED } from './settle.ts'
import { keep } from './store/messages.ts'
import { isKnown } from './store/subjects.ts'
import type { MessageTable } from './store/tables.ts'

/**
 * Finds out what became of messages whose answer was lost, or whose process died: the provider is asked for one that is
 * alike in sender, number, text and time. What is found is taken for sent. What is not found in several looks, the last
 * of them long after it must have shown, is given up and never sent again by itself: it may still have gone out.
 */
export async function reconcile(parts: SendingParts): Promise<number> {
  const lost = await parts.store.transaction((transaction) => takeLost(transaction, parts))
  for (const row of lost) {
    const sightings = await lookFor(parts, row)
    await parts.store.transaction((transaction) => conclude(transaction, parts, row.id, sightings))
  }
  return lost.length
}

/** Messages looked for at once: a look takes a request to the provider. */
const AT_ONCE = 10
/** How long nobody else looks for the same message. */
const LOOK_LEASE_MS = 30_000
/** So many looks a message is worth, and so long between them. */
const MOST_LOOKS = 4
const LOOK_AGAIN_MS = 5_000

async function takeLost(transaction: SmsTransaction, { clock }: SendingParts): Promise<MessageTable[]> {
  const now = clock.now()
  const rows = await transaction
    .selectFrom('sms_message')
    .selectAll()
    .where('lease_until', '<=', now)
    .orderBy('lease_until')
    .orderBy('id')
    .limit(AT_ONCE)
    .execute()
  for (const { id } of rows) {
    await keep(transaction, id, { status: 'unknown', lease_until: now + LOOK_LEASE_MS })
  }
  return rows
}

async function lookFor(parts: SendingParts, row: MessageTable): Promise<Sightings> {
  const { store, subjects, senders, messages, provider, clock, log } = parts
  const subject = await subjects.byId(store.db, row.subject_id)
  const sender = await senders.byId(store.db, row.sender_id)
  const text = subject && isKnown(subject) ? messages.textOf(subject, row) : undefined
  if (!sender || !subject || !isKnown(subject) || text === undefined || row.slot_at === null) {
    return { is: 'seen', messages: [] }
  }
  try {
    return await provider.lookUp({
      from: sender.number,
      to: subject.number,
      text,
      after: row.slot_at,
      before: lastDeparture(parts, row),
    })
  } catch (error) {
    log.error({ error: error instanceof Error ? error.name : 'unknown' }, 'the SMS provider broke')
    return { is: 'unavailable', until: clock.now() + LOOK_AGAIN_MS }
  }
}

/** By when it must have reached the provider, if it left at all. */
function lastDeparture(
  { provider }: SendingParts,
  { handed_at: handedAt, slot_at: slotAt }: MessageTable,
): number {
  return (handedAt ?? slotAt ?? 0) + provider.capabilities.answersWithinMs + LOOK_AGAIN_MS
}

async function conclude(
  transaction: SmsTransaction,
  parts: SendingParts,
  id: string,
  sightings: Sightings,
): Promise<void> {
  const { messages, clock, provider, alarm } = parts
  const row = await messages.byId(transaction, id)
  if (row?.status !== 'unknown') return
  const now = clock.now()
  if (sightings.is === 'unavailable') {
    await keep(transaction, id, { lease_until: Math.max(sightings.until, now + LOOK_AGAIN_MS) })
    return
  }
  for (const { id: providerId } of sightings.messages) {
    if (await isTaken(transaction, row.sender_id, providerId)) continue
    await accept(transaction, parts, row, providerId)
    return
  }
  const looks = looksIn(row) + 1
  const hasShown = now > lastDeparture(parts, row) + provider.capabilities.visibleWithinMs
  if (looks >= MOST_LOOKS && hasShown && row.handed_at === null && row.in_flight_at_stop === 1) {
    // An opt-out came before it was handed over, and it was not.
    const taken = { status: 'cancelled', in_flight_at_stop: 0, slot_at: null } as const
    await keep(transaction, id, { ...taken, ...ENDED, decision: because(now, 'cancelled', 'opted-out') })
    return
  }
  if (looks >= MOST_LOOKS && hasShown) {
    await keep(transaction, id, { status: 'dead', ...ENDED, decision: because(now, 'given-up', 'not-found') })
    alarm.raise('sms.given-up')
    return
  }
  const decision = JSON.stringify({ verdict: 'unknown', because: ['no-answer'], looks, at: now })
  await keep(transaction, id, { lease_until: now + LOOK_AGAIN_MS, decision })
}

/** What the provider has is one message: of two that are alike each has its own. */
async function isTaken(transaction: SmsTransaction, senderId: string, providerId: string): Promise<boolean> {
  const row = await transaction
    .selectFrom('sms_message')
    .select('id')
    .where('sender_id', '=', senderId)
    .where('provider_id', '=', providerId)
    .executeTakeFirst()
  return row !== undefined
}

function looksIn({ decision }: MessageTable): number {
  const { looks } = JSON.parse(decision) as { looks?: unknown }
  return typeof looks === 'number' ? looks : 0
}
