import type { SmsParts } from '../parts.ts'
import { isKnown } from '../store/subjects.ts'
import type { By } from './by.ts'
import { time } from './people.ts'
import { refused, type Refused } from './refused.ts'

/** An answer that may have been an opt-out. Until somebody has decided, promotions to whoever wrote it wait. */
export interface UnclearAnswer {
  readonly id: string
  readonly subject: string
  /** Masked. */
  readonly number: string
  /** Names of the site's programs that it may be about. */
  readonly programs: readonly string[]
  /** What they wrote; null where it was taken out after its time. */
  readonly text: string | null
  /** ISO 8601. */
  readonly receivedAt: string
}

export interface AnswerDesk {
  /** Answers to the senders of a site's programs that wait for a person, the oldest first, at most 100. */
  unclear(siteId: number): Promise<UnclearAnswer[]>
  /** A person decided what an unclear answer meant. */
  settleAnswer(
    siteId: number,
    id: string,
    as: 'opt-out' | 'other',
    by: By,
  ): Promise<{ is: 'settled' } | Refused>
}

const MOST_LISTED = 100

export function createAnswerDesk(parts: SmsParts): AnswerDesk {
  const { store, subjects, programs, recorder, audit, clock } = parts
  return {
    unclear: async (siteId) => {
      const own = await programs.list(store.db, siteId)
      if (own.length === 0) return []
      const rows = await store.db
        .selectFrom('sms_inbound')
        .selectAll()
        .where('meaning', '=', 'unclear')
        .where('settled_at', 'is', null)
        .where('sender_id', 'in', [...new Set(own.map(({ senderId }) => senderId))])
        .orderBy('received_at')
        .orderBy('id')
        .limit(MOST_LISTED)
        .execute()
      const listed: UnclearAnswer[] = []
      for (const row of rows) {
        const subject = await subjects.byId(store.db, row.subject_id)
        if (!subject || !isKnown(subject)) continue
        const place = { table: 'sms_inbound', row: row.id, column: 'body' } as const
        listed.push({
          id: row.id,
          subject: subject.id,
          number: subject.number.toString(),
          programs: own
            .filter(({ senderId }) => senderId === row.sender_id)
            .map(({ program }) => program.name),
          text: row.body === null ? null : subject.envelope.open(row.body, place),
          receivedAt: time(row.received_at),
        })
      }
      return listed
    },
    settleAnswer: (siteId, id, as, { actor, reason }) =>
      store.transaction(async (transaction) => {
        const row = await transaction
          .selectFrom('sms_inbound')
          .selectAll()
          .where('id', '=', id)
          .where('meaning', '=', 'unclear')
          .where('settled_at', 'is', null)
          .executeTakeFirst()
        const said = row ? await programs.ofSender(transaction, row.sender_id) : []
        const subject = row && (await subjects.byId(transaction, row.subject_id))
        const isOfSite = said.some((program) => program.siteId === siteId)
        if (!row || !subject || !isKnown(subject) || !isOfSite) {
          return refused(404, 'No unclear answer with this id waits here: it was settled, or there is none.')
        }
        await transaction
          .updateTable('sms_inbound')
          .set({ settled_at: clock.now(), settled_as: as })
          .where('id', '=', id)
          .execute()
        if (as === 'opt-out') {
          await recorder.optOut(transaction, subject, said, 'own-words', {
            at: row.received_at,
            actor,
            method: 'own-words',
            payload: { inbound: id },
          })
        }
        await audit.append(transaction, {
          actor,
          action: 'sms.answer.settled',
          subject: subject.id,
          reason,
          detail: { as, inbound: id },
        })
        return { is: 'settled' as const }
      }),
  }
}
