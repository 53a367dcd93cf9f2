import {
  createMemoryProvider,
  createSms,
  knownNumber,
  signUp,
  type PhoneNumber,
  type Sms,
  type StoredProgram,
} from '../../sms/index.ts'
import type { Clock } from '../clock.ts'
import { silentLog } from '../log.ts'
import { smsPorts } from '../sms/open.ts'
import type { DataKeys } from '../store/data-keys.ts'
import type { Store } from '../store/open.ts'
import { seeded } from './random.ts'

/** Text messages of the demo's shop: made up, and taken through the module itself, with a clock that runs through its past. */

/** Numbers that are given to nobody (555-01xx), of cities of one time zone. */
const SENDER = '+12015550100'
const CITIES = ['212', '617', '305'] as const
const PEOPLE = 28
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** Eleven in the morning on the East Coast in winter, noon in summer: nobody is texted at night. */
const HOUR_MS = 16 * 3_600_000
/** Tuesday: offers. Friday: what is ready in the workshop. */
const [OFFERED, READY] = [2, 5]
const OFFERS = [
  'Two city bikes for the price of one and a half, until Sunday.',
  'New in the shop: cargo bikes with a child seat.',
  'Winter tyres are 20 % off this week.',
  'Free brake check with every service.',
] as const
const IS_READY = 'Your bike is ready in our workshop.'
/** On this day of the past somebody answers what a person has to look at. */
const UNCLEAR_AT = 20
const STOPS = ['STOP', 'Unsubscribe', 'stop texting me please', 'STOP'] as const

/** What the carrier told of so many of a hundred messages; of the others it has told nothing yet. */
const DELIVERED_OF_A_HUNDRED = 92
const FAILED_OF_A_HUNDRED = 97
const FAILURES = ['SMS-CAR-411', 'SMS-CAR-430', 'SMS-UP-433'] as const

/** Two programs with people who signed up, confirmed, were written to and stopped, within the days before now. */
export async function seedMessages(parts: {
  store: Pick<Store, 'db' | 'transaction'>
  dataKeys: DataKeys
  clock: Clock
  siteId: number
  days: number
}): Promise<void> {
  const { store, dataKeys, clock, siteId, days } = parts
  await store.transaction(async (transaction) => {
    const past = { time: 0, now: () => past.time, monotonic: () => past.time }
    const ports = smsPorts({
      // All of it at once: hundreds of commits would take the disk longer than everything else.
      store: { db: transaction, transaction: (run) => run(transaction) },
      dataKeys,
      clock: past,
      // Nobody did any of it: the audit log tells of people.
      audit: NO_AUDIT,
      alarm: { raise: () => undefined },
      log: silentLog,
    })
    const sms = createSms(ports, (tokens) => createMemoryProvider(tokens, past))
    const first = Math.floor(clock.now() / DAY_MS) - days + 1
    past.time = first * DAY_MS + HOUR_MS
    const life: Life = { sms, siteId, clock: past, random: seeded(first), told: 0 }
    const programs = await makePrograms(life)
    for (let age = 0; age < days; age++) {
      past.time = (first + age) * DAY_MS + HOUR_MS
      if (past.time > clock.now()) break
      await aDay(life, programs, age)
    }
  })
}

interface Life {
  readonly sms: Sms
  readonly siteId: number
  readonly clock: Clock & { time: number }
  readonly random: () => number
  /** Words of the provider so far: each has a name of its own. */
  told: number
}

async function makePrograms({ sms, siteId }: Life): Promise<readonly [StoredProgram, StoredProgram]> {
  const { store, senders, programs } = sms.parts
  return store.transaction(async (transaction) => {
    const { id: senderId } = await senders.add(transaction, {
      number: numberOf(SENDER),
      class: 'high-volume-long-code',
      features: ['A2PSmsSender'],
      campaign: 'Confirmed',
      useCases: ['Marketing', 'CustomerCare'],
      confirmationBy: 'self',
      prices: { segment: 7_900, surcharge: 3_000 },
    })
    const settings = {
      stopScope: 'all',
      maxSegments: 3,
      contact: 'hello@hamburg-cycling.example',
      terms: 'https://hamburg-cycling.example/terms',
      privacy: 'https://hamburg-cycling.example/privacy',
    } as const
    const made = {
      seller: 'Hamburg Cycling LLC',
      language: 'en',
      domains: ['hamburg-cycling.example'],
      confirmWithin: DAY_MS,
      samples: [OFFERS[0], OFFERS[1]],
    } as const
    const deals = await programs.add(transaction, {
      siteId,
      senderId,
      program: {
        ...made,
        name: 'Bike deals',
        description: 'Offers and news of our bike shop for customers who signed up on our page.',
        kind: 'marketing',
        useCase: 'Marketing',
        frequency: { most: 8, days: 30 },
      },
      settings: { ...settings, budget: { most: 5_000_000, days: 30 } },
    })
    const reminders = await programs.add(transaction, {
      siteId,
      senderId,
      program: {
        ...made,
        name: 'Service reminders',
        description: 'When a bike that is in our workshop is ready, for customers who asked to be told.',
        kind: 'service',
        useCase: 'CustomerCare',
        frequency: { most: 4, days: 30 },
      },
      settings,
    })
    return [deals, reminders]
  })
}

