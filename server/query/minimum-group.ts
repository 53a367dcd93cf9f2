import type { Site } from '../../schema/site.ts'
import { UserError } from '../errors.ts'
import { DIMENSION_CATALOG, METRIC_CATALOG, type CatalogDimension, type CatalogFilter } from './catalog.ts'
import type { ParsedQuery } from './parse.ts'
import { rankedOf } from './ranked.ts'
import { havingValue, predicateOf, WINDOW_PREDICATE, type EventsSource } from './relations.ts'
import { visitorsRelation } from './visits.ts'

/**
 * The minimum group: the one place that decides what of an answer may be told. Rules and their limits are in
 * docs/adr/0006-query.md.
 *
 * Each (site, day, cell) is released alone, so that longer periods are sums of released cells and comparing periods
 * tells nothing. Three steps, each by the distinct visitors of one day:
 *
 * 1. `cells`: the values of one dimension. Those below k are lumped into `(other)`; where these alone would be found
 *    by subtraction (one value, or fewer than k visitors together), the smallest released one joins them. Filters see
 *    the lumped values only, so that no list of values can be subtracted from another.
 * 2. `days`: a filtered answer of a day is told when each class of the partition its filters make (these hold, those
 *    do not) has nobody or at least k visitors: the answer, its complement, and the difference to each question with
 *    a filter less.
 * 3. `crossed cells`: the same for each row of a breakdown under filters; rows that fail are lumped, and when these
 *    could be found by subtraction, all rows of the day are.
 *
 * What visits did step by step is folded in minimum-group-visits.ts.
 */
export interface Fold {
  readonly minimum: number
  /** Whether the answer selects some of a day's events, so that its complement counts too. */
  readonly selects: boolean
  /** Whether the values of this dimension are lumped. */
  lumps(dimension: CatalogDimension): boolean
}

/** The row of what was lumped. */
export const OTHER = '(other)'

function isClose(dimension: CatalogDimension): boolean {
  return DIMENSION_CATALOG[dimension].closeness === 'close'
}

/** A third filter may single out somebody, whatever it is about. */
const FILTERS_TO_FOLD = 3

/** How an answer is folded; undefined: it is told as it is. Throws UserError for what cannot be folded. */
export function foldOf(query: ParsedQuery, site: Site): Fold | undefined {
  if (site.minimumGroup <= 1) return undefined
  const { breakdown, filters, interval } = query
  const touched = [
    ...(breakdown === undefined ? [] : [breakdown]),
    ...filters.map(({ dimension }) => dimension),
  ]
  const isRealtime = query.period === 'realtime'
  const isWithinDay = interval === 'hour' || interval === 'minute'
  const folds =
    site.minimumGroupScope === 'all'
      ? touched.length > 0 || isRealtime || isWithinDay
      : touched.some(isClose) || filters.length >= FILTERS_TO_FOLD
  if (!folds) return undefined
  if (isWithinDay && breakdown !== undefined) {
    throw new UserError(
      `Interval ${JSON.stringify(interval)} with breakdown ${JSON.stringify(breakdown)} would show groups below the site's minimum of ${site.minimumGroup}; ask by day, week or month.`,
    )
  }
  return foldAt(site, (filters.length > 0 && !isOfAnswers(query, site)) || isRealtime)
}

/** What of a request or a call is about the answer, and about nobody who asked. */
const OF_ANSWERS: readonly CatalogDimension[] = ['status', 'direction', 'outcome']

/**
 * Requests and calls by one close dimension, filtered by what came of them. They are of no visitor, so that filters leave
 * nobody out: only the values are lumped, by their visitors as everywhere.
 */
function isOfAnswers(query: ParsedQuery, { minimumGroupScope }: Site): boolean {
  const { metrics, breakdown, filters } = query
  const isOfLogs = metrics.every((metric) => {
    const { part } = METRIC_CATALOG[metric]
    return part === 'logged' || (part === 'ranked' && rankedOf(query) !== 'vital')
  })
  const isOfOutcomes = filters.every(({ dimension }) => OF_ANSWERS.includes(dimension))
  return isOfLogs && isOfOutcomes && breakdown !== undefined && minimumGroupScope === 'close'
}

