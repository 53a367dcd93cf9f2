import { isUntouched } from '../clickhouse/day-marks.ts'
import { openDraft, type DraftParts } from './draft.ts'
import { readMarks } from './marks.ts'

/**
 * How many rows of a sealed day's rollup and visits differ from what its events give now: 0 unless something is broken.
 * Undefined where events came or the day was sealed meanwhile, its events are gone, or its visits are still to be made: then
 * there is nothing to compare.
 */
export async function auditDay(parts: DraftParts, day: string): Promise<number | undefined> {
  const [before] = await readMarks(parts.write, day, day)
  if (!before || !isUntouched(before) || before.latest === 0 || !before.isKept) return undefined
  const draft = await openDraft(parts)
  try {
    if ((await draft.compute([day])).length === 0) return undefined
    const different = await draft.differences(day)
    const [after] = await readMarks(parts.write, day, day)
    return after?.sealed === before.sealed && after.latest === before.latest ? different : undefined
  } finally {
    await draft.drop()
  }
}
