import { DIMENSION_CATALOG } from './catalog.ts'
import { OPERATOR_CATALOG } from './operators.ts'
import { parameterOf, predicateOf, WINDOW_PREDICATE } from './relations.ts'
import type { Subject } from './subject.ts'

/**
 * What whoever is selected has at least: one event that meets all filters on events, and for a value of a visit a page
 * view with it. A fold only takes values away, except from `isNot`, to which what is lumped is unequal too.
 */
export function heldBySelected({ query, span, fold }: Pick<Subject, 'query' | 'span' | 'fold'>): string[] {
  const ofEvents: string[] = []
  const ofVisits: string[] = []
  for (const [position, filter] of query.filters.entries()) {
    const { dimension } = filter
    const entry = DIMENSION_CATALOG[dimension]
    if (entry.scope === 'visit') {
      const [column] = entry.columns
      // A visit without a page view has the value ''.
      if (column !== undefined && 'is' in filter && !filter.is.includes(''))
        ofVisits.push(`type = 'pageview' AND ${OPERATOR_CATALOG.is.predicate(column, parameterOf(position))}`)
    } else if (!('isNot' in filter && fold?.lumps(dimension))) ofEvents.push(predicateOf(filter, position))
  }
  if (span.window !== undefined) ofEvents.push(WINDOW_PREDICATE)
  return [...(ofEvents.length > 0 ? [ofEvents.join(' AND ')] : []), ...ofVisits]
}