/** The same for what visits did step by step; each condition on a visit touches one of the dimensions. */
export function foldOfConditions(dimensions: readonly CatalogDimension[], site: Site): Fold | undefined {
  if (site.minimumGroup <= 1) return undefined
  const folds =
    site.minimumGroupScope === 'all' || dimensions.some(isClose) || dimensions.length >= FILTERS_TO_FOLD
  return folds ? foldAt(site, true) : undefined
}

function foldAt(site: Site, selects: boolean): Fold {
  return {
    minimum: site.minimumGroup,
    selects,
    lumps: site.minimumGroupScope === 'all' ? () => true : isClose,
  }
}

/** `(day, cell)` of the values of a dimension that are released by themselves. */
export function releasedValues(dimension: CatalogDimension, source: EventsSource): string {
  const { expression, scope } = DIMENSION_CATALOG[dimension]
  const relation = visitorsRelation({ source, dimensions: [dimension], needsVisits: scope === 'visit' })
  return releasedCells(expression, relation, havingValue(dimension, 'cell'))
}

/**
 * How many people there are, of two kinds: `alone`, who are in one row of the day and so in one cell, are counted; `several`
 * are told from each other by their keys, as they are merged with those of other cells.
 */
function peopleOf(alone: string, several: string): string {
  return `${alone} AS alone, ${several} AS several, alone + finalizeAggregation(several) AS people`
}

/** How many different people cells have together that meet a condition; `over`: among which cells. */
function peopleTogether(condition: string, over = ''): string {
  return `(sumIf(alone, ${condition})${over} + uniqExactMergeIf(several, ${condition})${over})`
}

/** `having`: which cells there are; default all. `relation` has a column `is_alone` (visits.ts). */
export function releasedCells(cell: string, relation: string, having = ''): string {
  return `SELECT day, cell
FROM (
SELECT day, cell, people, countIf(people < {minimum:UInt32}) OVER (PARTITION BY day) AS small, ${peopleTogether('people < {minimum:UInt32}', ' OVER (PARTITION BY day)')} AS small_people, row_number() OVER (PARTITION BY day ORDER BY people < {minimum:UInt32}, people, cell) AS position
FROM (
SELECT day, ${cell} AS cell, ${peopleOf('countIf(is_alone)', 'uniqExactStateIf(visitor, visitor != 0 AND NOT is_alone)')}
FROM (
${relation}
)${having}
GROUP BY day, cell
))
WHERE people >= {minimum:UInt32} AND (position > 1 OR small = 0 OR (small >= 2 AND small_people >= {minimum:UInt32}))`
}

/** The condition of a filter under folding: a lumped value is equal to nothing. */
export function foldedPredicate(
  fold: Fold,
  filter: CatalogFilter,
  position: number,
  source: EventsSource,
): string {
  const { dimension } = filter
  if (!fold.lumps(dimension)) return predicateOf(filter, position)
  const released = releasedValues(dimension, source)
  const entry = DIMENSION_CATALOG[dimension]
  const isOneOfSeveral = entry.scope === 'event' && entry.each !== undefined
  return predicateOf(filter, position, (value) =>
    // Within the values of one event there is no place for a statement, only for what it answers.
    isOneOfSeveral
      ? `has((SELECT groupArray((day, cell)) FROM (\n${released}\n)), (day, ${value}))`
      : `(day, ${value}) IN (\n${released}\n)`,
  )
}

/** Events with the class they fall into: bit by bit, which conditions do not hold. 0: selected. */
export interface ClassifiedFrame {
  readonly filters: readonly CatalogFilter[]
  readonly isRealtime: boolean
  readonly breakdown: CatalogDimension | undefined
  readonly needsVisits: boolean
  readonly source: EventsSource
}

function classifiedRelation(fold: Fold, frame: ClassifiedFrame, cell: string): string {
  const { filters, isRealtime, breakdown, needsVisits, source } = frame
  const dimensions = [
    ...filters.map(({ dimension }) => dimension),
    ...(breakdown === undefined ? [] : [breakdown]),
  ]
  const conditions = [
    ...filters.map((filter, position) => foldedPredicate(fold, filter, position, source)),
    ...(isRealtime ? [WINDOW_PREDICATE] : []),
  ]
  const bits = conditions.map((condition, bit) => `if(${condition}, 0, ${2 ** bit})`)
  return `SELECT day, visitor, is_alone, ${needsVisits ? 'visit' : '0'} AS visit_number, ${cell} AS cell, ${['0', ...bits].join(' + ')} AS class
FROM (
${visitorsRelation({ source, dimensions, needsVisits })}
)${breakdown === undefined ? '' : havingValue(breakdown, 'cell')}`
}

