import { readFacts } from '../facts.ts'
import { decide, type Decision } from '../gate.ts'
import { heldAt } from '../held.ts'
import type { SmsParts } from '../parts.ts'
import { parseNumber } from '../phone.ts'
import { MOST_PICTURE_BYTES, MOST_PICTURES } from '../picture.ts'
import { prepareMessage } from '../program.ts'
import type { Finding } from '../screen.ts'
import { segmentsOf } from '../segments.ts'
import type { KnownPicture } from '../store/media.ts'
import { keep } from '../store/messages.ts'
import type { StoredProgram } from '../store/programs.ts'
import { isKnown, type Subject } from '../store/subjects.ts'
import type { MessageTable } from '../store/tables.ts'
import type { SmsTransaction } from '../ports.ts'
import { refused, type Refused } from './refused.ts'

/** A message that somebody wants sent. */
export interface Asking {
  readonly siteId: number
  readonly programId: string
  /** A number as people write it, or the id of a subject. */
  readonly to: string
  /** Without the opt-out sentence it gets one. */
  readonly text: string
  /** Unix milliseconds; absent: at once. */
  readonly sendAt?: number | undefined
  /** Sent after this it would be stale; absent: a day after `sendAt`. */
  readonly expiresAt?: number | undefined
  /** A person wrote it by hand to this one person. Changes nothing of what it must pass. */
  readonly isByHand?: boolean | undefined
  /** Ids of pictures of the site. */
  readonly media?: readonly string[] | undefined
}

/** What the gate says of it now. What counts is what it says when its turn comes. */
export interface Explained {
  readonly is: 'explained'
  readonly decision: Said
  /** As it would be sent. */
  readonly text: string
  readonly segments: number
  readonly findings: readonly Finding[]
}

export type Said = { readonly verdict: 'send' } | Exclude<Decision, { verdict: 'send' }>

export interface Queued extends Omit<Explained, 'is'> {
  readonly is: 'queued' | 'known'
  readonly id: string
}

export interface SendDesk {
  /**
   * Queues a message, once for each idempotency key: asked again with the same it answers with the first; with anything
   * else it is refused. Of a number that nobody knows nothing is kept.
   */
  send(asking: Asking, idempotencyKey: string): Promise<Queued | Explained | Refused>
  /** Says what the gate would, and sends nothing. */
  explain(asking: Asking): Promise<Explained | Refused>
}

const DAY = 24 * 3_600_000
const MOST_AHEAD_MS = 90 * DAY
const LONGEST_KEY = 200

