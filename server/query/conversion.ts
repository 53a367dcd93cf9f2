import type { MetricValues, QueryRow } from '../../schema/query.ts'
import { isSparse } from './catalog.ts'
import { nameOf, type ParsedQuery } from './parse.ts'

/**
 * Conversion rates: of the visitors that could have done something, the share that did. They are made of two answers,
 * each of which may be told by itself: that of the question, and that of the question without what is converted to.
 */

/** Most values whose visitors are looked up. */
const MOST_ROWS = 100_000

/** The question for the visitors that could have converted. */
export function baseOf(query: ParsedQuery): ParsedQuery {
  const { breakdown } = query
  return {
    ...query,
    metrics: ['visitors'],
    filters: query.filters.filter(({ dimension }) => !isSparse(dimension)),
    breakdown: breakdown === undefined || isSparse(breakdown) ? undefined : breakdown,
    limit: MOST_ROWS,
    offset: 0,
  }
}

interface Told {
  readonly rows: readonly QueryRow[]
  readonly totals: MetricValues
}

/**
 * The answer with its rates, where so far the visitors that converted stand. A rate is null where nobody could have
 * converted, and where it is not known who could have: of `(other)`, which holds others in each answer. Without a
 * filter by what is converted to, everybody is in the totals, whether they converted or not.
 */
export function withRates<T extends Told>(query: ParsedQuery, own: T, base: Told): T {
  const by = baseOf(query).breakdown
  const keys = [
    ...(query.interval === undefined ? [] : ['time']),
    ...(by === undefined ? [] : [nameOf(query, by)]),
  ]
  const keyOf = (row: QueryRow): string => JSON.stringify(keys.map((key) => row[key]))
  const known = new Map(base.rows.map((row) => [keyOf(row), row.visitors]))
  const isFiltered = query.filters.some(({ dimension }) => isSparse(dimension))
  const isOfRows = isFiltered || (query.breakdown !== undefined && isSparse(query.breakdown))
  return {
    ...own,
    rows: own.rows.map((row) => ({
      ...row,
      conversionRate: isOfRows ? rateOf(row, known.get(keyOf(row))) : null,
    })),
    totals: { ...own.totals, conversionRate: isFiltered ? rateOf(own.totals, base.totals.visitors) : null },
  }
}

function rateOf(
  { conversionRate: converted }: MetricValues,
  could: number | null | undefined,
): number | null {
  return typeof converted !== 'number' || !could ? null : converted / could
}
