import { EMPTY_ROW, type EventDetail, type EventRow } from '../../schema/rows.ts'
import type { SiteDay } from '../sites/site-day.ts'

const HOUR_MS = 3_600_000

/**
 * The row of what is counted under `targeting`: of no visitor, page, place or browser, and of no moment either but the
 * hour of an ad and the day of a trait, so that it cannot be laid beside the page views of whoever it came from.
 */
export function rowOfNobody(
  row: Pick<EventRow, 'site' | 'eventId' | 'type' | 'basis' | 'timeMs'> & { detail: EventDetail },
  day: SiteDay,
): EventRow {
  const hourMs = row.timeMs - (row.timeMs % HOUR_MS)
  return {
    ...EMPTY_ROW,
    collector: 'tracker',
    ...row,
    day: day.day,
    timeMs: row.type === 'ad' ? Math.max(day.startMs, hourMs) : day.startMs,
  }
}
