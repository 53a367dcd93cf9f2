/**
 * A bounded memory that forgets what was not asked for lately. Two halves: what is found in the older one moves to the
 * newer, and when that is full the older is dropped. So a look-up of what is in use writes nothing.
 */
export interface RecentlyUsed<Key, Value> {
  get(key: Key): Value | undefined
  set(key: Key, value: Value): void
}

/** @param most entries kept at most; at least half as many are kept */
export function createRecentlyUsed<Key, Value>(most: number): RecentlyUsed<Key, Value> {
  let newer = new Map<Key, Value>()
  let older = new Map<Key, Value>()

  const set = (key: Key, value: Value): void => {
    if (newer.size >= most / 2) {
      older = newer
      newer = new Map()
    }
    newer.set(key, value)
  }
  return {
    get: (key) => {
      const found = newer.get(key)
      if (found !== undefined) return found
      const old = older.get(key)
      if (old !== undefined) set(key, old)
      return old
    },
    set,
  }
}
