import { localDay } from './site-day.ts'

/** A day of a time zone and the hour on its clock, 0–23. */
export interface SiteHour {
  readonly day: string
  readonly hour: number
}

/** Clocks of all time zones change, and are apart, by whole quarters of an hour. */
const QUARTER_MS = 900_000
const formats = new Map<string, Intl.DateTimeFormat>()
const latest = new Map<string, { quarter: number; at: SiteHour }>()

/** The hour that the clocks of a time zone show at an instant; the latest of each time zone is remembered. */
export function siteHour(timezone: string, ms: number): SiteHour {
  const quarter = Math.floor(ms / QUARTER_MS)
  const known = latest.get(timezone)
  if (known?.quarter === quarter) return known.at
  let format = formats.get(timezone)
  if (!format) {
    // en-GB with h23 writes 00 for midnight.
    format = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hour: '2-digit', hourCycle: 'h23' })
    formats.set(timezone, format)
  }
  const at = { day: localDay(timezone, ms), hour: Number(format.format(ms)) }
  latest.set(timezone, { quarter, at })
  return at
}
