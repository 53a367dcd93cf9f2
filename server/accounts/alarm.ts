import type { Actor } from '../audit/entry.ts'
import type { AuditLog } from '../audit/log.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Reading } from '../metrics.ts'
import { createBackground } from './background.ts'

/** What there was too much of: tries to sign in, keys that are none, or what a rate of rates.ts counts. */
export type BurstKind = 'sign-in' | 'key' | 'read' | 'reveal' | 'export' | 'change' | 'send'

export interface Burst {
  readonly kind: BurstKind
  readonly actor: Actor
  /** Id of the account whose name was tried. */
  readonly subject?: string | undefined
}

/**
 * Says that a burst is blocked: one row of the audit log, one warning in the server's log, one alert and one count of a
 * metric for each burst, however many requests it has. None of them holds an address.
 */
export interface Alarm {
  /** Called with each request that is refused. Writes beside it: no answer is slower for it. */
  raise(burst: Burst): void
  readings(): Reading[]
  /** Resolves when everything is written: before the store closes. */
  settled(): Promise<void>
}

/**
 * A burst is over when nothing of it was refused for so long: as long as the longest wait of attempts.ts, so that a
 * guesser who keeps to the waits is one burst all night and not a new one with every try.
 */
const QUIET_MS = 15 * 60_000

export function createAlarm(parts: {
  audit: Pick<AuditLog, 'record'>
  clock: Pick<Clock, 'monotonic'>
  log: Pick<Log, 'warn'>
  /** Called once for each burst. */
  onBurst: (kind: BurstKind) => void
}): Alarm {
  const { audit, clock, log, onBurst } = parts
  const background = createBackground(log)
  /** When each burst was last refused something. As many as there are accounts and keys, at most. */
  const lastAt = new Map<string, number>()
  let [bursts, refusals] = [0, 0]

  return {
    raise: ({ kind, actor, subject }) => {
      const now = clock.monotonic()
      const name = [kind, actor, subject ?? ''].join(' ')
      const before = lastAt.get(name)
      lastAt.set(name, now)
      refusals++
      if (before !== undefined && now - before <= QUIET_MS) return
      bursts++
      const who = { actor, ...(subject !== undefined && { subject }) }
      log.warn({ burst: kind, ...who }, 'a burst of requests is blocked: look into the audit log')
      onBurst(kind)
      background.run('a blocked burst could not be written to the audit log', () =>
        audit.record({ ...who, action: 'burst.blocked', detail: { kind } }),
      )
    },
    readings: () => [
      {
        name: 'sluice_bursts_blocked_total',
        help: 'Bursts of sign-ins, wrong keys, reads, exports or changes that were blocked. Alert when it grows.',
        kind: 'counter',
        read: () => bursts,
      },
      {
        name: 'sluice_burst_refusals_total',
        help: 'Requests that were refused because they belonged to a blocked burst.',
        kind: 'counter',
        read: () => refusals,
      },
    ],
    settled: () => background.settled(),
  }
}
