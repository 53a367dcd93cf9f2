import { Secret, TOTP } from 'otpauth'

/** Seconds that a code lasts (RFC 6238). */
const PERIOD_S = 30
/** What every authenticator app understands: SHA-1, six digits. HMAC does not need what SHA-1 lacks. */
const USUAL = { algorithm: 'SHA1', digits: 6, period: PERIOD_S } as const

/** 160 random bits, base32: the length RFC 4226 recommends. */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32
}

/**
 * The time step whose code this is, one step around the present at most, since clocks differ; undefined for a wrong
 * code. The caller keeps the step and takes no code of it or an earlier one again (RFC 6238, 5.2).
 * @param now Unix milliseconds
 */
export function stepOfCode(secret: string, code: string, now: number): number | undefined {
  const digits = code.replaceAll(' ', '')
  if (!/^\d{6}$/.test(digits)) return undefined
  const totp = new TOTP({ ...USUAL, secret: Secret.fromBase32(secret) })
  const delta = totp.validate({ token: digits, timestamp: now, window: 1 })
  return delta === null ? undefined : Math.floor(now / 1000 / PERIOD_S) + delta
}

/** The address that an authenticator app takes in, `otpauth://totp/…`. */
export function totpAddress(secret: string, account: string, issuer: string): string {
  return new TOTP({ ...USUAL, secret: Secret.fromBase32(secret), label: account, issuer }).toString()
}
