import type { Clock } from '../clock.ts'

/**
 * Slows down guessing. Each name, whether somebody has it or not, has a few tries free; after that it has to wait, and
 * twice as long with every further try. Kept in memory only, by what the caller names: a keyed hash, never an address.
 */
export interface Attempts {
  /**
   * Counts a try before its answer is known, so that tries side by side count as well. 0: go on; else the seconds after
   * which to try again, and the try must not be looked at.
   */
  begin(name: string): number
  /** The try was right: the count begins anew. */
  succeed(name: string): void
}

/** Tries without a wait: typing errors, and the password of yesterday. */
const FREE = 5
const SECOND_MS = 1_000
/**
 * The longest wait. From there on four tries an hour are left: below the hundred in a row that NIST SP 800-63B-4 allows
 * for a day, and short enough that nobody can keep an owner out by guessing at the door.
 */
const MAX_WAIT_MS = 15 * 60 * SECOND_MS
/** What is not tried any more is forgotten after a day. */
const FORGET_MS = 24 * 60 * 60 * SECOND_MS
/** Names counted at a time: 10 MB. Beyond it the oldest is forgotten. */
const MAX_NAMES = 100_000

interface Count {
  tries: number
  /** Monotonic milliseconds. */
  until: number
  lastAt: number
}

export function createAttempts(clock: Pick<Clock, 'monotonic'>): Attempts {
  // In the order of the last try.
  const counts = new Map<string, Count>()
  return {
    begin: (name) => {
      const now = clock.monotonic()
      const known = counts.get(name)
      const count = known && now - known.lastAt < FORGET_MS ? known : { tries: 0, until: 0, lastAt: now }
      if (now < count.until) return Math.ceil((count.until - now) / SECOND_MS)
      count.tries++
      count.lastAt = now
      const extra = count.tries - FREE
      count.until = extra < 0 ? 0 : now + Math.min(SECOND_MS * 2 ** Math.min(extra, 20), MAX_WAIT_MS)
      counts.delete(name)
      counts.set(name, count)
      const [oldest] = counts.keys()
      if (counts.size > MAX_NAMES && oldest !== undefined) counts.delete(oldest)
      return 0
    },
    succeed: (name) => void counts.delete(name),
  }
}
