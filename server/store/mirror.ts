import type { Clock } from '../clock.ts'
import type { Store } from './open.ts'

/** How long a change made by another process may go unnoticed, in milliseconds. */
const NOTICE_MS = 50

/**
 * A copy in memory of rows that are asked for by every request. Any commit to the store, here or in another process,
 * empties it; whether there was one is asked at most every 50 ms, when somebody reads, so an idle server does
 * nothing. What the store does not hold is asked for each time: a new row is known at once, and names that somebody
 * makes up take no memory.
 */
export interface Mirror<Key, Value> {
  get(key: Key): Value | undefined
  /** Empties it: after a change of our own, which the next reader must see. */
  forget(): void
}

export function createMirror<Key, Value>(options: {
  store: Pick<Store, 'dataVersion'>
  clock: Pick<Clock, 'monotonic'>
  load: (key: Key) => Value | undefined
}): Mirror<Key, Value> {
  const { store, clock, load } = options
  const rows = new Map<Key, Value>()
  let seenVersion = store.dataVersion()
  let askedAt = clock.monotonic()

  return {
    get: (key) => {
      const now = clock.monotonic()
      if (now - askedAt >= NOTICE_MS) {
        askedAt = now
        const version = store.dataVersion()
        if (version !== seenVersion) {
          seenVersion = version
          rows.clear()
        }
      }
      const known = rows.get(key)
      if (known !== undefined) return known
      const loaded = load(key)
      if (loaded !== undefined) rows.set(key, loaded)
      return loaded
    },
    forget: () => {
      rows.clear()
    },
  }
}
