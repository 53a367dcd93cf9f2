import type { Query } from '../../schema/query.ts'
import type { Goal } from '../../schema/site.ts'

/** The model's calendar: days, buckets and walls of a time zone, walked through minute by minute. */

export interface OracleSite {
  timezone: string
  now: number
  goals?: readonly Goal[]
}

const walls = new Map<string, Intl.DateTimeFormat>()

/** Year-month-day and hour:minute on the wall of a time zone. */
export function wall(timezone: string, ms: number): { day: string; clock: string } {
  const form = walls.get(timezone) ?? wallOf(timezone)
  walls.set(timezone, form)
  const parts = form.format(ms)
  return { day: parts.slice(0, 10), clock: parts.slice(11, 16) }
}

function wallOf(timezone: string): Intl.DateTimeFormat {
  // Swedish writes 2026-11-01 13:05.
  return new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' })
}

export interface Days {
  from: string
  to: string
}

export function sameLengthBefore({ from, to }: Days): Days {
  const days: string[] = []
  for (let day = from; day <= to; day = dayAfter(day, 1)) days.push(day)
  return { from: dayAfter(from, -days.length), to: dayAfter(from, -1) }
}

export function yearBefore({ from, to }: Days): Days {
  return { from: yearEarlier(from), to: yearEarlier(to) }
}

function yearEarlier(day: string): string {
  const same = `${Number(day.slice(0, 4)) - 1}${day.slice(4)}`
  // Only the last day of February is not there every year.
  return same.endsWith('-02-29') && dayAfter(same, 0) !== same ? `${same.slice(0, 8)}28` : same
}

function dayAfter(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}

/** The minute in which realtime ends. */
export function untilOf({ now }: OracleSite): number {
  return (Math.floor(now / 60_000) + 1) * 60_000
}

export function daysOf({ period }: Query, site: OracleSite): Days {
  if (typeof period === 'object') return period
  if (period !== 'realtime') throw new Error('the model knows ranges and realtime')
  return {
    from: wall(site.timezone, untilOf(site) - 30 * 60_000).day,
    to: wall(site.timezone, site.now).day,
  }
}

export function bucketOf(interval: string, day: string, clock: string): string {
  if (interval === 'day') return day
  if (interval === 'month') return `${day.slice(0, 7)}-01`
  if (interval === 'hour') return `${day}T${clock.slice(0, 2)}:00`
  if (interval === 'minute') return `${day}T${clock}`
  const date = new Date(`${day}T12:00:00Z`)
  while (date.getUTCDay() !== 1) date.setUTCDate(date.getUTCDate() - 1)
  return date.toISOString().slice(0, 10)
}

/** Walks through every minute of the period, half a day more on both sides, and keeps what lies in it. */
export function buckets(interval: string, from: string, to: string, timezone: string): string[] {
  const found: string[] = []
  const end = Date.parse(`${to}T00:00:00Z`) + 40 * 3_600_000
  for (let ms = Date.parse(`${from}T00:00:00Z`) - 16 * 3_600_000; ms < end; ms += 60_000) {
    const { day, clock } = wall(timezone, ms)
    if (day >= from && day <= to) found.push(bucketOf(interval, day, clock))
  }
  return [...new Set(found)]
}
