import { effectOf, NO_FAILURES } from './data/codes.ts'
import { keep } from './store/messages.ts'
import type { SmsParts } from './parts.ts'
import type { DeliveryWord, SmsTransaction } from './ports.ts'
import { takeEffect } from './sender-health.ts'
import type { Delivery, MessageTable } from './store/tables.ts'

/** Later ones replace earlier ones and never the other way round, whatever order they come in. */
const RANK: Readonly<Record<Delivery, number>> = {
  queued: 0,
  sent: 1,
  delivered: 2,
  'delivery-failed': 2,
  'sending-failed': 2,
}

/** What a message's row becomes by a word of the provider: never back, and no error is ever taken away. */
export function afterWord(
  row: Pick<MessageTable, 'delivery' | 'error_code' | 'anomaly'>,
  { status, code, at }: Pick<DeliveryWord, 'status' | 'code' | 'at'>,
): Partial<MessageTable> {
  const known = row.delivery === null ? -1 : RANK[row.delivery]
  const isFailure = code !== undefined && !NO_FAILURES.includes(code)
  const error = isFailure && row.error_code === null ? { error_code: code } : {}
  if (RANK[status] > known) return { delivery: status, delivery_at: at, ...error }
  if (known === 2 && RANK[status] === 2 && status !== row.delivery) {
    return { anomaly: row.anomaly ?? [status, code].join(' ').trim(), ...error }
  }
  return error
}

/** Takes a word about a message; one about a message that is not known is parked. In the transaction that claims it. */
export async function takeWord(
  transaction: SmsTransaction,
  parts: SmsParts,
  word: DeliveryWord,
): Promise<void> {
  const row = await transaction
    .selectFrom('sms_message')
    .selectAll()
    .where('provider_id', '=', word.id)
    .executeTakeFirst()
  if (!row) return
  await keep(transaction, row.id, afterWord(row, word))
  if (word.cost !== undefined) {
    await transaction
      .updateTable('sms_cost')
      .set({ amount: word.cost, is_estimate: 0 })
      .where('id', '=', row.id)
      .execute()
  }
  if (word.status === 'delivered') await parts.subjects.setUnreachable(transaction, row.subject_id, undefined)
  const effect = word.code === undefined ? undefined : effectOf(word.code)
  if (effect && word.code !== undefined) {
    await takeEffect(transaction, parts, { effect, code: word.code, row, at: word.at })
  }
  await transaction
    .updateTable('sms_event')
    .set({ applied_at: parts.clock.now() })
    .where('uuid', '=', word.uuid)
    .execute()
}

/** Takes the words that came before the answer that told the message's id. */
export async function applyParked(
  transaction: SmsTransaction,
  parts: SmsParts,
  providerId: string,
): Promise<void> {
  const parked = await transaction
    .selectFrom('sms_event')
    .selectAll()
    .where('provider_id', '=', providerId)
    .where('kind', '=', 'status')
    .where('applied_at', 'is', null)
    .orderBy('occurred_at')
    .execute()
  for (const row of parked) {
    await takeWord(transaction, parts, {
      what: 'status',
      uuid: row.uuid,
      id: providerId,
      status: row.status as Delivery,
      ...(row.code !== null && { code: row.code }),
      ...(row.cost !== null && { cost: row.cost }),
      at: row.occurred_at,
    })
  }
}
