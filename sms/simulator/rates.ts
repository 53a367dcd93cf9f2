import type { RateGroup, World } from './world.ts'

const WINDOW_MS = 60_000
const PENALTY_MS = 60_000

export interface Admission {
  /** Seconds to wait, where it is refused. */
  readonly retryAfter: number | undefined
  /** It came while the group was closed, which closes it for as long again. */
  readonly isDuringPenalty: boolean
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Requests a minute by user and group. One too many closes the group for a minute, and each request meanwhile for
 * another: whoever asks whether it is open again keeps it closed.
 */
export function createRates({ settings, clock }: Pick<World, 'settings' | 'clock'>): {
  admit(user: string, group: RateGroup): Admission
} {
  const windows = new Map<string, { since: number; count: number; closedUntil: number }>()
  return {
    admit(user, group) {
      const now = clock.now()
      const key = `${user} ${group}`
      const window = windows.get(key) ?? { since: now, count: 0, closedUntil: 0 }
      windows.set(key, window)
      const limit = settings.limits[group]
      if (now < window.closedUntil) {
        window.closedUntil = now + PENALTY_MS
        return { retryAfter: PENALTY_MS / 1000, isDuringPenalty: true, headers: headersOf(group, limit, 0) }
      }
      if (now - window.since >= WINDOW_MS) Object.assign(window, { since: now, count: 0 })
      window.count++
      if (window.count <= limit) {
        const headers = headersOf(group, limit, limit - window.count)
        return { retryAfter: undefined, isDuringPenalty: false, headers }
      }
      Object.assign(window, { since: now + PENALTY_MS, count: 0, closedUntil: now + PENALTY_MS })
      return { retryAfter: PENALTY_MS / 1000, isDuringPenalty: false, headers: headersOf(group, limit, 0) }
    },
  }
}

function headersOf(group: RateGroup, limit: number, remaining: number): Record<string, string> {
  return {
    'x-rate-limit-group': group,
    'x-rate-limit-limit': String(limit),
    'x-rate-limit-remaining': String(remaining),
    'x-rate-limit-window': String(WINDOW_MS / 1000),
  }
}
