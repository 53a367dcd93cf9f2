import type { FlowQuery, FunnelQuery, MetricValues } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { foldedIn } from './answer.ts'
import { flowDaysStatement, flowOf, flowRows, flowStatement } from './flow.ts'
import { funnelRows, funnelStatement } from './funnel.ts'
import { foldOfConditions } from './minimum-group.ts'
import { isFunnel, withDefaults, type ParsedQuery } from './parse.ts'
import { planQuery, type Span } from './plan.ts'
import type { Asking, Planned, SpanAnswer } from './planned.ts'
import { toldPrimary } from './primary.ts'
import { findSources } from './sealed.ts'
import { conditionsOf, type VisitSubject } from './steps.ts'

/** All visits that the filters of a question leave, told as any question about them is. */
export type VisitTotals = (asking: Asking, query: ParsedQuery, span: Span) => Promise<MetricValues>

export interface VisitParts {
  totalsOf: VisitTotals
  /** Throws UserError for a property that the site has not declared. */
  checkProperties(query: ParsedQuery, site: Site): void
}

/** Plans a question about what visits did step by step. Throws UserError for what cannot be folded. */
export function planVisits(
  query: FunnelQuery | FlowQuery,
  site: Site,
  now: number,
  { checkProperties, totalsOf }: VisitParts,
): Planned {
  const { site: domain, period = '30d', filters = [] } = query
  const compare = isFunnel(query) ? query.compare : undefined
  const visits = withDefaults({
    site: domain,
    period,
    filters,
    metrics: ['visitors', 'visits'],
    ...(compare && { compare }),
  })
  checkProperties(visits, site)
  const plan = planQuery(visits, site, now)
  const answerRows = isFunnel(query) ? planFunnel(query, visits, site) : planFlow(query, visits, site)
  const answerSpan = async (asking: Asking, span: Span): Promise<SpanAnswer> => {
    const { isOnce, primary } = await findSources(asking, site, span)
    const totals = await totalsOf(asking, visits, span)
    const { rows, folded } = await answerRows(asking, {
      site,
      span,
      filters: visits.filters,
      properties: visits.properties,
      isOnce,
      primary,
    })
    return {
      rows,
      totals,
      rowCount: rows.length,
      folded,
      from: ['events'],
      primary: toldPrimary(visits, primary),
    }
  }
  return {
    plan,
    answer: async (asking) => {
      const own = await answerSpan(asking, plan.span)
      if (!plan.comparison) return { own, compared: undefined }
      const { from, to } = plan.comparison
      const { rows, totals } = await answerSpan(asking, plan.comparison)
      return { own, compared: { comparison: { totals, rows, from, to }, from: ['events'] } }
    },
  }
}

type Asked = Pick<VisitSubject, 'site' | 'span' | 'filters' | 'properties' | 'isOnce' | 'primary'>
type AnswerRows = (asking: Asking, asked: Asked) => Promise<Pick<SpanAnswer, 'rows' | 'folded'>>

function planFunnel({ funnel: steps }: FunnelQuery, { filters }: ParsedQuery, site: Site): AnswerRows {
  const touched = conditionsOf({ filters, steps }).map(({ dimension }) => dimension)
  const fold = foldOfConditions(touched, site)
  return async (asking, asked) => {
    const answered = await asking(funnelStatement({ ...asked, steps, fold }))
    return { rows: funnelRows({ steps }, answered), folded: foldedIn(answered) }
  }
}

function planFlow(query: FlowQuery, { filters }: ParsedQuery, site: Site): AnswerRows {
  const flow = flowOf(query)
  const touched = conditionsOf({ filters, steps: flow.steps }).map(({ dimension }) => dimension)
  // Each hop is a condition on a page as well.
  const fold = foldOfConditions(
    [...touched, ...Array.from({ length: flow.hops }, () => 'page' as const)],
    site,
  )
  return async (asking, asked) => {
    const subject = { ...asked, ...flow, fold }
    const days = fold ? await asking(flowDaysStatement(subject)) : []
    const told = days.filter((day) => Number(day['told']) === 1).map((day) => String(day['date']))
    const answered = await asking(flowStatement(fold ? { ...subject, releasedDays: told } : subject))
    const folded = Number(answered[0]?.['all_folded'] ?? 0) + days.length - told.length
    return { rows: flowRows(subject, answered), folded }
  }
}
