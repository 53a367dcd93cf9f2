import type { Clock, Db, Random, Sealing, SmsTransaction } from '../ports.ts'
import { segmentsOf } from '../segments.ts'
import type { Subject } from './subjects.ts'
import type { MessageTable, Purpose } from './tables.ts'

/** A message to be queued. Whether it goes out is decided when its turn comes. */
export interface Draft {
  readonly subject: Subject
  readonly senderId: string
  readonly programId: string | undefined
  readonly purpose: Purpose
  /** As it is sent. */
  readonly text: string
  /** At most one message is ever queued for each. */
  readonly replyTo?: string
  readonly idempotency?: { readonly keyIndex: string; readonly requestIndex: string }
  readonly isAutomated: boolean
  readonly isApproved?: boolean
  /** Ids of pictures. */
  readonly media?: readonly string[]
  readonly dueAt: number
  readonly expiresAt: number
}

export interface Messages {
  /** Queues a message; undefined where one is queued for the same already. */
  add(transaction: SmsTransaction, draft: Draft): Promise<MessageTable | undefined>
  byId(db: Db, id: string): Promise<MessageTable | undefined>
  /** The same for each message of a program that says and shows the same, whomever it is to. */
  textIndex(programId: string, text: string, media: readonly string[]): string
  /** The text of a message; undefined where it was taken out after its time. */
  textOf(subject: Subject, row: Pick<MessageTable, 'id' | 'body'>): string | undefined
  /**
   * Takes back what is on its way to a subject, and marks what is with the provider already. What was decided on is not
   * handed over any more; whether it was, by a process that died in it, is looked for. Only the word that an opt-out was
   * taken stays. Resolves to how many were taken back.
   * @param programIds absent: of all programs
   */
  cancel(
    transaction: SmsTransaction,
    subjectId: string,
    because: string,
    programIds?: readonly string[],
  ): Promise<number>
}

export function createMessages(parts: { sealing: Sealing; random: Random; clock: Clock }): Messages {
  const { sealing, random, clock } = parts
  const indexOf = sealing.index('sms message')
  const indexOfText = sealing.index('sms text')
  const textIndex: Messages['textIndex'] = (programId, text, media) =>
    indexOfText(JSON.stringify([programId, text, ...media]))
  return {
    add: async (transaction, draft) => {
      const id = random.hex(16)
      const { subject, senderId, text, idempotency, media = [] } = draft
      const row: MessageTable = {
        ...FRESH_ROW,
        id,
        seq: (await lastSeq(transaction)) + 1,
        subject_id: subject.id,
        sender_id: senderId,
        program_id: draft.programId ?? null,
        purpose: draft.purpose,
        reply_to: draft.replyTo ?? null,
        body: subject.envelope.seal(text, placeOf(id)),
        body_index: indexOf(JSON.stringify([senderId, subject.id, text])),
        segments: segmentsOf(text).count,
        idempotency_index: idempotency?.keyIndex ?? null,
        request_index: idempotency?.requestIndex ?? null,
        is_automated: draft.isAutomated ? 1 : 0,
        is_approved: draft.isApproved === true ? 1 : 0,
        consent_entry_id: null,
        created_at: clock.now(),
        due_at: draft.dueAt,
        expires_at: draft.expiresAt,
        text_index:
          draft.programId !== undefined && draft.purpose === 'program'
            ? textIndex(draft.programId, text, media)
            : null,
        media: media.length === 0 ? null : JSON.stringify(media),
      }
      const { numInsertedOrUpdatedRows: inserted } = await transaction
        .insertInto('sms_message')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow()
      return inserted === 0n ? undefined : row
    },
    byId: (db, id) => db.selectFrom('sms_message').selectAll().where('id', '=', id).executeTakeFirst(),
    textIndex,
    textOf: (subject, { id, body }) => (body === null ? undefined : subject.envelope.open(body, placeOf(id))),
    cancel: async (transaction, subjectId, because, programIds) => {
      const ofThem = (status: readonly MessageTable['status'][]) => {
        const all = transaction
          .updateTable('sms_message')
          .where('subject_id', '=', subjectId)
          .where((where) =>
            where.or([where('reply_to', 'is', null), where('reply_to', 'not like', 'opt-out:%')]),
          )
          .where('status', 'in', [...status])
        return programIds === undefined ? all : all.where('program_id', 'in', [...programIds])
      }
      await ofThem(['handed', 'unknown']).set({ in_flight_at_stop: 1 }).execute()
      const { numUpdatedRows: decided } = await ofThem(['dispatching'])
        .set({
          status: 'unknown',
          decision: JSON.stringify({ verdict: 'unknown', because: [because] }),
          claim: null,
          lease_until: clock.now(),
          in_flight_at_stop: 1,
        })
        .executeTakeFirstOrThrow()
      const { numUpdatedRows: cancelled } = await ofThem(['queued'])
        .set({
          status: 'cancelled',
          decision: JSON.stringify({ verdict: 'cancelled', because: [because] }),
          claim: null,
          lease_until: null,
          slot_at: null,
          held_at: null,
        })
        .executeTakeFirstOrThrow()
      return Number(cancelled + decided)
    },
  }
}

async function lastSeq(transaction: SmsTransaction): Promise<number> {
  const last = await transaction
    .selectFrom('sms_message')
    .select('seq')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return last?.seq ?? 0
}

/** Changes a message; nothing where nothing is to be changed. */
export async function keep(
  transaction: SmsTransaction,
  id: string,
  to: Partial<MessageTable>,
): Promise<void> {
  if (Object.keys(to).length === 0) return
  await transaction.updateTable('sms_message').set(to).where('id', '=', id).execute()
}

const FRESH_ROW = {
  status: 'queued',
  decision: '{"verdict":"queued"}',
  epoch: null,
  attempts: 0,
  claim: null,
  lease_until: null,
  slot_at: null,
  handed_at: null,
  provider_id: null,
  delivery: null,
  delivery_at: null,
  error_code: null,
  anomaly: null,
  in_flight_at_stop: 0,
  held_at: null,
} as const satisfies Partial<MessageTable>

function placeOf(row: string): { table: 'sms_message'; row: string; column: string } {
  return { table: 'sms_message', row, column: 'body' }
}
