import {
  SMS_OUTCOMES,
  SMS_STANDINGS,
  type SmsOutcome,
  type SmsOutcomes,
  type SmsProgramReport,
  type SmsQueueReport,
  type SmsReasonCount,
  type SmsReport,
  type SmsSenderReport,
} from '../schema/sms-report.ts'
import { effectOf } from './data/codes.ts'
import { spentOn } from './facts.ts'
import { feesIn } from './fees.ts'
import { CAPS } from './limits.ts'
import type { SmsParts } from './parts.ts'
import type { Db } from './ports.ts'
import { RATES_MS, ratesOf } from './sender-health.ts'
import type { StoredProgram } from './store/programs.ts'
import type { Sender } from './store/senders.ts'
import type { MessageTable } from './store/tables.ts'

/** Days and the instants between which they lie. */
export interface ReportSpan {
  readonly from: string
  readonly to: string
  readonly timezone: string
  /** First millisecond of `from`, and of the day after `to`. */
  readonly startMs: number
  readonly endMs: number
  /** Every day of it, in its order. */
  readonly days: readonly string[]
  /** The day of an instant in the site's time zone. */
  dayOf(ms: number): string
}

type Count = number | string

/** Midnights of all time zones lie on whole quarters of an hour: sums by quarter can be put together to days of any. */
const QUARTER_MS = 900_000
const DAY = 24 * 3_600_000
const MINUTE = 60_000

/** What there is to tell of the programs of a site. Counts only: no subject, number or text is read. */
export async function readReport(
  parts: Pick<SmsParts, 'store' | 'programs' | 'senders' | 'clock'>,
  siteId: number,
  span: ReportSpan,
): Promise<SmsReport> {
  const { db } = parts.store
  const now = parts.clock.now()
  const programs = await parts.programs.list(db, siteId)
  const ids = programs.map(({ id }) => id)
  const senderIds = new Set(programs.map(({ senderId }) => senderId))
  const senders = (await parts.senders.list(db)).filter(({ id }) => senderIds.has(id))
  const { from, to, timezone } = span
  const told = { from, to, timezone }
  // `IN ()` is no SQL.
  if (ids.length === 0) {
    const days = span.days.map((time) => ({ time, optOuts: 0, ...noOutcomes() }))
    return { ...told, programs: [], days, blocked: [], failed: [], senders: [], queue: EMPTY_QUEUE }
  }
  const [messages, optOuts] = [await messagesIn(db, ids, span), await optOutsIn(db, ids, span)]
  const fees = await feesIn(db, span.startMs, span.endMs)
  return {
    ...told,
    programs: await Promise.all(
      programs.map((program) => programReport(db, program, { messages, optOuts, now })),
    ),
    days: span.days.map((time) => ({
      time,
      optOuts: sum(optOuts.filter(({ day }) => day === time)),
      ...outcomesOf(messages.filter(({ day }) => day === time)),
    })),
    blocked: await blockedIn(db, ids, span),
    failed: await failedIn(db, ids, span),
    senders: await Promise.all(
      senders.map((sender) => senderReport(db, sender, now, fees.get(sender.id) ?? 0)),
    ),
    queue: await queueOf(db, ids, [...senderIds]),
  }
}

interface Counted {
  readonly program: string | null
  readonly day: string
  readonly count: number
}

interface Messages extends Counted {
  readonly outcome: SmsOutcome
}

async function messagesIn(db: Db, programs: readonly string[], span: ReportSpan): Promise<Messages[]> {
  const rows = await db
    .selectFrom('sms_message')
    .select((select) => [
      'program_id',
      'status',
      'delivery',
      select('due_at', '/', select.lit(QUARTER_MS)).as('quarter'),
      select.fn.countAll<Count>().as('count'),
    ])
    .where('program_id', 'in', programs)
    .where('due_at', '>=', span.startMs)
    .where('due_at', '<', span.endMs)
    .groupBy((select) => ['program_id', 'status', 'delivery', select('due_at', '/', select.lit(QUARTER_MS))])
    .execute()
  return rows.map((row) => ({
    program: row.program_id,
    day: span.dayOf(row.quarter * QUARTER_MS),
    outcome: outcomeOf(row),
    count: Number(row.count),
  }))
}

