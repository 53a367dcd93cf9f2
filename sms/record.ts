import type { OptOutSource, WrittenConsent } from '../schema/sms.ts'
import { transition, type ConsentState, type Did } from './consent.ts'
import { ANSWERS } from './data/answers.ts'
import type { Clock, SmsTransaction } from './ports.ts'
import { queuePush } from './push.ts'
import { consentOf, consentsOf, putConsent } from './store/consents.ts'
import type { Ledger, Written } from './store/ledger.ts'
import type { LedgerEvent } from './store/ledger-entry.ts'
import type { Messages } from './store/messages.ts'
import type { Programs, StoredProgram } from './store/programs.ts'
import type { Senders } from './store/senders.ts'
import type { Subject, Subjects } from './store/subjects.ts'

/** How something came to be known. */
export interface Evidence {
  /** When it happened, Unix milliseconds. */
  readonly at: number
  /** The same, ISO 8601 with its offset, as it was told; absent: by our clock. */
  readonly toldAt?: string
  /** `subject`, or an actor of the audit log. */
  readonly actor: string
  /** `web-form`, `word`, `letter`, … */
  readonly method: string
  /** What proves it, such as the words of an answer. Sealed, and erased with the subject. */
  readonly payload: object
}

export interface Recorded {
  readonly did: Did
  /** The ledger's; undefined where it changed nothing and was not written down. */
  readonly entry: string | undefined
  /** The state after it, of the program that was asked about. */
  readonly state: ConsentState
}

/** What an opt-out did. */
export interface OptedOut {
  /** `opted-out` only where somebody was in, or could have been: then it is confirmed, once. */
  readonly did: 'opted-out' | 'opted-out-again' | 'too-old'
  readonly entry: string
  /** Undefined: it reaches every program, those to come too. */
  readonly programIds: readonly string[] | undefined
  /** Messages that were taken back. */
  readonly cancelled: number
}

/**
 * Writes down what people agree to and take back, and what follows from it, all in the caller's transaction: the entry
 * of the ledger, the state, the question for a YES, and at an opt-out the end of what was on its way.
 */
export interface Recorder {
  /** A complete consent in writing (written-consent.ts). Asks for a YES where the program wants one. */
  consent(
    transaction: SmsTransaction,
    subject: Subject,
    program: StoredProgram,
    given: { readonly consent: WrittenConsent; readonly evidence: Evidence; readonly isImported: boolean },
  ): Promise<Recorded>
  /** YES, NO or START from the number itself. */
  answer(
    transaction: SmsTransaction,
    subject: Subject,
    program: StoredProgram,
    what: 'yes' | 'no' | 'start',
    evidence: Evidence,
  ): Promise<Recorded>
  /**
   * An opt-out by any way.
   * @param said the programs it was said to; empty: to none in particular, so to all
   */
  optOut(
    transaction: SmsTransaction,
    subject: Subject,
    said: readonly StoredProgram[],
    by: OptOutSource,
    evidence: Evidence,
  ): Promise<OptedOut>
  /** The number is somebody else's: whatever was agreed is void, everywhere. */
  reassigned(transaction: SmsTransaction, subject: Subject, evidence: Evidence): Promise<void>
}

