import type { EventType } from '../../schema/event.ts'
import type { Step, StepKind } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import {
  DIMENSION_CATALOG,
  EVENT_ORDER,
  type CatalogDimension,
  type CatalogFilter,
  type Column,
} from './catalog.ts'
import { foldedPredicate, type Fold } from './minimum-group.ts'
import { boundPrimary, namesCollector, type Primary } from './primary.ts'
import type { Span } from './plan.ts'
import { boundFilters } from './sql.ts'
import { columnsOf, numberedRelation, predicateOf, toldRelation, type EventsSource } from './relations.ts'

/** Steps of visits: what a question may name as one, and visits as relations with the steps they took. */

interface StepEntry {
  /** What a step names, and what its text is compared with. */
  readonly dimension: CatalogDimension
  /** The type of the events that hold it. */
  readonly type: EventType
}

const STEP_CATALOG: Readonly<Record<StepKind, StepEntry>> = {
  page: { dimension: 'page', type: 'pageview' },
  event: { dimension: 'event', type: 'event' },
  element: { dimension: 'element', type: 'click' },
  outbound: { dimension: 'outbound', type: 'outbound' },
  download: { dimension: 'download', type: 'download' },
  form: { dimension: 'form', type: 'form' },
}

/** The most steps and filters that are folded together: what any part of them selects is compared. */
export const MOST_FOLDED = 12

/** The text of a step. */
export function nameOf(step: Step): string {
  return typeof step === 'string' ? step : String(Object.values(step)[0])
}

function kindOf(step: Step): StepKind {
  return typeof step === 'string' ? 'page' : (Object.keys(step)[0] as StepKind)
}

/** A step as a filter on the events that hold it. */
export function filterOf(step: Step): CatalogFilter {
  return { dimension: STEP_CATALOG[kindOf(step)].dimension, matches: [nameOf(step)] }
}

/** What statements about visits are made for. */
export interface VisitSubject {
  readonly site: Site
  readonly span: Span
  readonly fold: Fold | undefined
  readonly filters: readonly CatalogFilter[]
  /** See ParsedQuery. */
  readonly properties: readonly string[]
  /** In their order; bound like filters, behind them. */
  readonly steps: readonly Step[]
  /** See EventsFrame. */
  readonly isOnce: boolean
  readonly primary: Primary
  /** Days that are told; absent: all are read. */
  readonly releasedDays?: readonly string[]
}

/** Where the events of a subject are from. */
export function sourceOf({ filters, isOnce, releasedDays }: VisitSubject): EventsSource {
  const isOfAll = namesCollector({ filters })
  return { from: releasedDays === undefined ? 'span' : 'released', isOnce, ...(isOfAll && { isOfAll }) }
}

/** Filters and steps, in the order of their parameters. */
export function conditionsOf({ filters, steps }: Pick<VisitSubject, 'filters' | 'steps'>): CatalogFilter[] {
  return [...filters, ...steps.map(filterOf)]
}

/**
 * Events of visits, in no order, with two columns more: `failing` (bit by bit, which filters do not hold) and `taken`
 * (bit by bit, which steps the event is).
 */
export function steppedRelation(subject: VisitSubject, more: readonly Column[]): string {
  const { filters, steps } = subject
  const source = sourceOf(subject)
  const conditions = conditionsOf(subject)
  const texts = conditions.map((filter, position) =>
    subject.fold ? foldedPredicate(subject.fold, filter, position, source) : predicateOf(filter, position),
  )
  const failing = texts.slice(0, filters.length).map((text, bit) => `if(${text}, 0, ${2 ** bit})`)
  const taken = texts
    .slice(filters.length)
    .map(
      (text, bit) =>
        `if(type = '${STEP_CATALOG[kindOf(steps[bit] ?? '')].type}' AND ${text}, ${2 ** bit}, 0)`,
    )
  const dimensions = conditions.map(({ dimension }) => dimension)
  const frame = { columns: [...columnsOf(dimensions), ...more], ...source }
  const isOfVisit = dimensions.some((dimension) => DIMENSION_CATALOG[dimension].scope === 'visit')
  return `SELECT *, toUInt16(${['0', ...failing].join(' + ')}) AS failing, toUInt16(${taken.join(' + ')}) AS taken
FROM (
${isOfVisit ? toldRelation(frame, dimensions) : numberedRelation(frame)}
)
WHERE visitor != 0`
}

/** What is bound to statements about a subject. */
export function boundValues(subject: VisitSubject): Record<string, unknown> {
  const { fold, site, span, properties, releasedDays, primary } = subject
  return {
    site: site.id,
    from: span.from,
    to: span.to,
    timezone: site.timezone,
    ...boundPrimary(primary),
    ...(fold && { minimum: fold.minimum }),
    ...(releasedDays && { released: releasedDays }),
    ...boundFilters({ filters: conditionsOf(subject), properties }, site),
  }
}

/** The events of one visit that are a step, in their order: tuples whose last element is `taken`. */
const PATH = `arraySort(groupArrayIf((${EVENT_ORDER}, taken), taken != 0))`

/**
 * One row for each visit: `depth` (how many steps it took, one after another), `failings` (the different values of
 * `failing`) and `path`. Each event is at most one step, the first that fits is taken: any later one would leave less
 * for those that follow.
 */
export function depthRelation(subject: VisitSubject): string {
  return `SELECT *, arrayFold((reached, event) -> toUInt8(reached + bitTest(event.4, reached)), path, toUInt8(0)) AS depth
FROM (
SELECT day, visitor, visit, groupUniqArray(failing) AS failings, ${PATH} AS path
FROM (
${steppedRelation(subject, [])}
)
GROUP BY day, visitor, visit
)`
}
