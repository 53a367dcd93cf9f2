import type { z } from 'zod'
import {
  NAMED_PERIODS,
  type AnyDimension,
  type ChoiceQuery,
  type Dimension,
  type Interval,
  type Metric,
  type Period,
  type Query,
  type Question,
} from '../../schema/query.ts'
import { UserError } from '../errors.ts'
import { addDays, addMonths, isCalendarDay } from './calendar.ts'
import { PROPERTY_SLOTS, type CatalogDimension, type CatalogFilter, type PropertySlot } from './catalog.ts'
import { OPERATORS } from './operators.ts'
import { ALL_DIMENSIONS, CHOICE_PERIODS, CHOICE_QUERY, QUERY, QUERY_LIMITS } from './question.ts'
import { quote } from './quote.ts'

const DEFAULT_METRICS: Metric[] = ['visitors', 'visits', 'pageviews']

/** A question with its defaults filled in. */
export interface ParsedQuery {
  readonly site: string
  readonly period: Period
  readonly interval: Interval | undefined
  readonly metrics: readonly Metric[]
  readonly breakdown: CatalogDimension | undefined
  readonly filters: readonly CatalogFilter[]
  /** The properties of PROPERTY_SLOTS, as far as the question names any. */
  readonly properties: readonly string[]
  readonly compare: Query['compare']
  readonly limit: number
  readonly offset: number
}

/** Reads a question from outside. Throws UserError (400) that names the fault and lists what exists. */
export function parseQuestion(input: unknown): Question {
  return isAboutChoices(input) ? parseChoiceQuery(input) : parseQuery(input)
}

/** The same for a question about events. */
export function parseQuery(input: unknown): Query {
  const query = read(QUERY, input, NAMED_PERIODS)
  checkTogether(withDefaults(query))
  return query
}

function parseChoiceQuery(input: unknown): ChoiceQuery {
  const query = read(CHOICE_QUERY, input, CHOICE_PERIODS)
  checkPeriod(query.period)
  return { ...query, metrics: ['choices'] }
}

function read<T>(schema: z.ZodType<T>, input: unknown, periods: readonly string[]): T {
  const result = schema.safeParse(input, { reportInput: true })
  if (result.success) return result.data
  const fault = describeIssue(result.error.issues[0], input, periods)
  throw new UserError(sentence(isAboutChoices(input) ? `of choices: ${fault}` : fault))
}

/** Whether a question that was read is about choices. */
export function isChoiceQuery(query: Question): query is ChoiceQuery {
  return isAboutChoices(query)
}

/** Whether a question, as it was sent, is about choices; it may still be a wrong one. */
function isAboutChoices(input: unknown): boolean {
  const [metrics, filters] = [valueAt(input, ['metrics']), valueAt(input, ['filters'])]
  return (
    (Array.isArray(metrics) && metrics.includes('choices')) ||
    valueAt(input, ['breakdown']) === 'consentState' ||
    (Array.isArray(filters) && filters.some((filter) => valueAt(filter, ['dimension']) === 'consentState'))
  )
}

export function withDefaults(query: Query): ParsedQuery {
  const named = [query.breakdown, ...(query.filters ?? []).map((filter) => filter.dimension)]
  const properties = [...new Set(named.flatMap((name) => propertyOf(name) ?? []))]
  const catalogued = (name: AnyDimension): CatalogDimension => {
    const property = propertyOf(name)
    // A question has a slot for each property that it can name.
    return property === undefined
      ? (name as Dimension)
      : (`prop${properties.indexOf(property)}` as PropertySlot)
  }
  return {
    site: query.site,
    period: query.period ?? '30d',
    interval: query.interval,
    metrics: [...new Set(query.metrics ?? DEFAULT_METRICS)],
    breakdown: query.breakdown && catalogued(query.breakdown),
    filters: (query.filters ?? []).map((filter) =>
      Object.assign({}, filter, { dimension: catalogued(filter.dimension) }),
    ),
    properties,
    compare: query.compare,
    limit: query.limit ?? 100,
    offset: query.offset ?? 0,
  }
}

/** A name without `prop:` in front of it; undefined where that is no property. */
function propertyOf(name: AnyDimension | undefined): string | undefined {
  return name?.startsWith(PROPERTY_PREFIX) ? name.slice(PROPERTY_PREFIX.length) : undefined
}

const PROPERTY_PREFIX = 'prop:'

/** What a question calls one of its dimensions: the key in rows of an answer. */
export function nameOf({ properties }: ParsedQuery, dimension: CatalogDimension): string {
  const slot = PROPERTY_SLOTS.indexOf(dimension as PropertySlot)
  return slot === -1 ? dimension : `${PROPERTY_PREFIX}${properties[slot]}`
}

