import {
  CONSENT_STATES,
  type ChoiceDimension,
  type ChoiceQuery,
  type FilterOn,
  type QueryAnswer,
  type QueryRow,
} from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { checkSeriesRows } from './answer.ts'
import { operatorOf, type Operator } from './operators.ts'
import { bucketOf, bucketsOf, planPeriod, type Span } from './plan.ts'

/** Choices of one day, apart by the dimensions that were asked for. */
export type ChoiceCount = { readonly day: string; readonly count: number } & Readonly<
  Partial<Record<ChoiceDimension, string>>
>

/** Where choices are counted: whole numbers without any visitor, see server/consent/counts.ts. */
export type ReadChoices = (question: {
  site: Site
  /** Days of the site, both included. */
  from: string
  to: string
  by: readonly ChoiceDimension[]
}) => Promise<readonly ChoiceCount[]>

type ChoiceFilter = FilterOn<ChoiceDimension>

/**
 * Answers a question about choices. Nothing is folded: the counts hold no visitor whom a small group could point at.
 * That the choice was offered (`shown`) is no choice: it is in the answer only where the question tells states apart.
 */
export async function answerChoices(
  read: ReadChoices,
  site: Site,
  query: ChoiceQuery,
  now: number,
): Promise<QueryAnswer> {
  const { span, comparison } = planPeriod(query.period ?? '30d', query.compare, site, now)
  const own = await answerSpan(read, site, query, span)
  const plain: ChoiceQuery = { ...query }
  delete plain.breakdown
  if (query.breakdown !== undefined) delete plain.interval
  const compared = comparison && (await answerSpan(read, site, plain, comparison))
  return {
    rows: own.rows,
    totals: { choices: own.total },
    ...(comparison &&
      compared && {
        comparison: {
          totals: { choices: compared.total },
          ...(plain.interval === undefined ? {} : { rows: compared.rows }),
          from: comparison.from,
          to: comparison.to,
        },
      }),
    meta: {
      from: span.from,
      to: span.to,
      timezone: site.timezone,
      source: 'counts',
      foldedRows: 0,
      rowCount: own.rowCount,
      minimumGroup: site.minimumGroup,
      freshness: new Date(now).toISOString(),
    },
  }
}

interface SpanAnswer {
  rows: QueryRow[]
  total: number
  rowCount: number
}

async function answerSpan(
  read: ReadChoices,
  site: Site,
  query: ChoiceQuery,
  { from, to }: Span,
): Promise<SpanAnswer> {
  const { breakdown, interval, filters = [], limit = 100, offset = 0 } = query
  const touched = [...filters.map(({ dimension }) => dimension), ...(breakdown ? [breakdown] : [])]
  const by: ChoiceDimension[] = [...new Set<ChoiceDimension>(['consentState', ...touched])]
  const counts = await read({ site, from, to, by })
  const fitting = counts.filter((one) => filters.every((filter) => fits(filter, one[filter.dimension] ?? '')))
  const isStateFiltered = filters.some(({ dimension }) => dimension === 'consentState')
  const choices = fitting.filter((one) => isStateFiltered || one.consentState !== 'shown')
  const total = sum(choices)
  const buckets = interval && bucketsOf(interval, { from, to }, site.timezone)
  const series = (of: readonly ChoiceCount[], more: Record<string, string>): QueryRow[] => {
    const sums = new Map<string, number>()
    for (const { day, count } of of) {
      const bucket = bucketOf(interval ?? 'day', day, 0)
      sums.set(bucket, (sums.get(bucket) ?? 0) + count)
    }
    return (buckets ?? []).map((time) => Object.assign({ time }, more, { choices: sums.get(time) ?? 0 }))
  }
  if (breakdown === undefined) {
    const rows = buckets ? series(choices, {}) : [{ choices: total }]
    return { rows, total, rowCount: rows.length }
  }
  const told = breakdown === 'consentState' ? fitting : choices
  const values = valuesOf(told, breakdown)
  const shown = values.slice(offset, offset + limit)
  checkSeriesRows(shown.length, buckets?.length ?? 0)
  const rows = shown.flatMap(({ value, own }): QueryRow[] =>
    buckets ? series(own, { [breakdown]: value }) : [{ [breakdown]: value, choices: sum(own) }],
  )
  return { rows, total, rowCount: values.length }
}

interface Value {
  readonly value: string
  readonly own: readonly ChoiceCount[]
}

/** Most choices first; states in the order in which they happen. */
function valuesOf(counts: readonly ChoiceCount[], breakdown: ChoiceDimension): Value[] {
  const byValue = new Map<string, ChoiceCount[]>()
  for (const one of counts) {
    const value = one[breakdown] ?? ''
    const own = byValue.get(value)
    if (own) own.push(one)
    else byValue.set(value, [one])
  }
  const values = [...byValue].map(([value, own]) => ({ value, own }))
  if (breakdown === 'consentState') {
    const order: readonly string[] = CONSENT_STATES
    return values.toSorted((a, b) => order.indexOf(a.value) - order.indexOf(b.value))
  }
  return values.toSorted((a, b) => sum(b.own) - sum(a.own) || (a.value < b.value ? -1 : 1))
}

function sum(counts: readonly ChoiceCount[]): number {
  return counts.reduce((all, { count }) => all + count, 0)
}

function fits(filter: ChoiceFilter, value: string): boolean {
  // The operators are the same for every dimension.
  const { operator, values } = operatorOf(filter)
  return PREDICATES[operator](value, values)
}

const PREDICATES: Readonly<Record<Operator, (value: string, values: readonly string[]) => boolean>> = {
  is: (value, values) => values.includes(value),
  isNot: (value, values) => !values.includes(value),
  contains: (value, values) => values.some((needle) => value.includes(needle)),
  matches: (value, values) => values.some((glob) => matchesGlob(glob, value)),
}

/** Whether a value without slashes fits a glob, where `*` and `**` then are the same. Never looks back further than one star. */
function matchesGlob(glob: string, value: string): boolean {
  let [at, position, star, resume] = [0, 0, -1, 0]
  while (position < value.length) {
    if (glob[at] === '*') {
      star = at++
      resume = position
    } else if (glob[at] === value[position]) {
      at++
      position++
    } else if (star >= 0) {
      at = star + 1
      position = ++resume
    } else return false
  }
  while (glob[at] === '*') at++
  return at === glob.length
}
