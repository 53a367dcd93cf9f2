import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Reading } from '../metrics.ts'

/** What somebody is told of, wherever they are, and the sentence that tells it. */
export const ALERTS = {
  'burst.blocked':
    'A burst of requests is blocked: the audit log says of what, and by which account or key where one is known.',
  'backup.failed': 'A backup failed and is tried again: the log of the server says why.',
  'backup.overdue':
    'There is no backup as young as there should be: look at SLUICE_BACKUP_DIR and at the log of the server.',
  'audit.broken':
    'The audit log is not as it was written: `sluice audit verify` says where it was changed or cut off.',
  test: 'This is a test of alerts: nothing has happened.',
} as const
export type AlertKind = keyof typeof ALERTS

/** A message. It holds no address of anybody, no account and no secret: what happened is read on the server. */
export interface Alert {
  readonly kind: AlertKind
  /** How often it happened between `since` and `time`. */
  readonly count: number
  /** Of what kinds it was, like `sign-in` and `export` for bursts; empty where there are none. */
  readonly what: readonly string[]
  /** ISO 8601: when it happened first. */
  readonly since: string
  /** ISO 8601: when the message was made. */
  readonly time: string
  /** Host of PUBLIC_URL; null where that is a bare address. */
  readonly server: string | null
  /** The sentence for people. */
  readonly text: string
}

/** A way to somebody. */
export interface Channel {
  readonly name: 'webhook' | 'e-mail'
  /** One try. Resolves with why it was not taken, in words that name no address; undefined: it was. Never rejects. */
  send(alert: Alert): Promise<string | undefined>
}

/**
 * Tells whoever keeps the server what they should know at once. At most one message of a kind within ten minutes: what
 * comes meanwhile is counted, and told in one when they are over.
 */
export interface Alerts {
  /** Sends beside it: nobody waits for it. @param what of which kind it was */
  raise(kind: AlertKind, what?: string): void
  readings(): Reading[]
  /**
   * Tells what is counted, with one try for each message that is still to be sent, which takes ten seconds at most.
   * Idempotent.
   */
  close(): Promise<void>
}

/** Within which there is one message of a kind. */
const WINDOW_MS = 10 * 60_000
/** Rests before each further try: a receiver may be started anew, or a network be away for a while. */
const RESTS_MS = [5_000, 30_000, 2 * 60_000, 10 * 60_000]

interface Window {
  count: number
  what: Set<string>
  since: number
  readonly timer: NodeJS.Timeout
}

export function createAlerts(parts: {
  channels: readonly Channel[]
  publicUrl: string
  clock: Pick<Clock, 'now'>
  log: Pick<Log, 'error'>
  windowMs?: number
  restsMs?: readonly number[]
}): Alerts {
  const { channels, publicUrl, clock, log, windowMs = WINDOW_MS, restsMs = RESTS_MS } = parts
  const server = serverNameOf(publicUrl)
  const closing = new AbortController()
  const windows = new Map<AlertKind, Window>()
  const underWay = new Set<Promise<void>>()
  let [delivered, undelivered] = [0, 0]

  function tell(kind: AlertKind, { count, what, since }: Omit<Window, 'timer'>): void {
    const alert = alertOf(kind, { count, what: [...what], since, now: clock.now(), server })
    for (const channel of channels) {
      const done = deliver(channel, alert).finally(() => {
        underWay.delete(done)
      })
      underWay.add(done)
    }
  }

  async function deliver(channel: Channel, alert: Alert): Promise<void> {
    let reason: string | undefined
    for (const rest of [0, ...restsMs]) {
      if (rest > 0 && !(await rested(rest))) break
      reason = await channel.send(alert)
      if (reason === undefined) {
        delivered++
        return
      }
    }
    undelivered++
    log.error({ alert: alert.kind, channel: channel.name, reason }, 'an alert could not be delivered')
  }

  /** Waits; false where it was closed. Alone it keeps no process alive. */
  async function rested(ms: number): Promise<boolean> {
    if (closing.signal.aborted) return false
    return wait(ms, true, { signal: closing.signal, ref: false }).catch(() => false)
  }

  function openWindow(kind: AlertKind): Window {
    const timer = setTimeout(() => endWindow(kind), windowMs).unref()
    const opened: Window = { count: 0, what: new Set(), since: 0, timer }
    windows.set(kind, opened)
    return opened
  }

  /** Tells what was counted in it, which begins another; without anything the next is told at once. */
  function endWindow(kind: AlertKind): void {
    const ended = windows.get(kind)
    windows.delete(kind)
    if (!ended || ended.count === 0) return
    openWindow(kind)
    tell(kind, ended)
  }

  return {
    raise: (kind, what) => {
      if (channels.length === 0 || closing.signal.aborted) return
      const now = clock.now()
      const open = windows.get(kind)
      if (!open) {
        openWindow(kind)
        tell(kind, { count: 1, what: new Set(what === undefined ? [] : [what]), since: now })
        return
      }
      if (open.count++ === 0) open.since = now
      if (what !== undefined) open.what.add(what)
    },
    readings: () => [
      {
        name: 'sluice_alerts_delivered_total',
        help: 'Alerts that a webhook or a mail server has taken.',
        kind: 'counter',
        read: () => delivered,
      },
      {
        name: 'sluice_alerts_undelivered_total',
        help: 'Alerts that nobody took after all tries. Alert when it grows, by another way.',
        kind: 'counter',
        read: () => undelivered,
      },
    ],
    close: async () => {
      closing.abort()
      for (const [kind, { timer }] of windows) {
        clearTimeout(timer)
        endWindow(kind)
      }
      for (const { timer } of windows.values()) clearTimeout(timer)
      windows.clear()
      await Promise.all(underWay)
    },
  }
}

/** A message as channels send it. Times are Unix milliseconds. */
export function alertOf(
  kind: AlertKind,
  about: {
    count: number
    what: readonly string[]
    since: number
    now: number
    server: string | null
  },
): Alert {
  const { count, what, since, now, server } = about
  return {
    kind,
    count,
    what,
    since: new Date(since).toISOString(),
    time: new Date(now).toISOString(),
    server,
    text: ALERTS[kind],
  }
}

/** What a message calls this server. */
export function serverNameOf(publicUrl: string): string | null {
  const { hostname } = new URL(publicUrl)
  return /^[\d.]+$|:/.test(hostname) ? null : hostname
}