export function createRecorder(parts: {
  ledger: Ledger
  subjects: Subjects
  senders: Senders
  programs: Programs
  messages: Messages
  clock: Clock
}): Recorder {
  const { ledger, subjects, senders, programs, messages, clock } = parts

  /** What an event would do is asked first: what does nothing leaves no entry. */
  async function take(
    transaction: SmsTransaction,
    subject: Subject,
    program: StoredProgram,
    event: Unproven,
    written: Pick<Written, 'event' | 'payload'> & { readonly evidence: Evidence },
  ): Promise<Recorded> {
    const before = await consentOf(transaction, subject, program.id)
    const tried = transition(before, { ...event, entry: '' })
    if (tried.did === 'too-old' || (tried.did === 'nothing' && tried.state === before)) {
      return { did: tried.did, entry: undefined, state: before }
    }
    const entry = await append(transaction, subject, program.id, written.event, {
      ...written.evidence,
      payload: written.payload,
    })
    const { state, did } = transition(before, { ...event, entry })
    await putConsent(transaction, { subjectId: subject.id, programId: program.id, now: clock.now() }, state)
    if (hasEnded(before) && (state.is === 'pending' || state.is === 'active')) {
      const push = { subjectId: subject.id, entry, opted: 'in', now: clock.now() } as const
      await queuePush(transaction, push, [program.senderId])
    }
    return { did, entry, state }
  }

  function append(
    transaction: SmsTransaction,
    subject: Subject,
    programId: string | undefined,
    event: LedgerEvent,
    { at, toldAt, actor, method, payload }: Evidence,
  ): Promise<string> {
    return ledger.append(transaction, subject, {
      event,
      programId,
      occurredAt: toldAt ?? at,
      actor,
      method,
      payload,
    })
  }

  return {
    consent: async (transaction, subject, program, { consent, evidence, isImported }) => {
      const { confirmWithin } = program.program
      const what = isImported ? 'consent-imported' : 'consent-written'
      const recorded = await take(
        transaction,
        subject,
        program,
        { what, at: evidence.at, confirmWithin },
        { event: what, payload: { ...evidence.payload, consent }, evidence },
      )
      const { did, entry, state } = recorded
      if (did === 'asked' && entry !== undefined && state.is === 'pending') {
        await messages.add(transaction, {
          subject,
          senderId: program.senderId,
          programId: program.id,
          purpose: 'request',
          text: ANSWERS[program.program.language].request(program.program, program.settings),
          replyTo: `request:${entry}`,
          // Who has just signed waits for it; whom a list named does not, and is left in peace at night.
          isAutomated: isImported,
          dueAt: clock.now(),
          expiresAt: state.expiresAt,
        })
      }
      return recorded
    },
    answer: (transaction, subject, program, what, evidence) =>
      take(
        transaction,
        subject,
        program,
        { what, at: evidence.at },
        { event: what, payload: evidence.payload, evidence },
      ),
    optOut: async (transaction, subject, said, by, evidence) => {
      const own = await consentsOf(transaction, subject.id)
      const programIds = await reachOf(transaction, programs, said)
      const entry = await append(
        transaction,
        subject,
        programIds?.length === 1 ? programIds[0] : undefined,
        'opt-out',
        {
          ...evidence,
          payload: { ...evidence.payload, by, ...(programIds && { programs: programIds }) },
        },
      )
      const event = { what: 'opt-out', by, at: evidence.at, entry } as const
      const dids: Did[] = []
      for (const programId of new Set(programIds ?? own.keys())) {
        const { state, did } = transition(own.get(programId) ?? subject.elsewhere, event)
        await putConsent(transaction, { subjectId: subject.id, programId, now: clock.now() }, state)
        dids.push(did)
      }
      if (programIds === undefined) {
        const { state, did } = transition(subject.elsewhere, event)
        await subjects.setElsewhere(transaction, subject.id, state)
        dids.push(did)
      }
      const did = (['opted-out', 'opted-out-again'] as const).find((one) => dids.includes(one)) ?? 'too-old'
      if (did === 'too-old') return { did, entry, programIds, cancelled: 0 }
      await subjects.nextEpoch(transaction, subject)
      if (did === 'opted-out') {
        const push = { subjectId: subject.id, entry, opted: 'out', now: clock.now() } as const
        await queuePush(transaction, push, await sendersOf(transaction, { senders, programs }, programIds))
      }
      const cancelled = await messages.cancel(transaction, subject.id, 'opted-out', programIds)
      return { did, entry, programIds, cancelled }
    },
    reassigned: async (transaction, subject, evidence) => {
      const entry = await append(transaction, subject, undefined, 'number-reassigned', evidence)
      const event = { what: 'number-reassigned', at: evidence.at, entry } as const
      for (const [programId, state] of await consentsOf(transaction, subject.id)) {
        const at = { subjectId: subject.id, programId, now: clock.now() }
        await putConsent(transaction, at, transition(state, event).state)
      }
      const current = await subjects.byId(transaction, subject.id)
      const elsewhere = current && 'elsewhere' in current ? current.elsewhere : subject.elsewhere
      await subjects.setElsewhere(transaction, subject.id, transition(elsewhere, event).state)
      await subjects.nextEpoch(transaction, subject)
      await messages.cancel(transaction, subject.id, 'number-reassigned')
    },
  }
}

/** The provider may hold an opt-out of theirs, which keeps back also the question for a YES. */
function hasEnded(state: ConsentState): boolean {
  if (state.is === 'pending' || state.is === 'lapsed') return state.ended !== undefined
  return state.is === 'opted-out' || state.is === 'void' || state.is === 'erased'
}

/** Senders of programs; all where it is about everything. */
async function sendersOf(
  transaction: SmsTransaction,
  { senders, programs }: { senders: Senders; programs: Programs },
  programIds: readonly string[] | undefined,
): Promise<string[]> {
  if (programIds === undefined) return (await senders.list(transaction)).map(({ id }) => id)
  const reached = (await programs.list(transaction)).filter(({ id }) => programIds.includes(id))
  return [...new Set(reached.map(({ senderId }) => senderId))]
}

/** An event without the entry that proves it. */
type Unproven =
  | {
      readonly what: 'consent-written' | 'consent-imported'
      readonly at: number
      readonly confirmWithin: number | 'off'
    }
  | { readonly what: 'yes' | 'no' | 'start'; readonly at: number }

/** The widest of what the programs say that an opt-out reaches; undefined: everything. */
async function reachOf(
  transaction: SmsTransaction,
  programs: Programs,
  said: readonly StoredProgram[],
): Promise<readonly string[] | undefined> {
  if (said.length === 0 || said.some(({ settings }) => settings.stopScope === 'all')) return undefined
  const reached = new Set(said.map(({ id }) => id))
  const sellers = said.filter(({ settings }) => settings.stopScope === 'seller')
  if (sellers.length === 0) return [...reached]
  for (const { id, program } of await programs.list(transaction)) {
    if (sellers.some((one) => one.program.seller === program.seller)) reached.add(id)
  }
  return [...reached]
}
