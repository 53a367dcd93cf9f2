import { addDays, addMonths, firstOfMonth, mondayOf } from '../query/calendar.ts'
import { localDay, siteDay } from '../sites/site-day.ts'

/** Whole days in the site's time zone, both included. */
export interface Days {
  readonly from: string
  readonly to: string
}

/** After its midnight the site's day has so long to be loaded, and people to wake up: a report goes at about seven. */
const AFTER_MIDNIGHT_MS = 7 * 3_600_000
/** A report that could not go for so long is not sent any more: the next one tells more. */
const DAYS_TO_SEND = 3

/** The last week or month that is over where the site is. */
export function lastDays(kind: 'weekly' | 'monthly', timezone: string, now: number): Days {
  const today = localDay(timezone, now)
  const next = kind === 'weekly' ? mondayOf(today) : firstOfMonth(today)
  return { from: kind === 'weekly' ? addDays(next, -7) : addMonths(next, -1), to: addDays(next, -1) }
}

/** The same, where it is time to send it; undefined before and after. */
export function dueDays(kind: 'weekly' | 'monthly', timezone: string, now: number): Days | undefined {
  const days = lastDays(kind, timezone, now)
  const first = addDays(days.to, 1)
  const { day, startMs } = siteDay(timezone, now)
  if (day >= addDays(first, DAYS_TO_SEND)) return undefined
  return day > first || now - startMs >= AFTER_MIDNIGHT_MS ? days : undefined
}

export function nameOf({ from, to }: Days): string {
  return `${from}..${to}`
}
