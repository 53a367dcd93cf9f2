import type { Db, Random, SmsTransaction } from './ports.ts'

/** What a carrier or the provider charges for a sender beside its messages: a fine, a month of a campaign, a vetting. */
export interface Fee {
  readonly senderId: string
  /** Millionths of a dollar. */
  readonly amount: number
  /** What for, without a number of a phone in it. */
  readonly note: string
  /** Unix milliseconds. */
  readonly at: number
}

export async function keepFee(transaction: SmsTransaction, random: Random, fee: Fee): Promise<void> {
  const { senderId, amount, note, at } = fee
  await transaction
    .insertInto('sms_cost')
    .values({
      id: random.hex(16),
      // Of a sender, and of all its programs: it counts against no program's budget.
      program_id: null,
      sender_id: senderId,
      kind: 'fee',
      amount,
      is_estimate: 0,
      note,
      at,
    })
    .execute()
}

/** Fees of each sender from an instant until before another: millionths of a dollar. */
export async function feesIn(db: Db, startMs: number, endMs: number): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('sms_cost')
    .select((select) => ['sender_id', select.fn.sum<number | string>('amount').as('amount')])
    // What is no program's, by the index of programs and times.
    .where('program_id', 'is', null)
    .where('at', '>=', startMs)
    .where('at', '<', endMs)
    .where('kind', '=', 'fee')
    .groupBy('sender_id')
    .execute()
  // PostgreSQL adds up to a text.
  return new Map(rows.map(({ sender_id: id, amount }) => [id, Number(amount)]))
}
