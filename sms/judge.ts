import { costOf, readFacts, readReplyFacts } from './facts.ts'
import { decide, decideReply, type Decision } from './gate.ts'
import { SLOT_MS } from './limits.ts'
import { heldAt, NOT_HELD } from './held.ts'
import type { SmsParts } from './parts.ts'
import type { SmsTransaction } from './ports.ts'
import type { Sender } from './store/senders.ts'
import { isKnown, type Subject } from './store/subjects.ts'
import { mediaOf } from './store/media.ts'
import { keep } from './store/messages.ts'
import type { MessageTable } from './store/tables.ts'

/** A message that may be handed over, by whoever has the claim on it. */
export interface Claimed {
  readonly id: string
  readonly claim: string
  readonly slotAt: number
  readonly subject: Subject
  readonly sender: Sender
  readonly text: string
  /** Ids of its pictures. */
  readonly media: readonly string[]
}

/**
 * Decides on a message and keeps what was decided, with its reasons and its slot, in the transaction in which it read
 * everything. Resolves to the message where it may go, and to the sender as it is after.
 */
export async function judge(
  transaction: SmsTransaction,
  parts: SmsParts,
  sender: Sender,
  row: MessageTable,
): Promise<{ claimed: Claimed | undefined; sender: Sender }> {
  const { subjects, messages, clock } = parts
  const now = clock.now()
  const subject = await subjects.byId(transaction, row.subject_id)
  const text = subject && isKnown(subject) ? messages.textOf(subject, row) : undefined
  if (!subject || !isKnown(subject) || text === undefined) {
    const decision = said(now, { because: ['no-consent'] })
    await keep(transaction, row.id, { status: 'blocked', decision, ...NOT_HELD })
    return { claimed: undefined, sender }
  }
  const { decision, about } = await decideOn(transaction, parts, { now, row, text, subject, sender })
  if (decision.verdict !== 'send') {
    await keep(transaction, row.id, {
      ...(decision.verdict === 'wait' ? { due_at: decision.until } : { status: 'blocked' }),
      decision: said(now, { ...decision, ...about }),
      ...heldAt(decision, row.held_at, now),
    })
    return { claimed: undefined, sender }
  }
  const slotAt = decision.slots.at(-1) ?? now
  const claim = parts.random.hex(16)
  await keep(transaction, row.id, {
    status: 'dispatching',
    decision: said(now, { verdict: 'send', slot: decision.slots.length, ...about }),
    consent_entry_id: decision.entry === '' ? null : decision.entry,
    epoch: subject.epoch,
    attempts: row.attempts + 1,
    claim,
    lease_until: now + LEASE_MS,
    slot_at: slotAt,
    ...NOT_HELD,
    // Of an earlier try that the provider did not take.
    handed_at: null,
  })
  await noteCost(transaction, sender, row, now)
  return {
    claimed: { id: row.id, claim, slotAt, subject, sender, text, media: mediaOf(row) },
    sender: { ...sender, slots: decision.slots },
  }
}

/** Nobody else looks at a message for so long: it must have left by then, or not leave at all. */
const LEASE_MS = 2 * SLOT_MS

async function decideOn(
  transaction: SmsTransaction,
  parts: SmsParts,
  on: { now: number; row: MessageTable; text: string; subject: Subject; sender: Sender },
): Promise<{ decision: Decision; about: object }> {
  const { now, row, text, subject, sender } = on
  const program = row.program_id === null ? undefined : await parts.programs.byId(transaction, row.program_id)
  if (row.purpose !== 'program') {
    const facts = await readReplyFacts(transaction, { ...on, program })
    return { decision: decideReply(facts), about: { purpose: row.purpose } }
  }
  if (!program || program.endedAt !== undefined) {
    return { decision: { verdict: 'block', because: ['no-program'] }, about: {} }
  }
  const asked = {
    text,
    segments: row.segments,
    expiresAt: row.expires_at,
    isApproved: row.is_approved === 1,
    media: mediaOf(row),
    alike: row,
  }
  const there = await parts.media.known(transaction, asked.media)
  const facts = await readFacts(transaction, { now, asked, program, subject, sender, there })
  const { whereabouts, sentByProgram, sentByAll } = facts.subject
  return {
    decision: decide(facts),
    about: {
      whereabouts: whereabouts.basis,
      sentByProgram: sentByProgram.length,
      sentByAll: sentByAll.length,
      epoch: subject.epoch,
    },
  }
}

function said(at: number, what: object): string {
  return JSON.stringify({ ...what, at })
}

/** Reserved with the decision, so that no two messages spend the same money. */
async function noteCost(
  transaction: SmsTransaction,
  sender: Sender,
  row: MessageTable,
  at: number,
): Promise<void> {
  const cost = { amount: costOf(sender, row.segments, row.media !== null), is_estimate: 1, at }
  await transaction
    .insertInto('sms_cost')
    .values({
      id: row.id,
      program_id: row.program_id,
      sender_id: sender.id,
      kind: 'message',
      note: null,
      ...cost,
    })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(cost))
    .execute()
}
