import type { Metric, QueryAnswer } from '../../schema/query.ts'
import { asUtc, bucketOf, localTime } from '../calendar.ts'
import { WEEKDAYS } from '../format.ts'

/** One hour of a weekday, over all the days of an answer. */
export interface WeekCell {
  weekday: (typeof WEEKDAYS)[number]
  /** 0 to 23. */
  hour: number
  sum: number
  /** How often that hour has come: the current one counts. */
  times: number
  /** Null where it never came. */
  average: number | null
}

/**
 * The week that a series of hours makes, Monday's cells first. An hour that a clock change skips did not come; one that it
 * repeats is one. @param now the server's clock, milliseconds
 */
export function weekOf(answer: QueryAnswer, metric: Metric, now: number): WeekCell[] {
  const current = bucketOf(localTime(now, answer.meta.timezone), 'hour')
  const cells: WeekCell[] = WEEKDAYS.flatMap((weekday) =>
    Array.from({ length: 24 }, (_, hour) => ({ weekday, hour, sum: 0, times: 0, average: null })),
  )
  for (const row of answer.rows) {
    const time = String(row['time'])
    if (time > current) continue
    const at = new Date(asUtc(time))
    const cell = cells[((at.getUTCDay() + 6) % 7) * 24 + at.getUTCHours()]
    const value = row[metric]
    if (!cell) continue
    cell.sum += typeof value === 'number' ? value : 0
    cell.times++
    cell.average = cell.sum / cell.times
  }
  return cells
}

export function busiestOf(cells: readonly WeekCell[]): WeekCell | undefined {
  return cells.reduce<WeekCell | undefined>(
    (best, cell) => ((cell.average ?? 0) > (best?.average ?? 0) ? cell : best),
    undefined,
  )
}
