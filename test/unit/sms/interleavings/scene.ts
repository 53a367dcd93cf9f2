import { createSendDesk } from '../../../../sms/desk/send.ts'
import { dispatchSender } from '../../../../sms/dispatch.ts'
import { takeEvent } from '../../../../sms/events.ts'
import { createSendingParts, type SendingParts } from '../../../../sms/parts.ts'
import type { Outcome, SmsPorts } from '../../../../sms/ports.ts'
import { reconcile } from '../../../../sms/reconcile.ts'
import { isKnown } from '../../../../sms/store/subjects.ts'
import type { PhoneNumber } from '../../../../sms/phone.ts'
import { digest, fold, type Digest } from '../../../support/digest.ts'
import { CONSENT, PROGRAM, SETTINGS } from '../outbox/program.ts'
import { numberOf } from '../store/numbers.ts'
import { afterReceipt, NOTHING_YET, outcomeOf, seen, type Now } from './handsets.ts'
import type { Scenario } from './scenarios.ts'
import {
  Crash,
  keyOf,
  type Actor,
  type MindState,
  type Part,
  type Scheduler,
  type Steer,
} from './scheduler.ts'

/** Time that stands still until it is moved. */
export interface SceneClock {
  now(): number
  passed: number
}

/** What a scene is played on: a store of its own, or a part of one that it shares with other scenes. */
export interface Stage {
  readonly ports: SmsPorts
  readonly clock: SceneClock
  readonly siteId: number
  readonly scheduler: Scheduler
  /** All that is in the store, in a hash; nothing where orders are not compared. */
  readonly state: () => Readonly<Digest>
  /** What was changed in the store since a mark, to be done again; nothing where nothing is done again. */
  readonly mark: () => number
  readonly since: (mark: number) => unknown
  readonly again: (changes: unknown) => void
}

/** What an order led to. */
export interface Told {
  /** What must not happen and did; empty: nothing. */
  readonly faults: readonly string[]
  readonly received: number
  readonly crashed: number
  /** Messages that were with the provider when STOP was kept. */
  readonly inFlight: number
}

export interface Scene {
  /** Plays one order; undefined where the steer did not go on. The store must be as it was after the set-up. */
  play(steer: Steer): Promise<Told | undefined>
}

const HOUR = 3_600_000
/** The provider shows what it took a moment later. */
const SHOWN_AFTER_MS = 500

/**
 * Sets a scene: a sender, people who have signed up, messages to them. Then each order of the steps of workers, people,
 * a caller, the provider's words and the clock is played as a steer picks it, with crashes at any point, also within a
 * transaction after messages have left. Afterwards a worker that nothing disturbs brings all to an end, and what handsets
 * got is compared with what the store says.
 * @param at another one for each scene of a store
 */
