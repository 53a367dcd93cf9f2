import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CAPS, SENDER_CLASSES, senderClassOf, senderLimit, SLOT_MS, takeSlot } from '../../../sms/limits.ts'
import { knownNumber, type PhoneNumber } from '../../../sms/phone.ts'

const MINUTE = 60_000

/** The most that left within any minute that ends with one of them. */
function busiestMinute(sent: readonly number[]): number {
  return Math.max(0, ...sent.map((end) => sent.filter((time) => time > end - MINUTE && time <= end).length))
}

/** What a worker does next: waits, takes a slot for an answer or another message, and sends it after a while. */
const act = fc.record({
  waits: fc.oneof(fc.nat({ max: 400 }), fc.nat({ max: 20_000 }), fc.constant(0), fc.constant(MINUTE - 1)),
  tries: fc.nat({ max: 70 }),
  isAnswer: fc.boolean(),
  sendsAfter: fc.oneof(fc.constant(0), fc.constant(SLOT_MS), fc.nat({ max: SLOT_MS })),
  isRestarted: fc.boolean(),
})

describe.each(SENDER_CLASSES)('S1 S2 the cap of a %s number', (sender) => {
  const id = sender === 'regular' ? 'S1' : 'S2'

  it(`${id} holds in every minute, whatever two workers, bursts, delays and restarts do`, () => {
    let fullest = 0
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        let now = 1_000_000
        let kept: readonly number[] = []
        const sent: number[] = []
        for (const { waits, tries, isAnswer, sendsAfter, isRestarted } of acts) {
          now += waits
          for (let one = 0; one < tries; one++) {
            const slot = takeSlot(kept, senderLimit(sender, isAnswer), now)
            if ('freeAt' in slot) {
              expect(slot.freeAt).toBeGreaterThan(now)
              break
            }
            kept = slot.times
            sent.push(now + sendsAfter)
          }
          // All that outlives a process is what the store holds.
          if (isRestarted) kept = JSON.parse(JSON.stringify(kept)) as number[]
        }
        fullest = Math.max(fullest, busiestMinute(sent))
        expect(busiestMinute(sent)).toBeLessThanOrEqual(CAPS[sender])
      }),
      { numRuns: 300 },
    )
    expect(fullest).toBe(CAPS[sender])
  })

  it(`${id} is used up by 500 messages that wait, and keeps room for answers`, () => {
    let now = 0
    let kept: readonly number[] = []
    const sent: number[] = []
    while (sent.length < 500) {
      const slot = takeSlot(kept, senderLimit(sender, false), now)
      if ('freeAt' in slot) {
        // Whoever comes exactly then gets one, and not a millisecond before.
        expect(takeSlot(kept, senderLimit(sender, false), slot.freeAt - 1)).toHaveProperty('freeAt')
        expect(takeSlot(kept, senderLimit(sender, true), now)).toHaveProperty('at')
        now = slot.freeAt
        continue
      }
      kept = slot.times
      sent.push(slot.at)
    }
    expect(busiestMinute(sent)).toBe(CAPS[sender] * 0.9)
    expect(now).toBe((Math.ceil(500 / (CAPS[sender] * 0.9)) - 1) * (MINUTE + SLOT_MS))
  })
})

describe('S1 a slot', () => {
  it('S1 stays taken as long by a clock that goes back and is put right', () => {
    const limit = senderLimit('regular', false)
    let kept: readonly number[] = []
    let sent = 0
    // Twenty, then the clock is an hour behind for as many tries as there are slots, then right, ten seconds later.
    const start = 10_000_000
    for (const [now, tries] of [
      [start, 20],
      [start - 3_600_000, 30],
      [start + 10_000, 60],
    ] as const) {
      for (let one = 0; one < tries; one++) {
        const slot = takeSlot(kept, limit, now)
        if ('freeAt' in slot) break
        kept = slot.times
        sent++
      }
    }
    expect(sent).toBe(limit.most)
    expect(kept).toEqual([...kept].sort((a, b) => a - b))
  })
})

describe('S2 the class of a number', () => {
  const number = (e164: string): PhoneNumber => knownNumber(e164) as PhoneNumber

  it('S2 is derived from the number and from what the provider says of it, not from what is declared', () => {
    const features = ['SmsSender', 'A2PSmsSender']
    expect(senderClassOf(number('+12015550123'), features)).toBe('high-volume-long-code')
    expect(senderClassOf(number('+18335550123'), features)).toBe('high-volume-toll-free')
    expect(senderClassOf(number('+12015550123'), ['SmsSender'])).toBe('regular')
    expect(senderClassOf(number('+18335550123'), [])).toBe('regular')
    expect(senderClassOf(number('+442079460958'), features)).toBeUndefined()
  })
})
