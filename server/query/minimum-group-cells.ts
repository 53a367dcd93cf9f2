/**
 * The minimum group over cells that are known one by one and share nobody: the rule of releasedCells (minimum-group.ts)
 * for answers that are put together here. Those below the minimum are hidden; where these alone would be found by
 * subtraction from all of them (one cell, or fewer people together than the minimum), the smallest of the others joins.
 */
export function hiddenCells<T extends { readonly people: number }>(
  cells: readonly T[],
  minimum: number,
): readonly T[] {
  const ordered = cells.toSorted((a, b) => a.people - b.people)
  const small = ordered.filter(({ people }) => people < minimum)
  const together = small.reduce((sum, { people }) => sum + people, 0)
  const isEnough = small.length === 0 || (small.length > 1 && together >= minimum)
  return isEnough ? small : ordered.slice(0, small.length + 1)
}
