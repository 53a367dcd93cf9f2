import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'vitest'
import { auditSigner, createAuditLog } from '../../server/audit/log.ts'
import type { Clock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'
import { createChain, createSealing, random, smsSigner } from '../../server/sms/ports.ts'
import type { DataKeys } from '../../server/store/data-keys.ts'
import type { Store } from '../../server/store/open.ts'
import { createParts, type SmsParts } from '../../sms/parts.ts'
import { wallClock, type OwnNumber, type Simulator, type SimulatorClock } from '../../sms/simulator/index.ts'
import type { LedgerTable, MessageTable } from '../../sms/store/tables.ts'
import { CONSENT, PROGRAM, SETTINGS } from '../unit/sms/outbox/program.ts'
import { numberOf } from '../unit/sms/store/opened.ts'
import { clockOf, type Moved } from './sms-clock.ts'

/** Many people, their messages, what they say, and what must be true when all is over. */

/** The simulator's clock at the same time. */
export function simulatedClock(moved: Moved): SimulatorClock {
  const wall = wallClock()
  return { ...wall, now: clockOf(moved).now, after: (ms, act) => wall.after(ms / moved.speed, act) }
}

/** The module on a store whose rows `keys` open, at the moved time. */
export function crowdParts(store: Store, keys: DataKeys, clock: Clock): SmsParts {
  return createParts({
    store,
    clock,
    random,
    sealing: createSealing(keys),
    chain: createChain(smsSigner(keys.lasting)),
    audit: createAuditLog({ store, clock, signer: auditSigner(keys.lasting) }),
    alarm: { raise: () => undefined },
    log: silentLog,
  })
}

export const PER_PERSON = 3
const DAY = 24 * 3_600_000

/** One regular number, which only we keep from opted-out handsets, a long code, and toll-free ones. */
export function sendersOf(count: number): OwnNumber[] {
  return Array.from({ length: count }, (_none, at) => ({
    number: at === 0 ? '+12015550100' : at === 1 ? '+16505550100' : `+1833555${String(1_000 + at)}`,
    features: at === 0 ? ['SmsSender'] : ['SmsSender', 'A2PSmsSender'],
    campaign: 'Confirmed',
    useCases: ['Marketing'],
  }))
}

/** Messages a minute, by their policy. */
function capAt(place: number): number {
  return [50, 60][place] ?? 180
}
export function classAt(place: number): 'regular' | 'high-volume-long-code' | 'high-volume-toll-free' {
  return (['regular', 'high-volume-long-code'] as const)[place] ?? 'high-volume-toll-free'
}

export interface Person {
  readonly number: string
  readonly sender: string
  readonly subjectId: string
}

/** Senders, programs, people who signed up, and all their messages in the queue. */
export async function fill(
  parts: SmsParts,
  siteId: number,
  numbers: readonly OwnNumber[],
  messages: number,
): Promise<Person[]> {
  const { store, clock } = parts
  const programs = []
  for (const [at, { number, features }] of numbers.entries()) {
    programs.push(
      await store.transaction(async (transaction) => {
        const sender = await parts.senders.add(transaction, {
          number: numberOf(number),
          class: classAt(at),
          features,
          campaign: 'Confirmed',
          useCases: ['Marketing'],
          confirmationBy: features.includes('A2PSmsSender') ? 'provider' : 'self',
          prices: { segment: 7_900, surcharge: 3_000 },
        })
        const program = { ...PROGRAM, name: `${PROGRAM.name} ${at}` }
        return parts.programs.add(transaction, { siteId, senderId: sender.id, program, settings: SETTINGS })
      }),
    )
  }
  const people: Person[] = []
  for (let at = 0; at < messages / PER_PERSON; at++) {
    const place = placeOf(at, numbers.length)
    const [program, own] = [programs[place], numbers[place]]
    if (!program || !own) throw new Error('there is no such sender')
    // Whose last digits make nothing go wrong (simulator/carrier.ts).
    const number = `+1212${String(200 + (at % 700))}${String(5_000 + Math.trunc(at / 700))}`
    const subjectId = await store.transaction(async (transaction) => {
      const subject = await parts.subjects.findOrMake(transaction, numberOf(number))
      const consent = { ...CONSENT, programName: program.program.name }
      const evidence = { at: clock.now(), actor: 'subject', method: 'web-form', payload: {} }
      await parts.recorder.consent(transaction, subject, program, { consent, evidence, isImported: false })
      for (let count = 0; count < PER_PERSON; count++) {
        await parts.messages.add(transaction, {
          subject,
          senderId: program.senderId,
          programId: program.id,
          purpose: 'program',
          text: `Offer ${at}-${count}: two lattes for one today. Reply STOP to opt out.`,
          isAutomated: true,
          dueAt: clock.now(),
          expiresAt: clock.now() + DAY,
        })
      }
      return subject.id
    })
    people.push({ number, sender: own.number, subjectId })
  }
  return people
}

/** The first two send fewer a minute: of many they get fewer people. */
function placeOf(at: number, numbers: number): number {
  if (numbers < 4) return at % numbers
  return at % 20 === 0 ? (at % 40 === 0 ? 0 : 1) : 2 + (at % (numbers - 2))
}

const OWN_WORDS = 'Please take me off your list'

/** Every other one by a word, which the provider acts on itself; the rest in own words, which only we understand. */
export function sayInTurn(
  simulator: Simulator,
  stops: readonly Person[],
  said: Map<string, number>,
): (count: number) => void {
  const waiting = [...stops]
  return (count) => {
    for (const { number, sender, subjectId } of waiting.splice(0, count)) {
      const text = said.size % 2 === 0 ? 'STOP' : OWN_WORDS
      said.set(subjectId, simulator.inbound({ from: number, to: sender, text }).createdAt)
    }
  }
}

const OPEN = ['queued', 'dispatching', 'handed', 'unknown'] as const

export async function untilQuiet({ store }: SmsParts, simulator: Simulator): Promise<void> {
  for (let quiet = 0; quiet < 8;) {
    await wait(500)
    const open = await store.db
      .selectFrom('sms_message')
      .select('id')
      .where('status', 'in', [...OPEN])
      .execute()
    const pushes = await store.db
      .selectFrom('sms_push')
      .select('entry_id')
      .where('done_at', 'is', null)
      .execute()
    const waiting = [...simulator.messages.values()].filter(({ status }) => status === 'Queued').length
    quiet = open.length + pushes.length + waiting === 0 ? quiet + 1 : 0
  }
}

export async function check(
  parts: SmsParts,
  simulator: Simulator,
  stops: readonly Person[],
  said: ReadonlyMap<string, number>,
  numbers: readonly OwnNumber[],
): Promise<Outcome> {
  const { store } = parts
  const rows: MessageTable[] = await store.db.selectFrom('sms_message').selectAll().execute()
  const byProvider = new Map(
    rows.flatMap((row) => (row.provider_id === null ? [] : [[row.provider_id, row] as const])),
  )
  const sent = [...simulator.messages.values()].filter(({ direction }) => direction === 'Outbound')
  const got = simulator.received.filter(({ by }) => by === 'api')

  // Nothing twice.
  expect(new Set(got.map(({ to, text }) => `${to} ${text}`)).size).toBe(got.length)
  // What was taken has a row, and what has a row as accepted was taken.
  expect([...byProvider.keys()].toSorted()).toEqual(sent.map(({ id }) => String(id)).toSorted())
  expect(rows.filter(({ status }) => status === 'accepted').length).toBe(sent.length)
  // Most of it arrived, in spite of all.
  const offered = rows.filter(({ purpose }) => purpose === 'program').length
  expect(got.length).toBeGreaterThan(offered / 3)

  const entries: LedgerTable[] = await store.db.selectFrom('sms_ledger').selectAll().orderBy('seq').execute()
  for (const { subjectId, number, sender } of stops) {
    const optOut = entries.find((entry) => entry.subject_id === subjectId && entry.event === 'opt-out')
    expect(optOut, 'an opt-out was written down').toBeDefined()
    const committedAt = Date.parse(optOut?.recorded_at ?? '')
    for (const message of got.filter(({ to }) => to === number)) {
      const row = byProvider.get(message.messageId)
      if (row?.purpose !== 'program') continue
      // Taken after the opt-out was in force only where it had been handed over before, which its row says.
      if (message.acceptedAt > committedAt) {
        expect(row.handed_at).toBeLessThanOrEqual(committedAt)
        expect(row.in_flight_at_stop).toBe(1)
      }
    }
    // By a word of its own the provider's queue lets nothing through either.
    const saidAt = said.get(subjectId) ?? 0
    const isByWord = simulator.consents.get(`${sender} ${number}`)?.source === 'Recipient'
    if (isByWord)
      expect(
        got.filter(({ to, at, from }) => to === number && from !== '+12015550100' && at > saidAt),
      ).toEqual([])
    // The provider knows, whichever way it was said.
    expect(simulator.consents.get(`${sender} ${number}`)?.status).toBe('OptOut')
    const confirmed = simulator.received.filter(
      ({ to, by, messageId }) =>
        to === number && (by === 'auto-reply' || byProvider.get(messageId)?.purpose === 'answer'),
    )
    expect(confirmed.length).toBeLessThanOrEqual(1)
  }
  // Caps, in every minute.
  for (const [place, { number }] of numbers.entries()) {
    const times = sent
      .filter(({ from }) => from === number)
      .map(({ createdAt }) => createdAt)
      .toSorted((one, other) => one - other)
    expect(mostWithin(times, 60_000)).toBeLessThanOrEqual(capAt(place))
  }
  expect(simulator.requests.filter(({ isDuringPenalty }) => isDuringPenalty)).toEqual([])
  const lost = simulator.requests.filter(({ status, method }) => status === 0 && method === 'POST').length
  const times = sent.map(({ createdAt }) => createdAt).toSorted((one, other) => one - other)
  return {
    messages: offered,
    taken: sent.length,
    atHandsets: got.length,
    lostReplies: lost,
    givenUp: rows.filter(({ status }) => status === 'dead').length,
    takenBack: rows.filter(({ status }) => status === 'cancelled').length,
    optOuts: stops.length,
    inFlightAtStop: rows.filter((row) => row.in_flight_at_stop === 1).length,
    mostInTenSeconds: mostWithin(times, 10_000),
    seconds: Math.round(((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000),
  }
}

/** What became of all. */
export interface Outcome {
  /** Of programs; answers come on top. */
  readonly messages: number
  readonly taken: number
  readonly atHandsets: number
  readonly lostReplies: number
  readonly givenUp: number
  readonly takenBack: number
  readonly optOuts: number
  readonly inFlightAtStop: number
  readonly mostInTenSeconds: number
  /** From the first message to the last. */
  readonly seconds: number
}

/** @param times oldest first */
export function mostWithin(times: readonly number[], ms: number): number {
  let [most, start] = [0, 0]
  for (const [end, at] of times.entries()) {
    while ((times[start] ?? at) <= at - ms) start++
    most = Math.max(most, end - start + 1)
  }
  return most
}
