import { Secret } from 'otpauth'
import { describe, expect, it } from 'vitest'
import { newTotpSecret, stepOfCode, totpAddress } from '../../../server/accounts/totp.ts'

/** RFC 6238, appendix B, for SHA-1: seconds and the last six of the eight digits there. */
const VECTORS: [seconds: number, code: string][] = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
]
const secret = Secret.fromUTF8('12345678901234567890').base32

describe('codes of an authenticator', () => {
  it.each(VECTORS)('at %d s are those of RFC 6238', (seconds, code) => {
    expect(stepOfCode(secret, code, seconds * 1_000)).toBe(Math.floor(seconds / 30))
    expect(stepOfCode(secret, `${code.slice(0, 3)} ${code.slice(3)}`, seconds * 1_000)).toBeDefined()
  })

  it('of the step before and after name that step, those further away none', () => {
    const now = 1_111_111_109_000
    expect(stepOfCode(secret, '081804', now + 30_000)).toBe(37_037_036)
    expect(stepOfCode(secret, '081804', now - 30_000)).toBe(37_037_036)
    expect(stepOfCode(secret, '081804', now + 61_000)).toBeUndefined()
    expect(stepOfCode(secret, '081804', now - 61_000)).toBeUndefined()
  })

  it.each(['', '08180', '0818044', 'abcdef', '08180４', '-81804', '08.804'])('are not %j', (text) => {
    expect(stepOfCode(secret, text, 1_111_111_109_000)).toBeUndefined()
  })

  it('come from secrets of 160 random bits', () => {
    const made = Array.from({ length: 50 }, newTotpSecret)
    expect(new Set(made).size).toBe(50)
    for (const one of made) expect(one).toMatch(/^[A-Z2-7]{32}$/)
  })

  it('are enrolled by the address that apps take in', () => {
    const address = new URL(totpAddress(secret, 'ann@example.org', 'Sluice'))
    expect([address.protocol, address.host]).toEqual(['otpauth:', 'totp'])
    expect(decodeURIComponent(address.pathname)).toBe('/Sluice:ann@example.org')
    expect(Object.fromEntries(address.searchParams)).toEqual({
      issuer: 'Sluice',
      secret,
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    })
  })
})