/** People who stopped and have not come back: whoever did is no opt-out any more. */
async function optOutsIn(db: Db, programs: readonly string[], span: ReportSpan): Promise<Counted[]> {
  const rows = await db
    .selectFrom('sms_consent')
    .select((select) => [
      'program_id',
      select('changed_at', '/', select.lit(QUARTER_MS)).as('quarter'),
      select.fn.countAll<Count>().as('count'),
    ])
    .where('program_id', 'in', programs)
    .where('standing', '=', 'opted-out')
    .where('changed_at', '>=', span.startMs)
    .where('changed_at', '<', span.endMs)
    .groupBy((select) => ['program_id', select('changed_at', '/', select.lit(QUARTER_MS))])
    .execute()
  return rows.map((row) => ({
    program: row.program_id,
    day: span.dayOf(row.quarter * QUARTER_MS),
    count: Number(row.count),
  }))
}

async function programReport(
  db: Db,
  { id, senderId, program, settings, endedAt }: StoredProgram,
  { messages, optOuts, now }: { messages: readonly Messages[]; optOuts: readonly Counted[]; now: number },
): Promise<SmsProgramReport> {
  const standings = await db
    .selectFrom('sms_consent')
    .select((select) => ['standing', select.fn.countAll<Count>().as('count')])
    .where('program_id', '=', id)
    .groupBy('standing')
    .execute()
  const counts = Object.fromEntries(
    SMS_STANDINGS.map((one) => [one, sum(standings.filter(({ standing }) => standing === one))]),
  ) as SmsProgramReport['standings']
  // What nobody answered in time stays written down as it was until somebody asks for it.
  const late = await unansweredOf(db, id, program.confirmWithin, now)
  const { budget } = settings
  return {
    id,
    name: program.name,
    kind: program.kind,
    sender: senderId,
    ended: endedAt === undefined ? null : iso(endedAt),
    isConfirmed: program.confirmWithin !== 'off',
    standings: { ...counts, pending: counts.pending - late, lapsed: counts.lapsed + late },
    outcomes: outcomesOf(messages.filter((row) => row.program === id)),
    optOuts: sum(optOuts.filter((row) => row.program === id)),
    frequency: program.frequency,
    budget: budget
      ? { most: budget.most, spent: await spentOn(db, id, now - budget.days * DAY), days: budget.days }
      : null,
  }
}

