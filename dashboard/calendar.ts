/** Local times as the query API writes them: `2026-11-01` (day, week's Monday, month's first), `2026-11-01T13:00`. */
import type { DayRange, Interval } from '../schema/query.ts'
import { onceFor } from './once.ts'

const DAY_MS = 86_400_000

// Swedish writes a date as the API does.
const inSwedish = onceFor(
  (timeZone: string) =>
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }),
)

/** The wall clock of a time zone at an instant, `2026-11-24T15:32`. */
export function localTime(ms: number, timezone: string): string {
  return inSwedish(timezone).format(ms).replace(' ', 'T')
}

/** A local time as an instant in UTC, to be formatted in UTC: labels never pass through the reader's time zone. */
export function asUtc(time: string): number {
  return Date.parse(time.includes('T') ? `${time}:00Z` : `${time}T00:00:00Z`)
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

export function addDays(day: string, days: number): string {
  return dayOf(asUtc(day) + days * DAY_MS)
}

function weekOf(time: string): string {
  const day = time.slice(0, 10)
  return addDays(day, -((new Date(asUtc(day)).getUTCDay() + 6) % 7))
}

const BUCKETS: Record<Interval, (time: string) => string> = {
  minute: (time) => time.slice(0, 16),
  hour: (time) => `${time.slice(0, 13)}:00`,
  day: (time) => time.slice(0, 10),
  week: weekOf,
  month: (time) => `${time.slice(0, 7)}-01`,
}

/** The bucket of a series that holds a local time. */
export function bucketOf(time: string, interval: Interval): string {
  return BUCKETS[interval](time)
}

/** First and last day of a bucket of days, weeks or months; undefined for shorter ones. */
export function daysOfBucket(bucket: string, interval: Interval): DayRange | undefined {
  if (interval === 'hour' || interval === 'minute') return undefined
  if (interval === 'day') return { from: bucket, to: bucket }
  if (interval === 'week') return { from: bucket, to: addDays(bucket, 6) }
  const [year = 0, month = 0] = bucket.split('-').map(Number)
  return { from: bucket, to: dayOf(Date.UTC(year, month, 0)) }
}
