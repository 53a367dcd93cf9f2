import { UserError } from '../errors.ts'
import { releasedValues } from './minimum-group.ts'
import { depthRelation, MOST_FOLDED, sourceOf, type VisitSubject } from './steps.ts'

/**
 * The minimum group for what visits did step by step. Rules and their limits are in docs/adr/0016-funnels-and-flows.md.
 *
 * A step of a funnel is told on a day when at least k visitors took it, and when no question that asks for less (some of
 * its filters, some of the steps so far, or nothing at all) finds one to k−1 visitors more, or visits of so few. So
 * neither those who dropped out between two told steps nor those who left one out are ever a group below the minimum.
 * Behind a step that is not told, none is.
 *
 * Of a flow, days on which its first step is told are. On these each (day, page before, page) is a cell: cells below k, and
 * those of which a question with fewer filters finds one to k−1 visitors more, go into `(other)` of the page before. Where
 * these could be found by subtraction (a single cell, or fewer than k visitors together), the smallest told one joins them.
 */

/** Throws UserError where there are too many conditions to compare all of what they select. */
export function checkConditions(
  { filters, steps }: Pick<VisitSubject, 'filters' | 'steps'>,
  minimum: number,
): void {
  if (filters.length + steps.length <= MOST_FOLDED) return
  throw new UserError(
    `${steps.length} steps with ${filters.length} filters are too many under the site's minimum group of ${minimum}; ask for at most ${MOST_FOLDED} together.`,
  )
}

/**
 * `asked`: the questions that a visit answers, as sums of bits: first the filters, then the steps. It answers the one
 * without any, 0, each choice of filters that one of its events meets, and each choice of steps it took in their order.
 */
function askedOf(filters: number): string {
  const steps = `arrayFold((known, event) -> arrayDistinct(arrayConcat(known, arrayFlatten(arrayMap(bit -> arrayMap(steps -> toUInt16(steps + bitShiftLeft(toUInt16(1), bit)), arrayFilter(steps -> steps < bitShiftLeft(toUInt16(1), bit), known)), bitPositionsToArray(event.4))))), path, [toUInt16(0)])`
  if (filters === 0) return steps
  return `arrayFlatten(arrayMap(steps -> arrayMap(chosen -> toUInt16(steps * ${2 ** filters} + chosen), ${metOf(filters)}), ${steps}))`
}

/** Each choice of filters, as a sum of bits, that one of a visit's events meets. */
function metOf(filters: number): string {
  return `arrayFilter(chosen -> arrayExists(failing -> bitAnd(failing, chosen) = 0, failings), range(toUInt16(${2 ** filters})))`
}

const isTooFew = (people: string): string => `${people} > 0 AND ${people} < {minimum:UInt32}`

/** `day`, `step` (0: the filters alone), `visits`, `visitors`, and whether they may be `told`. */
export function foldedSteps(subject: VisitSubject): string {
  const { filters, steps } = subject
  const whole = `bitShiftLeft(toUInt32(1), ${filters.length} + step)`
  return `SELECT day, step, visits, visitors, max(fails) OVER (PARTITION BY day ORDER BY step ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) = 0 AS told
FROM (
SELECT day, step, visits, least AS visitors, NOT is_taken OR least < {minimum:UInt32} OR strays OR arrayExists(people -> ${isTooFew('people - least')}, everybody) AS fails
FROM (
SELECT day, step, sumIf(visits, asked + 1 = ${whole}) AS visits, max(asked) + 1 = ${whole} AS is_taken, max(${isTooFew('strayed')}) AS strays, min(people) AS least, groupArray(people) AS everybody
FROM (
SELECT day, step, asked, sum(visits) AS visits, uniqExactMerge(visitors) AS people, uniqExactMergeIf(visitors, reached <= step) AS strayed
FROM (
SELECT day, asked, reached, count() AS visits, uniqExactState(visitor) AS visitors
FROM (
SELECT day, visitor, if(has(failings, 0), depth + 1, 0) AS reached, ${askedOf(filters.length)} AS asking
FROM (
${depthRelation(subject)}
))
ARRAY JOIN asking AS asked
GROUP BY day, asked, reached
)
ARRAY JOIN range(0, ${steps.length + 1}) AS step
WHERE asked < ${whole}
GROUP BY day, step, asked
)
GROUP BY day, step
))`
}

/** Days with events: `date`, and whether the first step of a flow, under its filters, is `told` on it. */
export function toldDays(subject: VisitSubject): string {
  return `SELECT toString(day) AS date, told
FROM (
${foldedSteps(subject)}
)
WHERE step = 1
ORDER BY date`
}

/** A hop that is not told: a tuple of a kind and a page, see flow.ts. */
export const OTHER_HOP = "(toUInt8(1), '')"

/** The most filters of a flow that are folded: each choice of some of them is compared in each cell. */
const MOST_FLOW_FILTERS = 4

/** Throws UserError where there are too many filters to compare all of what they select. */
export function checkFlowFilters({ filters }: Pick<VisitSubject, 'filters'>, minimum: number): void {
  if (filters.length <= MOST_FLOW_FILTERS) return
  throw new UserError(
    `A flow with ${filters.length} filters has too many under the site's minimum group of ${minimum}; ask with at most ${MOST_FLOW_FILTERS}.`,
  )
}

/**
 * Visits with `hops` (what came one after another), `failings` and `selected` get one more column, `hop` with the number
 * of this one, as it is told; and `folded` counts the cells that are not. The hop before has to be there.
 */
export function foldedHop(subject: VisitSubject, position: number, visits: string): string {
  const { filters, fold } = subject
  const parent = position === 1 ? 'day' : `day, hop${position - 1}`
  const strays = Array.from({ length: 2 ** filters.length - 1 }, (_, chosen) => `stray${chosen}`)
  const counted = strays.map(
    (stray, chosen) =>
      `uniqExactIf(visitor, NOT selected AND has(${metOf(filters.length)}, ${chosen})) OVER cell AS ${stray}`,
  )
  const fails = [
    'people < {minimum:UInt32}',
    ...strays.map(isTooFew),
    ...(fold?.lumps('page') === true
      ? [`(raw.1 = 0 AND (day, raw.2) NOT IN (\n${releasedValues('page', sourceOf(subject))}\n))`]
      : []),
  ].map((condition) => `(${condition})`)
  const lumped = `fails OR (failing > 0 AND (failing < 2 OR failing_people < {minimum:UInt32}) AND (people, raw) = least)`
  return `SELECT * EXCEPT (raw, people, fails, failing, failing_people, least, is_lumped, is_first, folded${strays.map((name) => `, ${name}`).join('')}), folded + (is_lumped AND selected AND is_first) AS folded, if(is_lumped, ${OTHER_HOP}, raw) AS hop${position}
FROM (
SELECT *, ${lumped} AS is_lumped
FROM (
SELECT *, uniqExactIf(raw, fails AND people > 0) OVER parent AS failing, uniqExactIf(visitor, fails AND selected) OVER parent AS failing_people, minIf((people, raw), NOT fails) OVER parent AS least
FROM (
SELECT *, ${fails.join(' OR ')} AS fails
FROM (
SELECT *, hops[${position}] AS raw, ${['uniqExactIf(visitor, selected) OVER cell AS people', ...counted].join(', ')}, row_number() OVER (PARTITION BY ${parent}, hops[${position}], selected ORDER BY visitor, visit) = 1 AS is_first
FROM (
${visits}
)
WINDOW cell AS (PARTITION BY ${parent}, hops[${position}])
))
WINDOW parent AS (PARTITION BY ${parent})
))`
}
