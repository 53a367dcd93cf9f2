import type { Log } from '../log.ts'
import { ask, type SealClient } from './ask.ts'
import { checkedDay, monthOf } from './draft.ts'
import { isUnsealed, readMarks } from './marks.ts'

/** How long single events of a site are kept. */
export interface EventWindow {
  /** Internal id, decimal. */
  readonly site: string
  /** The first day that is kept, by the clock of the site; events of earlier days go. */
  readonly firstDay: string
}

/** How long rollups are kept, in days: 25 months. */
export const ROLLUP_DAYS = 762

export interface Removed {
  /** Rows of events. */
  readonly events: number
  /** Days of rollups. */
  readonly rollupDays: number
  /** The days that were sealed: to be given the next time. */
  readonly sealed: ReadonlySet<string>
}

/**
 * Removes events of which the window has passed, with the visits made of them, and rollups after 25 months. A day of which nothing is kept goes as a
 * whole; elsewhere the rows of the site are deleted. What is cut off is done the next time: what there is to do is seen
 * from what is there. Events of a site that is not in the list stay, and those of a day that was not sealed the last
 * time, too: a seal may be undone by another that is put in place at the same moment (draft.ts).
 */
export async function removeExpired(parts: {
  write: SealClient
  windows: readonly EventWindow[]
  /** Days that were sealed the last time. */
  sealedBefore: ReadonlySet<string>
  /** Unix milliseconds. */
  now: number
  log: Log
  /** Ends it between two days, and the waiting for one. */
  signal?: AbortSignal
}): Promise<Removed> {
  const { write, windows, now, log, signal } = parts
  const firstDays = new Map(windows.map(({ site, firstDay }) => [site, firstDay]))
  const latest = [...firstDays.values()].toSorted().at(-1)
  const sealed = new Set(latest === undefined ? [] : await sealedUpTo(write, latest))
  let events = 0
  for (const day of sealed) {
    if (signal?.aborted === true) break
    if (!parts.sealedBefore.has(day)) continue
    const sites = await ask<{ site: string; rows: number; loaded: string }>(write, OF_SITES, { day })
    // The window of what was imported later than it happened begins with the import.
    const expired = sites.filter(({ site, loaded }) => {
      const firstDay = firstDays.get(site) ?? ''
      return day < firstDay && loaded < firstDay
    })
    if (expired.length === 0) continue
    const rows = expired.reduce((sum, one) => sum + one.rows, 0)
    const of =
      expired.length === sites.length
        ? `DROP PARTITION '${checkedDay(day)}'`
        : `DELETE IN PARTITION '${checkedDay(day)}' WHERE site IN (${expired.map(({ site }) => String(BigInt(site))).join(', ')})`
    // Events last: what is still to be removed is seen from them.
    for (const table of ['visits', 'events']) {
      await write.command({
        query: `ALTER TABLE ${table} ${of}`,
        // Answered when it is done: the next statement may ask.
        clickhouse_settings: { mutations_sync: '1' },
        ...(signal && { abort_signal: signal }),
      })
    }
    events += rows
    log.info({ day, rows, sites: expired.length }, 'events were removed: their window has passed')
  }
  return { events, rollupDays: await dropRollups(write, now), sealed }
}

/** The day on which a batch was made, as SQL: its id begins with the second. */
export function loadedOn(batchId: string): string {
  return `toDate(toDateTime(toUInt32(bitShiftRight(${batchId}, 32)), 'UTC'))`
}

const OF_SITES = `SELECT toString(site) AS site, count() AS rows, toString(${loadedOn('min(batch_id)')}) AS loaded
FROM events WHERE day = {day:Date} GROUP BY site ORDER BY site`

/** Days before one whose rollups hold all their events. */
async function sealedUpTo(write: SealClient, day: string): Promise<string[]> {
  const marks = await readMarks(write, day)
  return marks
    .filter((mark) => mark.day < day && mark.latest > 0 && !isUnsealed(mark))
    .map((mark) => mark.day)
}

const DAY_MS = 86_400_000

/** Drops rollups of which the time has passed; those of days with events stay as long as these. */
async function dropRollups(write: SealClient, now: number): Promise<number> {
  const first = new Date(now - ROLLUP_DAYS * DAY_MS).toISOString().slice(0, 10)
  const old = (await readMarks(write, first)).filter(({ day, latest }) => day < first && latest === 0)
  for (const month of new Set(old.map(({ day }) => monthOf(day)))) {
    const days = old.filter(({ day }) => monthOf(day) === month).map(({ day }) => `'${checkedDay(day)}'`)
    await write.command({
      query: `ALTER TABLE rollup DELETE IN PARTITION ${month} WHERE day IN (${days.join(', ')})`,
      clickhouse_settings: { mutations_sync: '1' },
    })
  }
  return old.length
}
