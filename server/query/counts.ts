import type {
  FilterOn,
  Interval,
  MetricValues,
  Period,
  Query,
  QueryAnswer,
  QueryRow,
} from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { checkSeriesRows } from './answer.ts'
import { operatorOf, type Operator } from './operators.ts'
import { OTHER } from './minimum-group.ts'
import { bucketOf, bucketsOf, planPeriod, type Span } from './plan.ts'
import type { Asking, Planned, SpanAnswer } from './planned.ts'

/**
 * Questions about whole numbers that are counted of nobody: choices and what was dropped, which the store holds, ads and
 * traits, which are read from events. There is no visitor in them whom a small group could point at: only traits are folded.
 */
export type CountMetric = Exclude<keyof MetricValues, 'revenue'>

/** What happened so often in a day, or in an hour of it, apart by the dimensions that were asked for. */
export type Counted<M extends CountMetric, D extends string> = {
  readonly day: string
  /** Absent where hours were not asked for. */
  readonly hour?: number
  readonly metric: M
  readonly count: number
} & Readonly<Partial<Record<D, string>>>

/** A question about one kind of counts, with its metrics filled in. */
export interface CountQuestion<M extends CountMetric, D extends string> extends Pick<
  Query,
  'compare' | 'limit' | 'offset'
> {
  readonly period?: Exclude<Period, 'realtime'>
  readonly interval?: Exclude<Interval, 'minute'>
  readonly metrics: readonly M[]
  readonly breakdown?: D
  readonly filters?: readonly FilterOn<D>[]
}

/** A kind of counts. */
export interface CountKind<M extends CountMetric, D extends string> {
  /** Counts of the days of a span, at least apart by `by`. */
  read(site: Site, span: Span, asked: { by: readonly D[]; hours: boolean }): Promise<readonly Counted<M, D>[]>
  /** Whether a count is part of sums, which a question keeps apart by some dimensions. Default: all are. */
  isPart?(one: Counted<M, D>, apart: ReadonlySet<D>): boolean
  /** Values of a dimension that come in this order, and not by their size. */
  readonly order?: Partial<Record<D, readonly string[]>>
}

