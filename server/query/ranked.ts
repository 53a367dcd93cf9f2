import type { ParsedQuery } from './parse.ts'

/** What values by rank are of: how long calls or requests took, where a question is about these, else web vitals. */
export type RankedOf = 'call' | 'request' | 'vital'

export function rankedOf({
  metrics,
  breakdown,
  filters,
}: Pick<ParsedQuery, 'metrics' | 'breakdown' | 'filters'>): RankedOf {
  const touched = [breakdown, ...filters.map(({ dimension }) => dimension)]
  const isOfCalls = touched.includes('direction') || touched.includes('outcome')
  if (isOfCalls || metrics.includes('calls') || metrics.includes('callMinutes')) return 'call'
  return metrics.includes('requests') ? 'request' : 'vital'
}

/** How long calls and requests took, in milliseconds, in place of the values of vitals. */
export const DURATIONS: Readonly<Record<'call' | 'request', string>> = {
  call: "groupArrayIf(toUInt32(least(value, 4294967) * 1000), type = 'call')",
  request: "groupArrayIf(visible_ms, type = 'request' AND visible_ms > 0)",
}
