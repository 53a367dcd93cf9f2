import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FRESH, transition, type ConsentEvent, type ConsentState } from '../../../sms/consent.ts'
import { decide, type Decision, type Facts } from '../../../sms/gate.ts'
import type { NumberClass } from '../../../sms/phone.ts'
import { whereaboutsOf } from '../../../sms/quiet-hours.ts'

/** A Tuesday, ten in the morning in New York. */
const NOW = Date.parse('2026-11-24T15:00:00Z')
const HOUR = 3_600_000
const DAY = 24 * HOUR
const NEW_YORK: NumberClass = {
  kind: 'long-code',
  country: 'US',
  regions: ['NY'],
  zones: ['America/New_York'],
}
const FLORIDA: NumberClass = { ...NEW_YORK, regions: ['FL'] }

const after = (...events: ConsentEvent[]): ConsentState =>
  events.reduce((state, event) => transition(state, event).state, FRESH)
const SIGNED = { what: 'consent-written', at: NOW - DAY, entry: 'form', confirmWithin: 'off' } as const
const STOP = { what: 'opt-out', by: 'word', at: NOW - HOUR, entry: 'stop' } as const

/** A message that nothing is against. */
const GOOD: Facts = {
  now: NOW,
  message: {
    text: 'Two lattes for one today. Reply STOP to opt out.',
    expiresAt: NOW + DAY,
    isApproved: false,
  },
  program: {
    name: 'Lantern Deals',
    seller: 'Lantern Coffee LLC',
    description: 'Offers and new drinks for customers of our coffee shops who signed up on our page.',
    kind: 'marketing',
    useCase: 'Marketing',
    language: 'en',
    domains: ['lantern.example'],
    confirmWithin: DAY,
    frequency: { most: 4, days: 30 },
    samples: [],
  },
  consent: after(SIGNED),
  subject: { number: NEW_YORK, whereabouts: whereaboutsOf(NEW_YORK), sentByProgram: [], sentByAll: [] },
  sender: {
    class: 'regular',
    state: 'active',
    campaign: 'Confirmed',
    useCases: ['Marketing'],
    slots: [],
    trialsLeft: 0,
  },
}

type Changes = { [Part in keyof Facts]?: Facts[Part] extends object ? Partial<Facts[Part]> : Facts[Part] }
function withChanges({ now = NOW, consent, message, program, subject, sender }: Changes): Facts {
  return {
    now,
    consent: (consent as ConsentState | undefined) ?? GOOD.consent,
    message: { ...GOOD.message, ...message },
    program: { ...GOOD.program, ...program },
    subject: { ...GOOD.subject, ...subject },
    sender: { ...GOOD.sender, ...sender },
  }
}
const decided = (changes: Changes): Decision => decide(withChanges(changes))

const BLOCKING: readonly [requirement: string, because: string, changes: Changes][] = [
  ['S3', 'no-consent', { consent: FRESH }],
  ['S9', 'no-consent', { consent: after({ ...SIGNED, confirmWithin: 2 * DAY }) }],
  ['S9', 'no-consent', { consent: after({ ...SIGNED, confirmWithin: HOUR }) }],
  ['S7', 'opted-out', { consent: after(SIGNED, STOP) }],
  ['S12', 'opted-out', { consent: after(SIGNED, { ...STOP, by: 'letter' }) }],
  ['S22', 'no-consent', { consent: after(SIGNED, { what: 'erased', at: NOW - HOUR, entry: 'erased' }) }],
  ['S5', 'no-entry', { consent: after({ ...SIGNED, entry: '' }) }],
  ['S2', 'number', { subject: { number: undefined } }],
  ['S16', 'sender-suspended', { sender: { state: 'suspended' } }],
  ['SX3', 'campaign', { sender: { campaign: 'Submitted' } }],
  ['SX3', 'campaign', { sender: { campaign: 'CampaignSuspended' } }],
  ['SX3', 'campaign', { sender: { useCases: ['CustomerCare'] } }],
  ['S13', 'prohibited', { message: { text: 'Payday loans up to $900! Reply STOP to opt out.' } }],
  [
    'S14',
    'prohibited',
    { message: { text: 'See https://bit.ly/x. Reply STOP to opt out.', isApproved: true } },
  ],
  ['SX2', 'prohibited', { message: { text: 'See https://evil.test/x\nReply STOP to opt out.' } }],
  ['S6', 'no-opt-out-text', { message: { text: 'Two lattes for one today.' } }],
  ['S7', 'expired', { message: { expiresAt: NOW } }],
]

