import type { Interval } from '../../schema/query.ts'
import {
  isRank,
  METRIC_CATALOG,
  metricExpression,
  RANKS,
  ROLLUP_PARTS,
  type CatalogDimension,
  type Part,
} from './catalog.ts'
import { globsToPattern, OPERATOR_CATALOG, operatorOf } from './operators.ts'
import type { Goal, Site } from '../../schema/site.ts'
import { daysStatement, type Fold } from './minimum-group.ts'
import type { ParsedQuery } from './parse.ts'
import { dayParts, kindOf, neededParts, neededTotals, sumsOf } from './parts.ts'
import { slotOf, type Span } from './plan.ts'
import { boundPrimary, namesCollector } from './primary.ts'
import { IS_PRIMARY, OF_SITE, parameterOf } from './relations.ts'
import { rollupOf, TOTAL } from './rollup.ts'
import { classifiedFrame, type Shape } from './selected.ts'
import { isOfRollups, type Subject } from './subject.ts'

/** A statement and the values bound to it. The text is one of a finite set: nothing of a request is part of it. */
export interface Statement {
  readonly text: string
  readonly values: Readonly<Record<string, unknown>>
  /** It reads rollups and lists of parts, which takes milliseconds: it does not wait for those that read events. */
  readonly isLight?: true
  /** Of the data that it reads: the answer is the same as long as this is. Undefined: not known. */
  readonly version?: string
  /** Where others that are asked at the same moment may be run with it as one (panels.ts). */
  readonly panel?: Panel
}

/** A statement about one of several dimensions. */
export interface Panel {
  /** Each row tells its `dimension`: those of the statement are of this one. */
  readonly dimension: CatalogDimension
  /** Statements of one kind which are the same but for the dimension may be run together. */
  readonly kind: string
  /** The statement about several dimensions, of which this is one. */
  together(dimensions: readonly CatalogDimension[]): Statement
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
  const shape: Shape = { breakdowns: [], interval: undefined }
  const parts = neededTotals(subject, shape)
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
 * Rows of each sealed day since the year before the span: `date`, `slot`, `lumped`, `folded` and all sums there are. So one
 * answer is enough for the periods that are asked about and compared with, as long as nothing is sealed.
 */
export function sealedDaysStatement({ site, span, version }: Subject): Statement {
  const sums = sumsOf(ROLLUP_PARTS).map((sum) => (sum === 'revenue' ? 'toString(revenue) AS revenue' : sum))
  return {
    text: `SELECT toString(day) AS date, 0 AS slot, 0 AS lumped, 0 AS folded, ${sums.join(', ')}
FROM rollup
WHERE site = {site:UInt64} AND dimension = {total:String} AND day >= {since:Date}`,
    values: { site: site.id, total: TOTAL, since: `${Number(span.from.slice(0, 4)) - 1}-01-01` },
    isLight: true,
    ...(version && { version: version.rollups }),
  }
}

/**
 * Rows `dimension` and `value` in their order. The row that is `lumped` is `(other)`. Each row also tells how many rows of
 * its dimension there are (`row_count`) and how many cells went into `(other)` (`all_folded`).
 */
export function breakdownStatement(subject: Subject, breakdown: CatalogDimension): Statement {
  const ofDimension =
    'count() OVER (PARTITION BY dimension) AS row_count, sum(folded) OVER (PARTITION BY dimension) AS all_folded'
  const together = (breakdowns: readonly CatalogDimension[]): Statement => {
    const shape: Shape = { breakdowns, interval: undefined }
    const text = breakdownText(subject, shape, orderOf(subject, breakdown), `, ${ofDimension}`)
    return bind(subject, shape, text)
  }
  const kind = kindOf(subject, breakdown)
  return {
    ...together([breakdown]),
    ...(kind !== undefined && { panel: { dimension: breakdown, kind, together } }),
  }
}

function orderOf({ query, units }: Subject, breakdown: CatalogDimension): string {
  const [first = 'visitors'] = query.metrics
  const { currency, isOneVital } = units
  // Money in several currencies has no order, nor have values of several vitals.
  const isOrder =
    (first !== 'revenue' || currency !== undefined || breakdown === 'currency') &&
    (METRIC_CATALOG[first].part !== 'ranked' || isOneVital || breakdown === 'vital')
  return `lumped ASC, ${isOrder ? metricExpression(first) : 'NULL'} DESC NULLS LAST, cell ASC`
}

function breakdownText(subject: Subject, shape: Shape, order: string, more: string): string {
  const parts = neededParts(subject, shape)
  return `SELECT toString(dimension) AS dimension, cell AS value, lumped, folded, ${sumsOf(parts).join(', ')}${more}
FROM (
SELECT dimension, lumped, cell, sum(day_folded) AS folded, ${summed(parts)}
FROM (
${dayParts(subject, shape, parts)}
)
GROUP BY dimension, lumped, cell
)
ORDER BY dimension ASC, ${order}
LIMIT {limit:UInt32} OFFSET {offset:UInt32} BY dimension`
}

/** Rows `date` and `slot` (minute of the local day) of buckets that hold something. */
export function seriesStatement(subject: Subject, interval: Interval): Statement {
  const shape: Shape = { breakdowns: [], interval }
  const parts = neededTotals(subject, shape)
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
  const shape: Shape = { breakdowns: [breakdown], interval }
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
${breakdownText(subject, { breakdowns: [breakdown], interval: undefined }, orderOf(subject, breakdown), '')}
))
GROUP BY value, lumped, date, slot`,
  )
}

/** Rows `currency` of what money the site took in. */
export function currenciesStatement(
  { query, site, primary }: Pick<Subject, 'query' | 'site' | 'primary'>,
  { from, to }: Span,
): Statement {
  const ofCollector = namesCollector(query) ? '' : ` AND ${IS_PRIMARY}`
  return {
    text: `SELECT currency FROM events WHERE ${OF_SITE} AND currency != ''${ofCollector}
UNION DISTINCT
SELECT value FROM rollup WHERE ${OF_SITE} AND dimension = 'currency'`,
    values: { site: site.id, from, to, ...boundPrimary(primary) },
  }
}

/** Rows `date` and `told` for each day with events: which days a filtered answer may tell. */
export function releasedDaysStatement(subject: Subject, fold: Fold): Statement {
  const shape: Shape = { breakdowns: [], interval: undefined }
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

function bind(subject: Subject, { breakdowns, interval }: Shape, text: string): Statement {
  const { query, site, span, fold, releasedDays, sealed, primary, version } = subject
  const values: Record<string, unknown> = {
    site: site.id,
    from: span.from,
    to: span.to,
    timezone: site.timezone,
    // What has no rows to choose from is the same whatever their number.
    ...(breakdowns.length > 0 && { limit: query.limit, offset: query.offset }),
    ...boundPrimary(primary),
    ...span.window,
    ...(fold && { minimum: fold.minimum }),
    ...(releasedDays && { released: releasedDays }),
    ...(sealed && {
      sealed: sealed.sealed,
      open: sealed.open,
      rollup: rollupOf(interval === undefined ? 'day' : slotOf(interval)),
      rollups: breakdowns,
    }),
  }
  if (breakdowns.includes('goal')) Object.assign(values, goalValues(site.goals))
  const isLight = isOfRollups(subject)
  return {
    text,
    values: { ...values, ...boundFilters(query, site) },
    ...(isLight && { isLight }),
    ...(version && { version: isLight ? version.rollups : version.events }),
  }
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
