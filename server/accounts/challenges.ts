import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'

/** What a passkey signs: `make` is for a new one, `show` for one that is known. */
export type Purpose = 'make' | 'show'

/**
 * Challenges that passkeys sign: each good once, for five minutes, for whoever it was given to. In memory only: after a
 * restart the page asks for another.
 */
export interface Challenges {
  /**
   * 256 random bits, base64url, in place of the one that this holder was given before for the same.
   * @param holder name of a session, or the hash of the secret that a browser or a set-up link holds
   */
  make(purpose: Purpose, holder: string): string
  /** What the holder was given, for this one try; undefined where that is nothing, or too long ago. */
  take(purpose: Purpose, holder: string): string | undefined
}

/** As long as browsers wait for somebody to find their key. */
export const CHALLENGE_MS = 5 * 60_000
/** Challenges open at a time: 2 MB. Beyond it the oldest is forgotten. */
const MAX_OPEN = 10_000

export function createChallenges(clock: Pick<Clock, 'monotonic'>): Challenges {
  // In the order in which they end.
  const open = new Map<string, { challenge: string; until: number }>()
  return {
    make: (purpose, holder) => {
      const challenge = randomBytes(32).toString('base64url')
      const name = `${purpose} ${holder}`
      open.delete(name)
      open.set(name, { challenge, until: clock.monotonic() + CHALLENGE_MS })
      const [oldest] = open.keys()
      if (open.size > MAX_OPEN && oldest !== undefined) open.delete(oldest)
      return challenge
    },
    take: (purpose, holder) => {
      const name = `${purpose} ${holder}`
      const known = open.get(name)
      open.delete(name)
      return known && clock.monotonic() < known.until ? known.challenge : undefined
    },
  }
}