export async function answerCounts<M extends CountMetric, D extends string>(
  kind: CountKind<M, D>,
  site: Site,
  query: CountQuestion<M, D>,
  now: number,
): Promise<QueryAnswer> {
  const { span, comparison } = planPeriod(query.period ?? '30d', query.compare, site, now)
  const own = await answerSpan(kind, site, query, span)
  const plain = comparable(query)
  const compared = comparison && (await answerSpan(kind, site, plain, comparison))
  return {
    rows: own.rows,
    totals: own.totals,
    ...(comparison &&
      compared && {
        comparison: {
          totals: compared.totals,
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

/**
 * Plans a question about counts that are read from events.
 * @param kindOf reads by asking the database, and tells how many cells it folded
 */
export function planCounts<M extends CountMetric, D extends string>(
  kindOf: (asking: Asking, fold: (cells: number) => void) => CountKind<M, D>,
  site: Site,
  query: CountQuestion<M, D>,
  now: number,
): Planned {
  const plan = planPeriod(query.period ?? '30d', query.compare, site, now)
  const answer = async (asking: Asking, asked: CountQuestion<M, D>, span: Span): Promise<SpanAnswer> => {
    let folded = 0
    const kind = kindOf(asking, (cells) => {
      folded += cells
    })
    return { ...(await answerSpan(kind, site, asked, span)), folded, from: ['events'] }
  }
  return {
    plan,
    answer: async (asking) => {
      const own = await answer(asking, query, plan.span)
      const span = plan.comparison
      if (!span) return { own, compared: undefined }
      const plain = comparable(query)
      const { rows, totals, from } = await answer(asking, plain, span)
      const comparison = {
        totals,
        ...(plain.interval !== undefined && { rows }),
        from: span.from,
        to: span.to,
      }
      return { own, compared: { comparison, from } }
    },
  }
}

/** What is asked of the period compared with: totals, and the rows of a series. */
function comparable<M extends CountMetric, D extends string>(
  query: CountQuestion<M, D>,
): CountQuestion<M, D> {
  const { breakdown, interval, ...sum } = query
  return interval === undefined || breakdown !== undefined ? sum : { ...sum, interval }
}

async function answerSpan<M extends CountMetric, D extends string>(
  kind: CountKind<M, D>,
  site: Site,
  query: CountQuestion<M, D>,
  span: Span,
): Promise<Pick<SpanAnswer, 'rows' | 'totals' | 'rowCount'>> {
  const { metrics, breakdown, interval, filters = [], limit = 100, offset = 0 } = query
  const filtered = new Set(filters.map(({ dimension }) => dimension))
  const apart = breakdown === undefined ? filtered : new Set([...filtered, breakdown])
  const counts = await kind.read(site, span, { by: [...apart], hours: interval === 'hour' })
  const fitting = counts.filter((one) =>
    filters.every((filter) => fits(filter, valueOf(one, filter.dimension))),
  )
  const isPart = (one: Counted<M, D>, of: ReadonlySet<D>): boolean => kind.isPart?.(one, of) ?? true
  const summed = fitting.filter((one) => isPart(one, filtered))
  const totals = sums(summed, metrics)
  const buckets = interval && bucketsOf(interval, span, site.timezone)
  const rowsOf = (of: readonly Counted<M, D>[], more: Record<string, string>): QueryRow[] =>
    interval && buckets
      ? series(of, metrics, interval, buckets, more)
      : [Object.assign({}, more, sums(of, metrics))]
  if (breakdown === undefined) {
    const rows = rowsOf(summed, {})
    return { rows, totals, rowCount: rows.length }
  }
  const values = valuesOf(
    fitting.filter((one) => isPart(one, apart)),
    breakdown,
    metrics[0],
    kind.order?.[breakdown],
  )
  const shown = values.slice(offset, offset + limit)
  checkSeriesRows(shown.length, buckets?.length ?? 0)
  const rows = shown.flatMap(({ value, own }) => rowsOf(own, { [breakdown]: value }))
  return { rows, totals, rowCount: values.length }
}

function valueOf<D extends string>(one: Readonly<Partial<Record<D, string>>>, dimension: D): string {
  return one[dimension] ?? ''
}

type AnyCount = Pick<Counted<CountMetric, string>, 'day' | 'hour' | 'metric' | 'count'>

function series(
  of: readonly AnyCount[],
  metrics: readonly CountMetric[],
  interval: Interval,
  buckets: readonly string[],
  more: Record<string, string>,
): QueryRow[] {
  const byBucket = new Map<string, AnyCount[]>()
  for (const one of of) {
    // Slots are minutes of the day.
    const bucket = bucketOf(interval, one.day, (one.hour ?? 0) * 60)
    const known = byBucket.get(bucket)
    if (known) known.push(one)
    else byBucket.set(bucket, [one])
  }
  // What was counted in an hour that the time zone has no more, or has not yet, is not lost.
  const times = [...new Set([...buckets, ...byBucket.keys()])].toSorted()
  return times.map((time) => Object.assign({ time }, more, sums(byBucket.get(time) ?? [], metrics)))
}

function sums(counts: readonly AnyCount[], metrics: readonly CountMetric[]): MetricValues {
  return Object.fromEntries(metrics.map((metric) => [metric, sumOf(counts, metric)]))
}

function sumOf(counts: readonly AnyCount[], wanted: CountMetric | undefined): number {
  return counts.reduce((all, { metric, count }) => (metric === wanted ? all + count : all), 0)
}

interface Value<M extends CountMetric, D extends string> {
  readonly value: string
  readonly own: readonly Counted<M, D>[]
}

/** Those with most of the first metric first, `(other)` last; or in an order that is given. */
function valuesOf<M extends CountMetric, D extends string>(
  counts: readonly Counted<M, D>[],
  breakdown: D,
  metric: M | undefined,
  order: readonly string[] | undefined,
): Value<M, D>[] {
  const byValue = new Map<string, Counted<M, D>[]>()
  for (const one of counts) {
    const value = valueOf(one, breakdown)
    const own = byValue.get(value)
    if (own) own.push(one)
    else byValue.set(value, [one])
  }
  const values = [...byValue].map(([value, own]) => ({ value, own }))
  if (order) return values.toSorted((a, b) => order.indexOf(a.value) - order.indexOf(b.value))
  return values.toSorted(
    (a, b) =>
      // What was lumped is always the last.
      Number(a.value === OTHER) - Number(b.value === OTHER) ||
      sumOf(b.own, metric) - sumOf(a.own, metric) ||
      (a.value < b.value ? -1 : 1),
  )
}

function fits<D extends string>(filter: FilterOn<D>, value: string): boolean {
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
