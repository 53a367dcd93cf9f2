import type { Interval } from '../../schema/query.ts'
import { DIMENSION_CATALOG, METRIC_CATALOG, type CatalogDimension, type Column } from './catalog.ts'
import { heldBySelected } from './held.ts'
import {
  foldedPredicate,
  releasedCells,
  releasedCrossedCells,
  releasedValues,
  type ClassifiedFrame,
} from './minimum-group.ts'
import { slotOf, type Slot } from './plan.ts'
import { namesCollector } from './primary.ts'
import {
  columnsOf,
  eventsRelation,
  havingValue,
  predicateOf,
  toldRelation,
  valuesOf,
  visitsRelation,
  WINDOW_PREDICATE,
  type EventsFrame,
  type EventsSource,
} from './relations.ts'
import { isAllSealed, type Subject } from './subject.ts'
import { withNobodyAlone } from './visits.ts'

/** The rows that a question counts: events or visits that its filters select, by value and by slot of the day. */

/** How the sums of a day are split: by value, by slot of the day, by both or not at all. */
export interface Shape {
  /** Several are told at once where they are counted alike (`kindOf`). */
  readonly breakdowns: readonly CatalogDimension[]
  readonly interval: Interval | undefined
}

export type ByValue = Pick<Shape, 'breakdowns'>

const SLOTS: Readonly<Record<Slot, (time: string) => string>> = {
  day: () => '0',
  hour: (time) => `toHour(${time}, {timezone:String}) * 60`,
  minute: (time) => `toHour(${time}, {timezone:String}) * 60 + toMinute(${time}, {timezone:String})`,
}

/**
 * Adds columns panel (which of the breakdowns, from 1), raw, lumped and cell: a row for each value of the breakdowns, and
 * whether it is told.
 */
export function byValue(subject: Subject, { breakdowns }: ByValue, relation: string): string {
  const { fold } = subject
  const [breakdown] = breakdowns
  if (breakdown === undefined) return `SELECT *, '' AS cell\nFROM (\n${relation}\n)`
  if (!fold)
    return `SELECT *, 0 AS lumped, pair.1 AS panel, pair.2 AS raw, raw AS cell
FROM (
SELECT *, arrayJoin(${valuesOf(breakdowns)}) AS pair
FROM (
${relation}
))`
  const { expression } = DIMENSION_CATALOG[breakdown]
  const released = fold.selects
    ? releasedCrossedCells(fold, classifiedFrame(subject, breakdown), expression)
    : releasedValues(breakdown, sourceOf(subject, { breakdowns }))
  const told = "1 AS panel, if(lumped, '', raw) AS cell"
  return `${lumping(expression, released, relation, told)}${havingValue(breakdown, 'raw')}`
}

/** Adds column slot; and raw and lumped where there is no breakdown. */
export function bySlot(shape: Shape, relation: string, subject: Subject, time: string): string {
  const { fold } = subject
  const slot = slotIn(shape)
  const expression = SLOTS[slot](time)
  if (shape.breakdowns.length > 0) return `SELECT *, ${expression} AS slot\nFROM (\n${relation}\n)`
  if (!fold || slot === 'day') {
    return `SELECT *, 0 AS raw, 0 AS lumped, ${expression} AS slot\nFROM (\n${relation}\n)`
  }
  const released = fold.selects
    ? releasedCrossedCells(fold, classifiedFrame(subject, undefined), SLOTS[slot]('time'))
    : releasedCells(SLOTS[slot]('time'), withNobodyAlone(eventsRelation(eventsFrame(subject, shape, []))))
  return lumping(expression, released, relation, 'if(lumped, 0, raw) AS slot')
}

/** In two steps: a condition that is named and used twice in one SELECT is worked out twice. */
function lumping(expression: string, released: string, relation: string, told: string): string {
  return `SELECT *, ${told}
FROM (
SELECT *, ${expression} AS raw, (day, raw) NOT IN (
${released}
) AS lumped
FROM (
${relation}
))`
}

