import type { SmsParts } from '../parts.ts'
import type { SmsTransaction } from '../ports.ts'
import { because } from '../settle.ts'
import { mediaOf } from '../store/media.ts'
import { keep } from '../store/messages.ts'
import type { MessageTable } from '../store/tables.ts'
import type { By } from './by.ts'
import { time, viewOf, type MessageView } from './people.ts'
import { refused, type Refused } from './refused.ts'

/** A message that was given up. */
export interface DeadLetter extends MessageView {
  /** Why: the provider did not take it in many tries, or it is not known whether it went out. */
  readonly because: 'throttled' | 'not-found' | 'not-sent'
  /** Somebody has to find out first whether it went out: until then it is not sent again. */
  readonly mayHaveLeft: boolean
}

/**
 * Messages that were given up. None is ever sent again by itself, and none of which it is not known whether it went out:
 * a person says so first, with a reason. What is replayed passes the gate like any other.
 */
export interface DeadLetterDesk {
  /** Of a site, the newest first, at most 100. */
  deadLetters(siteId: number): Promise<DeadLetter[]>
  /** A person found out what became of it, from the provider or whoever it was to. */
  settleDeadLetter(
    siteId: number,
    id: string,
    as: 'sent' | 'not-sent',
    by: By,
  ): Promise<{ is: 'settled' } | Refused>
  /** @param expiresAt Unix milliseconds; undefined: as it was asked for */
  replay(
    siteId: number,
    id: string,
    expiresAt: number | undefined,
    by: By,
  ): Promise<{ is: 'replayed'; expiresAt: string } | Refused>
}

const MOST_LISTED = 100
const MOST_AHEAD_MS = 90 * 24 * 3_600_000

export function createDeadLetterDesk(parts: SmsParts): DeadLetterDesk {
  const { store, programs, messages, media, audit, clock } = parts

  async function deadOf(
    transaction: SmsTransaction,
    siteId: number,
    id: string,
  ): Promise<MessageTable | Refused> {
    const row = await messages.byId(transaction, id)
    const program = await programs.byId(transaction, row?.program_id ?? '')
    if (!row || program?.siteId !== siteId) return refused(404, 'The site has no message with this id.')
    if (['dispatching', 'handed', 'unknown'].includes(row.status)) {
      return refused(409, 'It is still looked for: wait until it is found or given up.')
    }
    if (row.status !== 'dead') return refused(409, `The message was not given up: it is ${row.status}.`)
    return row
  }

  return {
    deadLetters: async (siteId) => {
      const own = (await programs.list(store.db, siteId)).map(({ id }) => id)
      if (own.length === 0) return []
      const rows = await store.db
        .selectFrom('sms_message')
        .selectAll()
        .where('status', '=', 'dead')
        .where('program_id', 'in', own)
        .orderBy('created_at', 'desc')
        .orderBy('seq', 'desc')
        .limit(MOST_LISTED)
        .execute()
      const costs = new Map<string, number>()
      if (rows.length > 0) {
        const ids = rows.map(({ id }) => id)
        const found = await store.db
          .selectFrom('sms_cost')
          .select(['id', 'amount'])
          .where('id', 'in', ids)
          .execute()
        for (const { id, amount } of found) costs.set(id, amount)
      }
      return rows.map((row) => letterOf(row, costs.get(row.id) ?? null))
    },
    settleDeadLetter: (siteId, id, as, { actor, reason }) =>
      store.transaction(async (transaction) => {
        const row = await deadOf(transaction, siteId, id)
        if ('is' in row) return row
        if (whyOf(row) !== 'not-found') {
          return refused(409, 'It is known that the message did not go out: replay it, or leave it.')
        }
        const now = clock.now()
        if (as === 'sent') {
          await keep(transaction, id, { status: 'accepted', decision: because(now, 'settled', 'sent') })
        } else {
          // It counts for nothing: neither for what was promised nor for what was spent.
          await transaction.deleteFrom('sms_cost').where('id', '=', id).execute()
          await keep(transaction, id, { slot_at: null, decision: because(now, 'settled', 'not-sent') })
        }
        const detail = { as, program: row.program_id ?? '' }
        await audit.append(transaction, { actor, action: 'sms.message.settled', subject: id, reason, detail })
        return { is: 'settled' as const }
      }),
    replay: (siteId, id, expiresAt, { actor, reason }) =>
      store.transaction(async (transaction) => {
        const row = await deadOf(transaction, siteId, id)
        if ('is' in row) return row
        if (whyOf(row) === 'not-found') {
          return refused(
            409,
            'It may have gone out: find out from the provider and settle it first, as sent or not sent.',
          )
        }
        if (row.body === null) return refused(409, 'Its text was taken out after its time: send a new one.')
        if (row.purpose === 'answer') {
          return refused(409, 'An answer is sent within five minutes or not at all: leave it.')
        }
        const now = clock.now()
        const until = expiresAt ?? row.expires_at
        if (until <= now || until > now + MOST_AHEAD_MS) {
          return refused(422, 'It would be too late by now: give expiresAt, within 90 days.')
        }
        await keep(transaction, id, {
          status: 'queued',
          attempts: 0,
          due_at: now,
          expires_at: until,
          handed_at: null,
          decision: because(now, 'queued', 'replayed'),
        })
        await media.needUntil(transaction, mediaOf(row), until)
        await audit.append(transaction, {
          actor,
          action: 'sms.message.replayed',
          subject: id,
          reason,
          detail: { program: row.program_id ?? '' },
        })
        return { is: 'replayed' as const, expiresAt: time(until) }
      }),
  }
}

function letterOf(row: MessageTable, cost: number | null): DeadLetter {
  const why = whyOf(row)
  return { ...viewOf(row, cost), because: why, mayHaveLeft: why === 'not-found' }
}

function whyOf({ decision }: Pick<MessageTable, 'decision'>): DeadLetter['because'] {
  const { because: reasons } = JSON.parse(decision) as { because?: unknown }
  const [why] = Array.isArray(reasons) ? (reasons as unknown[]) : []
  // Of one that tells nothing it is not known that it did not go out.
  return why === 'throttled' || why === 'not-sent' ? why : 'not-found'
}
