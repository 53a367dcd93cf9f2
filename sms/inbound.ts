import { ANSWERS } from './data/answers.ts'
import { readAnswer, type Reading } from './keywords.ts'
import type { SmsParts } from './parts.ts'
import type { PhoneNumber } from './phone.ts'
import type { SmsTransaction } from './ports.ts'
import type { Evidence, OptedOut } from './record.ts'
import { consentsOf } from './store/consents.ts'
import type { StoredProgram } from './store/programs.ts'
import type { Sender } from './store/senders.ts'
import type { Subject } from './store/subjects.ts'
import type { InboundTable } from './store/tables.ts'

/** An answer that somebody wrote. */
export interface Inbound {
  /** The provider's. */
  readonly id: string
  readonly from: PhoneNumber
  readonly to: PhoneNumber
  readonly text: string
  /** When it was written, Unix milliseconds. */
  readonly at: number
}

export type Received =
  | {
      readonly is: 'taken'
      readonly id: string
      readonly meaning: InboundTable['meaning']
      readonly did: string
    }
  /** It was taken before. */
  | { readonly is: 'known' }
  /** To none of our senders. */
  | { readonly is: 'not-ours' }

/** Two clocks that differ by this much still agree that an answer came after what it answers. */
const SKEW_MS = 60_000

/**
 * Takes an answer: reads what it means, does it, and queues what is said to it, all in one transaction. An opt-out is in
 * force with its commit. Taken again it changes nothing.
 */
export async function receive(
  transaction: SmsTransaction,
  parts: SmsParts,
  told: Inbound,
): Promise<Received> {
  // Half a character is told in JSON and kept in none: it must not keep an opt-out from being taken.
  const inbound = { ...told, text: told.text.replaceAll(/\p{Surrogate}/gu, '\uFFFD') }
  const { senders, subjects, programs, random, clock } = parts
  const sender = await senders.byNumber(transaction, inbound.to)
  if (!sender) return { is: 'not-ours' }
  const subject = await subjects.findOrMake(transaction, inbound.from)
  const reading = readAnswer(inbound.text)
  const id = random.hex(16)
  const row: InboundTable = {
    id,
    sender_id: sender.id,
    provider_id: inbound.id,
    subject_id: subject.id,
    body: subject.envelope.seal(inbound.text, { table: 'sms_inbound', row: id, column: 'body' }),
    meaning: reading.meaning,
    entry_id: null,
    received_at: inbound.at,
    recorded_at: clock.now(),
    settled_at: null,
    settled_as: null,
  }
  const { numInsertedOrUpdatedRows: inserted } = await transaction
    .insertInto('sms_inbound')
    .values(row)
    .onConflict((conflict) => conflict.columns(['sender_id', 'provider_id']).doNothing())
    .executeTakeFirstOrThrow()
  if (inserted === 0n) return { is: 'known' }
  const said = await programs.ofSender(transaction, sender.id)
  const about = { sender, subject, said, inbound, id }
  const { did, entry } = await act(transaction, parts, about, reading)
  if (entry !== undefined) {
    await transaction.updateTable('sms_inbound').set({ entry_id: entry }).where('id', '=', id).execute()
  }
  return { is: 'taken', id, meaning: reading.meaning, did }
}

interface About {
  readonly sender: Sender
  readonly subject: Subject
  /** Programs that the number it was written to is of. */
  readonly said: readonly StoredProgram[]
  readonly inbound: Inbound
  readonly id: string
}

interface Acted {
  readonly did: string
  readonly entry?: string | undefined
}

async function act(
  transaction: SmsTransaction,
  parts: SmsParts,
  about: About,
  reading: Reading,
): Promise<Acted> {
  const { inbound } = about
  const evidence: Evidence = {
    // Whoever writes has seen what they answer: a clock that goes behind must not make it older than that.
    at: Math.min(Math.max(parts.clock.now(), inbound.at), inbound.at + SKEW_MS),
    toldAt: new Date(inbound.at).toISOString(),
    actor: 'subject',
    method: 'text-reply',
    payload: { text: inbound.text, providerId: inbound.id },
  }
  switch (reading.meaning) {
    case 'opt-out':
      return optOut(transaction, parts, about, reading, evidence)
    case 'yes':
    case 'no':
      return answerQuestion(transaction, parts, about, reading.meaning, evidence)
    case 'start':
      return start(transaction, parts, about, evidence)
    case 'help':
      return help(transaction, parts, about)
    case 'unclear':
    case 'other':
    default:
      return { did: reading.meaning }
  }
}

