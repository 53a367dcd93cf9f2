import { createHmac, timingSafeEqual } from 'node:crypto'
import type { PolicyVersion } from '../../schema/policy.ts'
import type { Clock } from '../clock.ts'
import { inForce } from './bits.ts'
import { createRecentlyUsed } from './recently-used.ts'

/**
 * The consent token: the bridge from a choice to the collector. It says what was granted, where and under which
 * policy, and names nobody: everybody who chose the same on the same day holds, in the same hour, the same text.
 *
 * `1~example.com~3~5~0~2026-11-24T13~2026-11-25T13~2027-05-25~<mac>`: version, site, policy revision that was shown,
 * categories (CATEGORY_BIT), Global Privacy Control, hour of issue, hour of expiry, the day from which the choice is
 * asked for again, all in UTC; and HMAC-SHA-256 over all of that, cut to 192 bits (RFC 2104, section 5), which base64url
 * writes in 32 characters without a spare bit, so that no token can be written in two ways.
 */
export interface Choice {
  /** The site's domain, as registered. */
  readonly domain: string
  /** Policy revision that was shown. */
  readonly revision: number
  /** Bits of CATEGORY_BIT, at least one. */
  readonly granted: number
  readonly gpc: boolean
  /** Day from which the choice is asked for again, in UTC. */
  readonly until: string
}

/** Why a token does not count. */
export type TokenFault = 'malformed' | 'forged' | 'other_site' | 'expired' | 'revision'

/** What a good token says: `granted` holds only what is in force, `widened` what was granted and no longer is. */
export type TokenVerdict =
  | ({ readonly ok: true; readonly widened: number } & Omit<Choice, 'domain'>)
  | { readonly ok: false; readonly reason: TokenFault }

export type Renewal =
  | ({ readonly ok: true; readonly token: string } & Omit<Choice, 'domain'>)
  | { readonly ok: false; readonly reason: TokenFault }

export interface Tokens {
  issue(choice: Choice): string
  /**
   * Whether a token counts for a site now, and for what. Never throws, whatever the text. A token of a revision is in
   * force for the categories that were not widened since; `revision` is the fault where none is left.
   */
  check(token: string, domain: string, since: PolicyVersion['since'], currentRevision: number): TokenVerdict
  /**
   * The same choice as a fresh token, with what of it is in force. Its own expiry is passed over until the day from
   * which the choice is asked for again.
   */
  renew(token: string, domain: string, since: PolicyVersion['since'], currentRevision: number): Renewal
}

/** Longest life of a token: a copy that somebody kept dies with it. */
const LIFE_MS = 24 * 3_600_000
const HOUR_MS = 3_600_000
/** A domain has at most 253 characters, the rest at most 100. Longer texts are not looked at. */
const MAX_TOKEN = 360
const FORM =
  /^1~([a-z0-9_.-]{1,253})~([1-9]\d{0,8})~([1-7])~([01])~(\d{4}-\d\d-\d\dT\d\d)~(\d{4}-\d\d-\d\dT\d\d)~(\d{4}-\d\d-\d\d)~([\w-]{32})$/
const MAC_BYTES = 24
/**
 * Tokens whose MAC has been seen to be right. Few differ: sites × revisions × choices × days × hours. Forged ones are
 * never kept, so nobody can push the others out.
 */
const REMEMBERED = 16_384

interface Read extends Choice {
  readonly expiresMs: number
}

const MALFORMED = { ok: false, reason: 'malformed' } as const
const FORGED = { ok: false, reason: 'forged' } as const
const OTHER_SITE = { ok: false, reason: 'other_site' } as const
const EXPIRED = { ok: false, reason: 'expired' } as const
const REVISION = { ok: false, reason: 'revision' } as const

/** @param parts.key 32 bytes, for this purpose alone (deriveKey) */
export function createTokens(parts: { key: Uint8Array; clock: Pick<Clock, 'now'> }): Tokens {
  const { key, clock } = parts
  const known = createRecentlyUsed<string, Read>(REMEMBERED)

  const mac = (text: string): string =>
    createHmac('sha256', key).update(text).digest().subarray(0, MAC_BYTES).toString('base64url')

  function read(token: string): Read | typeof MALFORMED | typeof FORGED {
    if (token.length > MAX_TOKEN) return MALFORMED
    const remembered = known.get(token)
    if (remembered) return remembered
    const [, domain = '', revision, granted, gpc, , expires, until = '', given = ''] = FORM.exec(token) ?? []
    if (given === '') return MALFORMED
    const expected = mac(token.slice(0, -given.length - 1))
    if (!timingSafeEqual(Buffer.from(expected), Buffer.from(given))) return FORGED
    const fresh = {
      domain,
      revision: Number(revision),
      granted: Number(granted),
      gpc: gpc === '1',
      until,
      expiresMs: Date.parse(`${expires}:00Z`),
    }
    known.set(token, fresh)
    return fresh
  }

  function issue({ domain, revision, granted, gpc, until }: Choice): string {
    const hour = Math.floor(clock.now() / HOUR_MS) * HOUR_MS
    const expires = Math.min(hour + LIFE_MS, Date.parse(until))
    const text = `1~${domain}~${revision}~${granted}~${gpc ? 1 : 0}~${hourOf(hour)}~${hourOf(expires)}~${until}`
    const token = `${text}~${mac(text)}`
    // What cannot be read again would be refused for ever; to issue it is a bug of the caller.
    if (!FORM.test(token)) throw new RangeError('a consent token cannot say this choice')
    return token
  }

  return {
    issue,
    check(token, domain, since, currentRevision) {
      const found = read(token)
      if ('ok' in found) return found
      if (found.domain !== domain) return OTHER_SITE
      if (clock.now() >= found.expiresMs) return EXPIRED
      if (found.revision > currentRevision) return REVISION
      const granted = inForce(found.granted, found.revision, since)
      if (granted === 0) return REVISION
      const { revision, gpc, until } = found
      return { ok: true, granted, widened: found.granted & ~granted, revision, gpc, until }
    },
    renew(token, domain, since, currentRevision) {
      const found = read(token)
      if ('ok' in found) return found
      if (found.domain !== domain) return OTHER_SITE
      if (clock.now() >= Date.parse(found.until)) return EXPIRED
      const granted = found.revision > currentRevision ? 0 : inForce(found.granted, found.revision, since)
      if (granted === 0) return REVISION
      const { revision, gpc, until } = found
      return {
        ok: true,
        token: issue({ domain, revision, granted, gpc, until }),
        granted,
        revision,
        gpc,
        until,
      }
    },
  }
}

/** `2026-11-24T13`. */
function hourOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 13)
}
