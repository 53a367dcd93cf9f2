import type { Clock } from '../clock.ts'
import type { DayKeys } from '../enrich/day-keys.ts'
import { siteDay } from '../sites/site-day.ts'
import type { Site } from '../../schema/site.ts'

/**
 * Day keys for an import: those of the running day are everybody's. A day that is over gets one for imports alone, which
 * dies at the site's next midnight: until then rotations of that day, and what a killed import left, find the same
 * visitors again. An import that runs at midnight goes on with what it has in memory, and overwrites it at its end.
 */
export interface PastKeys extends Pick<DayKeys, 'key'> {
  close(): void
}

export function createPastKeys(
  dayKeys: Pick<DayKeys, 'key' | 'past'>,
  { timezone }: Pick<Site, 'timezone'>,
  clock: Pick<Clock, 'now'>,
): PastKeys {
  const past = new Map<string, Uint8Array>()
  return {
    key(siteId, day) {
      const current = dayKeys.key(siteId, day)
      if (current) return current
      const name = `${siteId} ${day.day}`
      let bytes = past.get(name)
      if (!bytes) {
        bytes = dayKeys.past(siteId, day.day, siteDay(timezone, clock.now()))
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
