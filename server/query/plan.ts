import type { Interval, NamedPeriod, Period, Query } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { localDay, siteDay, type SiteDay } from '../sites/site-day.ts'
import { addDays, addMonths, countDays, daysBetween, firstOfMonth, mondayOf } from './calendar.ts'
import type { ParsedQuery } from './parse.ts'

/** Site-local days, both inclusive, and for `realtime` the instants between them. */
export interface Span {
  readonly from: string
  readonly to: string
  /** Unix seconds, from inclusive, until exclusive. */
  readonly window?: { readonly since: number; readonly until: number }
}

/** How finely a series cuts a day: not at all, by the hour or by the minute. */
export type Slot = 'day' | 'hour' | 'minute'

export interface Plan {
  readonly span: Span
  /** The span compared with. */
  readonly comparison: Span | undefined
}

const MINUTE_MS = 60_000
/** `realtime` covers this many minutes, the current one included. */
export const REALTIME_MINUTES = 30

/** What a question's period is at an instant, in the site's time zone. */
export function planQuery(query: ParsedQuery, site: Site, now: number): Plan {
  return planPeriod(query.period, query.compare, site, now)
}

export function planPeriod(period: Period, compare: Query['compare'], site: Site, now: number): Plan {
  const span = spanOf(period, site.timezone, now)
  return { span, comparison: compare && comparedSpan(span, compare) }
}

function spanOf(period: Period, timezone: string, now: number): Span {
  if (typeof period === 'object') return { from: period.from, to: period.to }
  const today = localDay(timezone, now)
  if (period === 'realtime') return realtimeSpan(timezone, now)
  const { first, last } = NAMED_SPANS[period]
  return { from: first(today), to: last(today) }
}

/** Days of the named periods, from the current one. */
const NAMED_SPANS: Readonly<
  Record<Exclude<NamedPeriod, 'realtime'>, { first(today: string): string; last(today: string): string }>
> = {
  today: { first: (today) => today, last: (today) => today },
  yesterday: { first: (today) => addDays(today, -1), last: (today) => addDays(today, -1) },
  '7d': { first: (today) => addDays(today, -6), last: (today) => today },
  '30d': { first: (today) => addDays(today, -29), last: (today) => today },
  '90d': { first: (today) => addDays(today, -89), last: (today) => today },
  '12mo': { first: (today) => addMonths(firstOfMonth(today), -11), last: (today) => today },
}

function realtimeSpan(timezone: string, now: number): Span {
  const until = Math.floor(now / MINUTE_MS) * MINUTE_MS + MINUTE_MS
  const since = until - REALTIME_MINUTES * MINUTE_MS
  return {
    from: localDay(timezone, since),
    to: localDay(timezone, now),
    window: { since: since / 1_000, until: until / 1_000 },
  }
}

function comparedSpan(span: Span, compare: 'previous' | 'year'): Span {
  if (compare === 'year') return { from: addMonths(span.from, -12), to: addMonths(span.to, -12) }
  const days = countDays(span.from, span.to)
  return { from: addDays(span.from, -days), to: addDays(span.to, -days) }
}

export function slotOf(interval: Interval): Slot {
  return interval === 'hour' || interval === 'minute' ? interval : 'day'
}

/** The bucket of a series that holds a day and, for hours and minutes, a minute of the local day. */
export function bucketOf(interval: Interval, day: string, minute: number): string {
  if (interval === 'day') return day
  if (interval === 'week') return mondayOf(day)
  if (interval === 'month') return firstOfMonth(day)
  const [hours, minutes] = [Math.floor(minute / 60), minute % 60]
  return `${day}T${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
}

/**
 * All buckets of a series in the order of time, without a gap. An hour that a clock change repeats is one bucket,
 * one that it skips is none.
 */
export function bucketsOf(interval: Interval, span: Span, timezone: string): string[] {
  if (span.window) {
    return realtimeMinutes(span.window, timezone).map(({ day, minute }) => bucketOf('minute', day, minute))
  }
  const days = daysBetween(span.from, span.to)
  if (interval !== 'hour' && interval !== 'minute') {
    return [...new Set(days.map((day) => bucketOf(interval, day, 0)))]
  }
  const step = interval === 'hour' ? 60 : 1
  return siteDays(days, timezone).flatMap(({ day, instants }) =>
    minutesOf(instants, timezone, step).map((minute) => bucketOf(interval, day, minute)),
  )
}

function realtimeMinutes(
  window: { since: number; until: number },
  timezone: string,
): { day: string; minute: number }[] {
  const seen = new Set<string>()
  const found: { day: string; minute: number }[] = []
  for (let ms = window.since * 1_000; ms < window.until * 1_000; ms += MINUTE_MS) {
    const [day, minute] = [localDay(timezone, ms), localMinute(timezone, ms)]
    if (!seen.has(`${day} ${minute}`)) found.push({ day, minute })
    seen.add(`${day} ${minute}`)
  }
  return found
}

/** The instants of consecutive days; a day that the time zone skipped has none and is left out. */
function siteDays(days: readonly string[], timezone: string): { day: string; instants: SiteDay }[] {
  const wanted = new Set(days)
  const found: { day: string; instants: SiteDay }[] = []
  const last = days.at(-1)
  if (days[0] === undefined || last === undefined) return found
  // Local days reach from 14 hours before the same day in UTC to 12 hours after.
  let instants = siteDay(timezone, Date.parse(`${days[0]}T00:00:00Z`) - 15 * 60 * MINUTE_MS)
  while (instants.day <= last) {
    if (wanted.has(instants.day)) found.push({ day: instants.day, instants })
    instants = siteDay(timezone, instants.endMs)
  }
  return found
}

/** The minutes of the local day at which a bucket begins, each once, in the order of time. */
function minutesOf(instants: SiteDay, timezone: string, step: 1 | 60): number[] {
  const { startMs, endMs } = instants
  const isPlain = endMs - startMs === 1_440 * MINUTE_MS && localMinute(timezone, startMs) === 0
  if (isPlain && localMinute(timezone, endMs - MINUTE_MS) === 1_439) {
    return Array.from({ length: 1_440 / step }, (_, index) => index * step)
  }
  const found = new Set<number>()
  for (let ms = startMs; ms < endMs; ms += MINUTE_MS) {
    found.add(Math.floor(localMinute(timezone, ms) / step) * step)
  }
  return [...found]
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Minutes since the local midnight, as the clock on the wall shows them. */
function localMinute(timezone: string, ms: number): number {
  let format = formats.get(timezone)
  if (!format) {
    // en-GB with h23 writes 00:05.
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    formats.set(timezone, format)
  }
  const [hours = '0', minutes = '0'] = format.format(ms).split(':')
  return Number(hours) * 60 + Number(minutes)
}
