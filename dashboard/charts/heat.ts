/** The five steps of colour of a grid or a map: evenly spaced from nothing to the largest. */
export const HEAT_STEPS = 5

/** 1 to 5; 0 where there is nothing. @param largest of the grid */
export function heatStep(value: number | null, largest: number): number {
  if (value === null || value <= 0 || largest <= 0) return 0
  return Math.min(HEAT_STEPS, Math.max(1, Math.ceil((value / largest) * HEAT_STEPS)))
}
