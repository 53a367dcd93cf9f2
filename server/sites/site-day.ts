import type { SiteCalendar } from '../../schema/consent.ts'

/** A site-local calendar day and the instants between which it lies. */
export interface SiteDay {
  /** `2026-11-24`. */
  readonly day: string
  /** First millisecond of the day. */
  readonly startMs: number
  /** First millisecond of the next day. A day of a clock change has 23 or 25 hours. */
  readonly endMs: number
}

const HOUR_MS = 3_600_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** The local calendar day of an instant, `2026-11-24`. Throws RangeError for an unknown time zone. */
export function localDay(timezone: string, ms: number): string {
  let format = formats.get(timezone)
  if (!format) {
    // en-CA writes a date as year-month-day.
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: timezone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    })
    formats.set(timezone, format)
  }
  return format.format(ms)
}

/** The first instant at which the local day differs from that at `from`, looking no further than `to`. */
function nextMidnight(timezone: string, from: number, to: number): number {
  const day = localDay(timezone, from)
  let [low, high] = [from, to]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (localDay(timezone, middle) === day) low = middle
    else high = middle
  }
  return high
}

const latest = new Map<string, SiteDay>()

/** The site-local day that holds an instant. The latest one of each time zone is remembered: it is asked for by each event. */
export function siteDay(timezone: string, ms: number): SiteDay {
  const known = latest.get(timezone)
  if (known && ms >= known.startMs && ms < known.endMs) return known
  const day = localDay(timezone, ms)
  // A day has at most 25 hours (Antarctica/Troll, 2 h shift: 26); its edges are found by bisection, so that no
  // table of offsets is needed and skipped or repeated midnights come out right.
  const endMs = nextMidnight(timezone, ms, ms + 27 * HOUR_MS)
  const startMs = previousMidnight(timezone, ms, ms - 27 * HOUR_MS)
  const found = { day, startMs, endMs }
  latest.set(timezone, found)
  return found
}

function previousMidnight(timezone: string, from: number, back: number): number {
  const day = localDay(timezone, from)
  let [low, high] = [back, from]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (localDay(timezone, middle) === day) high = middle
    else low = middle
  }
  return high
}

/** The same as a browser is told of it. */
export function calendarOf(timezone: string, ms: number): SiteCalendar {
  const { day, endMs } = siteDay(timezone, ms)
  return [Date.parse(day) / (24 * HOUR_MS), endMs / 60_000]
}
