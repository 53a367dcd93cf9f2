import { effectOf } from './data/codes.ts'
import { applyParked } from './delivery.ts'
import type { Claimed } from './judge.ts'
import { keep } from './store/messages.ts'
import type { SmsParts } from './parts.ts'
import type { Outcome, SmsTransaction } from './ports.ts'
import { takeEffect } from './sender-health.ts'
import type { MessageTable } from './store/tables.ts'

/** After so many tries a message is given up. */
const MOST_ATTEMPTS = 8
/** The first pause before another try, and the longest. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [2_000, 64_000]

/** Keeps what came of a message that was handed over. */
export async function settle(
  transaction: SmsTransaction,
  parts: SmsParts,
  { id, claim, sender }: Pick<Claimed, 'id' | 'claim' | 'sender'>,
  outcome: Outcome,
): Promise<void> {
  const row = await parts.messages.byId(transaction, id)
  // Somebody else has settled it: a late answer must not undo that.
  if (!row || row.claim !== claim || !['dispatching', 'handed', 'unknown'].includes(row.status)) return
  const now = parts.clock.now()
  switch (outcome.is) {
    case 'accepted':
      await accept(transaction, parts, row, outcome.id)
      return
    case 'refused': {
      await giveBack(transaction, id)
      await keep(transaction, id, {
        status: 'refused',
        ...ENDED,
        slot_at: null,
        error_code: outcome.code,
        decision: because(now, 'refused', outcome.code),
      })
      const effect = effectOf(outcome.code)
      if (effect) await takeEffect(transaction, parts, { effect, code: outcome.code, row, at: now })
      return
    }
    case 'throttled': {
      await giveBack(transaction, id)
      await parts.senders.rest(transaction, sender.id, outcome.until)
      const isOver = row.attempts >= MOST_ATTEMPTS
      if (isOver) parts.alarm.raise('sms.given-up')
      await keep(transaction, id, {
        status: isOver ? 'dead' : 'queued',
        ...ENDED,
        slot_at: null,
        due_at: Math.max(outcome.until, now + pauseAfter(row.attempts, parts.random.fraction())),
        decision: because(now, isOver ? 'given-up' : 'wait', 'throttled'),
      })
      return
    }
    case 'unknown':
    default:
      await keep(transaction, id, {
        status: 'unknown',
        lease_until: now,
        decision: because(now, 'unknown', 'no-answer'),
      })
  }
}

/** Takes a message that the provider has for sent, by the id that it gave it. */
export async function accept(
  transaction: SmsTransaction,
  parts: SmsParts,
  row: MessageTable,
  providerId: string,
): Promise<void> {
  await keep(transaction, row.id, { status: 'accepted', ...ENDED, provider_id: providerId })
  await applyParked(transaction, parts, providerId)
}

/** Nobody waits for an answer any more. */
export const ENDED = { claim: null, lease_until: null } as const

export function because(at: number, verdict: string, reason: string): string {
  return JSON.stringify({ verdict, because: [reason], at })
}

/** Twice as long each time, and for each another part of it, so that not all come back at once. */
function pauseAfter(attempts: number, fraction: number): number {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, attempts - 1))
  return Math.round(pause * (0.5 + fraction / 2))
}

/** What was reserved for a message that the provider did not take. */
async function giveBack(transaction: SmsTransaction, id: string): Promise<void> {
  await transaction.deleteFrom('sms_cost').where('id', '=', id).execute()
}
