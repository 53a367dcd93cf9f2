import { randomFillSync } from 'node:crypto'
import type { DayKeys } from '../enrich/day-keys.ts'

/**
 * Day keys for an import: those of the running day are everybody's, a day that is over gets one that only this import
 * knows. It lives in memory alone and is overwritten at the end: two imports of parts of one day do not know each other's
 * visitors again.
 */
export interface PastKeys extends Pick<DayKeys, 'key'> {
  close(): void
}

export function createPastKeys(
  dayKeys: Pick<DayKeys, 'key'>,
  random: (bytes: Uint8Array) => void = (bytes) => void randomFillSync(bytes),
): PastKeys {
  const past = new Map<string, Uint8Array>()
  return {
    key(siteId, day) {
      const current = dayKeys.key(siteId, day)
      if (current) return current
      const name = `${siteId} ${day.day}`
      let bytes = past.get(name)
      if (!bytes) {
        bytes = new Uint8Array(new ArrayBuffer(32))
        random(bytes)
        past.set(name, bytes)
      }
      return bytes
    },
    close() {
      for (const bytes of past.values()) bytes.fill(0)
      past.clear()
    },
  }
}