export async function setScene(stage: Stage, scenario: Scenario, at: number): Promise<Scene> {
  const { clock, scheduler } = stage
  const seven = (digits: number): string => String(digits).padStart(7, '0')
  const from = numberOf(`+1201${seven(2_000_000 + at)}`)
  const people = Array.from({ length: scenario.people }, (_, index) =>
    numberOf(`+1212${seven(2_000_000 + at * 4 + index)}`),
  )
  let now = NOTHING_YET
  let steer: Steer = steerByNobody()

  const parts = createSendingParts(stage.ports, (tokens) => ({
    name: 'scene',
    capabilities: { batch: 1, answersWithinMs: 1_000, visibleWithinMs: 1_000 },
    send: (order) => {
      tokens.redeem(order.token)
      const [outcome, isTaken] = outcomeOf(steer, now.mishapsLeft, clock.now())
      if (outcome.is !== 'accepted') now = { ...now, mishapsLeft: now.mishapsLeft - 1 }
      const id = `${at} ${now.received.length + 1}`
      if (isTaken) now = afterReceipt(now, { id, to: order.to.reveal(), text: order.text, at: clock.now() })
      const told: Outcome = outcome.is === 'accepted' ? { is: 'accepted', id } : outcome
      scheduler.saw(digest(JSON.stringify(told)))
      return Promise.resolve(told)
    },
    lookUp: (lost) => {
      const messages = seen(now, lost, clock.now() - SHOWN_AFTER_MS)
      scheduler.saw(digest(JSON.stringify(messages)))
      return Promise.resolve({ is: 'seen', messages })
    },
    listSince: (cursor) => Promise.resolve({ events: [], cursor: cursor ?? '' }),
    pushConsent: () => Promise.resolve({ is: 'done' }),
  }))

  const { senderId, asked } = await setUp(stage, parts, { from, people, scenario, at })
  const start = clock.passed

  const through = (actor: Actor): SendingParts => ({
    ...parts,
    store: {
      db: parts.store.db,
      transaction: async (run) => {
        await actor.point()
        const known = steer.kept() as Kept | undefined
        if (known) {
          now = known.now
          scheduler.setMind(known.mind)
          stage.again(known.changes)
          if ('error' in known.outcome) throw known.outcome.error
          return known.outcome.result as Awaited<ReturnType<typeof run>>
        }
        const mark = stage.mark()
        const keep = (outcome: Kept['outcome']): void => {
          steer.keep({ now, mind: scheduler.mind(), changes: stage.since(mark), outcome } satisfies Kept)
        }
        try {
          const result = await parts.store.transaction((transaction) =>
            inMidst(actor, () => run(transaction)),
          )
          const [what, , writer] = actor.name.split(' ')
          if (what === 'stop' && writer !== undefined && !now.stopped.includes(writer)) {
            now = { ...now, stopped: [...now.stopped, writer] }
          }
          keep({ result })
          return result
        } catch (error) {
          keep({ error })
          throw error
        }
      },
    },
    provider: {
      ...parts.provider,
      lookUp: async (lost) => {
        await actor.point(false)
        return parts.provider.lookUp(lost)
      },
    },
  })

  /** The machine may die after something has left: nothing is kept. To die before that is to die before it all. */
  async function inMidst<T>(actor: Actor, run: () => Promise<T>): Promise<T> {
    const before = now.received.length
    const done = await run()
    if (now.received.length === before || scheduler.crashesLeft === 0) return done
    if (steer.pick(2, 'crash') === 0) return done
    scheduler.crashesLeft--
    throw new Crash(actor.name)
  }

  function partsOf(): Part[] {
    const workers = Array.from({ length: scenario.workers }, (_, index) => ({
      name: `worker ${index}`,
      act: async (actor: Actor) => {
        const mine = through(actor)
        for (let round = 0; round < scenario.rounds; round++) {
          // After a crash it is another process.
          await attempt(async () => {
            await dispatchSender(mine, senderId)
            actor.forget(`${round} sent`)
            await reconcile(mine)
          })
          actor.forget(`${round} over`)
        }
      },
    }))
    const said = people.flatMap((person, index) =>
      scenario.says.map(([id, text], copy) => ({
        name: `${/help/i.test(text) ? 'help' : 'stop'} ${copy} ${person.reveal()}`,
        act: async (actor: Actor) => {
          const uuid = `${at} ${index} ${copy}`
          const told = { what: 'inbound', uuid, id: `${at} ${index} ${id}`, from: person, to: from } as const
          await takeEvent(through(actor), { ...told, text, at: clock.now() })
        },
      })),
    )
    return [
      ...workers,
      ...said,
      ...(scenario.asksAgain
        ? [{ name: 'caller', act: async (actor: Actor) => ask(through(actor), asked) }]
        : []),
      ...(scenario.words > 0
        ? [{ name: 'words', act: (actor: Actor) => tellWords(through(actor), actor) }]
        : []),
      {
        name: 'clock',
        act: async (actor: Actor) => {
          for (const pause of scenario.pauses) {
            await actor.point(false)
            clock.passed += pause
          }
        },
      },
    ]
  }

  /** The provider tells of what it took, doubled, and before its answer as well. */
  async function tellWords(mine: SendingParts, actor: Actor): Promise<void> {
    for (let word = 0; word < scenario.words; word++) {
      const status = word % 2 === 0 ? 'delivered' : 'sent'
      const id = `${at} ${1 + (word >> 1)}`
      const told = { what: 'status', uuid: `${id} ${status}`, id, status } as const
      await attempt(() => takeEvent(mine, { ...told, at: clock.now() }))
      actor.forget(`${word} told`)
    }
  }

  const rows = () =>
    parts.store.db.selectFrom('sms_message').selectAll().where('sender_id', '=', senderId).execute()

  async function isOpen(): Promise<boolean> {
    return (await rows()).some(({ status }) =>
      ['queued', 'dispatching', 'handed', 'unknown'].includes(status),
    )
  }

  /** What stands in the store at the end and does not fit what handsets got; and what was in flight. */
  async function compared(): Promise<{ faults: string[]; inFlight: number }> {
    if (await isOpen()) return { faults: ['it does not come to rest'], inFlight: 0 }
    const faults: string[] = []
    let inFlight = 0
    for (const row of await rows()) {
      const subject = await parts.subjects.byId(parts.store.db, row.subject_id)
      if (!subject || !isKnown(subject)) throw new Error('a subject that is gone')
      const [to, text] = [subject.number.reveal(), parts.messages.textOf(subject, row)]
      const got = now.received.filter((one) => one.to === to && one.text === text).length
      if (row.in_flight_at_stop === 1) inFlight++
      if ((row.status === 'accepted') !== (got === 1)) faults.push(`${row.status}, and received ${got} times`)
    }
    return { faults, inFlight }
  }

  async function toTheEnd(): Promise<{ faults: readonly string[]; inFlight: number }> {
    now = { ...now, mishapsLeft: 0 }
    for (let round = 0; round < 40 && now.faults.length === 0 && (await isOpen()); round++) {
      clock.passed += 7_000
      await dispatchSender(parts, senderId)
      await reconcile(parts)
    }
    return now.faults.length > 0 ? { faults: now.faults, inFlight: 0 } : compared()
  }

  /** All that is in no actor, in a hash. */
  function outside(): Digest {
    const key: Digest = [now.mishapsLeft, clock.passed]
    fold(key, stage.state())
    fold(key, now.state)
    fold(key, [now.stopped.length, now.faults.length])
    for (const person of people) fold(key, [now.stopped.includes(person.reveal()) ? 1 : 0, 0])
    return key
  }

  return {
    play: async (by) => {
      steer = by
      clock.passed = start
      scheduler.crashesLeft = scenario.crashes
      now = {
        ...NOTHING_YET,
        mishapsLeft: scenario.mishaps,
        before: scenario.before.map(([ago, later]) => clock.now() - ago + later),
      }
      const ended = await scheduler.run(partsOf(), steer, outside)
      scheduler.stop()
      // What comes to the same end is the same.
      if (now.faults.length === 0 && (ended === 'left' || !steer.visit(keyOf(outside())))) return undefined
      const crashed = scenario.crashes - scheduler.crashesLeft
      const { received } = now
      const { faults, inFlight } =
        now.faults.length > 0 ? { faults: now.faults, inFlight: 0 } : await toTheEnd()
      return { faults, received: received.length, crashed, inFlight }
    },
  }
}