async function optOut(
  transaction: SmsTransaction,
  parts: SmsParts,
  { subject, sender, said }: About,
  reading: Extract<Reading, { meaning: 'opt-out' }>,
  evidence: Evidence,
): Promise<Acted> {
  const { recorder } = parts
  const done = await recorder.optOut(transaction, subject, said, reading.by, {
    ...evidence,
    method: reading.by,
  })
  if (reading.isWrongNumber) {
    await recorder.reassigned(transaction, subject, { ...evidence, method: 'wrong-number' })
  }
  if (done.did === 'opted-out' && sender.confirmationBy === 'self') {
    const [first] = said
    await reply(transaction, parts, {
      subject,
      sender,
      program: first,
      kind: 'opt-out',
      to: done.entry,
      text: ANSWERS[first?.program.language ?? reading.language].optedOut(nameOf(done, said)),
    })
  }
  return { did: done.did, entry: done.entry }
}

/** What an opt-out ends, in a word; undefined where it is everything. */
function nameOf({ programIds }: OptedOut, said: readonly StoredProgram[]): string | undefined {
  if (programIds === undefined) return undefined
  const reached = said.find(({ id }) => programIds.includes(id))
  return programIds.length === 1 ? reached?.program.name : reached?.program.seller
}

/** YES and NO answer the last question, where several wait. */
async function answerQuestion(
  transaction: SmsTransaction,
  parts: SmsParts,
  { subject, sender, said }: About,
  what: 'yes' | 'no',
  evidence: Evidence,
): Promise<Acted> {
  const own = await consentsOf(transaction, subject.id)
  const asked = said
    .map((program) => ({ program, state: own.get(program.id) }))
    .flatMap(({ program, state }) => (state?.is === 'pending' ? [{ program, at: state.askedAt }] : []))
    .toSorted((one, other) => other.at - one.at)
  const [last] = asked
  if (!last) return { did: 'nothing' }
  const { did, entry } = await parts.recorder.answer(transaction, subject, last.program, what, evidence)
  if (did === 'granted' && entry !== undefined) {
    await welcome(transaction, parts, { subject, sender, program: last.program, entry })
  }
  return { did, entry }
}

async function start(
  transaction: SmsTransaction,
  parts: SmsParts,
  { subject, sender, said }: About,
  evidence: Evidence,
): Promise<Acted> {
  let acted: Acted = { did: 'nothing' }
  for (const program of said) {
    const { did, entry } = await parts.recorder.answer(transaction, subject, program, 'start', evidence)
    if (did !== 'restored' || entry === undefined) continue
    if (acted.did !== 'restored') await welcome(transaction, parts, { subject, sender, program, entry })
    acted = { did, entry }
  }
  return acted
}

async function welcome(
  transaction: SmsTransaction,
  parts: SmsParts,
  to: { subject: Subject; sender: Sender; program: StoredProgram; entry: string },
): Promise<void> {
  const { program, settings } = to.program
  await reply(transaction, parts, {
    ...to,
    kind: 'welcome',
    to: to.entry,
    text: ANSWERS[program.language].welcome(program, settings),
  })
}

/** HELP is answered also to who has opted out, once in 24 hours: two machines must not talk to each other for ever. */
const HELP_AGAIN_MS = 24 * 3_600_000

async function help(
  transaction: SmsTransaction,
  parts: SmsParts,
  { subject, sender, said, id }: About,
): Promise<Acted> {
  const program = said.find(({ endedAt }) => endedAt === undefined) ?? said[0]
  if (!program) return { did: 'nothing' }
  const before = await transaction
    .selectFrom('sms_message')
    .select('id')
    .where('subject_id', '=', subject.id)
    .where('sender_id', '=', sender.id)
    .where('reply_to', 'like', 'help:%')
    .where('created_at', '>', parts.clock.now() - HELP_AGAIN_MS)
    .limit(1)
    .executeTakeFirst()
  if (before) return { did: 'answered-before' }
  const text = ANSWERS[program.program.language].help(program.program, program.settings)
  await reply(transaction, parts, { subject, sender, program, kind: 'help', to: id, text })
  return { did: 'answered' }
}

/** An answer is sent at once or not at all: 47 CFR 64.1200(a)(12) gives five minutes. */
const ANSWER_WITHIN_MS = 5 * 60_000

async function reply(
  transaction: SmsTransaction,
  { messages, clock }: SmsParts,
  answer: {
    readonly subject: Subject
    readonly sender: Sender
    readonly program: StoredProgram | undefined
    readonly kind: 'opt-out' | 'welcome' | 'help'
    /** What it answers: one goes out for each. */
    readonly to: string
    readonly text: string
  },
): Promise<void> {
  const now = clock.now()
  await messages.add(transaction, {
    subject: answer.subject,
    senderId: answer.sender.id,
    programId: answer.program?.id,
    purpose: 'answer',
    text: answer.text,
    replyTo: `${answer.kind}:${answer.to}`,
    isAutomated: true,
    dueAt: now,
    expiresAt: now + ANSWER_WITHIN_MS,
  })
}
