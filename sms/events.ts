import { takeWord } from './delivery.ts'
import { keepFee } from './fees.ts'
import { receive } from './inbound.ts'
import type { SmsParts } from './parts.ts'
import type { ProviderEvent, SmsTransaction } from './ports.ts'
import type { EventTable } from './store/tables.ts'

/** What came of an event. */
export type Taken = 'taken' | 'known' | 'not-ours'

/**
 * Takes an event of the provider, each once by its id, whatever order they come in: claimed by the insert that no second
 * one survives, in the transaction that does what it asks for.
 */
export function takeEvent(parts: SmsParts, event: ProviderEvent): Promise<Taken> {
  return parts.store.transaction(async (transaction) => {
    if (!(await claim(transaction, parts, event))) return 'known'
    switch (event.what) {
      case 'inbound': {
        const { is } = await receive(transaction, parts, event)
        return is
      }
      case 'status':
        await takeWord(transaction, parts, event)
        return 'taken'
      case 'fee':
        return takeFee(transaction, parts, event)
      case 'consent':
      default:
        return takeConsent(transaction, parts, event)
    }
  })
}

/**
 * Takes events in their order. One that cannot be taken keeps none behind it: rejects, with what was wrong with the first
 * such, once all others are taken.
 */
export async function takeEvents(parts: SmsParts, events: readonly ProviderEvent[]): Promise<void> {
  const faults: unknown[] = []
  for (const event of events) await takeEvent(parts, event).catch((error: unknown) => faults.push(error))
  if (faults.length > 0) throw faults[0]
}

async function claim(
  transaction: SmsTransaction,
  { clock }: SmsParts,
  event: ProviderEvent,
): Promise<boolean> {
  const isStatus = event.what === 'status'
  const row: EventTable = {
    uuid: event.uuid,
    kind: event.what,
    provider_id: isStatus ? event.id : null,
    status: isStatus ? event.status : null,
    code: (isStatus ? event.code : undefined) ?? null,
    cost: (isStatus ? event.cost : undefined) ?? null,
    occurred_at: event.at,
    received_at: clock.now(),
    // Of a status it is known only once its message is.
    applied_at: isStatus ? null : clock.now(),
  }
  const { numInsertedOrUpdatedRows: inserted } = await transaction
    .insertInto('sms_event')
    .values(row)
    .onConflict((conflict) => conflict.column('uuid').doNothing())
    .executeTakeFirstOrThrow()
  return inserted !== 0n
}

type ConsentEvent = Extract<ProviderEvent, { what: 'consent' }>

/**
 * An opt-out that the provider or a carrier knows of counts here. That somebody is in again is only a hint: it takes their
 * START or a consent in writing, which come another way.
 */
async function takeConsent(
  transaction: SmsTransaction,
  parts: SmsParts,
  { sender: number, subject: whom, opted, source, at, uuid }: ConsentEvent,
): Promise<Taken> {
  const sender = await parts.senders.byNumber(transaction, number)
  if (!sender) return 'not-ours'
  if (opted === 'in') return 'taken'
  const subject = await parts.subjects.findOrMake(transaction, whom)
  const said = await parts.programs.ofSender(transaction, sender.id)
  const by = source === 'carrier' || source === 'upstream' ? 'carrier' : 'provider'
  await parts.recorder.optOut(transaction, subject, said, by, {
    at,
    actor: 'server',
    method: by,
    payload: { source, event: uuid },
  })
  return 'taken'
}

async function takeFee(
  transaction: SmsTransaction,
  parts: SmsParts,
  { sender: number, amount, note, at }: Extract<ProviderEvent, { what: 'fee' }>,
): Promise<Taken> {
  const sender = await parts.senders.byNumber(transaction, number)
  if (!sender) return 'not-ours'
  await keepFee(transaction, parts.random, { senderId: sender.id, amount, note, at })
  return 'taken'
}
