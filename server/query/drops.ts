import { type DropDimension, type DropMetric, type DropQuery, type QueryAnswer } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { UserError } from '../errors.ts'
import { answerCounts, type Counted } from './counts.ts'
import { quote } from './quote.ts'

/** Where drops are counted, see server/drops/counts.ts. */
export type ReadDrops = (question: {
  siteId: number
  /** Days of the site, both included. */
  from: string
  to: string
  metrics: readonly DropMetric[]
  hours: boolean
}) => Promise<readonly Counted<DropMetric, DropDimension>[]>

/** The metric that a dimension tells apart. */
const METRIC_OF: Readonly<Record<DropDimension, DropMetric>> = { dropReason: 'drops', scrubKind: 'scrubbed' }

/** The metrics that a question about drops is about. Throws UserError where a dimension says nothing of one of them. */
export function dropMetrics({ metrics, breakdown, filters = [] }: DropQuery): DropMetric[] {
  const named = [
    ...(breakdown === undefined ? [] : [breakdown]),
    ...filters.map(({ dimension }) => dimension),
  ]
  const wanted = [...new Set(metrics ?? named.map((dimension) => METRIC_OF[dimension]))]
  for (const dimension of named) {
    const other = wanted.find((metric) => metric !== METRIC_OF[dimension])
    if (other === undefined) continue
    throw new UserError(
      `Dimension ${quote(dimension)} says nothing of the metric ${quote(other)}; it tells ${METRIC_OF[dimension]} apart.`,
    )
  }
  return wanted
}

/** Answers a question about what was dropped, stored late or scrubbed. */
export function answerDrops(
  read: ReadDrops,
  site: Site,
  query: DropQuery,
  now: number,
): Promise<QueryAnswer> {
  const metrics = dropMetrics(query)
  return answerCounts(
    { read: (of, { from, to }, { hours }) => read({ siteId: of.id, from, to, metrics, hours }) },
    site,
    { ...query, metrics },
    now,
  )
}
