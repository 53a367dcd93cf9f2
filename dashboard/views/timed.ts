import type { Interval, Period } from '../../schema/query.ts'
import { intervalOf } from '../questions.ts'
import type { View } from '../state.ts'

export type DayPeriod = Exclude<Period, 'realtime'>

/** What a view of whole days shows where the address asks for the last half hour: today. */
export function dayPeriodOf({ period }: Pick<View, 'period'>): DayPeriod {
  return period === 'realtime' ? 'today' : period
}

/** The grain of its lines; minutes are none. */
export function dayIntervalOf(view: View): Exclude<Interval, 'minute'> {
  const interval = intervalOf({ ...view, period: dayPeriodOf(view) })
  return interval === 'minute' ? 'hour' : interval
}

/** The comparison that a question of whole days has. */
export function comparisonOf({ compare }: Pick<View, 'compare'>): { compare?: 'previous' | 'year' } {
  return compare === 'none' ? {} : { compare }
}
