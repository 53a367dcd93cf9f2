import type { Effect } from './data/codes.ts'
import type { SmsParts } from './parts.ts'
import type { Db, SmsTransaction } from './ports.ts'
import { judgeTrial, takeState } from './sender-trial.ts'
import { isKnown } from './store/subjects.ts'
import type { MessageTable, SenderState } from './store/tables.ts'

/** What a delivery code says beyond its message. */
export interface Told {
  readonly effect: Effect
  readonly code: string
  readonly row: MessageTable
  /** Unix milliseconds. */
  readonly at: number
}

/** Does what a delivery code asks for, in the transaction that keeps the code. */
export async function takeEffect(
  transaction: SmsTransaction,
  parts: SmsParts,
  { effect, code, row, at }: Told,
): Promise<void> {
  const { subjects, programs, recorder } = parts
  switch (effect) {
    case 'opt-out': {
      const subject = await subjects.byId(transaction, row.subject_id)
      if (!subject || !isKnown(subject)) return
      const said = await programs.ofSender(transaction, row.sender_id)
      await recorder.optOut(transaction, subject, said, 'carrier', {
        at,
        actor: 'server',
        method: 'carrier',
        payload: { code },
      })
      return
    }
    case 'unreachable':
      await subjects.setUnreachable(transaction, row.subject_id, at)
      return
    case 'suspend':
      await setSenderState(transaction, parts, row.sender_id, 'suspended', code, row.slot_at)
      return
    case 'restrict':
      await setSenderState(transaction, parts, row.sender_id, 'restricted', code, row.slot_at)
      return
    case 'content':
    default:
      parts.log.warn({ message: row.id, code }, 'a carrier refused the text of a message')
  }
}

/**
 * Changes what a sender may do for the worse, which is told at once. Held back it tries again by itself after a rest
 * (sender-trial.ts), and what comes back of such a trial holds it back for longer.
 * @param of when the message left that told it; absent: it is about many
 */
export async function setSenderState(
  transaction: SmsTransaction,
  parts: SmsParts,
  senderId: string,
  state: 'restricted' | 'suspended',
  reason: string,
  of?: number | null,
): Promise<void> {
  const sender = await parts.senders.byId(transaction, senderId)
  if (!sender) return
  const { trialAt } = sender
  const isOfTrial = sender.state === 'restricted' && trialAt !== undefined && (of ?? 0) >= trialAt
  // What was on its way when it was held back says nothing new.
  if (WORSE.indexOf(sender.state) >= WORSE.indexOf(state) && !(isOfTrial && state === 'restricted')) return
  await takeState(transaction, parts, sender, state, reason)
}

const WORSE: readonly SenderState[] = ['active', 'restricted', 'suspended']

/** How a sender fared within a time. */
export interface SenderRates {
  /** Messages that went out. */
  readonly sent: number
  readonly delivered: number
  readonly failed: number
  /** Opt-outs in answer to it. */
  readonly optOuts: number
}

export async function ratesOf(db: Db, senderId: string, since: number): Promise<SenderRates> {
  const rows = await db
    .selectFrom('sms_message')
    .select(['delivery', (select) => select.fn.countAll<number | string>().as('count')])
    .where('sender_id', '=', senderId)
    .where('slot_at', '>', since)
    .groupBy('delivery')
    .execute()
  const count = (...deliveries: (MessageTable['delivery'] | undefined)[]): number =>
    rows
      .filter((row) => deliveries.length === 0 || deliveries.includes(row.delivery))
      .reduce((sum, row) => sum + Number(row.count), 0)
  const { optOuts } = await db
    .selectFrom('sms_inbound')
    .select((select) => select.fn.countAll<number | string>().as('optOuts'))
    .where('sender_id', '=', senderId)
    .where('meaning', '=', 'opt-out')
    .where('received_at', '>', since)
    .executeTakeFirstOrThrow()
  return {
    sent: count(),
    delivered: count('delivered'),
    failed: count('delivery-failed', 'sending-failed'),
    optOuts: Number(optOuts),
  }
}

/** Of fewer messages than these a rate says nothing. */
const FEWEST = 100
/** More than these within a day and a sender waits for a person: carriers look at complaints from 1 in 100 on. */
const MOST_OPT_OUTS = 0.05
const MOST_FAILED = 0.2
export const RATES_MS = 24 * 3_600_000

/** Why a sender has to wait for a person; undefined where nothing stands out. */
export function alarmOf({ sent, failed, optOuts }: SenderRates): 'opt-out-rate' | 'failure-rate' | undefined {
  if (sent < FEWEST) return undefined
  if (optOuts / sent > MOST_OPT_OUTS) return 'opt-out-rate'
  return failed / sent > MOST_FAILED ? 'failure-rate' : undefined
}

/** Looks at the rates of every sender that is in use, and at what came of the trials of those that were held back. */
export async function watchRates(parts: SmsParts): Promise<void> {
  const since = parts.clock.now() - RATES_MS
  for (const { id, state, stateSince } of await parts.senders.list(parts.store.db)) {
    if (state === 'restricted') await judgeTrial(parts, id)
    // What led to a rest that is over is not counted again.
    const rates = await ratesOf(parts.store.db, id, Math.max(since, stateSince))
    const reason = state === 'active' ? alarmOf(rates) : undefined
    if (reason === undefined) continue
    await parts.store.transaction((transaction) =>
      setSenderState(transaction, parts, id, 'restricted', reason),
    )
  }
}
