import type { AnyDimension, Filter } from '../../schema/query.ts'
import type { OracleEvent } from './oracle.ts'

/** The model's primary collector: which of the events of a site a question is about. */

/** Of no visitor, and told by one collector only. */
const LOGGED: readonly string[] = ['request', 'call']

export function isOfLog({ collector }: OracleEvent): boolean {
  return collector === 'log'
}

/** When its batch was made. */
function secondOf({ batchId }: OracleEvent): bigint {
  return batchId >> 32n
}

/** All of them where a filter names collectors, else those that count each visit once. */
export function askedEvents(
  events: readonly OracleEvent[],
  filters: readonly Filter[] = [],
  breakdown?: AnyDimension,
): readonly OracleEvent[] {
  if (breakdown === 'collector' || filters.some(({ dimension }) => dimension === 'collector')) return events
  const tracked = events.filter(({ collector }) => collector === 'tracker')
  const first = tracked
    .map(({ day }) => day)
    .toSorted()
    .at(0)
  const isLogDay = (day: string): boolean => {
    if (first === undefined || day !== first) return first === undefined || day < first
    const begun = tracked.filter((one) => one.day === first).map(secondOf)
    const earliest = begun.reduce((least, one) => (one < least ? one : least))
    return (
      events.some((one) => isOfLog(one) && one.type === 'pageview' && one.day === first) &&
      events.some((one) => isOfLog(one) && one.day <= first && secondOf(one) < earliest)
    )
  }
  return events.filter(
    ({ type, day, collector }) => LOGGED.includes(type) || collector !== (isLogDay(day) ? 'tracker' : 'log'),
  )
}

/** Which way an event of a random history came in, and whether somebody is behind it; the tracker `begins` at a second. */
export function collectorOf(
  {
    type,
    visitor,
    second,
    isLogged,
  }: Pick<OracleEvent, 'type' | 'visitor'> & { second: number; isLogged: boolean },
  begins: number | undefined,
): Pick<OracleEvent, 'collector' | 'visitor'> {
  if (type === 'request') return { collector: 'log', visitor: 0n }
  if (type === 'call') return { collector: 'server', visitor: 0n }
  if (begins === undefined) return { collector: 'tracker', visitor }
  if (type === 'pageview' && (isLogged || second < begins)) return { collector: 'log', visitor }
  return second < begins ? { collector: 'server', visitor: 0n } : { collector: 'tracker', visitor }
}
