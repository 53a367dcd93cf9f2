import type { OptOutSource } from '../../schema/sms.ts'
import type { Did } from '../consent.ts'
import type { SmsParts } from '../parts.ts'
import { parseNumber } from '../phone.ts'
import type { Actor } from '../ports.ts'
import { consentsOf } from '../store/consents.ts'
import type { StoredProgram } from '../store/programs.ts'
import { isKnown, type Subject } from '../store/subjects.ts'
import type { MessageTable } from '../store/tables.ts'
import { refused, type Refused } from './refused.ts'

/** Ways by which an opt-out is entered; the others come from the number or the provider. */
export const ENTERED_BY = [
  'web',
  'agent',
  'e-mail',
  'phone',
  'letter',
  'api',
  'complaint',
] as const satisfies readonly OptOutSource[]
export type EnteredBy = (typeof ENTERED_BY)[number]

export interface GivenOptOut {
  readonly siteId: number
  /** A number as people write it, or the id of a subject. */
  readonly from: string
  /** Absent: of everything. */
  readonly programId?: string | undefined
  readonly by: EnteredBy
  /** When it was received: ISO 8601 with its offset. */
  readonly receivedAt: string
  /** What proves it: words of a call, the number of a letter. */
  readonly evidence: string
  readonly actor: Actor
}

export interface EnteredOptOut {
  readonly is: 'entered'
  readonly subject: string
  readonly did: Did
  readonly entry: string
  readonly cancelled: number
  /** 47 CFR 64.1200(a)(10): by when it had to be honoured; it is with this answer. */
  readonly deadline: string
}

/** A message as it may be shown: without its text and whom it is to. */
export interface MessageView {
  readonly id: string
  readonly program: string | null
  readonly subject: string
  readonly purpose: MessageTable['purpose']
  readonly status: MessageTable['status']
  /** The gate's last word, or why it ended. */
  readonly decision: unknown
  readonly consentEntry: string | null
  readonly attempts: number
  readonly segments: number
  /** Millionths of a dollar; null where it did not go out. */
  readonly cost: number | null
  readonly delivery: MessageTable['delivery']
  readonly errorCode: string | null
  readonly anomaly: string | null
  readonly inFlightAtStop: boolean
  /** ISO 8601. */
  readonly createdAt: string
  readonly dueAt: string
  readonly expiresAt: string
  readonly handedAt: string | null
}

export interface SubjectView {
  readonly id: string
  /** Masked. */
  readonly number: string
  readonly programs: readonly {
    readonly id: string
    readonly name: string
    readonly state: string
    readonly entry: string | null
  }[]
}

export interface PeopleDesk {
  optOut(given: GivenOptOut): Promise<EnteredOptOut | Refused>
  subject(siteId: number, id: string): Promise<SubjectView | Refused>
  message(siteId: number, id: string): Promise<MessageView | Refused>
  /** How many messages there are, by status. */
  counts(): Promise<Partial<Record<MessageTable['status'], number>>>
}

const ISO_WITH_OFFSET = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/

export function createPeopleDesk(parts: SmsParts): PeopleDesk {
  const { store, subjects, programs, recorder, audit, clock, messages } = parts

  async function ofSite(siteId: number): Promise<StoredProgram[]> {
    return programs.list(store.db, siteId)
  }

  return {
    optOut: async (given) => {
      const receivedAt = ISO_WITH_OFFSET.test(given.receivedAt) ? Date.parse(given.receivedAt) : NaN
      if (!(receivedAt <= clock.now())) {
        return refused(
          400,
          'receivedAt is when the opt-out came in, like 2026-11-29T09:30:00-05:00, and not later than now.',
        )
      }
      if (given.evidence.trim() === '') return refused(400, 'Say what proves the opt-out: fill in evidence.')
      const said = (await ofSite(given.siteId)).filter(({ id }) => id === given.programId)
      if (given.programId !== undefined && said.length === 0)
        return refused(404, 'The site has no program with this id.')
      const isId = /^[0-9a-f]{32}$/.test(given.from)
      const parsed = isId ? undefined : parseNumber(given.from, 'US')
      if (parsed && 'fault' in parsed)
        return refused(400, 'That is no phone number: write it with its area code.')
      return store.transaction(async (transaction) => {
        let subject: Subject
        if (parsed) subject = await subjects.findOrMake(transaction, parsed.number)
        else {
          const found = await subjects.byId(transaction, given.from)
          if (!found || !isKnown(found)) return refused(404, 'There is no subject with this id.')
          subject = found
        }
        const done = await recorder.optOut(transaction, subject, said, given.by, {
          at: receivedAt,
          toldAt: given.receivedAt,
          actor: given.actor,
          method: given.by,
          payload: { evidence: given.evidence },
        })
        await audit.append(transaction, {
          actor: given.actor,
          action: 'sms.opt-out.entered',
          subject: subject.id,
          detail: { by: given.by, did: done.did },
        })
        return {
          is: 'entered' as const,
          subject: subject.id,
          did: done.did,
          entry: done.entry,
          cancelled: done.cancelled,
          deadline: new Date(businessDaysAfter(receivedAt, 10)).toISOString(),
        }
      })
    },
    subject: async (siteId, id) => {
      const subject = await subjects.byId(store.db, id)
      if (!subject || !isKnown(subject)) return refused(404, 'There is no subject with this id.')
      const states = await consentsOf(store.db, id)
      const own = (await ofSite(siteId)).map((program) => {
        const state = states.get(program.id) ?? subject.elsewhere
        const entry = state.is === 'active' ? state.grant.entry : 'entry' in state ? state.entry : null
        return { id: program.id, name: program.program.name, state: state.is, entry }
      })
      return { id, number: subject.number.toString(), programs: own }
    },
    counts: async () => {
      const rows = await store.db
        .selectFrom('sms_message')
        .select(['status', (select) => select.fn.countAll<number | string>().as('count')])
        .groupBy('status')
        .orderBy('status')
        .execute()
      return Object.fromEntries(rows.map(({ status, count }) => [status, Number(count)]))
    },
    message: async (siteId, id) => {
      const row = await messages.byId(store.db, id)
      const program = row && (await programs.byId(store.db, row.program_id ?? ''))
      if (!row || program?.siteId !== siteId) return refused(404, 'The site has no message with this id.')
      const cost = await store.db
        .selectFrom('sms_cost')
        .select('amount')
        .where('id', '=', id)
        .executeTakeFirst()
      return viewOf(row, cost?.amount ?? null)
    },
  }
}

export function viewOf(row: MessageTable, cost: number | null): MessageView {
  return {
    id: row.id,
    program: row.program_id,
    subject: row.subject_id,
    purpose: row.purpose,
    status: row.status,
    decision: JSON.parse(row.decision),
    consentEntry: row.consent_entry_id,
    attempts: row.attempts,
    segments: row.segments,
    cost,
    delivery: row.delivery,
    errorCode: row.error_code,
    anomaly: row.anomaly,
    inFlightAtStop: row.in_flight_at_stop === 1,
    createdAt: time(row.created_at),
    dueAt: time(row.due_at),
    expiresAt: time(row.expires_at),
    handedAt: row.handed_at === null ? null : time(row.handed_at),
  }
}

export function time(ms: number): string {
  return new Date(ms).toISOString()
}

/** So many days from Monday to Friday later. Holidays would only make it later. */
function businessDaysAfter(at: number, days: number): number {
  const day = new Date(at)
  for (let left = days; left > 0;) {
    day.setUTCDate(day.getUTCDate() + 1)
    if (day.getUTCDay() % 6 !== 0) left--
  }
  return day.getTime()
}
