import type { Interval, QueryAnswer } from '../../schema/query.ts'
import { bucketOf, daysOfBucket, localTime } from '../calendar.ts'

/**
 * How far a bucket of time is counted: `open` still runs, `ahead` has not begun, `part` lies partly outside the period
 * asked for, as a month that the last twelve begin within.
 */
export type Counted = 'whole' | 'part' | 'open' | 'ahead'

export interface Point {
  /** Local time as the API writes it. */
  time: string
  /** Null where it cannot be computed, and where time lies ahead. */
  value: number | null
  counted: Counted
  before: { time: string; value: number | null } | undefined
}

function valueOf(value: string | number | null | undefined): number | null {
  return typeof value === 'number' ? value : null
}

/** The points of a series for one of its columns. `now` is the server's clock, in milliseconds. */
export function pointsOf(answer: QueryAnswer, metric: string, interval: Interval, now: number): Point[] {
  const { from, to, timezone } = answer.meta
  const current = bucketOf(localTime(now, timezone), interval)
  return answer.rows.map((row, index) => {
    const time = String(row['time'])
    const compared = answer.comparison?.rows?.[index]
    const counted = countedOf(time, current, interval, from, to)
    return {
      time,
      value: counted === 'ahead' ? null : valueOf(row[metric]),
      counted,
      before: compared && { time: String(compared['time']), value: valueOf(compared[metric]) },
    }
  })
}

function countedOf(time: string, current: string, interval: Interval, from: string, to: string): Counted {
  if (time > current) return 'ahead'
  if (time === current) return 'open'
  const days = daysOfBucket(time, interval)
  return days && (days.from < from.slice(0, 10) || days.to > to.slice(0, 10)) ? 'part' : 'whole'
}

/** Where a series is drawn. */
export interface Plane {
  x: (index: number) => number
  y: (value: number) => number
  /** The zero line. */
  base: number
}

type Spot = { index: number; value: number }

/** Unbroken runs: a value that cannot be computed is a gap, never a zero. */
function runsOf(values: readonly (number | null)[]): Spot[][] {
  const runs: Spot[][] = []
  let run: Spot[] = []
  for (const [index, value] of values.entries()) {
    if (value === null) run = []
    else {
      if (run.length === 0) runs.push(run)
      run.push({ index, value })
    }
  }
  return runs
}

/** Half a pixel is finer than any screen shows. */
function at(number: number): string {
  return String(Math.round(number * 2) / 2)
}

export function linePath(values: readonly (number | null)[], plane: Plane): string {
  return runsOf(values)
    .map(
      (run) => `M${run.map(({ index, value }) => `${at(plane.x(index))} ${at(plane.y(value))}`).join('L')}`,
    )
    .join('')
}

export function areaPath(values: readonly (number | null)[], plane: Plane): string {
  return runsOf(values)
    .filter((run) => run.length > 1)
    .map((run) => {
      const [first, last] = [run[0], run.at(-1)]
      const top = run.map(({ index, value }) => `${at(plane.x(index))} ${at(plane.y(value))}`).join('L')
      return `M${at(plane.x(first?.index ?? 0))} ${at(plane.base)}L${top}L${at(plane.x(last?.index ?? 0))} ${at(plane.base)}Z`
    })
    .join('')
}

/** Values with no neighbour: a line cannot show them, a dot does. */
export function lonePoints(values: readonly (number | null)[]): Spot[] {
  return runsOf(values).flatMap((run) => (run.length === 1 ? run : []))
}
