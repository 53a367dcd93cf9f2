import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OPT_OUT_SOURCES } from '../../../schema/sms.ts'
import {
  asOf,
  FRESH,
  grantIn,
  transition,
  type ConsentEvent,
  type ConsentState,
  type Step,
} from '../../../sms/consent.ts'

/** Few times, so that many events fall on the same moment. */
const at = fc.integer({ min: 0, max: 12 })
const entry = fc.nat().map(String)
const confirmWithin = fc.constantFrom('off' as const, 3, 20)
const event: fc.Arbitrary<ConsentEvent> = fc.oneof(
  fc.record({ what: fc.constantFrom('consent-written', 'consent-imported'), at, entry, confirmWithin }),
  fc.record({ what: fc.constant('opt-out'), at, entry, by: fc.constantFrom(...OPT_OUT_SOURCES) }),
  fc.record({ what: fc.constantFrom('yes', 'no', 'start'), at, entry }),
  fc.record({ what: fc.constantFrom('number-reassigned', 'erased'), at, entry }),
) as fc.Arbitrary<ConsentEvent>
const events = fc.array(event, { maxLength: 14 })

interface Walked extends Step {
  before: ConsentState
  event: ConsentEvent
}
function walk(history: readonly ConsentEvent[]): Walked[] {
  let state = FRESH
  return history.map((happened) => {
    const before = state
    const step = transition(before, happened)
    state = step.state
    return { ...step, before, event: happened }
  })
}
const end = (history: readonly ConsentEvent[]): ConsentState => walk(history).at(-1)?.state ?? FRESH

const STOP = { what: 'opt-out', by: 'word', entry: 'stop' } as const
const SIGNED = { what: 'consent-written', confirmWithin: 'off', entry: 'form' } as const
const ASKED = { what: 'consent-written', confirmWithin: 100, entry: 'form' } as const

describe('S3 consent, after every sequence of events', () => {
  it('S3 comes into force by a consent in writing, a YES to its question or a START after a STOP, and by nothing else', () => {
    fc.assert(
      fc.property(events, (history) => {
        for (const { before, event: happened, state, did } of walk(history)) {
          const was = grantIn(asOf(before, happened.at))
          const is = grantIn(state)
          if (is === undefined || is === was) continue
          const ways = ['consent-written', 'consent-imported', 'yes', 'start']
          expect(ways).toContain(happened.what)
          expect(did).toBe(was ? 'renewed' : happened.what === 'start' ? 'restored' : 'granted')
          expect(is.since).toBe(happened.at)
        }
      }),
      { numRuns: 5_000 },
    )
  })

  it('S5 names the entry of a consent in writing that was made', () => {
    fc.assert(
      fc.property(events, (history) => {
        const written = history.filter(({ what }) => what.startsWith('consent-')).map((one) => one.entry)
        const grant = grantIn(end(history))
        expect(grant ? written : [undefined]).toContain(grant?.entry)
      }),
      { numRuns: 5_000 },
    )
  })

  it('S7 an opt-out is undone by a younger consent in writing, or by START where a STOP took it, and by nothing else', () => {
    let undone = 0
    fc.assert(
      fc.property(events, (history) => {
        /** The youngest opt-out that counted, and whether all since the last grant were STOPs that took one. */
        let lock: number | undefined
        let canRestore = false
        let asked: number | undefined
        for (const { event: happened, state, did } of walk(history)) {
          if (did === 'asked') asked = happened.at
          if (did === 'opted-out' || did === 'opted-out-again') {
            const isStop =
              happened.what === 'opt-out' && ['word', 'own-words', 'provider'].includes(happened.by)
            canRestore = did === 'opted-out' ? isStop : canRestore && isStop
            lock = Math.max(lock ?? 0, happened.at)
          }
          if (state.is !== 'active' || lock === undefined) continue
          undone++
          if (did === 'restored') {
            expect(canRestore).toBe(true)
            expect(happened.at).toBeGreaterThan(lock)
          } else if (happened.what === 'yes' && did === 'granted') {
            expect(asked).toBeGreaterThan(lock)
          } else if (did === 'granted') {
            expect(happened.what).toBe('consent-written')
            expect(happened.at).toBeGreaterThan(lock)
          }
          lock = undefined
        }
      }),
      { numRuns: 10_000 },
    )
    expect(undone).toBeGreaterThan(100)
  })

  it('S7 an opt-out beats every consent that is not younger, in whatever order they come to be known', () => {
    const given = fc.record({
      what: fc.constant('consent-written'),
      at,
      entry,
      confirmWithin: fc.constant('off'),
    })
    const taken = fc.record({
      what: fc.constant('opt-out'),
      at,
      entry,
      by: fc.constantFrom(...OPT_OUT_SOURCES),
    })
    const both = fc.array(fc.oneof(given, taken) as fc.Arbitrary<ConsentEvent>, {
      minLength: 1,
      maxLength: 8,
    })
    fc.assert(
      fc.property(both, (history) => {
        const newest = (what: string): number =>
          Math.max(-1, ...history.filter((one) => one.what === what).map((one) => one.at))
        const expected = newest('consent-written') > newest('opt-out')
        expect(end(history).is === 'active').toBe(expected)
      }),
      { numRuns: 5_000 },
    )
  })

  it('S12 an opt-out by any channel blocks the same', () => {
    for (const by of OPT_OUT_SOURCES) {
      for (const before of [[], [{ ...SIGNED, at: 1 }], [{ ...ASKED, at: 1 }]] as ConsentEvent[][]) {
        expect(end([...before, { what: 'opt-out', by, at: 2, entry: 'out' }])).toMatchObject({
          is: 'opted-out',
          by,
          at: 2,
        })
      }
    }
  })

  it('S7 an opt-out is not forgotten while a question waits and after it has lapsed', () => {
    const history: ConsentEvent[] = [
      { ...STOP, at: 5 },
      { ...ASKED, at: 6 },
    ]
    expect(transition(end(history), { ...SIGNED, at: 5 }).did).toBe('too-old')
    expect(transition(end(history), { ...SIGNED, at: 200, what: 'consent-imported' }).did).toBe('nothing')
    expect(transition(end(history), { ...SIGNED, at: 200 }).did).toBe('granted')
  })

  it('SX1 a list undoes nothing that was ended', () => {
    fc.assert(
      fc.property(events, at, entry, (history, when, id) => {
        const before = end(history)
        const step = transition(before, {
          what: 'consent-imported',
          confirmWithin: 'off',
          at: when,
          entry: id,
        })
        const isEnded = ['opted-out', 'void', 'erased'].includes(before.is)
        expect(isEnded ? step : { state: before, did: 'nothing' }).toEqual({ state: before, did: 'nothing' })
      }),
    )
  })

  it('changes neither the state it is given nor the event, and says the same again', () => {
    fc.assert(
      fc.property(events, event, (history, next) => {
        const before = Object.freeze(end(history))
        expect(transition(before, Object.freeze(next))).toEqual(transition(before, next))
      }),
    )
  })
})

