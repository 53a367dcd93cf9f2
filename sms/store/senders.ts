import type { SenderClass } from '../limits.ts'
import { knownNumber, type PhoneNumber } from '../phone.ts'
import type { Clock, Db, Random, Sealing, SmsTransaction } from '../ports.ts'
import type { UseCase } from '../program.ts'
import type { SenderState, SenderTable } from './tables.ts'

/** What a part of a message costs, in millionths of a dollar. */
export interface Prices {
  /** To the provider. */
  readonly segment: number
  /** To the carriers. */
  readonly surcharge: number
  /** Of a message with pictures, in place of its parts; absent: as many parts as its text takes. */
  readonly media?: number
}

/** A number that messages come from. */
export interface Sender {
  readonly id: string
  readonly number: PhoneNumber
  readonly class: SenderClass
  /** What the provider says that it can do, in its words. */
  readonly features: readonly string[]
  /** Status of its registered campaign, in the provider's words. */
  readonly campaign: string
  readonly useCases: readonly UseCase[]
  readonly state: SenderState
  readonly stateReason: string | undefined
  readonly stateSince: number
  /** Held back, it may send a few messages to try from then on; undefined: a person decides. */
  readonly trialAt: number | undefined
  /** Trials in a row that went badly. */
  readonly relapses: number
  /** Who tells somebody that their opt-out was taken: exactly one of the two. */
  readonly confirmationBy: 'provider' | 'self'
  /** When slots of its cap were taken, oldest first. */
  readonly slots: readonly number[]
  /** The provider asked for a rest until then. */
  readonly restUntil: number
  readonly prices: Prices
}

export type NewSender = Pick<
  Sender,
  'number' | 'class' | 'features' | 'campaign' | 'useCases' | 'confirmationBy' | 'prices'
>

export interface Senders {
  add(transaction: SmsTransaction, made: NewSender): Promise<Sender>
  byId(db: Db, id: string): Promise<Sender | undefined>
  byNumber(db: Db, number: PhoneNumber): Promise<Sender | undefined>
  list(db: Db): Promise<Sender[]>
  /** What the provider says of it now, and what it costs. */
  update(
    transaction: SmsTransaction,
    id: string,
    known: Pick<Sender, 'features' | 'campaign' | 'useCases' | 'confirmationBy' | 'prices'>,
  ): Promise<void>
  /** @param trial when it tries again by itself; absent: never */
  setState(
    transaction: SmsTransaction,
    id: string,
    state: SenderState,
    reason: string,
    trial?: { readonly at: number; readonly relapses: number },
  ): Promise<void>
  setSlots(transaction: SmsTransaction, id: string, slots: readonly number[]): Promise<void>
  rest(transaction: SmsTransaction, id: string, until: number): Promise<void>
}

export function createSenders(parts: { sealing: Sealing; random: Random; clock: Clock }): Senders {
  const { sealing, random, clock } = parts
  const indexOf = sealing.index('sms sender')

  function senderOf(row: SenderTable): Sender {
    const number = knownNumber(sealing.envelope.open(row.number, placeOf(row.id)))
    if (!number) throw new Error('a sender whose number is none')
    return {
      id: row.id,
      number,
      class: row.class,
      features: JSON.parse(row.features) as string[],
      campaign: row.campaign,
      useCases: JSON.parse(row.use_cases) as UseCase[],
      state: row.state,
      stateReason: row.state_reason ?? undefined,
      stateSince: row.state_since,
      trialAt: row.trial_at ?? undefined,
      relapses: row.relapses,
      confirmationBy: row.confirmation_by,
      slots: JSON.parse(row.slots) as number[],
      restUntil: row.rest_until,
      prices: JSON.parse(row.prices) as Prices,
    }
  }

  return {
    add: async (transaction, made) => {
      const id = random.hex(8)
      const row: SenderTable = {
        id,
        number: sealing.envelope.seal(made.number.reveal(), placeOf(id)),
        number_index: indexOf(made.number.reveal()),
        class: made.class,
        ...told(made),
        state: 'active',
        state_reason: null,
        state_since: clock.now(),
        slots: '[]',
        rest_until: 0,
        created_at: clock.now(),
        trial_at: null,
        relapses: 0,
      }
      await transaction.insertInto('sms_sender').values(row).execute()
      return senderOf(row)
    },
    byId: async (db, id) => {
      const row = await db.selectFrom('sms_sender').selectAll().where('id', '=', id).executeTakeFirst()
      return row && senderOf(row)
    },
    byNumber: async (db, number) => {
      const row = await db
        .selectFrom('sms_sender')
        .selectAll()
        .where('number_index', '=', indexOf(number.reveal()))
        .executeTakeFirst()
      return row && senderOf(row)
    },
    list: async (db) => {
      const rows = await db.selectFrom('sms_sender').selectAll().orderBy('created_at').orderBy('id').execute()
      return rows.map(senderOf)
    },
    update: (transaction, id, known) => change(transaction, id, told(known)),
    setState: (transaction, id, state, reason, trial) =>
      change(transaction, id, {
        state,
        state_reason: reason,
        state_since: clock.now(),
        trial_at: trial?.at ?? null,
        relapses: trial?.relapses ?? 0,
      }),
    setSlots: (transaction, id, slots) => change(transaction, id, { slots: JSON.stringify(slots) }),
    rest: (transaction, id, until) => change(transaction, id, { rest_until: until }),
  }
}

function told(
  known: Pick<Sender, 'features' | 'campaign' | 'useCases' | 'confirmationBy' | 'prices'>,
): Pick<SenderTable, 'features' | 'campaign' | 'use_cases' | 'confirmation_by' | 'prices'> {
  return {
    features: JSON.stringify(known.features),
    campaign: known.campaign,
    use_cases: JSON.stringify(known.useCases),
    confirmation_by: known.confirmationBy,
    prices: JSON.stringify(known.prices),
  }
}

async function change(transaction: SmsTransaction, id: string, to: Partial<SenderTable>): Promise<void> {
  await transaction.updateTable('sms_sender').set(to).where('id', '=', id).execute()
}

function placeOf(row: string): { table: 'sms_sender'; row: string; column: string } {
  return { table: 'sms_sender', row, column: 'number' }
}
