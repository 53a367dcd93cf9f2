import type { Store } from '../store/open.ts'
import { localDay } from './site-day.ts'

/** A site as sealing and retention know it. */
export interface SealedSite {
  /** Internal id, decimal. */
  readonly site: string
  readonly timezone: string
  /** The first day of which events are kept. */
  readonly firstDay: string
}

const DAY_MS = 86_400_000

/** All sites there ever were: of a removed one, too, events go when their window has passed. */
export function sealedSites(store: Pick<Store, 'readRows'>, now: number): SealedSite[] {
  return store.readRows('site', '').map((row) => {
    const hasChanged = row.next_timezone_from !== null && row.next_timezone_from <= now
    const timezone = hasChanged ? (row.next_timezone ?? row.timezone) : row.timezone
    return {
      site: String(row.id),
      timezone,
      firstDay: firstDayOfWindow(timezone, row.event_window_days, now),
    }
  })
}

/** The first day of the site that an event window of so many days before today holds. */
export function firstDayOfWindow(timezone: string, days: number, now: number): string {
  const today = Date.parse(`${localDay(timezone, now)}T00:00:00Z`)
  return new Date(today - days * DAY_MS).toISOString().slice(0, 10)
}