/** Some sign up and most of them say YES, offers go out on two days of a week, and somebody stops. */
async function aDay(
  life: Life,
  [deals, reminders]: readonly [StoredProgram, StoredProgram],
  age: number,
): Promise<void> {
  const { clock, random } = life
  const programOf = (index: number): StoredProgram => (isOfWorkshop(index) ? reminders : deals)
  const signing = [age * 2, age * 2 + 1].filter((index) => index < PEOPLE)
  if (signing.length > 0) {
    for (const index of signing) await join(life, programOf(index), index)
    await settle(life)
    // One in nine never answers.
    for (const index of signing) if (index % 9 !== 5) await write(life, index, 'YES')
  }
  const known = Array.from({ length: Math.min(PEOPLE, age * 2) }, (_, index) => index)
  const weekday = new Date(clock.now()).getUTCDay()
  const offer = OFFERS[age % OFFERS.length] ?? OFFERS[0]
  for (const index of known) {
    if (isOfWorkshop(index) && weekday === READY) await send(life, reminders, index, IS_READY)
    if (!isOfWorkshop(index) && weekday === OFFERED) await send(life, deals, index, offer)
  }
  if (weekday === OFFERED || weekday === READY) await settle(life)
  const isStopping = random() < 0.25 && known.length > 4
  const stopping = Math.floor(random() * known.length)
  if (isStopping) await write(life, stopping, STOPS[age % STOPS.length] ?? 'STOP')
  if (age === UNCLEAR_AT) await write(life, 1, 'please cancel my order')
  if (isStopping || signing.length > 0) await settle(life)
}

function isOfWorkshop(index: number): boolean {
  return index % 4 === 0
}

async function join(life: Life, program: StoredProgram, index: number): Promise<void> {
  const { sms, clock } = life
  const { seller, name } = program.program
  const at = new Date(clock.now()).toISOString()
  await sms.parts.store.transaction((transaction) =>
    signUp(transaction, sms.parts, program, {
      number: numberOf(numberAt(index)),
      payload: {},
      consent: {
        seller,
        programName: name,
        disclosure: `I agree to get messages of ${name} by ${seller}. Reply STOP to end them.`,
        disclosureVersion: '1',
        locale: 'en',
        signature: 'web-form',
        collectedAt: at,
        source: 'http://localhost/demo/',
        actor: 'subject',
        box: 'empty',
        isSeparate: true,
      },
    }),
  )
}

async function send(life: Life, program: StoredProgram, index: number, text: string): Promise<void> {
  const { sms, siteId, clock } = life
  const asking = { siteId, programId: program.id, to: numberAt(index), text }
  const asked = await sms.send(asking, `${program.id} ${index} ${clock.now()}`)
  if (asked.is === 'refused') throw new Error(`a message of the demo was refused: ${asked.error}`)
}

async function write({ sms, clock }: Life, index: number, text: string): Promise<void> {
  const id = `demo-${clock.now()}-${index}-${text}`
  const [from, to] = [numberOf(numberAt(index)), numberOf(SENDER)]
  await sms.take([{ what: 'inbound', uuid: id, id, from, to, text, at: clock.now() }])
}

/** Sends what is due, fewer messages than the sender's cap, and tells what the carrier made of it. */
async function settle(life: Life): Promise<void> {
  const { sms, clock, random } = life
  while ((await sms.worker.round()) > 0);
  clock.time += MINUTE_MS
  const fresh = await sms.parts.store.db
    .selectFrom('sms_message')
    .select('provider_id')
    .where('status', '=', 'accepted')
    .where('delivery', 'is', null)
    .where('handed_at', '>', clock.now() - 10 * MINUTE_MS)
    .execute()
  for (const { provider_id: id } of fresh) {
    const luck = random() * 100
    if (id === null || luck > FAILED_OF_A_HUNDRED) continue
    const isFailed = luck > DELIVERED_OF_A_HUNDRED
    const code = FAILURES[Math.floor(random() * FAILURES.length)] ?? FAILURES[0]
    await sms.take([
      {
        what: 'status',
        uuid: `demo-word-${life.told++}`,
        id,
        status: isFailed ? 'delivery-failed' : 'delivered',
        ...(isFailed && { code }),
        at: clock.now(),
      },
    ])
  }
}

function numberAt(index: number): string {
  const city = CITIES[index % CITIES.length] ?? CITIES[0]
  return `+1${city}55501${String(Math.floor(index / CITIES.length)).padStart(2, '0')}`
}

function numberOf(text: string): PhoneNumber {
  const number = knownNumber(text)
  if (!number) throw new Error('a number of the demo is none')
  return number
}

const NO_AUDIT = { append: () => Promise.resolve() }
