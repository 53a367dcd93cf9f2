import { HEAT_STEPS } from '../charts/heat.ts'

/**
 * The steps of a map: their upper ends grow as squares, since most countries have few visitors and one has many.
 * @returns whole numbers, the last one the largest; fewer than five where there are fewer to tell apart
 */
export function stepEnds(largest: number): number[] {
  const ends = Array.from({ length: HEAT_STEPS }, (_, index) =>
    Math.ceil(largest * ((index + 1) / HEAT_STEPS) ** 2),
  )
  return [...new Set(ends)].filter((end) => end > 0)
}

/** 1 for the lowest step; 0 where there is nobody. The largest is always in the fifth. */
export function stepOf(value: number, ends: readonly number[]): number {
  if (value <= 0) return 0
  const index = ends.findIndex((end) => value <= end)
  return HEAT_STEPS - ends.length + (index < 0 ? ends.length : index + 1)
}
