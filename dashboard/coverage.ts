/** What the numbers cover: on which ground each was counted, what was refused, and what was left out. */
import type { ChoiceQuery, ConsentState, DropQuery, Query, QueryAnswer } from '../schema/query.ts'
import type { View } from './state.ts'

export const COVERED_METRICS = ['visitors', 'visits', 'pageviews'] as const
export type CoveredMetric = (typeof COVERED_METRICS)[number]

/** On which ground something was counted: consent to measurement, none since no choice is needed, a log or the site's server. */
export const GROUNDS = ['consented', 'anonymous', 'told'] as const
export type Ground = (typeof GROUNDS)[number]

export function basisQuestion({ period, filters }: Pick<View, 'period' | 'filters'>, site: string): Query {
  return { site, period, breakdown: 'basis', metrics: [...COVERED_METRICS], filters, limit: 1_000 }
}

/** Choices and drops are counted by nobody: they know no filters, and only whole days. */
function isWhole({ period, filters }: Pick<View, 'period' | 'filters'>): boolean {
  return period !== 'realtime' && filters.length === 0
}

export function choicesQuestion(
  view: Pick<View, 'period' | 'filters'>,
  site: string,
): ChoiceQuery | undefined {
  const { period } = view
  if (!isWhole(view) || period === 'realtime') return undefined
  return { site, period, metrics: ['choices'], breakdown: 'consentState' }
}

export function dropsQuestion(view: Pick<View, 'period' | 'filters'>, site: string): DropQuery | undefined {
  const { period } = view
  if (!isWhole(view) || period === 'realtime') return undefined
  return { site, period, metrics: ['drops'], breakdown: 'dropReason' }
}

function groundOf(basis: string): Ground {
  if (basis.startsWith('performance')) return 'consented'
  return basis === 'anonymous' ? 'anonymous' : 'told'
}

export interface Part {
  ground: Ground
  count: number
  /** Of the total. Parts may add up to more: who agrees in the middle of a visit is in two. */
  share: number
}

/** How much of a total was counted on each ground; grounds on which nothing was are left out. */
export function partsOf({ rows, totals }: QueryAnswer, metric: CoveredMetric): Part[] {
  const total = totals[metric] ?? 0
  const sums: Record<Ground, number> = { consented: 0, anonymous: 0, told: 0 }
  for (const row of rows) sums[groundOf(String(row['basis'] ?? ''))] += row[metric] ?? 0
  return GROUNDS.filter((ground) => sums[ground] > 0).map((ground) => ({
    ground,
    count: sums[ground],
    share: total > 0 ? Math.min(1, sums[ground] / total) : 0,
  }))
}

export interface Choices {
  /** How often the choice was offered. */
  shown: number
  /** Choices of any kind but withdrawals, and those that refused everything. */
  made: number
  refused: number
}

export function choicesOf({ rows }: QueryAnswer): Choices {
  const of = (state: ConsentState) =>
    rows.reduce((sum, row) => sum + (row['consentState'] === state ? (row.choices ?? 0) : 0), 0)
  const refused = of('rejected') + of('objected')
  return { shown: of('shown'), made: of('accepted') + of('custom') + refused, refused }
}

export interface Drops {
  robots: number
  /** For want of consent, or since the browser sends Global Privacy Control. */
  unallowed: number
}

export function dropsOf({ rows }: QueryAnswer): Drops {
  const of = (fits: (reason: string) => boolean) =>
    rows.reduce((sum, row) => sum + (fits(String(row['dropReason'] ?? '')) ? (row.drops ?? 0) : 0), 0)
  return {
    robots: of((reason) => reason === 'bot'),
    unallowed: of((reason) => reason === 'gpc' || /^(no_)?consent/.test(reason)),
  }
}
