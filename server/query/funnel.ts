import type { QueryRow } from '../../schema/query.ts'
import type { AnsweredRow } from './ask.ts'
import { checkConditions, foldedSteps } from './minimum-group-visits.ts'
import type { Statement } from './sql.ts'
import { boundValues, depthRelation, nameOf, type VisitSubject } from './steps.ts'

/** Funnels: how many visits did one step after another. */

/**
 * Rows `step` with the visits that got so far, and how many days were `folded` there. A step that nobody took, or that
 * is not told, may be missing.
 */
export function funnelStatement(subject: VisitSubject): Statement {
  const { fold } = subject
  if (fold) checkConditions(subject, fold.minimum)
  const text = fold
    ? `SELECT step, sumIf(visits, told) AS visits, sumIf(visitors, told) AS visitors, countIf(NOT told) AS folded
FROM (
${foldedSteps(subject)}
)
WHERE step > 0
GROUP BY step`
    : `SELECT step, sum(day_visits) AS visits, sum(day_visitors) AS visitors, 0 AS folded
FROM (
SELECT day, step, count() AS day_visits, uniqExact(visitor) AS day_visitors
FROM (
${depthRelation(subject)}
)
ARRAY JOIN range(1, depth + 1) AS step
WHERE has(failings, 0)
GROUP BY day, step
)
GROUP BY step`
  return { text, values: boundValues(subject) }
}

/** One row for each step. `rate` is of the first step, `stepRate` and `dropOff` are of the step before. */
export function funnelRows(
  { steps }: Pick<VisitSubject, 'steps'>,
  answered: readonly AnsweredRow[],
): QueryRow[] {
  const byStep = new Map(answered.map((row) => [Number(row['step']), row]))
  const visits = steps.map((_, index) => Number(byStep.get(index + 1)?.['visits'] ?? 0))
  return steps.map((step, index) => {
    const own = visits[index] ?? 0
    const before = index === 0 ? undefined : visits[index - 1]
    return {
      step: index + 1,
      name: nameOf(step),
      visitors: Number(byStep.get(index + 1)?.['visitors'] ?? 0),
      visits: own,
      rate: share(own, visits[0]),
      stepRate: share(own, before),
      dropOff: before === undefined ? null : before - own,
    }
  })
}

function share(part: number, whole: number | undefined): number | null {
  return whole === undefined || whole === 0 ? null : part / whole
}