/** What a transaction did and what came of it. */
interface Kept {
  readonly now: Now
  readonly mind: MindState
  readonly changes: unknown
  readonly outcome: { readonly result: unknown } | { readonly error: unknown }
}

/** Before and after an order nothing goes wrong. */
function steerByNobody(): Steer {
  return { pick: () => 0, visit: () => true, keep: () => undefined, kept: () => undefined }
}

async function attempt(run: () => Promise<unknown>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof Crash)) throw error
  }
}

type Asked = readonly {
  readonly to: string
  readonly key: string
  readonly text: string
  readonly program: string
  readonly siteId: number
}[]

/** A sender whose cap is partly used, a program, people in it, and what is to be sent to them. */
async function setUp(
  { clock, siteId }: Stage,
  parts: SendingParts,
  scene: { from: PhoneNumber; people: readonly PhoneNumber[]; scenario: Scenario; at: number },
): Promise<{ senderId: string; asked: Asked }> {
  const { from, people, scenario, at } = scene
  const { senderId, programId } = await parts.store.transaction(async (transaction) => {
    const sender = await parts.senders.add(transaction, {
      number: from,
      class: 'regular',
      features: ['SmsSender'],
      campaign: 'Confirmed',
      useCases: ['Marketing'],
      confirmationBy: 'self',
      prices: { segment: 7_900, surcharge: 3_000 },
    })
    const slots = scenario.before.map(([ago]) => clock.now() - ago).toSorted((one, other) => one - other)
    await parts.senders.setSlots(transaction, sender.id, slots)
    const program = { ...PROGRAM, name: `Scene ${at}` }
    const added = await parts.programs.add(transaction, {
      siteId,
      senderId: sender.id,
      program,
      settings: SETTINGS,
    })
    for (const person of people) {
      const subject = await parts.subjects.findOrMake(transaction, person)
      await parts.recorder.consent(transaction, subject, added, {
        consent: CONSENT,
        evidence: { at: clock.now() - HOUR, actor: 'subject', method: 'web-form', payload: {} },
        isImported: false,
      })
    }
    return { senderId: sender.id, programId: added.id }
  })
  const asked = people.flatMap((person) =>
    Array.from({ length: scenario.messages }, (_, count) => ({
      siteId,
      program: programId,
      to: person.reveal(),
      key: `${at} ${person.reveal()} ${count}`,
      text: `Offer ${count} of scene ${at}.`,
    })),
  )
  await ask(parts, asked)
  return { senderId, asked }
}

async function ask(parts: SendingParts, asked: Asked): Promise<void> {
  const desk = createSendDesk(parts)
  for (const { siteId, program, to, text, key } of asked) {
    const answered = await desk.send({ siteId, programId: program, to, text }, key)
    if (answered.is === 'refused') throw new Error(answered.error)
  }
}
