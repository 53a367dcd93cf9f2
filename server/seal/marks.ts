import { dayMarks, isUntouched, MARKS, MARK_VALUES, markRows, type DayMark } from '../clickhouse/day-marks.ts'
import { ask, type SealClient } from './ask.ts'

/** The marks of all days up to one, in order. */
export async function readMarks(
  client: Pick<SealClient, 'query'>,
  to: string,
  from = '',
): Promise<DayMark[]> {
  const found = await ask<Record<string, string | number>>(client, MARKS, MARK_VALUES)
  return dayMarks(markRows(found)).filter(({ day }) => day >= from && day <= to)
}

/** Whether a day that is over has events that are in no rollup. */
export function isUnsealed(mark: DayMark): boolean {
  return mark.latest > 0 && !isUntouched(mark)
}

/** Whether a day that is over has to be sealed, or sealed again: also where its visits are not kept yet. */
export function isWaiting(mark: DayMark): boolean {
  return isUnsealed(mark) || (mark.latest > 0 && !mark.isKept)
}
