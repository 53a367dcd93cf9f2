import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import { describe, type Log } from '../log.ts'
import type { Reading } from '../metrics.ts'
import type { AlertFile, KeptWindow } from './kept.ts'

/** What somebody is told of, wherever they are, and the sentence that tells it. */
export const ALERTS = {
  'burst.blocked':
    'A burst of requests is blocked: the audit log says of what, and by which account or key where one is known.',
  'backup.failed': 'A backup failed and is tried again: the log of the server says why.',
  'backup.overdue':
    'There is no backup as young as there should be: look at SLUICE_BACKUP_DIR and at the log of the server.',
  'audit.broken':
    'The audit log is not as it was written: `sluice audit verify` says where it was changed or cut off.',
  'sms.sender-suspended':
    'A sender of text messages is suspended and sends nothing: `sluice sms sender list` says why.',
  'sms.sender-restricted':
    'A sender of text messages is held back, by a carrier or because many opt out or fail: `sluice sms sender list` says why.',
  'sms.given-up': 'A text message was given up: `sluice sms status` counts those that wait for a person.',
  test: 'This is a test of alerts: nothing has happened.',
} as const
export type AlertKind = keyof typeof ALERTS

/** A message. It holds no address of anybody, no account and no secret: what happened is read on the server. */
export interface Alert {
  /** The same whenever it is sent: a receiver that sees it again has it already. */
  readonly id: string
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
 * comes meanwhile is counted, and told in one when they are over. All of it is kept over a restart and a kill: what was
 * raised is told, and what was told is not told again. Only a message whose taking could not be noted any more comes
 * twice, with the same id.
 */
export interface Alerts {
  /** Sends beside it: nobody waits for it. @param what of which kind it was */
  raise(kind: AlertKind, what?: string): void
  /**
   * Says whether something goes on, as often as one likes: it is raised when it begins, and again after each `remindMs`.
   * Default: never again, until it was over.
   */
  standing(kind: AlertKind, isSo: boolean, remindMs?: number): void
  readings(): Reading[]
  /**
   * Tells what is counted, with one try for each message that is still to be sent, which takes ten seconds at most; what
   * is not taken then is sent after the next start. Idempotent.
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
  readonly until: number
  readonly timer: NodeJS.Timeout
}

/** A message on its way. */
interface Waiting {
  readonly channel: Channel['name']
  readonly alert: Alert
  tries: number
}

export function createAlerts(parts: {
  channels: readonly Channel[]
  publicUrl: string
  file: AlertFile
  clock: Pick<Clock, 'now'>
  log: Pick<Log, 'error'>
  windowMs?: number
  restsMs?: readonly number[]
}): Alerts {
  const { channels, publicUrl, file, clock, log, windowMs = WINDOW_MS, restsMs = RESTS_MS } = parts
  const server = serverNameOf(publicUrl)
  const closing = new AbortController()
  const windows = new Map<AlertKind, Window>()
  const waiting = new Set<Waiting>()
  const standing = new Map(file.found.standing)
  const underWay = new Set<Promise<void>>()
  let [delivered, undelivered] = [0, 0]
  let saving: Promise<void> = Promise.resolve()
  let nextSave: Promise<void> | undefined

  /** Resolves once all that is known now is on disk, or cannot be, which is told: then it is in memory alone. */
  function save(): Promise<void> {
    nextSave ??= saving = saving.then(async () => {
      nextSave = undefined
      try {
        await file.save({
          windows: [...windows].map(([kind, { count, what, since, until }]) => ({
            kind,
            until,
            count,
            what: [...what],
            since,
          })),
          waiting: [...waiting],
          standing: [...standing],
        })
      } catch (error) {
        log.error({ err: describe(error) }, 'what is known of alerts cannot be kept over a restart')
      }
    })
    return nextSave
  }

  function tell(kind: AlertKind, { count, what, since }: Pick<Window, 'count' | 'what' | 'since'>): void {
    const alert = alertOf(kind, { count, what: [...what], since, now: clock.now(), server })
    for (const { name } of channels) send({ channel: name, alert, tries: 0 })
  }

  function send(message: Waiting): void {
    waiting.add(message)
    const done = deliver(message).finally(() => {
      underWay.delete(done)
    })
    underWay.add(done)
  }

  /** On disk before it is sent: a kill in between costs nothing. */
  async function deliver(message: Waiting): Promise<void> {
    const { alert } = message
    const channel = channels.find(({ name }) => name === message.channel)
    await save()
    let reason: string | undefined = 'it is not set any more'
    for (let isFirst = true; message.tries <= restsMs.length; isFirst = false) {
      if (!channel) break
      const rest = isFirst ? 0 : (restsMs[message.tries - 1] ?? 0)
      // What is left then is sent after the next start.
      if (rest > 0 && !(await rested(rest))) return
      reason = await channel.send(alert)
      message.tries++
      if (reason === undefined) break
      await save()
    }
    waiting.delete(message)
    if (reason === undefined) delivered++
    else {
      undelivered++
      log.error({ alert: alert.kind, channel: message.channel, reason }, 'an alert could not be delivered')
    }
    await save()
  }

  /** Waits; false where it was closed. Alone it keeps no process alive. */
  async function rested(ms: number): Promise<boolean> {
    if (closing.signal.aborted) return false
    return wait(ms, true, { signal: closing.signal, ref: false }).catch(() => false)
  }

  function openWindow(kind: AlertKind, kept?: KeptWindow): Window {
    const now = clock.now()
    const until = Math.min(kept?.until ?? Infinity, now + windowMs)
    const timer = setTimeout(() => endWindow(kind), until - now).unref()
    const { count = 0, what = [], since = 0 } = kept ?? {}
    const opened: Window = { count, what: new Set(what), since, until, timer }
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

  function raise(kind: AlertKind, what?: string): void {
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
    void save()
  }

  for (const kept of file.found.windows) openWindow(kept.kind, kept)
  for (const message of file.found.waiting) send({ ...message })
  return {
    raise,
    standing(kind, isSo, remindMs = Infinity) {
      if (channels.length === 0 || closing.signal.aborted) return
      const toldAt = standing.get(kind)
      const now = clock.now()
      if (isSo ? toldAt !== undefined && now - toldAt < remindMs : toldAt === undefined) return
      if (isSo) {
        standing.set(kind, now)
        raise(kind)
      } else standing.delete(kind)
      void save()
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
      for (const [kind, { timer, count }] of windows) {
        clearTimeout(timer)
        if (count > 0) endWindow(kind)
      }
      for (const { timer } of windows.values()) clearTimeout(timer)
      await Promise.all(underWay)
      await saving
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
    id: randomUUID(),
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
