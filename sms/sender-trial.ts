import type { SmsParts } from './parts.ts'
import type { Db, SmsTransaction } from './ports.ts'
import type { Sender } from './store/senders.ts'
import type { SenderState } from './store/tables.ts'

/** How long a sender that was held back rests before it tries again, and how long at most after trials that went badly. */
const [FIRST_REST_MS, LONGEST_REST_MS] = [3_600_000, 24 * 3_600_000]
/** Messages of a trial: enough to tell an answer from chance, and too few to make anything worse. */
const TRIAL_MESSAGES = 3
/** What is not known to have failed for so long went well: not every carrier tells. */
const SILENCE_MS = 30 * 60_000
/** Nothing but what nobody has to decide about: complaints are for a person. */
const FOR_A_PERSON: readonly string[] = ['opt-out-rate']

/** When a sender that is held back may try again; undefined where a person decides. */
function trialAfter(reason: string, relapses: number, now: number): number | undefined {
  if (FOR_A_PERSON.includes(reason)) return undefined
  return now + Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** relapses)
}

/** Changes what a sender may do, and writes it down. */
export async function takeState(
  transaction: SmsTransaction,
  parts: SmsParts,
  sender: Sender,
  state: SenderState,
  reason: string,
): Promise<void> {
  const relapses = sender.state === 'restricted' ? sender.relapses + 1 : 0
  const at = state === 'restricted' ? trialAfter(reason, relapses, parts.clock.now()) : undefined
  await parts.senders.setState(
    transaction,
    sender.id,
    state,
    reason,
    at === undefined ? at : { at, relapses },
  )
  await parts.audit.append(transaction, {
    actor: 'server',
    action: 'sms.sender.state',
    subject: sender.id,
    detail: { from: sender.state, to: state, because: reason },
  })
  if (state !== 'active') parts.alarm.raise(`sms.sender-${state}`)
}

/** Messages that a sender may still send to try: 0 before its time, and where it is not on trial. */
export async function trialsLeft(db: Db, sender: Sender, now: number): Promise<number> {
  const { state, trialAt } = sender
  if (state !== 'restricted' || trialAt === undefined || now < trialAt) return 0
  const { failed, tried } = await trialOf(db, sender.id, trialAt, now)
  // One that failed says nothing yet, as long as it is not one of many: another may be tried for it.
  return failed >= TRIAL_MESSAGES ? 0 : Math.max(0, TRIAL_MESSAGES + failed - tried)
}

interface Trial {
  readonly tried: number
  readonly well: number
  readonly failed: number
}

async function trialOf(db: Db, senderId: string, since: number, now: number): Promise<Trial> {
  const rows = await db
    .selectFrom('sms_message')
    .select(['status', 'delivery', 'error_code', 'slot_at'])
    .where('sender_id', '=', senderId)
    .where('slot_at', '>=', since)
    .where('purpose', '=', 'program')
    .execute()
  const failed = rows.filter((row) => row.error_code !== null).length
  const well = rows.filter(
    ({ status, delivery, error_code: code, slot_at: slotAt }) =>
      code === null &&
      status === 'accepted' &&
      (delivery === 'delivered' || (slotAt ?? now) <= now - SILENCE_MS),
  ).length
  return { tried: rows.length, well, failed }
}

/** Ends a trial that went well, or badly; leaves one that is not over. */
export async function judgeTrial(parts: SmsParts, senderId: string): Promise<void> {
  await parts.store.transaction(async (transaction) => {
    const sender = await parts.senders.byId(transaction, senderId)
    const now = parts.clock.now()
    if (sender?.state !== 'restricted' || sender.trialAt === undefined || now < sender.trialAt) return
    const { well, failed } = await trialOf(transaction, senderId, sender.trialAt, now)
    if (well >= TRIAL_MESSAGES) await takeState(transaction, parts, sender, 'active', 'trial-passed')
    else if (failed >= TRIAL_MESSAGES)
      await takeState(transaction, parts, sender, 'restricted', 'trial-failed')
  })
}
