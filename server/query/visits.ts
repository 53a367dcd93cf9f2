import type { Dimension } from '../../schema/query.ts'
import { DIMENSION_CATALOG, isSparse, ROLLUP_DIMENSIONS, type CatalogDimension } from './catalog.ts'
import {
  columnsOf,
  eventsRelation,
  SOURCES,
  toldRelation,
  type EventsFrame,
  type EventsSource,
} from './relations.ts'

/**
 * Visits of sealed days as they are kept (schema/clickhouse/, table visits): what questions with filters read in place of
 * events. A row has one value of each dimension but the page, of which it has several, and is then read as one row for
 * each.
 */

/** Not in rows: what only some events have, what is within the day, and what is counted by collector. */
const LEFT_OUT: readonly Dimension[] = ['collector', 'hourOfDay']
const READ: readonly CatalogDimension[] = ROLLUP_DIMENSIONS.filter(
  (dimension) => !isSparse(dimension) && !LEFT_OUT.includes(dimension),
)
/** The dimensions that have a column of their own. */
export const VISIT_DIMENSIONS: readonly Dimension[] = ROLLUP_DIMENSIONS.filter(
  (dimension) => READ.includes(dimension) && dimension !== 'page' && dimension !== 'weekday',
)

/** Whether a question about these dimensions can be answered from visits. */
export function isOfVisits(dimensions: readonly CatalogDimension[]): boolean {
  return dimensions.every((dimension) => READ.includes(dimension))
}

/** What a relation of events and one of visits name alike. */
function valueColumns(dimensions: readonly CatalogDimension[]): string[] {
  const columns = dimensions.flatMap((dimension) => {
    const entry = DIMENSION_CATALOG[dimension]
    return entry.scope === 'visit' ? [entry.expression] : [...entry.columns]
  })
  return [...new Set(columns)]
}

/**
 * Rows of visits of the days in the bound list `sealed`, with the values of dimensions. `selected_views`: page views of the
 * row; where dimensions name the page, there is a row for each, with its own. `is_alone`: no other of these rows is of the
 * same visitor and day.
 */
export function keptRelation(dimensions: readonly CatalogDimension[]): string {
  const isByPage = dimensions.includes('page')
  const columns = [
    'day, visitor, visit, is_whole, views, customs, lasted',
    ...(isByPage
      ? ['selected_views', 'visits.is_alone AND length(pages) = 1 AS is_alone']
      : ['row_views AS selected_views', 'is_alone']),
    ...valueColumns(dimensions),
  ]
  return `SELECT ${columns.join(', ')}
FROM visits${isByPage ? '\nARRAY JOIN pages AS page, page_views AS selected_views' : ''}
WHERE ${SOURCES.sealed}`
}

/** Where visitors are counted, whose days may be sealed. */
export interface VisitorsFrame {
  readonly source: EventsSource
  readonly dimensions: readonly CatalogDimension[]
  /** Whether `visit` is needed. */
  readonly needsVisits: boolean
}

/** Rows of events, of which nobody knows whether they are their visitor's only one. */
export function withNobodyAlone(relation: string): string {
  return `SELECT *, toUInt8(0) AS is_alone\nFROM (\n${relation}\n)`
}

/**
 * `day`, `visitor`, `is_alone`, `visit` where it is needed, and the values of dimensions: of each event, or of as many rows
 * as have the same visitors by every value.
 */
export function visitorsRelation({ source, dimensions, needsVisits }: VisitorsFrame): string {
  const frame: EventsFrame = { columns: columnsOf(dimensions), ...source }
  const events = needsVisits ? toldRelation(frame, dimensions) : eventsRelation(frame)
  if (source.visits === undefined) return withNobodyAlone(events)
  const columns = ['day', 'visitor', ...(needsVisits ? ['visit'] : []), ...valueColumns(dimensions)].join(
    ', ',
  )
  const kept = `SELECT ${columns}, is_alone
FROM (
${keptRelation(dimensions)}
)`
  if (source.visits === 'only') return kept
  return `${kept}
UNION ALL
SELECT ${columns}, is_alone
FROM (
${withNobodyAlone(events)}
)`
}
