import type { WireVisit } from '../schema/event.ts'
import { VISIT_MINUTES } from './event-limits.ts'
import { VISIT_KEY, type SiteCalendar } from '../schema/consent.ts'
import type { Tell } from './measure.ts'

/** What a browser remembers of its visits: three numbers and days, nothing by which it could be known again. */
interface Kept {
  /** Monday of the week of the first visit, `2026-11-23`. */
  first: string
  /** Day of the last visit. */
  last: string
  /** Unix minute in which the browser was here last. */
  seen: number
}

const DAY_MS = 86_400_000
/** The first visit is forgotten after 13 months, whatever came after it (CNIL 2020-091, §52). */
const MAX_AGE_DAYS = 396

const isoDay = (date: number): string => new Date(date).toISOString().slice(0, 10)

function recencyOf(days: number): NonNullable<WireVisit['recency']> {
  return days > 90 ? '91+' : days > 30 ? '31-90' : days > 7 ? '8-30' : days > 1 ? '2-7' : '1'
}

/**
 * Tells once a visit, which ends after half an hour elsewhere and at the site's midnight, whether it is the first of its
 * day, week, month and year. A browser that keeps nothing tells nothing: each of its pages would be a first visit.
 *
 * @param calendar the site's; undefined: not known, the visitor's own. False: nothing may be kept
 */
export function tellVisits(tell: Tell, calendar: () => SiteCalendar | undefined | false): void {
  const look = (): void => {
    const known = calendar()
    if (known === false) return
    try {
      const seen = (Date.now() / 60_000) | 0
      const [today, ends] = known ?? [0, 1_440 + new Date().getTimezoneOffset()]
      // Cut off, so that a day of 25 hours has no day before it.
      const date = (today + (((seen - ends) / 1_440 + 1) | 0)) * DAY_MS
      const day = isoDay(date)
      /** NaN where there is no day to count from. */
      const daysSince = (earlier?: string): number => (date - Date.parse(earlier as string)) / DAY_MS
      // 1970 began on a Thursday. Days, months and years as text stand in the order of time.
      const week = isoDay(date - ((date / DAY_MS + 3) % 7) * DAY_MS)
      const starts = { day, week, month: day.slice(0, 7), year: day.slice(0, 4) }
      let kept = JSON.parse(localStorage.getItem(VISIT_KEY) ?? '{}') as Partial<Kept>
      if (daysSince(kept.first) >= MAX_AGE_DAYS) kept = {}
      const { first = week, last = '' } = kept
      // Who leaves was here until now, and may be here already on another day: that is told when they are seen again.
      const isNew = !document.hidden && (last !== day || seen - (kept.seen as number) >= VISIT_MINUTES)
      localStorage.setItem(
        VISIT_KEY,
        JSON.stringify({ first, last: isNew ? day : last, seen } satisfies Kept),
      )
      const days = daysSince(last)
      if (isNew)
        tell({
          type: 'visit',
          first: (Object.keys(starts) as (keyof typeof starts)[]).filter((unit) => last < starts[unit]),
          cohort: first,
          ...(days > 0 && { recency: recencyOf(days) }),
        })
    } catch {
      // Storage is denied or full, or holds what nobody of us wrote.
    }
  }
  look()
  addEventListener('visibilitychange', look)
}
