import { DAY_MARKS, isUntouched, SEAL_ROW, type DayMark } from '../clickhouse/day-marks.ts'
import { ask, type SealClient } from './ask.ts'

/** No event is older. */
const FIRST_DAY = '2000-01-01'

/** The marks of all days up to one, in order. */
export function readMarks(
  client: Pick<SealClient, 'query'>,
  to: string,
  from = FIRST_DAY,
): Promise<DayMark[]> {
  return ask<DayMark>(client, DAY_MARKS, { from, to, seal: SEAL_ROW, events: 'events' })
}

/** Whether a day that is over has to be sealed, or sealed again. */
export function isWaiting(mark: DayMark): boolean {
  return mark.latest > 0 && !isUntouched(mark)
}
