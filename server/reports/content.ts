import type { Metric, Query, QueryAnswer } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import type { Queries } from '../query/run.ts'
import type { Days } from './periods.ts'

/** What a report tells: answers of the query API, so that it is folded like every other. */
export interface ReportContent {
  readonly site: string
  readonly days: Days
  readonly minimumGroup: number
  readonly totals: QueryAnswer['totals']
  readonly before: QueryAnswer['totals']
  readonly tables: readonly ReportTableOf[]
}

export interface ReportTableOf {
  readonly name: 'pages' | 'sources' | 'countries' | 'goals'
  readonly rows: readonly { readonly value: string; readonly visitors: number }[]
}

export const REPORT_METRICS = [
  'visitors',
  'visits',
  'pageviews',
  'bounceRate',
  'visitDuration',
] as const satisfies readonly Metric[]
export type ReportMetric = (typeof REPORT_METRICS)[number]

/** Rows of each table. */
const ROWS = 5
const TABLES = { pages: 'page', sources: 'source', countries: 'country', goals: 'goal' } as const

/** Asks what a report tells of a site. Rejects as queries do. */
export async function readContent(
  queries: Pick<Queries, 'run'>,
  site: Site,
  days: Days,
): Promise<ReportContent> {
  const ask = (query: Omit<Query, 'site' | 'period'>): Promise<QueryAnswer> =>
    queries.run(site, { site: site.domain, period: { from: days.from, to: days.to }, ...query })
  const { totals, comparison, meta } = await ask({ metrics: [...REPORT_METRICS], compare: 'previous' })
  const names = (['pages', 'sources', 'countries', 'goals'] as const).filter(
    (name) => name !== 'goals' || site.goals.length > 0,
  )
  const tables: ReportTableOf[] = []
  for (const name of names) {
    const breakdown = TABLES[name]
    const { rows } = await ask({ breakdown, metrics: ['visitors'], limit: ROWS })
    tables.push({
      name,
      rows: rows.map((row) => ({ value: String(row[breakdown] ?? ''), visitors: row.visitors ?? 0 })),
    })
  }
  return {
    site: site.domain,
    days,
    minimumGroup: meta.minimumGroup,
    totals,
    before: comparison?.totals ?? {},
    tables,
  }
}
