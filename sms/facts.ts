import type { Facts, ReplyFacts } from './gate.ts'
import { carriesMedia } from './limits.ts'
import { classOf } from './phone.ts'
import type { Db } from './ports.ts'
import { whereaboutsOf } from './quiet-hours.ts'
import { trialsLeft } from './sender-trial.ts'
import { consentOf } from './store/consents.ts'
import type { StoredProgram } from './store/programs.ts'
import type { Sender } from './store/senders.ts'
import type { Subject } from './store/subjects.ts'
import type { MessageTable } from './store/tables.ts'

/** What a message is, as far as the gate asks. */
export interface Asked {
  readonly text: string
  readonly segments: number
  readonly expiresAt: number
  readonly isApproved: boolean
  /** Ids of its pictures. */
  readonly media: readonly string[]
  /** By which one alike is known; absent where nothing is queued. */
  readonly alike?: Pick<MessageTable, 'id' | 'body_index'>
}

const DAY = 24 * 3_600_000
/** Longest window of a state's rule. */
const LAW_WINDOW_MS = DAY

/**
 * Reads all that a message of a program is decided by. Within the transaction that keeps the decision, so that nothing
 * of it changes in between; elsewhere it only explains.
 * @param subject undefined: the number is not known, so nobody has agreed to anything
 */
export async function readFacts(
  db: Db,
  about: {
    readonly now: number
    readonly asked: Asked
    readonly program: StoredProgram
    readonly subject: Subject
    readonly sender: Sender
    /** Which of its pictures there are. */
    readonly there: readonly unknown[]
  },
): Promise<Facts> {
  const { now, asked, program, subject, sender, there } = about
  const { budget } = program.settings
  const number = classOf(subject.number)
  const window = Math.max(program.program.frequency.days * DAY, LAW_WINDOW_MS)
  const sent = await sentTo(db, subject.id, now - window)
  return {
    now,
    message: {
      text: asked.text,
      expiresAt: asked.expiresAt,
      isApproved: asked.isApproved,
      ...(asked.media.length > 0 && { media: there.length === asked.media.length ? 'there' : 'gone' }),
    },
    program: program.program,
    consent: await consentOf(db, subject, program.id),
    subject: {
      number,
      whereabouts: whereaboutsOf(number ?? { kind: 'toll-free' }, subject.place),
      unclearSince: await unclearSince(db, subject.id),
      sentByProgram: sent.filter((one) => one.programId === program.id).map(({ at }) => at),
      sentByAll: sent.map(({ at }) => at),
      unreachableSince: subject.unreachableSince,
      hasAlikeUnsettled: asked.alike !== undefined && (await hasAlikeUnsettled(db, asked.alike)),
    },
    sender: {
      ...sender,
      carriesMedia: carriesMedia(sender.class, sender.number, sender.features),
      trialsLeft: await trialsLeft(db, sender, now),
    },
    ...(budget && {
      budget: {
        most: budget.most,
        spent: await spentOn(db, program.id, now - budget.days * DAY),
        cost: costOf(sender, asked.segments, asked.media.length > 0),
      },
    }),
  }
}

/** The same of an answer, or of a question for a YES. */
export async function readReplyFacts(
  db: Db,
  about: {
    readonly now: number
    readonly row: MessageTable
    readonly text: string
    readonly subject: Subject
    readonly sender: Sender
    /** Of a request. */
    readonly program: StoredProgram | undefined
  },
): Promise<ReplyFacts> {
  const { now, row, text, subject, sender, program } = about
  const reply = { now, expiresAt: row.expires_at, sender }
  if (row.purpose !== 'request' || !program) return reply
  const number = classOf(subject.number)
  return {
    ...reply,
    request: {
      consent: await consentOf(db, subject, program.id),
      text,
      program: program.program,
      subject: {
        number,
        whereabouts: whereaboutsOf(number ?? { kind: 'toll-free' }, subject.place),
        unreachableSince: subject.unreachableSince,
      },
      campaign: sender.campaign,
      useCases: sender.useCases,
      isUnasked: row.is_automated === 1,
    },
  }
}

/** What a message costs, as far as it is known before the provider tells: millionths of a dollar. */
export function costOf({ prices }: Pick<Sender, 'prices'>, segments: number, hasMedia: boolean): number {
  if (hasMedia && prices.media !== undefined) return prices.media
  return segments * (prices.segment + prices.surcharge)
}

/** When messages of programs went out to somebody, oldest first; also those of which nobody knows. */
async function sentTo(
  db: Db,
  subjectId: string,
  since: number,
): Promise<{ programId: string | null; at: number }[]> {
  const rows = await db
    .selectFrom('sms_message')
    .select(['program_id', 'slot_at'])
    .where('subject_id', '=', subjectId)
    .where('slot_at', '>', since)
    .where('purpose', '=', 'program')
    .orderBy('slot_at')
    .execute()
  return rows.map((row) => ({ programId: row.program_id, at: row.slot_at ?? 0 }))
}

async function unclearSince(db: Db, subjectId: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('sms_inbound')
    .select('received_at')
    .where('subject_id', '=', subjectId)
    .where('meaning', '=', 'unclear')
    .where('settled_at', 'is', null)
    .orderBy('received_at')
    .limit(1)
    .executeTakeFirst()
  return row?.received_at
}

async function hasAlikeUnsettled(
  db: Db,
  { id, body_index: index }: NonNullable<Asked['alike']>,
): Promise<boolean> {
  const row = await db
    .selectFrom('sms_message')
    .select('id')
    .where('lease_until', 'is not', null)
    .where('body_index', '=', index)
    .where('id', '!=', id)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export async function spentOn(db: Db, programId: string, since: number): Promise<number> {
  const row = await db
    .selectFrom('sms_cost')
    .select((select) => select.fn.sum<number | string | null>('amount').as('amount'))
    .where('program_id', '=', programId)
    .where('at', '>', since)
    .executeTakeFirst()
  // PostgreSQL adds up to a text.
  return Number(row?.amount ?? 0)
}