/** Visits that hold a selected event. */
export function selectedVisits(subject: Subject, shape: ByValue): string {
  const dimensions = dimensionsOf(subject, shape)
  const ofEvents = conditionsOf(subject, shape, 'event')
  const visits = visitsRelation(
    visitsFrame(subject, shape, columnsOf(dimensions)),
    dimensions,
    ofEvents.length > 0 ? ofEvents.join(' AND ') : undefined,
  )
  return where(visits, conditionsOf(subject, shape, 'visit'))
}

/** What filters and the half hour of `realtime` select. */
export function selectedOf(subject: Subject, shape: ByValue, relation: string): string {
  return where(relation, [...conditionsOf(subject, shape, 'event'), ...conditionsOf(subject, shape, 'visit')])
}

function where(relation: string, conditions: readonly string[]): string {
  if (conditions.length === 0) return relation
  return `SELECT *
FROM (
${relation}
)
WHERE ${conditions.join(' AND ')}`
}

/** Conditions on events, or on their visits. */
function conditionsOf(subject: Subject, shape: ByValue, scope: 'event' | 'visit'): string[] {
  const { query, span, fold } = subject
  const conditions = [...query.filters.entries()]
    .filter(([, { dimension }]) => DIMENSION_CATALOG[dimension].scope === scope)
    .map(([position, filter]) =>
      fold
        ? foldedPredicate(fold, filter, position, sourceOf(subject, shape))
        : predicateOf(filter, position),
    )
  return span.window !== undefined && scope === 'event' ? [...conditions, WINDOW_PREDICATE] : conditions
}

export function classifiedFrame(subject: Subject, breakdown: CatalogDimension | undefined): ClassifiedFrame {
  const { query, span } = subject
  const breakdowns = breakdown === undefined ? [] : [breakdown]
  const dimensions = dimensionsOf(subject, { breakdowns })
  return {
    filters: query.filters,
    isRealtime: span.window !== undefined,
    breakdown,
    needsVisits:
      dimensions.some(isOfVisit) || query.metrics.some((metric) => METRIC_CATALOG[metric].part === 'visited'),
    source: sourceOf(subject, { breakdowns }),
  }
}

/** Events, with what their visits tell where a filter or the breakdown asks for it; `frameOf`: else. */
export function eventsOrTold(
  subject: Subject,
  shape: Shape,
  more: readonly Column[],
  frameOf = eventsFrame,
): string {
  const dimensions = dimensionsOf(subject, shape)
  const columns = [...columnsOf(dimensions), ...more]
  return dimensions.some(isOfVisit)
    ? toldRelation(visitsFrame(subject, shape, columns), dimensions)
    : eventsRelation(frameOf(subject, shape, columns))
}

export function eventsFrame(subject: Subject, shape: ByValue, columns: readonly Column[]): EventsFrame {
  return { columns, ...sourceOf(subject, shape) }
}

/** Events of the visitors that filters may select, with all of theirs, so that their visits are whole. */
export function visitsFrame(subject: Subject, shape: ByValue, columns: readonly Column[]): EventsFrame {
  return { ...eventsFrame(subject, shape, columns), holding: heldBySelected(subject) }
}

/** Rows by collector are about each of them; the totals beside them are not, since they would count visits twice. */
export function sourceOf(subject: Subject, { breakdowns }: ByValue): EventsSource {
  const { query, releasedDays, sealed, isOnce } = subject
  const isOfAll = breakdowns.includes('collector') || namesCollector(query)
  // Open days are those that are told.
  if (sealed?.from === 'visits') {
    return { from: 'open', isOnce, visits: isAllSealed(subject) ? 'only' : 'beside' }
  }
  const from = releasedDays === undefined ? (sealed === undefined ? 'span' : 'open') : 'released'
  return { from, isOnce, ...(isOfAll && { isOfAll }) }
}

export function dimensionsOf({ query }: Subject, { breakdowns }: ByValue): CatalogDimension[] {
  return [...query.filters.map(({ dimension }) => dimension), ...breakdowns]
}

export function isOfVisit(dimension: CatalogDimension): boolean {
  return DIMENSION_CATALOG[dimension].scope === 'visit'
}

export function slotIn({ interval }: Shape): Slot {
  return interval === undefined ? 'day' : slotOf(interval)
}
