import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTokens, type Choice } from '../../../server/consent/token.ts'
import { anyText } from '../../support/any-text.ts'
import { movedClock } from '../store/opened.ts'

const HOUR = 3_600_000
const NOW = Date.UTC(2026, 10, 24, 13, 20)
const key = Buffer.alloc(32, 7)
const SINCE = { performance: 1, functionality: 1, targeting: 1 }

const choice: Choice = {
  domain: 'example.com',
  revision: 3,
  granted: 5,
  gpc: false,
  until: '2027-05-25',
}

function scene(now = NOW): { clock: ReturnType<typeof movedClock>; tokens: ReturnType<typeof createTokens> } {
  const clock = movedClock(now)
  return { clock, tokens: createTokens({ key, clock }) }
}

const anyChoice: fc.Arbitrary<Choice> = fc.record({
  domain: fc.domain(),
  revision: fc.integer({ min: 1, max: 999_999_999 }),
  granted: fc.integer({ min: 1, max: 7 }),
  gpc: fc.boolean(),
  until: fc
    .integer({ min: 1, max: 395 })
    .map((days) => new Date(NOW + days * 24 * HOUR).toISOString().slice(0, 10)),
})

describe('the consent token', () => {
  it('R6.2 says what was granted, readable for a person, and its check gives it back', () => {
    const { tokens } = scene()
    const token = tokens.issue(choice)
    expect(token).toMatch(/^1~example\.com~3~5~0~2026-11-24T13~2026-11-25T13~2027-05-25~[A-Za-z0-9_-]{32}$/)
    expect(tokens.check(token, 'example.com', SINCE, 3)).toEqual({
      ok: true,
      granted: 5,
      widened: 0,
      revision: 3,
      gpc: false,
      until: '2027-05-25',
    })
    fc.assert(
      fc.property(anyChoice, (any) => {
        const { domain, ...rest } = any
        expect(tokens.check(tokens.issue(any), domain, SINCE, any.revision)).toEqual({
          ok: true,
          widened: 0,
          ...rest,
        })
      }),
    )
  })

  it('R6.2 is the same text for everybody who chose the same in the same hour, also of another process', () => {
    const { tokens, clock } = scene(Date.UTC(2026, 10, 24, 13))
    const first = tokens.issue(choice)
    clock.pass(HOUR - 1)
    expect(tokens.issue(choice)).toBe(first)
    expect(createTokens({ key: Uint8Array.from(key), clock }).issue(choice)).toBe(first)
    clock.pass(1)
    expect(tokens.issue(choice)).not.toBe(first)
  })

  it('R6.2 is refused with any one character changed, left out or added', () => {
    const { tokens } = scene()
    const token = tokens.issue(choice)
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.integer({ min: 0x20, max: 0x7e }), (at, code) => {
        const other = String.fromCharCode(code)
        fc.pre(other !== token[at])
        const bad = [
          token.slice(0, at) + other + token.slice(at + 1),
          token.slice(0, at) + token.slice(at + 1),
          token.slice(0, at) + other + token.slice(at),
        ]
        for (const text of bad) {
          const verdict = tokens.check(text, 'example.com', SINCE, 3)
          expect(verdict.ok ? text : verdict.reason).toMatch(/^(malformed|forged)$/)
          expect(tokens.renew(text, 'example.com', SINCE, 3).ok).toBe(false)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('is refused where the characters after the flip spell another meaning', () => {
    const { tokens } = scene()
    const token = tokens.issue({ ...choice, granted: 1 })
    for (const [from, to] of [
      ['~3~', '~4~'],
      ['~1~0~', '~7~0~'],
      ['~0~', '~1~'],
      ['25T13', '29T13'],
      ['2027-05', '2028-05'],
    ] as const) {
      const text = token.replace(from, to)
      expect(text).not.toBe(token)
      expect(tokens.check(text, 'example.com', SINCE, 9)).toEqual({ ok: false, reason: 'forged' })
    }
  })

  it('R6.2 of another site or another key is refused', () => {
    const { tokens, clock } = scene()
    fc.assert(
      fc.property(anyChoice, fc.domain(), (any, domain) => {
        fc.pre(domain !== any.domain)
        const verdict = tokens.check(tokens.issue(any), domain, SINCE, any.revision)
        expect(verdict).toEqual({ ok: false, reason: 'other_site' })
      }),
    )
    const elsewhere = createTokens({ key: Buffer.alloc(32, 8), clock })
    const foreign = elsewhere.issue(choice)
    expect(tokens.check(foreign, 'example.com', SINCE, 3)).toEqual({ ok: false, reason: 'forged' })
    expect(tokens.renew(foreign, 'example.com', SINCE, 3)).toEqual({ ok: false, reason: 'forged' })
  })

  it('never throws and takes nothing that is none', () => {
    const { tokens } = scene()
    fc.assert(
      fc.property(anyText(400), (text) => {
        expect(tokens.check(text, 'example.com', SINCE, 3)).toEqual({ ok: false, reason: 'malformed' })
      }),
    )
    const long = `1~${'a'.repeat(100_000)}`
    expect(tokens.check(long, 'example.com', SINCE, 3)).toEqual({ ok: false, reason: 'malformed' })
  })

  it('dies within 24 hours, also where it has been taken before', () => {
    const { tokens, clock } = scene(Date.UTC(2026, 10, 24, 13, 59, 59, 999))
    const token = tokens.issue(choice)
    expect(tokens.check(token, 'example.com', SINCE, 3).ok).toBe(true)
    clock.pass(23 * HOUR)
    expect(tokens.check(token, 'example.com', SINCE, 3).ok).toBe(true)
    clock.pass(1)
    expect(tokens.check(token, 'example.com', SINCE, 3)).toEqual({ ok: false, reason: 'expired' })
  })

  it('never outlives the choice', () => {
    const { tokens, clock } = scene(Date.UTC(2027, 4, 24, 20))
    const token = tokens.issue(choice)
    clock.pass(4 * HOUR - 1)
    expect(tokens.check(token, 'example.com', SINCE, 3).ok).toBe(true)
    clock.pass(1)
    expect(tokens.check(token, 'example.com', SINCE, 3)).toEqual({ ok: false, reason: 'expired' })
    expect(tokens.renew(token, 'example.com', SINCE, 3)).toEqual({ ok: false, reason: 'expired' })
  })

  it('R6.5 holds for the categories that were not widened since, and dies with a revision that widens all', () => {
    const { tokens } = scene()
    const token = tokens.issue(choice)
    const check = (since: object, current: number): unknown => {
      const verdict = tokens.check(token, 'example.com', since, current)
      return verdict.ok ? verdict.granted : verdict.reason
    }
    expect(check({ performance: 3, targeting: 3 }, 3)).toBe(5)
    expect(check({ performance: 3, targeting: 4 }, 4)).toBe(1)
    expect(check({ performance: 4, functionality: 1, targeting: 4 }, 4)).toBe('revision')
    // A category without services has nothing to allow.
    expect(check({ functionality: 1 }, 4)).toBe('revision')
    // A revision that is not there yet: the store was put back to an older state.
    expect(check({ performance: 1, targeting: 1 }, 2)).toBe('revision')
  })

  it('R6.5 is renewed with what is in force, for as long as the choice lasts', () => {
    const { tokens, clock } = scene()
    const token = tokens.issue(choice)
    clock.pass(30 * 24 * HOUR)
    const renewed = tokens.renew(token, 'example.com', { performance: 2, targeting: 4 }, 4)
    expect(renewed).toMatchObject({ ok: true, granted: 1, revision: 3, until: '2027-05-25' })
    const fresh = renewed.ok ? renewed.token : ''
    expect(fresh).toBe(tokens.issue({ ...choice, granted: 1 }))
    expect(tokens.check(fresh, 'example.com', SINCE, 4)).toMatchObject({ ok: true, granted: 1, widened: 0 })
    expect(tokens.renew(token, 'other.example', SINCE, 4)).toEqual({ ok: false, reason: 'other_site' })
    expect(tokens.renew(token, 'example.com', { performance: 5, targeting: 5 }, 5)).toEqual({
      ok: false,
      reason: 'revision',
    })
    expect(tokens.renew(token, 'example.com', SINCE, 2)).toEqual({ ok: false, reason: 'revision' })
  })

  it('is not issued for a choice that it could not say', () => {
    const { tokens } = scene()
    for (const wrong of [{ granted: 0 }, { granted: 8 }, { revision: 0 }, { domain: 'a~b' }]) {
      expect(() => tokens.issue({ ...choice, ...wrong })).toThrow(RangeError)
    }
  })

  it('is checked a million times a second once it is known', () => {
    const { tokens } = scene()
    const token = tokens.issue(choice)
    tokens.check(token, 'example.com', SINCE, 3)
    // A request gives its own copy of the text.
    const copies = Array.from({ length: 64 }, () => Buffer.from(token).toString())
    let good = 0
    const rounds = 300_000
    let best = Infinity
    for (let run = 0; run < 5; run++) {
      const began = process.cpuUsage()
      for (let round = 0; round < rounds; round++) {
        if (tokens.check(copies[round & 63] as string, 'example.com', SINCE, 3).ok) good++
      }
      const { user, system } = process.cpuUsage(began)
      best = Math.min(best, (user + system) / rounds)
    }
    expect(good).toBe(5 * rounds)
    expect(best).toBeLessThan(1)
  })
})
