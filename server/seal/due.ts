const HOUR_MS = 3_600_000

/** The last time zone of the world ends a day at noon UTC of the next one: then it is over everywhere. */
const OVER_EVERYWHERE_MS = 36 * HOUR_MS

/** The latest day that is over everywhere, `2026-11-24`: it is sealed at 12:00 UTC of the next. */
export function lastDueDay(now: number): string {
  return new Date(now - OVER_EVERYWHERE_MS).toISOString().slice(0, 10)
}

/** When a day is over everywhere, Unix milliseconds. */
export function dueAt(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) + OVER_EVERYWHERE_MS
}
