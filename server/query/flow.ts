import type { FlowQuery, QueryRow } from '../../schema/query.ts'
import type { AnsweredRow } from './ask.ts'
import { EVENT_ORDER } from './catalog.ts'
import { OTHER } from './minimum-group.ts'
import { checkFlowFilters, foldedHop, OTHER_HOP, toldDays } from './minimum-group-visits.ts'
import type { Statement } from './sql.ts'
import { boundValues, nameOf, steppedRelation, type VisitSubject } from './steps.ts'

/**
 * Flows: which pages visits saw next after a step, or before it. A visit is followed from the first event that is the step,
 * page view by page view; a page seen again at once, such as one reloaded, is one. What a visit saw is a row of `hops`:
 * tuples of a kind and a page. Where it ends, it stays at its end.
 */
const [PAGE, LUMPED, END] = [0, 1, 2]

export interface FlowSubject extends VisitSubject {
  /** Which way the flow goes from its step, the only one. */
  readonly direction: 'from' | 'to'
  /** How many hops are told. */
  readonly hops: number
  /** Pages told by name at each hop; the rest are one row. */
  readonly limit: number
}

export function flowOf({
  flow,
  limit = 10,
}: FlowQuery): Pick<FlowSubject, 'steps' | 'direction' | 'hops' | 'limit'> {
  const { steps: hops = 1 } = flow
  const direction = 'from' in flow ? 'from' : 'to'
  return { steps: ['from' in flow ? flow.from : flow.to], direction, hops, limit }
}

function positions({ hops }: Pick<FlowSubject, 'hops'>): number[] {
  return Array.from({ length: hops }, (_, index) => index + 1)
}

/** Rows `date` and `told` for each day with events: which days of a folded flow are told. */
export function flowDaysStatement(subject: VisitSubject): Statement {
  return { text: toldDays(subject), values: boundValues(subject) }
}

/** One row for each visit that holds the step: `failings`, `selected` and `hops`. */
function hopsRelation(subject: FlowSubject): string {
  const { direction, hops } = subject
  // The step comes first, and is a page itself where it is a page view.
  const way = direction === 'from' ? 'arraySlice(path, start)' : 'arrayReverse(arraySlice(path, 1, start))'
  return `SELECT day, visitor, visit, failings, has(failings, 0) AS selected, arrayResize(arrayMap(page -> (toUInt8(${PAGE}), page), arraySlice(arrayCompact(arrayMap(event -> event.6, arrayFilter(event -> event.5, way))), 1 + way[1].5, ${hops})), ${hops}, (toUInt8(${END}), '')) AS hops
FROM (
SELECT *, ${way} AS way
FROM (
SELECT *, arrayFirstIndex(event -> event.4 != 0, path) AS start
FROM (
SELECT day, visitor, visit, groupUniqArray(failing) AS failings, arraySort(groupArrayIf((${EVENT_ORDER}, taken, type = 'pageview', page), taken != 0 OR type = 'pageview')) AS path
FROM (
${steppedRelation(subject, ['page'])}
)
GROUP BY day, visitor, visit
))
WHERE start > 0
)`
}

/** The same visits with the hops as they are told, `hop1` and so on, and how many cells were `folded`. */
function toldRelation(subject: FlowSubject): string {
  const { fold } = subject
  const visits = hopsRelation(subject)
  if (!fold) {
    const told = positions(subject).map((position) => `hops[${position}] AS hop${position}`)
    return `SELECT *, 0 AS folded, ${told.join(', ')}\nFROM (\n${visits}\n)`
  }
  checkFlowFilters(subject, fold.minimum)
  return positions(subject).reduce(
    (text, position) => foldedHop(subject, position, text),
    `SELECT *, 0 AS folded\nFROM (\n${visits}\n)`,
  )
}

/**
 * Rows `step` with how many visits went from one hop to another, both as a kind and a page; and how many cells were
 * folded in all (`all_folded`).
 */
export function flowStatement(subject: FlowSubject): Statement {
  const all = positions(subject)
  const names = all.map((position) => `hop${position}`)
  const through = names.map((hop) => `sum(visits) OVER (PARTITION BY ${hop}) AS ${hop}_visits`)
  const ranks = names.map(
    (hop) => `dense_rank() OVER (ORDER BY ${hop}.1, ${hop}_visits DESC, ${hop}.2) AS ${hop}_rank`,
  )
  const named = names.map(
    (hop) => `if(${hop}.1 = ${PAGE} AND ${hop}_rank > {limit:UInt32}, ${OTHER_HOP}, ${hop}) AS ${hop}_told`,
  )
  const edges = names.map(
    (hop, index) =>
      `(toUInt8(${index + 1}), ${index === 0 ? `(toUInt8(${PAGE}), '')` : `${names[index - 1]}_told`}, ${hop}_told)`,
  )
  return {
    text: `SELECT edge.1 AS step, edge.2.1 AS near_kind, edge.2.2 AS near_page, edge.3.1 AS far_kind, edge.3.2 AS far_page, sum(visits) AS visits, max(all_folded) AS all_folded
FROM (
SELECT visits, all_folded, arrayJoin([${edges.join(', ')}]) AS edge
FROM (
SELECT visits, all_folded, ${named.join(', ')}
FROM (
SELECT *, ${ranks.join(', ')}
FROM (
SELECT *, sum(folded) OVER () AS all_folded, ${through.join(', ')}
FROM (
SELECT ${names.join(', ')}, count() AS visits, sum(folded) AS folded
FROM (
${toldRelation(subject)}
)
WHERE selected
GROUP BY ${names.join(', ')}
)))))
WHERE edge.2.1 != ${END}
GROUP BY edge
ORDER BY step, visits DESC, near_kind, near_page, far_kind, far_page`,
    values: { ...boundValues(subject), limit: subject.limit },
  }
}

/** Rows with what visits came `from` and went `to`: null where they began or ended. `step` counts from the flow's own. */
export function flowRows({ steps, direction }: FlowSubject, answered: readonly AnsweredRow[]): QueryRow[] {
  const own = steps.map(nameOf).join('')
  return answered.map((row) => {
    const step = Number(row['step'])
    const near = step === 1 ? own : hopName(row['near_kind'], row['near_page'])
    const far = hopName(row['far_kind'], row['far_page'])
    const [from, to] = direction === 'from' ? [near, far] : [far, near]
    return { step, from, to, visits: Number(row['visits']) }
  })
}

function hopName(kind: string | number | undefined, page: string | number | undefined): string | null {
  if (Number(kind) === END) return null
  return Number(kind) === LUMPED ? OTHER : String(page)
}
