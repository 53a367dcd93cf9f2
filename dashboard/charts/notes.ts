import type { Note } from '../../schema/note.ts'
import type { Interval } from '../../schema/query.ts'
import { daysOfBucket } from '../calendar.ts'
import type { Point } from './series.ts'

/** The notes of each point, in their order: of a bucket of hours those of its day, at the day's first hour. */
export function notesByPoint(
  points: readonly Pick<Point, 'time'>[],
  interval: Interval,
  notes: readonly Note[],
): Note[][] {
  const seen = new Set<string>()
  return points.map(({ time }) => {
    const days = daysOfBucket(time, interval)
    if (days) return notes.filter(({ day }) => day >= days.from && day <= days.to)
    const day = time.slice(0, 10)
    if (interval === 'minute' || seen.has(day)) return []
    seen.add(day)
    return notes.filter((note) => note.day === day)
  })
}
