import type { Kind } from '../format.ts'

/** Most ticks on an axis, zero included. */
export const MOST_TICKS = 5

/** Steps of durations, in seconds, that people count in. */
const DURATION_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200,
]

/** Values below this are drawn as zero; it also keeps the search for a step short. */
const LEAST = 1e-9

function* roundSteps(from: number, isWhole: boolean): Generator<number> {
  for (let power = Math.floor(Math.log10(from)); ; power++) {
    for (const digit of [1, 2, 2.5, 5]) {
      const step = Number((digit * 10 ** power).toPrecision(2))
      if (!isWhole || Number.isInteger(step)) yield step
    }
  }
}

function* stepsOf(kind: Kind, largest: number): Generator<number> {
  if (kind === 'duration') yield* DURATION_STEPS
  yield* roundSteps(largest / 10, kind === 'count' || kind === 'duration')
}

/** Round values from zero to at least the largest, five at most. A line that is all zero gets a scale of its own. */
export function ticksTo(largest: number, kind: Kind): number[] {
  const top =
    largest > LEAST && largest < Infinity
      ? largest
      : { count: 1, ratio: 1, rate: 0.5, duration: 60, money: 1, speed: 1 }[kind]
  for (const step of stepsOf(kind, top)) {
    const intervals = Math.ceil(top / step - 1e-9)
    if (intervals < MOST_TICKS) {
      return Array.from({ length: intervals + 1 }, (_, index) => Number((index * step).toPrecision(12)))
    }
  }
  return [0, top]
}

/** Positions in a series that get a label on the time axis: evenly spread, the first always. */
export function labelledPositions(length: number, most: number): number[] {
  const step = Math.max(1, Math.ceil(length / Math.max(1, most)))
  return Array.from({ length: Math.ceil(length / step) }, (_, index) => index * step)
}