describe('S9 double opt-in', () => {
  it('S9 allows nothing before YES from the number, and asks once', () => {
    const steps = walk([
      { ...ASKED, at: 0 },
      { ...ASKED, at: 5, entry: 'again' },
      { what: 'yes', at: 9, entry: 'yes' },
    ])
    expect(steps.map(({ did }) => did)).toEqual(['asked', 'nothing', 'granted'])
    expect(steps.map(({ state }) => grantIn(state) !== undefined)).toEqual([false, false, true])
    expect(grantIn(end(steps.map(({ event: happened }) => happened)))).toEqual({
      entry: 'again',
      confirmedBy: 'yes',
      since: 9,
    })
  })

  it('S9 lapses by NO and by itself, and YES afterwards means nothing', () => {
    expect(
      end([
        { ...ASKED, at: 0 },
        { what: 'no', at: 1, entry: 'no' },
        { what: 'yes', at: 2, entry: 'yes' },
      ]).is,
    ).toBe('lapsed')
    const pending = end([{ ...ASKED, at: 0 }])
    expect(asOf(pending, 99).is).toBe('pending')
    expect(asOf(pending, 100)).toEqual({ is: 'lapsed', at: 100 })
    expect(transition(pending, { what: 'yes', at: 100, entry: 'yes' })).toEqual({
      state: { is: 'lapsed', at: 100 },
      did: 'nothing',
    })
    expect(transition(pending, { what: 'yes', at: 99, entry: 'yes' }).did).toBe('granted')
  })

  it('S9 a YES without a question, or from before it, means nothing', () => {
    for (const history of [
      [],
      [
        { ...SIGNED, at: 0 },
        { ...STOP, at: 1 },
      ],
    ] as ConsentEvent[][]) {
      expect(transition(end(history), { what: 'yes', at: 5, entry: 'yes' }).did).toBe('nothing')
    }
    expect(transition(end([{ ...ASKED, at: 5 }]), { what: 'yes', at: 4, entry: 'yes' }).did).toBe('too-old')
  })
})

describe('S7 START', () => {
  it('S7 gives back what STOP took, with an entry of its own', () => {
    const history: ConsentEvent[] = [
      { ...SIGNED, at: 1 },
      { ...STOP, at: 2 },
      { what: 'start', at: 3, entry: 'start' },
    ]
    expect(end(history)).toEqual({ is: 'active', grant: { entry: 'form', restoredBy: 'start', since: 3 } })
  })

  it('S7 gives nothing where STOP took nothing, an agent took it too, or the number is somebody else’s', () => {
    const start = { what: 'start', at: 9, entry: 'start' } as const
    const none: ConsentEvent[][] = [
      [],
      [{ ...STOP, at: 1 }],
      [
        { ...ASKED, at: 1 },
        { ...STOP, at: 2 },
      ],
      [
        { ...SIGNED, at: 1 },
        { what: 'opt-out', by: 'agent', at: 2, entry: 'out' },
      ],
      [
        { ...SIGNED, at: 1 },
        { ...STOP, at: 2 },
        { what: 'opt-out', by: 'letter', at: 3, entry: 'out' },
      ],
      [
        { ...SIGNED, at: 1 },
        { ...STOP, at: 2 },
        { what: 'number-reassigned', at: 3, entry: 'void' },
      ],
      [
        { ...SIGNED, at: 1 },
        { ...STOP, at: 2 },
        { what: 'erased', at: 3, entry: 'erased' },
      ],
      [
        { ...SIGNED, at: 1 },
        { ...STOP, at: 9 },
      ],
    ]
    for (const history of none) expect(grantIn(transition(end(history), start).state)).toBeUndefined()
  })
})

describe('S22 what was erased', () => {
  it('S22 stays blocked for lists and for what was signed before', () => {
    const erased = end([
      { ...SIGNED, at: 1 },
      { what: 'erased', at: 5, entry: 'erased' },
    ])
    expect(transition(erased, { ...SIGNED, at: 5 }).did).toBe('too-old')
    expect(transition(erased, { ...SIGNED, what: 'consent-imported', at: 9 }).did).toBe('nothing')
    expect(transition(erased, { ...SIGNED, at: 6 }).did).toBe('granted')
  })
})