/** Class of the visits (or visitors, where visits are not asked for) that hold no selected event. */
const UNSELECTED = 65_534

/**
 * `(day, cell, class)` with its people. Rows of those who are alone are put together where all is the same: they need not be
 * told apart to find whether one holds a selected event.
 */
function classes(fold: Fold, frame: ClassifiedFrame, cell: string): string {
  return `SELECT day, cell, one AS class, ${peopleOf('sumIf(rows, is_alone)', 'uniqExactStateIf(who, who != 0)')}
FROM (
SELECT day, cell, is_alone, who, groupUniqArray(class) AS held, count() AS rows
FROM (
SELECT day, cell, class, is_alone, if(is_alone, 0, visitor) AS who, if(is_alone, class, 0) AS alike, if(is_alone, 0, visit_number) AS own_visit
FROM (
${classifiedRelation(fold, frame, cell)}
))
GROUP BY day, cell, is_alone, who, alike, own_visit
)
ARRAY JOIN if(has(held, 0) OR (who = 0 AND NOT is_alone), held, arrayPushBack(held, ${UNSELECTED})) AS one
GROUP BY day, cell, class`
}

/** Whoever holds no selected event is in another class, too. */
const OF_ANY_CLASS = `class != ${UNSELECTED}`
const ALL = peopleTogether(OF_ANY_CLASS)
const SELECTED = peopleTogether('class = 0')
const UNSELECTED_PEOPLE = `(${ALL} = ${SELECTED} OR ${ALL} - ${SELECTED} >= {minimum:UInt32})`

/** All days with events: `date`, and whether the filtered answer of that day is told. */
export function daysStatement(fold: Fold, frame: ClassifiedFrame): string {
  return `SELECT toString(day) AS date, min(class) = 0 AND min(people) >= {minimum:UInt32} AND ${UNSELECTED_PEOPLE} AS told
FROM (
${classes(fold, { ...frame, breakdown: undefined }, "''")}
)
GROUP BY day
ORDER BY day`
}

/**
 * `(day, cell)` of the rows under filters that are told. `cell` is the breakdown's value, or the slot of a series.
 * Only for days that are told as a whole.
 */
export function releasedCrossedCells(fold: Fold, frame: ClassifiedFrame, cell: string): string {
  const { breakdown } = frame
  const { source } = frame
  const released: EventsSource = source.from === 'open' ? source : { ...source, from: 'released' }
  const isReleased =
    breakdown !== undefined && fold.lumps(breakdown)
      ? ` AND (day, cell) IN (
${releasedValues(breakdown, released)}
)`
      : ''
  const ofDay = ' OVER (PARTITION BY day)'
  return `SELECT DISTINCT day, cell
FROM (
SELECT day, cell, passes, uniqExactIf(cell, fails) OVER (PARTITION BY day) AS failing, min(if(fails, together, {minimum:UInt32})) OVER (PARTITION BY day) AS least_together, ${peopleTogether(`fails AND ${OF_ANY_CLASS}`, ofDay)} AS all_together, ${peopleTogether('fails AND class = 0', ofDay)} AS selected_together
FROM (
SELECT *, least_class = 0 AND NOT passes AS fails, ${peopleTogether('fails', ' OVER (PARTITION BY day, class)')} AS together
FROM (
SELECT *, least_class = 0 AND least_people >= {minimum:UInt32} AND (everybody = selected OR everybody - selected >= {minimum:UInt32})${isReleased} AS passes
FROM (
SELECT day, cell, class, alone, several, min(class) OVER whole_cell AS least_class, min(people) OVER whole_cell AS least_people, ${peopleTogether(OF_ANY_CLASS, ' OVER whole_cell')} AS everybody, maxIf(people, class = 0) OVER whole_cell AS selected
FROM (
${classes(fold, { ...frame, source: released }, cell)}
)
WINDOW whole_cell AS (PARTITION BY day, cell)
))))
WHERE passes AND (failing = 0 OR (failing >= 2 AND least_together >= {minimum:UInt32} AND (all_together = selected_together OR all_together - selected_together >= {minimum:UInt32})))`
}
