import type { SmsParts } from '../parts.ts'
import type { SmsTransaction } from '../ports.ts'
import { screen, type Finding } from '../screen.ts'
import { HELD_FOR } from '../gate.ts'
import { NOT_HELD } from '../held.ts'
import { because } from '../settle.ts'
import { mediaOf } from '../store/media.ts'
import { isKnown } from '../store/subjects.ts'
import type { MessageTable } from '../store/tables.ts'
import type { By } from './by.ts'
import { time } from './people.ts'
import { refused, type Refused } from './refused.ts'

/** A text that a rule asks a person to look at, with all messages of a program that say it. */
export interface HeldText {
  /** Of one of its messages: what it is approved or refused by. */
  readonly id: string
  /** Id of the program. */
  readonly program: string
  readonly programName: string
  /** As it would be sent. */
  readonly text: string
  /** Ids of the pictures that go with it: no rule reads them. */
  readonly media: readonly string[]
  /** Why it is held: which rules found what; nothing where it is its pictures alone. */
  readonly findings: readonly Finding[]
  /** How many messages wait with it. */
  readonly messages: number
  /** Since when, and when the first of them is too late: ISO 8601. */
  readonly since: string
  readonly expiresAt: string
}

export interface Approved {
  readonly is: 'approved'
  /** Messages that go to the gate now, or when they are due. */
  readonly messages: number
  /** The same text is taken without a look until then, ISO 8601. */
  readonly until: string
}

/**
 * Texts that wait for a person. Approving lifts this one rule and nothing else: all that a message has to pass it passes
 * still, and what no message may hold is not held but refused before.
 */
export interface HeldTextDesk {
  /** The oldest first, at most 100 texts. */
  held(siteId: number): Promise<HeldText[]>
  /**
   * @param id of a message that waits with the text
   * @param hours for how long the same text, word for word, is taken without another look
   */
  approve(siteId: number, id: string, hours: number, by: By): Promise<Approved | Refused>
  /** Takes back all messages that wait with it. The same text is held again. */
  refuse(siteId: number, id: string, by: By): Promise<{ is: 'withdrawn'; messages: number } | Refused>
}

const MOST_LISTED = 100
const HOUR = 3_600_000
/** Ids of one statement. */
const AT_ONCE = 500

type HeldRow = Pick<MessageTable, 'id' | 'due_at' | 'decision'>

export function createHeldTextDesk(parts: SmsParts): HeldTextDesk {
  const { store, subjects, programs, messages, approvals, audit, clock } = parts

  /** The messages that wait with the text of one of them. */
  async function heldWith(
    transaction: SmsTransaction,
    siteId: number,
    id: string,
  ): Promise<{ programId: string; textIndex: string; rows: HeldRow[] } | Refused> {
    const row = await messages.byId(transaction, id)
    const { program_id: programId, text_index: textIndex } = row ?? { program_id: null, text_index: null }
    const program = programId === null ? undefined : await programs.byId(transaction, programId)
    if (programId === null || textIndex === null || program?.siteId !== siteId) return nothingHeld()
    const rows = await transaction
      .selectFrom('sms_message')
      .select(['id', 'due_at', 'decision'])
      .where('program_id', '=', programId)
      .where('text_index', '=', textIndex)
      .where('status', '=', 'queued')
      .where('is_approved', '=', 0)
      .execute()
    return rows.some((one) => one.id === id) ? { programId, textIndex, rows } : nothingHeld()
  }

  return {
    held: async (siteId) => {
      const own = await programs.list(store.db, siteId)
      if (own.length === 0) return []
      const groups = await store.db
        .selectFrom('sms_message')
        .select(['program_id', 'text_index', ({ fn }) => fn.min('id').as('id')])
        .select(({ fn }) => [
          fn.countAll<number | string>().as('count'),
          fn.min<number | string>('created_at').as('since'),
          fn.min<number | string>('expires_at').as('expires'),
        ])
        .where(
          'program_id',
          'in',
          own.map(({ id }) => id),
        )
        .where('held_at', 'is not', null)
        .groupBy(['program_id', 'text_index'])
        .orderBy('since')
        .limit(MOST_LISTED)
        .execute()
      const listed: HeldText[] = []
      for (const group of groups) {
        const program = own.find(({ id }) => id === group.program_id)
        const row = await messages.byId(store.db, group.id)
        const subject = row && (await subjects.byId(store.db, row.subject_id))
        const text = subject && isKnown(subject) ? messages.textOf(subject, row) : undefined
        if (!program || !row || text === undefined) continue
        listed.push({
          id: group.id,
          program: program.id,
          programName: program.program.name,
          text,
          media: mediaOf(row),
          findings: screen(text, program.program.domains).findings,
          messages: Number(group.count),
          since: time(Number(group.since)),
          expiresAt: time(Number(group.expires)),
        })
      }
      return listed
    },
    approve: (siteId, id, hours, { actor, reason }) =>
      store.transaction(async (transaction) => {
        const found = await heldWith(transaction, siteId, id)
        if ('is' in found) return found
        const { programId, textIndex, rows } = found
        const now = clock.now()
        const until = now + hours * HOUR
        await approvals.keep(transaction, { programId, textIndex }, { until, reason, actor })
        await set(transaction, rows, { is_approved: 1, ...NOT_HELD })
        // What waits for this alone need not wait for the gate to ask again; what is to be sent later is left for then.
        await set(transaction, rows.filter(waitsForThisAlone), { due_at: now })
        await audit.append(transaction, {
          actor,
          action: 'sms.message.approved',
          subject: id,
          reason,
          detail: { program: programId, messages: rows.length, hours },
        })
        return { is: 'approved' as const, messages: rows.length, until: time(until) }
      }),
    refuse: (siteId, id, { actor, reason }) =>
      store.transaction(async (transaction) => {
        const found = await heldWith(transaction, siteId, id)
        if ('is' in found) return found
        const { programId, rows } = found
        const decision = because(clock.now(), 'cancelled', 'text-refused')
        await set(transaction, rows, { status: 'cancelled', decision, ...NOT_HELD })
        await audit.append(transaction, {
          actor,
          action: 'sms.message.refused',
          subject: id,
          reason,
          detail: { program: programId, messages: rows.length },
        })
        return { is: 'withdrawn' as const, messages: rows.length }
      }),
  }
}

async function set(
  transaction: SmsTransaction,
  rows: readonly HeldRow[],
  to: Partial<MessageTable>,
): Promise<void> {
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    await transaction
      .updateTable('sms_message')
      .set(to)
      .where(
        'id',
        'in',
        rows.slice(from, from + AT_ONCE).map(({ id }) => id),
      )
      .execute()
  }
}

/** The gate had its turn with it, and put it off for nothing else. */
function waitsForThisAlone({ due_at: dueAt, decision }: HeldRow): boolean {
  const said = JSON.parse(decision) as { until?: unknown; for?: unknown }
  const waits = Array.isArray(said.for) ? said.for : []
  const isHeld = waits.length > 0 && waits.every((one) => HELD_FOR.some((held) => held === one))
  return said.until === dueAt && isHeld
}

function nothingHeld(): Refused {
  return refused(404, 'No text waits for a person under this id: it was decided on, or it expired.')
}
