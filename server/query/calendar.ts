/** Arithmetic on calendar days, `2026-11-01`. Knows no clock and no time zone. */

const DAY_MS = 86_400_000
const WRITTEN = /^(\d{4})-(\d{2})-(\d{2})$/

function at(day: string): number {
  return Date.parse(`${day}T00:00:00Z`)
}

function written(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** Whether the text is a day of the calendar between 2000 and 2100; 2026-02-30 is not. */
export function isCalendarDay(text: string): boolean {
  const parts = WRITTEN.exec(text)
  if (!parts) return false
  const year = Number(parts[1])
  const ms = at(text)
  return year >= 2000 && year <= 2100 && !Number.isNaN(ms) && written(ms) === text
}

export function addDays(day: string, days: number): string {
  return written(at(day) + days * DAY_MS)
}

/** The same day of another month, or that month's last day where it has none such. */
export function addMonths(day: string, months: number): string {
  const date = new Date(at(day))
  const wanted = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + months)
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(wanted, last))
  return written(date.getTime())
}

/** How many days there are from one to the other, both counted. */
export function countDays(from: string, to: string): number {
  return Math.round((at(to) - at(from)) / DAY_MS) + 1
}

/** Every day from one to the other, both included. */
export function daysBetween(from: string, to: string): string[] {
  return Array.from({ length: Math.max(0, countDays(from, to)) }, (_, index) => addDays(from, index))
}

/** The Monday of the day's week. */
export function mondayOf(day: string): string {
  const sinceMonday = (new Date(at(day)).getUTCDay() + 6) % 7
  return addDays(day, -sinceMonday)
}

/** The first day of the day's month. */
export function firstOfMonth(day: string): string {
  return `${day.slice(0, 8)}01`
}
