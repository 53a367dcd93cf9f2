import type { Clock } from '../clock.ts'
import type { SessionCookie } from './cookie.ts'
import { hashSecret, newSecret } from './secret.ts'

/**
 * Whoever opens the link that `sluice demo` prints: they may ask about the demo's made-up visits and nothing else, so
 * nobody has to make an account to have a look. Kept in memory: they end with the demo.
 */
export interface Guests {
  /** The link, good for one browser. The one before ends with it. */
  link(): string
  /** Text of the Set-Cookie header, or undefined for a used or wrong link. */
  redeem(token: string): string | undefined
  /** The site that the browser of a Cookie header may ask about. */
  siteOf(cookieHeader: string | undefined): number | undefined
}

/** As long as a session. */
const LIFE_MS = 24 * 60 * 60_000

export function createGuests(parts: {
  siteId: number
  clock: Pick<Clock, 'now'>
  cookie: SessionCookie
  publicUrl: string
}): Guests {
  const { siteId, clock, cookie } = parts
  /** Hash of the session, and when it ends. */
  const sessions = new Map<string, number>()
  let linkHash: string | undefined

  return {
    link: () => {
      const token = newSecret()
      linkHash = hashSecret(token)
      return `${parts.publicUrl}/#look=${token}`
    },
    redeem: (token) => {
      if (linkHash === undefined || hashSecret(token) !== linkHash) return undefined
      linkHash = undefined
      const session = newSecret()
      sessions.set(hashSecret(session), clock.now() + LIFE_MS)
      return cookie.set(session, LIFE_MS / 1000)
    },
    siteOf: (cookieHeader) => {
      const session = cookie.read(cookieHeader)
      const endsAt = session === undefined ? undefined : sessions.get(hashSecret(session))
      return endsAt !== undefined && clock.now() < endsAt ? siteId : undefined
    },
  }
}
