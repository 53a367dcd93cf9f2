import type { Period } from '../../schema/query.ts'
import { useSurroundings } from '../context.ts'
import { isRange } from '../state.ts'

/** What a period is called: a name, or its dates. */
export function usePeriodName(): (period: Period) => string {
  const { text, format } = useSurroundings()
  return (period) => (isRange(period) ? format.range(period) : text.period[period])
}