describe('the gate', () => {
  it('S5 lets a message through that nothing is against, and names the entry that allows it', () => {
    expect(decide(GOOD)).toEqual({ verdict: 'send', entry: 'form', slots: [NOW] })
    const confirmed = after({ ...SIGNED, confirmWithin: DAY }, { what: 'yes', at: NOW - HOUR, entry: 'yes' })
    expect(decided({ consent: confirmed })).toMatchObject({ verdict: 'send', entry: 'form' })
  })

  it.each(BLOCKING)('%s blocks: %s', (_, because, changes) => {
    expect(decided(changes)).toEqual({ verdict: 'block', because: [because] })
  })

  it('S3 tells every reason, not only the first', () => {
    expect(
      decided({ consent: FRESH, sender: { campaign: 'Draft', state: 'suspended' }, message: { text: 'Hi' } }),
    ).toEqual({
      verdict: 'block',
      because: ['no-consent', 'sender-suspended', 'campaign', 'no-opt-out-text'],
    })
  })

  it('SX4 asks for the consent to this program and has no other to go by', () => {
    const consents = new Map([['deals', after(SIGNED)]])
    expect(decided({ consent: consents.get('deals') ?? FRESH }).verdict).toBe('send')
    expect(decided({ consent: consents.get('surveys') ?? FRESH }).verdict).toBe('block')
  })

  it('waits for the morning, and sends nothing stale then', () => {
    const night = Date.parse('2026-11-25T03:00:00Z')
    const morning = Date.parse('2026-11-25T13:00:00Z')
    const waits = { verdict: 'wait', until: morning, for: ['quiet-hours'] }
    expect(decided({ now: night, message: { expiresAt: morning + 1 } })).toEqual(waits)
    expect(decided({ now: night, message: { expiresAt: morning } })).toEqual({
      verdict: 'block',
      because: ['expired'],
    })
  })

  it('keeps to what was promised at the sign-up, and to what a state allows in a day', () => {
    const sentByProgram = [NOW - 29 * DAY, NOW - 20 * DAY, NOW - 10 * DAY, NOW - 5 * DAY]
    expect(decided({ subject: { sentByProgram }, message: { expiresAt: NOW + 5 * DAY } })).toEqual({
      verdict: 'wait',
      until: NOW + DAY,
      for: ['frequency'],
    })
    const sentByAll = [NOW - 20 * HOUR, NOW - 3 * HOUR, NOW - 2 * HOUR]
    expect(decided({ subject: { sentByAll } }).verdict).toBe('send')
    expect(decided({ subject: { sentByAll, number: FLORIDA, whereabouts: whereaboutsOf(FLORIDA) } })).toEqual(
      {
        verdict: 'wait',
        until: NOW + 4 * HOUR,
        for: ['frequency'],
      },
    )
  })

  it('S1 S2 waits for a slot of its sender', () => {
    const full = (count: number): number[] => Array.from({ length: count }, (_, index) => NOW - 1_000 + index)
    expect(decided({ sender: { slots: full(44) } })).toMatchObject({
      verdict: 'send',
      slots: [...full(44), NOW],
    })
    expect(decided({ sender: { slots: full(45) } })).toEqual({
      verdict: 'wait',
      until: NOW - 1_000 + 65_000,
      for: ['sender-cap'],
    })
    expect(decided({ sender: { slots: full(45), class: 'high-volume-toll-free' } }).verdict).toBe('send')
  })

  it('S8 S14 S16 waits for a person where an answer, a text or a sender is in doubt', () => {
    expect(decided({ subject: { unclearSince: NOW - HOUR } })).toMatchObject({
      verdict: 'wait',
      for: ['answer-unclear'],
    })
    expect(decided({ subject: { unclearSince: NOW - HOUR }, program: { kind: 'service' } }).verdict).toBe(
      'send',
    )
    const text = 'Hel\u200blo, two lattes for one today. Reply STOP to opt out.'
    expect(decided({ message: { text } })).toMatchObject({ verdict: 'wait', for: ['text-unclear'] })
    expect(decided({ message: { text, isApproved: true } }).verdict).toBe('send')
    expect(decided({ sender: { state: 'restricted' } })).toMatchObject({
      verdict: 'wait',
      for: ['sender-restricted'],
    })
  })

  it('S3 S7 sends nothing while anything is against it, whatever else is changed', () => {
    const harmless: Changes[] = [
      { message: { isApproved: true } },
      { program: { kind: 'service' } },
      { sender: { class: 'high-volume-toll-free' } },
      { subject: { sentByAll: [NOW - HOUR] } },
      { message: { expiresAt: NOW + 9 * DAY } },
    ]
    fc.assert(
      fc.property(fc.constantFrom(...BLOCKING), fc.subarray(harmless), ([, because, against], changes) => {
        const all: Changes = { message: {}, program: {}, sender: {}, subject: {} }
        for (const { now: _, consent, ...parts } of [...changes, against]) {
          if (consent) Object.assign(all, { consent })
          for (const [part, change] of Object.entries(parts))
            Object.assign(all[part as 'message'] ?? {}, change)
        }
        const decision = decided(all)
        expect(decision.verdict === 'block' ? decision.because : []).toContain(because)
      }),
    )
  })
})