async function unansweredOf(
  db: Db,
  programId: string,
  confirmWithin: number | 'off',
  now: number,
): Promise<number> {
  if (confirmWithin === 'off') return 0
  const { count } = await db
    .selectFrom('sms_consent')
    .select((select) => select.fn.countAll<Count>().as('count'))
    .where('program_id', '=', programId)
    .where('standing', '=', 'pending')
    .where('changed_at', '<=', now - confirmWithin)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** A decision names all its reasons; there are as many different decisions as there are sets of reasons. */
async function blockedIn(db: Db, programs: readonly string[], span: ReportSpan): Promise<SmsReasonCount[]> {
  const rows = await db
    .selectFrom('sms_message')
    .select('decision')
    .where('program_id', 'in', programs)
    .where('status', '=', 'blocked')
    .where('due_at', '>=', span.startMs)
    .where('due_at', '<', span.endMs)
    .execute()
  const counts = new Map<string, number>()
  for (const { decision } of rows) {
    for (const reason of reasonsIn(decision)) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  return mostFirst([...counts].map(([reason, count]) => ({ reason, count })))
}

function reasonsIn(decision: string): readonly string[] {
  const { because } = JSON.parse(decision) as { because?: readonly string[] }
  return because ?? []
}

async function failedIn(db: Db, programs: readonly string[], span: ReportSpan): Promise<SmsReport['failed']> {
  const rows = await db
    .selectFrom('sms_message')
    .select((select) => ['error_code', select.fn.countAll<Count>().as('count')])
    .where('program_id', 'in', programs)
    .where('due_at', '>=', span.startMs)
    .where('due_at', '<', span.endMs)
    .where((where) => where.or([where('status', '=', 'refused'), where('delivery', 'in', FAILURES)]))
    .groupBy('error_code')
    .execute()
  return mostFirst(
    rows.map(({ error_code: code, count }) => ({
      reason: code ?? '',
      count: Number(count),
      means: effectOf(code ?? '') ?? ('other' as const),
    })),
  )
}

async function senderReport(db: Db, sender: Sender, now: number, fees: number): Promise<SmsSenderReport> {
  const { sent, delivered, failed, optOuts } = await ratesOf(db, sender.id, now - RATES_MS)
  return {
    id: sender.id,
    class: sender.class,
    state: sender.state,
    stateReason: sender.stateReason ?? null,
    stateSince: iso(sender.stateSince),
    campaign: sender.campaign,
    cap: {
      most: CAPS[sender.class],
      used: sender.slots.filter((time) => time > now - MINUTE && time <= now).length,
    },
    fees,
    sent,
    delivered,
    failed,
    optOuts,
  }
}

const EMPTY_QUEUE: SmsQueueReport = {
  waiting: 0,
  nextDue: null,
  unclear: 0,
  dead: 0,
  toApprove: 0,
  unclearAnswers: 0,
  untold: 0,
}

/**
 * What waits, by indexes of that alone: each question goes over what it counts, of all sites, and over nothing that was
 * sent in the months before.
 */
async function queueOf(
  db: Db,
  programs: readonly string[],
  senders: readonly string[],
): Promise<SmsQueueReport> {
  const messages = db
    .selectFrom('sms_message')
    .select((select) => ['program_id', select.fn.countAll<Count>().as('count')])
    .groupBy('program_id')
  const queued = await messages
    .select((select) => select.fn.min<Count>('due_at').as('due'))
    .where('sender_id', 'in', senders)
    .where('status', '=', 'queued')
    // Of each, and said all the same: SQLite takes another index of the sender's for as good, which has all of them.
    .where('due_at', '>=', 0)
    .execute()
  // Few: what is with the provider, and what a person is to read. Counted here: to group them SQLite would go through all
  // there are in the order of programs.
  const leased = await db
    .selectFrom('sms_message')
    .select(['program_id', 'status'])
    .where('lease_until', 'is not', null)
    .execute()
  const dead = await messages.where('status', '=', 'dead').execute()
  const held = await messages.where('held_at', 'is not', null).execute()
  const answers = await db
    .selectFrom('sms_inbound')
    .select('sender_id')
    .where('meaning', '=', 'unclear')
    .where('settled_at', 'is', null)
    .execute()
  const untold = await db
    .selectFrom('sms_push')
    .select((select) => ['sender_id', select.fn.countAll<Count>().as('count')])
    .where('done_at', 'is', null)
    .groupBy('sender_id')
    .execute()
  const own = <T extends { program_id: string | null }>(rows: readonly T[]): T[] =>
    rows.filter(({ program_id: id }) => id !== null && programs.includes(id))
  const ofSenders = <T extends { sender_id: string }>(rows: readonly T[]): T[] =>
    rows.filter(({ sender_id: id }) => senders.includes(id))
  const due = own(queued).map((row) => Number(row.due))
  const onTheWay = own(leased).length
  const unclear = own(leased).filter(({ status }) => status === 'unknown').length
  return {
    waiting: sum(own(queued)) + onTheWay - unclear,
    nextDue: due.length === 0 ? null : iso(Math.min(...due)),
    unclear,
    dead: sum(own(dead)),
    toApprove: sum(own(held)),
    unclearAnswers: ofSenders(answers).length,
    untold: sum(ofSenders(untold)),
  }
}

const FAILURES = ['delivery-failed', 'sending-failed'] as const

/** What became of a message that was not accepted. */
const OUTCOMES: Readonly<Record<Exclude<MessageTable['status'], 'accepted'>, SmsOutcome>> = {
  queued: 'waiting',
  dispatching: 'waiting',
  handed: 'waiting',
  unknown: 'unclear',
  refused: 'failed',
  blocked: 'blocked',
  cancelled: 'cancelled',
  dead: 'dead',
}

export function outcomeOf({ status, delivery }: Pick<MessageTable, 'status' | 'delivery'>): SmsOutcome {
  if (status !== 'accepted') return OUTCOMES[status]
  if (delivery === 'delivered') return 'delivered'
  return FAILURES.some((failure) => failure === delivery) ? 'failed' : 'accepted'
}

function outcomesOf(rows: readonly Messages[]): SmsOutcomes {
  const outcomes = noOutcomes()
  for (const { outcome, count } of rows) outcomes[outcome] += count
  return outcomes
}

function noOutcomes(): SmsOutcomes {
  return Object.fromEntries(SMS_OUTCOMES.map((outcome) => [outcome, 0])) as SmsOutcomes
}

function sum(rows: readonly { readonly count: Count }[]): number {
  return rows.reduce((total, { count }) => total + Number(count), 0)
}

function mostFirst<T extends SmsReasonCount>(counts: readonly T[]): T[] {
  return counts.toSorted((one, other) => other.count - one.count || one.reason.localeCompare(other.reason))
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
