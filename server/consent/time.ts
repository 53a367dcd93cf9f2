/** Times as the ledger writes them: UTC, no finer than the second. */

const DAY_MS = 86_400_000

/** `2026-11-24`. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** `2026-11-24T13:50:07Z`. */
export function secondOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/** The day so many days later. */
export function dayAfter(ms: number, days: number): string {
  return dayOf(ms + days * DAY_MS)
}