function checkPeriod(asked: Period | undefined): void {
  if (typeof asked !== 'object') return
  if (asked.from > asked.to) {
    throw new UserError(`The period begins on ${asked.from}, after its end on ${asked.to}; swap them.`)
  }
  if (addDays(asked.to, 1) > addMonths(asked.from, QUERY_LIMITS.months)) {
    throw new UserError(
      `The period from ${asked.from} to ${asked.to} is longer than ${QUERY_LIMITS.months} months; shorten it.`,
    )
  }
}

/** What the rows of an answer have as columns. */
export interface Shape {
  readonly interval: string | undefined
  readonly breakdown: string | undefined
  readonly metrics: readonly string[]
}

export function shapeOf(question: Question): Shape {
  const { interval, breakdown } = question
  return {
    interval,
    breakdown,
    metrics: isChoiceQuery(question) ? ['choices'] : withDefaults(question).metrics,
  }
}

/** What a question must be as a whole. */
function checkTogether({ period: asked, interval, compare }: ParsedQuery): void {
  checkPeriod(asked)
  const isOneDay =
    typeof asked === 'object' ? asked.from === asked.to : ['today', 'yesterday'].includes(asked)
  if (interval === 'minute' && asked !== 'realtime' && !isOneDay) {
    throw new UserError('Interval "minute" needs the period realtime or a single day; use hour or day.')
  }
  if (asked === 'realtime' && interval !== undefined && interval !== 'minute') {
    throw new UserError(`Interval ${quote(interval)} does not fit the period realtime; use minute.`)
  }
  if (asked === 'realtime' && compare !== undefined) {
    throw new UserError(`Comparison ${quote(compare)} does not fit the period realtime; leave it out.`)
  }
}

type Issue = z.core.$ZodIssue

function describeIssue(issue: Issue | undefined, input: unknown, periods: readonly string[]): string {
  if (!issue) return 'the question cannot be read'
  const [field, position] = issue.path
  if (field === 'period') return describePeriod(valueAt(input, ['period']), periods)
  if (field === 'filters' && typeof position === 'number') {
    return describeFilter(issue, valueAt(input, ['filters', position]), position)
  }
  if (issue.code === 'unrecognized_keys') {
    return `unknown field ${issue.keys.map(quote).join(', ')}; fields are ${Object.keys(QUERY.shape).join(', ')}`
  }
  return issue.message
}

function describePeriod(given: unknown, periods: readonly string[]): string {
  const known = `periods are ${periods.join(', ')} and {"from":"2026-11-01","to":"2026-11-30"}`
  if (typeof given !== 'object' || given === null) return `unknown period ${quote(given)}; ${known}`
  const unknown = Object.keys(given).filter((key) => key !== 'from' && key !== 'to')
  if (unknown.length > 0) return `unknown field ${unknown.map(quote).join(', ')} in period; ${known}`
  for (const end of ['from', 'to']) {
    const value = valueAt(given, [end])
    if (value === undefined) return `period needs ${end}; ${known}`
    if (typeof value !== 'string' || !isCalendarDay(value)) {
      return `${quote(value)} is no day for ${end} of the period; write 2026-11-01`
    }
  }
  return `unknown period; ${known}`
}

/** zod reports a union by all its branches; the branch that the filter was meant for is told by its operator. */
function describeFilter(issue: Issue, given: unknown, position: number): string {
  const name = `filter ${position + 1}`
  const known = `a filter is {"dimension":…} with one of ${OPERATORS.join(', ')}`
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return `${name} is no object; ${known}`
  const keys = Object.keys(given).filter((key) => key !== 'dimension')
  const unknown = keys.filter((key) => !OPERATORS.some((operator) => operator === key))
  if (unknown.length > 0) return `unknown filter ${unknown.map(quote).join(', ')} in ${name}; ${known}`
  if (keys.length !== 1) return `${name} has ${keys.length} conditions; ${known}`
  if (valueAt(given, ['dimension']) === undefined)
    return `${name} names no dimension; dimensions are ${ALL_DIMENSIONS.join(', ')}`
  const branch = OPERATORS.findIndex((operator) => operator === keys[0])
  const inner = issue.code === 'invalid_union' ? issue.errors[branch]?.[0] : issue
  return `${name}: ${inner?.message ?? known}`
}

function valueAt(input: unknown, path: readonly (string | number)[]): unknown {
  let value = input
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string | number, unknown>)[key]
  }
  return value
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
}
