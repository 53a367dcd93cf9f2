import type { Interval } from '../../schema/query.ts'
import {
  isRank,
  METRIC_CATALOG,
  metricExpression,
  RANKS,
  type CatalogDimension,
  type Part,
} from './catalog.ts'
import { globsToPattern, OPERATOR_CATALOG, operatorOf } from './operators.ts'
import type { Goal, Site } from '../../schema/site.ts'
import { daysStatement, type Fold } from './minimum-group.ts'
import type { ParsedQuery } from './parse.ts'
import { classifiedFrame, dayParts, neededParts, sumsOf, type Shape, type Subject } from './parts.ts'
import { slotOf, type Span } from './plan.ts'
import { OF_SITE, parameterOf } from './relations.ts'
import { rollupOf } from './rollup.ts'

/** A statement and the values bound to it. The text is one of a finite set: nothing of a request is part of it. */
export interface Statement {
  readonly text: string
  readonly values: Readonly<Record<string, unknown>>
}

const BUCKET_DAYS: Readonly<Record<Interval, string>> = {
  minute: 'day',
  hour: 'day',
  day: 'day',
  week: 'toMonday(day)',
  month: 'toStartOfMonth(day)',
}

/** One row with the sums of the whole span. */
export function totalsStatement(subject: Subject): Statement {
  const shape: Shape = { breakdown: undefined, interval: undefined }
  const parts = neededParts(subject, shape)
  return bind(
    subject,
    shape,
    `SELECT ${summed(parts)}
FROM (
${dayParts(subject, shape, parts)}
)`,
  )
}

/**
 * Rows `value` in their order. The row that is `lumped` is `(other)`. Each row also tells how many rows there are
 * (`row_count`) and how many cells went into `(other)` (`all_folded`).
 */
export function breakdownStatement(subject: Subject, breakdown: CatalogDimension): Statement {
  return bind(
    subject,
    { breakdown, interval: undefined },
    breakdownText(subject, breakdown, ', count() OVER () AS row_count, sum(folded) OVER () AS all_folded'),
  )
}

function breakdownText(subject: Subject, breakdown: CatalogDimension, more: string): string {
  const [first = 'visitors'] = subject.query.metrics
  const { currency, isOneVital } = subject.units
  // Money in several currencies has no order, nor have values of several vitals.
  const isOrder =
    (first !== 'revenue' || currency !== undefined || breakdown === 'currency') &&
    (METRIC_CATALOG[first].part !== 'ranked' || isOneVital || breakdown === 'vital')
  const shape: Shape = { breakdown, interval: undefined }
  const parts = neededParts(subject, shape)
  return `SELECT cell AS value, lumped, folded, ${sumsOf(parts).join(', ')}${more}
FROM (
SELECT lumped, cell, sum(day_folded) AS folded, ${summed(parts)}
FROM (
${dayParts(subject, shape, parts)}
)
GROUP BY lumped, cell
)
ORDER BY lumped ASC, ${isOrder ? metricExpression(first) : 'NULL'} DESC NULLS LAST, cell ASC
LIMIT {limit:UInt32} OFFSET {offset:UInt32}`
}

/** Rows `date` and `slot` (minute of the local day) of buckets that hold something. */
export function seriesStatement(subject: Subject, interval: Interval): Statement {
  const shape: Shape = { breakdown: undefined, interval }
  const parts = neededParts(subject, shape)
  return bind(
    subject,
    shape,
    `SELECT toString(${BUCKET_DAYS[interval]}) AS date, slot, lumped, sum(day_folded) AS folded, ${summed(parts)}
FROM (
${dayParts(subject, shape, parts)}
)
GROUP BY date, slot, lumped`,
  )
}

/** The series of each value that the breakdown shows. */
export function brokenDownSeriesStatement(
  subject: Subject,
  breakdown: CatalogDimension,
  interval: Interval,
): Statement {
  const shape: Shape = { breakdown, interval }
  const parts = neededParts(subject, shape)
  return bind(
    subject,
    shape,
    `SELECT cell AS value, lumped, toString(${BUCKET_DAYS[interval]}) AS date, slot, ${summed(parts)}
FROM (
${dayParts(subject, shape, parts)}
)
WHERE (lumped, cell) IN (
SELECT lumped, value
FROM (
${breakdownText(subject, breakdown, '')}
))
GROUP BY value, lumped, date, slot`,
  )
}

/** Rows `currency` of what money the site took in. */
export function currenciesStatement({ id }: Site, { from, to }: Span): Statement {
  return {
    text: `SELECT currency FROM events WHERE ${OF_SITE} AND currency != ''
UNION DISTINCT
SELECT value FROM rollup WHERE ${OF_SITE} AND dimension = 'currency'`,
    values: { site: id, from, to },
  }
}

/** Rows `date` and `told` for each day with events: which days a filtered answer may tell. */
export function releasedDaysStatement(subject: Subject, fold: Fold): Statement {
  const shape: Shape = { breakdown: undefined, interval: undefined }
  return bind(subject, shape, daysStatement(fold, classifiedFrame(subject, undefined)))
}

function summed(parts: readonly Part[]): string {
  return sumsOf(parts)
    .map((sum) => {
      if (isRank(sum)) return `${ranked(sum)} AS ${sum}`
      // As text, since money may have more digits than a number in JSON holds.
      return sum === 'revenue' ? 'toString(sum(day_revenue)) AS revenue' : `sum(day_${sum}) AS ${sum}`
    })
    .join(', ')
}

function ranked(sum: keyof typeof RANKS): string {
  const values = `groupArrayArray(day_${sum})`
  return `if(length(${values}) = 0, NULL, arrayElement(arraySort(${values}), toUInt32(ceil(${RANKS[sum]} * length(${values})))))`
}

function bind(subject: Subject, { breakdown, interval }: Shape, text: string): Statement {
  const { query, site, span, fold, releasedDays, sealed } = subject
  const values: Record<string, unknown> = {
    site: site.id,
    from: span.from,
    to: span.to,
    timezone: site.timezone,
    limit: query.limit,
    offset: query.offset,
    ...span.window,
    ...(fold && { minimum: fold.minimum }),
    ...(releasedDays && { released: releasedDays }),
    ...(sealed && {
      ...sealed,
      rollup: rollupOf(breakdown, interval === undefined ? 'day' : slotOf(interval)),
    }),
  }
  if (breakdown === 'goal') Object.assign(values, goalValues(site.goals))
  return { text, values: { ...values, ...boundFilters(query, site) } }
}

/** The values that filters compare with, the properties and the goals that they are about, by the names of their parameters. */
export function boundFilters(
  { filters, properties }: Pick<ParsedQuery, 'filters' | 'properties'>,
  site: Pick<Site, 'goals'>,
): Record<string, unknown> {
  const values: Record<string, unknown> = filters.some(({ dimension }) => dimension === 'goal')
    ? goalValues(site.goals)
    : {}
  for (const [slot, property] of properties.entries()) values[`prop${slot}`] = property
  for (const [position, filter] of filters.entries()) {
    const { operator, values: alternatives } = operatorOf(filter)
    values[parameterOf(position)] = OPERATOR_CATALOG[operator].bind(alternatives)
  }
  return values
}

/** See REACHED in catalog.ts. */
function goalValues(goals: readonly Goal[]): Record<string, readonly string[]> {
  return {
    goals: goals.map(({ name }) => name),
    goal_events: goals.map((goal) => ('event' in goal ? goal.event : '')),
    goal_pages: goals.map((goal) => ('page' in goal ? globsToPattern([goal.page]) : '')),
  }
}
