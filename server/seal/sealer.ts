import type { Clock } from '../clock.ts'
import { describe, type Log } from '../log.ts'
import type { Reading } from '../metrics.ts'
import type { SealClient } from './ask.ts'
import { auditDay } from './audit.ts'
import type { DraftParts, RollupSource } from './draft.ts'
import { lastDueDay } from './due.ts'
import { isUnsealed, isWaiting, readMarks } from './marks.ts'
import { removeExpired, type EventWindow } from './retention.ts'
import { sealDays } from './seal-days.ts'

/** Seals days when they are over, removes events when their window has passed, and checks what was sealed. */
export interface Sealer {
  /** Does what is due; one look at a time. Never rejects: what failed is told by log and metrics and tried again. */
  look(): Promise<void>
  readings(): Reading[]
  /** Gives up the day under way, which stays as it was. */
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

/** How often expired events are looked for, and at most a day is checked. */
const HOUR_MS = 3_600_000
/** Checking a day costs what sealing it did: no more than this part of the time is spent on it. */
const CHECKING = 1 / 20
/** How long sealing rests after it failed; twice as long each time in a row, up to an hour. */
const FIRST_REST_MS = 60_000

/**
 * After an update all days may be without visits, which takes hours where they are many and large. So many of the latest are
 * sealed again at a look: a day that is over meanwhile comes first at the next.
 */
const UNKEPT_AT_A_LOOK = 10

export function createSealer(parts: SealerParts): Sealer {
  const { write, clock, log } = parts
  const random = parts.random ?? Math.random
  const stopping = new AbortController()
  const { signal } = stopping
  const counts = { sealed: 0, waiting: 0, failures: 0, duplicates: 0, removed: 0, audits: 0, differences: 0 }
  let looking: Promise<void> | undefined
  let failuresInARow = 0
  let sealedBefore: ReadonlySet<string> = new Set()
  /** Not before these, by the clock's monotonic time. */
  const next = { seal: -Infinity, expire: -Infinity, check: -Infinity }

  async function run(): Promise<void> {
    if (clock.monotonic() >= next.seal) {
      const isDone = await tell('days could not be sealed yet', seal)
      failuresInARow = isDone ? 0 : failuresInARow + 1
      const restMs = Math.min(HOUR_MS, FIRST_REST_MS * 2 ** (failuresInARow - 1))
      next.seal = isDone ? -Infinity : clock.monotonic() + restMs
    }
    if (clock.monotonic() >= next.expire) {
      next.expire = clock.monotonic() + HOUR_MS
      await tell('expired events could not be removed yet', expire)
    }
    if (clock.monotonic() >= next.check) {
      const began = clock.monotonic()
      await tell('a sealed day could not be checked', check)
      const tookMs = clock.monotonic() - began
      next.check = began + Math.max(HOUR_MS, tookMs / CHECKING)
    }
  }

  /** Whether the task was done. */
  async function tell(failed: string, task: () => Promise<void>): Promise<boolean> {
    if (signal.aborted) return false
    try {
      await task()
      return true
    } catch (error) {
      // Given up at a stop: what it was at is as it was.
      if (signal.aborted) return false
      counts.failures++
      log.error({ err: describe(error) }, failed)
      return false
    }
  }

  async function seal(): Promise<void> {
    const { unsealed, others } = await countDays()
    if (unsealed.length + others.length === 0) return
    try {
      await sealDays({ ...drafting(), log }, unsealed)
    } finally {
      if (!signal.aborted) await sealDays({ ...drafting(), log }, others.slice(-UNKEPT_AT_A_LOOK))
      await countDays()
    }
  }

  /** Counts the days that are over, and answers those that wait: with events that are in no rollup, and the others. */
  async function countDays(): Promise<{ unsealed: string[]; others: string[] }> {
    const marks = await readMarks(write, lastDueDay(clock.now()))
    const waiting = marks.filter(isWaiting)
    const unsealed = waiting.filter(isUnsealed).map(({ day }) => day)
    counts.waiting = unsealed.length
    counts.sealed = marks.filter(({ sealed }) => sealed > 0).length
    counts.duplicates = marks.reduce((sum, { duplicates }) => sum + duplicates, 0)
    return { unsealed, others: waiting.filter((mark) => !isUnsealed(mark)).map(({ day }) => day) }
  }

  async function expire(): Promise<void> {
    const windows = parts.sites()
    const { events, sealed } = await removeExpired({
      write,
      windows,
      sealedBefore,
      now: clock.now(),
      log,
      signal,
    })
    sealedBefore = sealed
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

  function drafting(): DraftParts {
    const zones = new Map(parts.sites().map(({ site, timezone }) => [site, timezone]))
    return { write, rows: parts.rows, timezoneOf: (site) => zones.get(site) ?? 'UTC', signal }
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