export function createSendDesk(parts: SmsParts): SendDesk {
  const { store, subjects, senders, programs, messages, approvals, media, sealing, chain, clock } = parts
  const requestIndex = sealing.index('sms request')

  interface Read {
    readonly program: StoredProgram
    /** Undefined where the number is not known. */
    readonly subject: Subject | undefined
    readonly text: string
    readonly segments: number
    readonly findings: readonly Finding[]
    readonly isProhibited: boolean
    readonly media: readonly KnownPicture[]
    readonly dueAt: number
    readonly expiresAt: number
  }

  async function read(db: SmsTransaction | SmsParts['store']['db'], asking: Asking): Promise<Read | Refused> {
    const program = await programs.byId(db, asking.programId)
    if (!program || program.siteId !== asking.siteId) {
      return refused(404, 'The site has no SMS program with this id: `sluice sms program list` shows them.')
    }
    const { maxSegments } = program.settings
    const prepared = prepareMessage(asking.text, program.program, maxSegments)
    if ('fault' in prepared) return refused(422, TEXT_FAULTS[prepared.fault](maxSegments))
    const now = clock.now()
    const dueAt = Math.max(now, asking.sendAt ?? now)
    const expiresAt = asking.expiresAt ?? dueAt + DAY
    if (expiresAt <= dueAt || expiresAt > now + MOST_AHEAD_MS) {
      return refused(
        400,
        'A message expires after it is sent, and within 90 days: change sendAt or expiresAt.',
      )
    }
    const whom = await subjectOf(db, asking.to)
    if (whom && 'is' in whom) return whom
    const pictures = await picturesOf(db, asking)
    if ('is' in pictures) return pictures
    const { text, screening } = prepared
    const { findings } = screening
    const isProhibited = screening.decision === 'block'
    const { count: segments } = segmentsOf(text)
    return {
      program,
      subject: whom,
      text,
      segments,
      findings,
      isProhibited,
      media: pictures,
      dueAt,
      expiresAt,
    }
  }

  async function picturesOf(
    db: SmsTransaction | SmsParts['store']['db'],
    { siteId, media: ids = [] }: Asking,
  ): Promise<KnownPicture[] | Refused> {
    const pictures = (await media.known(db, ids)).filter((one) => one.siteId === siteId)
    if (pictures.length < ids.length) {
      return refused(404, 'The site has no picture with one of these ids: `sluice sms media add` takes one.')
    }
    const isTooMuch = pictures.reduce((sum, { bytes }) => sum + bytes, 0) > MOST_PICTURE_BYTES
    if (ids.length > MOST_PICTURES || isTooMuch) {
      return refused(
        422,
        `A message carries at most ${MOST_PICTURES} pictures, and 1.5 MB of them: leave some out or make them smaller.`,
      )
    }
    return pictures
  }

  async function subjectOf(
    db: SmsTransaction | SmsParts['store']['db'],
    to: string,
  ): Promise<Subject | Refused | undefined> {
    if (/^[0-9a-f]{32}$/.test(to)) {
      const subject = await subjects.byId(db, to)
      return subject && isKnown(subject) ? subject : refused(404, 'There is no subject with this id.')
    }
    const parsed = parseNumber(to, 'US')
    if ('fault' in parsed) return refused(400, NUMBER_FAULTS[parsed.fault])
    return subjects.find(db, parsed.number)
  }

  /** Whatever its turn brings, this is what stands for or against it now. */
  async function judged(
    db: SmsTransaction | SmsParts['store']['db'],
    { program, subject, text, segments, isProhibited, media: pictures, dueAt, expiresAt }: Read,
  ): Promise<Said> {
    if (!subject) {
      return { verdict: 'block', because: isProhibited ? ['no-consent', 'prohibited'] : ['no-consent'] }
    }
    if (program.endedAt !== undefined) return { verdict: 'block', because: ['no-program'] }
    const sender = await senders.byId(db, program.senderId)
    if (!sender) throw new Error('a program without its sender')
    const ids = pictures.map(({ id }) => id)
    const isApproved = await approvals.has(db, program.id, messages.textIndex(program.id, text, ids))
    const asked = { text, segments, expiresAt, isApproved, media: ids }
    const decision = decide(
      await readFacts(db, { now: dueAt, asked, program, subject, sender, there: pictures }),
    )
    return decision.verdict === 'send' ? { verdict: 'send' } : decision
  }

  return {
    explain: async (asking) => {
      const asked = await read(store.db, asking)
      if ('is' in asked) return asked
      const decision = await judged(store.db, asked)
      return { is: 'explained', decision, ...shown(asked) }
    },
    send: (asking, idempotencyKey) => {
      if (idempotencyKey.trim() === '' || idempotencyKey.length > LONGEST_KEY) {
        return Promise.resolve(
          refused(
            400,
            `Send an idempotency key of 1 to ${LONGEST_KEY} characters, a new one for each message.`,
          ),
        )
      }
      const keyIndex = requestIndex(`${asking.siteId} ${idempotencyKey}`)
      const request = requestIndex(chain.canonicalJson({ ...UNSET, ...given(asking) }))
      return store.transaction(async (transaction) => {
        const before = await known(transaction, keyIndex, request)
        if (before && 'is' in before) return before
        const asked = await read(transaction, asking)
        if ('is' in asked) return asked
        const decision = before ? (JSON.parse(before.decision) as Said) : await judged(transaction, asked)
        if (before) return { is: 'known', id: before.id, decision, ...shown(asked) }
        const { program, subject } = asked
        const ids = asked.media.map(({ id }) => id)
        if (!subject) return { is: 'explained', decision, ...shown(asked) }
        const row = await messages.add(transaction, {
          subject,
          senderId: program.senderId,
          programId: program.id,
          purpose: 'program',
          text: asked.text,
          idempotency: { keyIndex, requestIndex: request },
          isAutomated: asking.isByHand !== true,
          isApproved: await approvals.has(
            transaction,
            program.id,
            messages.textIndex(program.id, asked.text, ids),
          ),
          media: ids,
          dueAt: asked.dueAt,
          expiresAt: asked.expiresAt,
        })
        if (!row) throw new Error('a message that was queued before')
        await media.needUntil(transaction, ids, asked.expiresAt)
        const now = clock.now()
        const kept = { decision: JSON.stringify({ ...decision, at: now }), ...heldAt(decision, null, now) }
        if (decision.verdict === 'block') await keep(transaction, row.id, { status: 'blocked', ...kept })
        // Whoever looks at texts need not wait for the turn of a message.
        else if (kept.held_at !== null) await keep(transaction, row.id, kept)
        return { is: 'queued', id: row.id, decision, ...shown(asked) }
      })
    },
  }
}

/** What is left out is a part of what is asked as well. */
const UNSET = { sendAt: null, expiresAt: null, isByHand: false } as const

function given(asking: Asking): object {
  return Object.fromEntries(Object.entries(asking).filter(([, value]) => value !== undefined))
}

function shown({
  text,
  segments,
  findings,
}: Pick<Explained, 'text' | 'segments' | 'findings'>): Pick<Explained, 'text' | 'segments' | 'findings'> {
  return { text, segments, findings }
}

const TEXT_FAULTS = {
  empty: () => 'The message is empty: write one.',
  'too-long': () => 'The message is longer than 1,000 characters with its opt-out sentence: shorten it.',
  'too-many-segments': (most: number) =>
    `The message takes more than ${most} parts with its opt-out sentence: shorten it, or leave out special characters.`,
} as const

const NUMBER_FAULTS = {
  'not-a-number': 'That is no phone number: write it with its area code, like (201) 555-0123.',
  extension: 'A message reaches no extension: give a number without one.',
  'short-code': 'Nobody is subscribed with a short code: give a full number.',
  'other-country': 'Messages go to the United States and Canada only.',
  'area-code': 'This area code is not in use: check the number.',
} as const

/** The message that an idempotency key was used for. */
async function known(
  transaction: SmsTransaction,
  keyIndex: string,
  request: string,
): Promise<MessageTable | Refused | undefined> {
  const row = await transaction
    .selectFrom('sms_message')
    .selectAll()
    .where('idempotency_index', '=', keyIndex)
    .executeTakeFirst()
  if (!row || row.request_index === request) return row
  return refused(409, 'This idempotency key was used for another message: use a new one.')
}
