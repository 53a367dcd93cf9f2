import type { Clock } from '../clock.ts'
import { describe, type Log } from '../log.ts'
import type { Reading } from '../metrics.ts'
import type { SealClient } from './ask.ts'
import { auditDay } from './audit.ts'
import type { RollupSource } from './draft.ts'
import { lastDueDay } from './due.ts'
import { isWaiting, readMarks } from './marks.ts'
import { removeExpired, type EventWindow } from './retention.ts'
import { sealDays } from './seal-days.ts'

/** Seals days when they are over, removes events when their window has passed, and checks what was sealed. */
export interface Sealer {
  /** Does what is due; one look at a time. Never rejects: what failed is told by log and metrics and tried again. */
  look(): Promise<void>
  readings(): Reading[]
  /** Ends after the day under way. */
  close(): Promise<void>
}

/** A site as sealing knows it. */
export interface SealedSite extends EventWindow {
  readonly timezone: string
}

export interface SealerParts {
  write: SealClient
  rows: RollupSource
  /** All sites there ever were: of removed ones too, events go when their window has passed. */
  sites(): readonly SealedSite[]
  clock: Clock
  log: Log
  /** Below 1: which day is checked. For tests. */
  random?: () => number
}

/** How often expired events are looked for, and a day is checked. */
const HOUR_MS = 3_600_000

export function createSealer(parts: SealerParts): Sealer {
  const { write, clock, log } = parts
  const random = parts.random ?? Math.random
  const stopping = new AbortController()
  const { signal } = stopping
  const counts = { sealed: 0, waiting: 0, failures: 0, duplicates: 0, removed: 0, audits: 0, differences: 0 }
  let looking: Promise<void> | undefined
  let lastHourly = -Infinity

  async function run(): Promise<void> {
    await tell('days could not be sealed yet', seal)
    if (signal.aborted || clock.monotonic() - lastHourly < HOUR_MS) return
    lastHourly = clock.monotonic()
    await tell('expired events could not be removed yet', expire)
    if (!signal.aborted) await tell('a sealed day could not be checked', check)
  }

  async function tell(failed: string, task: () => Promise<void>): Promise<void> {
    try {
      await task()
    } catch (error) {
      counts.failures++
      log.error({ err: describe(error) }, failed)
    }
  }

  async function seal(): Promise<void> {
    const before = await readMarks(write, lastDueDay(clock.now()))
    const waiting = before.filter(isWaiting).map(({ day }) => day)
    counts.waiting = waiting.length
    await sealDays({ ...drafting(), log, signal }, waiting)
    const after = waiting.length === 0 ? before : await readMarks(write, lastDueDay(clock.now()))
    counts.waiting = after.filter(isWaiting).length
    counts.sealed = after.filter(({ sealed }) => sealed > 0).length
    counts.duplicates = after.reduce((sum, { duplicates }) => sum + duplicates, 0)
  }

  async function expire(): Promise<void> {
    const { events } = await removeExpired({ write, windows: parts.sites(), now: clock.now(), log })
    counts.removed += events
    // What is left of such days has other marks.
    if (events > 0) await seal()
  }

  async function check(): Promise<void> {
    const marks = await readMarks(write, lastDueDay(clock.now()))
    const sealed = marks.filter((mark) => mark.latest > 0 && !isWaiting(mark))
    const one = sealed[Math.floor(random() * sealed.length)]
    const differences = one && (await auditDay(drafting(), one.day))
    if (differences === undefined) return
    counts.audits++
    counts.differences += differences
    if (differences > 0) {
      log.error(
        { day: one?.day, rows: differences },
        'a rollup is not what its events give: seal the day again',
      )
    }
  }

  function drafting(): { write: SealClient; rows: RollupSource; timezoneOf(site: string): string } {
    const zones = new Map(parts.sites().map(({ site, timezone }) => [site, timezone]))
    return { write, rows: parts.rows, timezoneOf: (site) => zones.get(site) ?? 'UTC' }
  }

  return {
    look: () => (looking ??= run().finally(() => (looking = undefined))),
    readings: () => readings(counts),
    async close() {
      stopping.abort()
      await looking
    },
  }
}

function readings(counts: Readonly<Record<string, number>>): Reading[] {
  const list: [name: string, help: string, kind: Reading['kind'], count: string][] = [
    ['sluice_sealed_days', 'Days that are sealed.', 'gauge', 'sealed'],
    ['sluice_seal_waiting_days', 'Days that are over and not sealed yet.', 'gauge', 'waiting'],
    ['sluice_seal_failures_total', 'Times sealing, removing or checking failed.', 'counter', 'failures'],
    [
      'sluice_seal_duplicate_rows',
      'Rows of sealed days whose event was there already; they do not count.',
      'gauge',
      'duplicates',
    ],
    ['sluice_expired_events_total', 'Events removed since the start.', 'counter', 'removed'],
    ['sluice_rollup_audits_total', 'Sealed days compared with their events.', 'counter', 'audits'],
    ['sluice_rollup_differences_total', 'Rows that were different.', 'counter', 'differences'],
  ]
  return list.map(([name, help, kind, count]) => ({ name, help, kind, read: () => counts[count] ?? 0 }))
}
