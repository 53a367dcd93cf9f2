import type { z } from 'zod'
import {
  NAMED_PERIODS,
  STEP_KINDS,
  type AnyDimension,
  type ChoiceQuery,
  type Dimension,
  type FlowQuery,
  type FunnelQuery,
  type Interval,
  type Metric,
  type Period,
  type Query,
  type Question,
  type RetentionQuery,
} from '../../schema/query.ts'
import { UserError } from '../errors.ts'
import { addDays, addMonths, isCalendarDay } from './calendar.ts'
import { PROPERTY_SLOTS, type CatalogDimension, type CatalogFilter, type PropertySlot } from './catalog.ts'
import { OPERATORS } from './operators.ts'
import { ALL_DIMENSIONS, CHOICE_QUERY, DAY_PERIODS, QUERY, QUERY_LIMITS } from './question.ts'
import { quote } from './quote.ts'
import {
  FLOW_NAMES,
  FLOW_QUERY,
  FUNNEL_METRICS,
  FUNNEL_QUERY,
  RETENTION_METRICS,
  RETENTION_NAMES,
  RETENTION_QUERY,
} from './visit-question.ts'

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
  if (isFunnel(input)) return parseVisitQuery(FUNNEL_QUERY, 'funnel', input)
  if (isFlow(input)) return parseVisitQuery(FLOW_QUERY, 'flow', input)
  if (isRetention(input)) return parseVisitQuery(RETENTION_QUERY, 'retention', input)
  return isAboutChoices(input) ? parseChoiceQuery(input) : parseQuery(input)
}

/** The same for a question about events. */
export function parseQuery(input: unknown): Query {
  const query = read(QUERY, input, { periods: NAMED_PERIODS, fields: Object.keys(QUERY.shape), of: '' })
  checkTogether(withDefaults(query))
  return query
}

function parseChoiceQuery(input: unknown): ChoiceQuery {
  const fields = Object.keys(CHOICE_QUERY.shape)
  const query = read(CHOICE_QUERY, input, { periods: DAY_PERIODS, fields, of: 'of choices: ' })
  checkPeriod(query.period)
  return { ...query, metrics: ['choices'] }
}

function parseVisitQuery<T extends FunnelQuery | FlowQuery | RetentionQuery>(
  schema: z.ZodType<T> & { shape: object },
  kind: 'funnel' | 'flow' | 'retention',
  input: unknown,
): T {
  const fields = Object.keys(schema.shape)
  const query = read(schema, input, { periods: DAY_PERIODS, fields, of: `of a ${kind}: ` })
  checkPeriod(query.period)
  return query
}

/** What there is in a kind of question, for the sentence about a fault. */
interface Known {
  readonly periods: readonly string[]
  readonly fields: readonly string[]
  /** Begins the sentence. */
  readonly of: string
}

function read<T>(schema: z.ZodType<T>, input: unknown, known: Known): T {
  const result = schema.safeParse(input, { reportInput: true })
  if (result.success) return result.data
  throw new UserError(sentence(`${known.of}${describeIssue(result.error.issues[0], input, known)}`))
}

/** Whether a question, as it was sent or read, is for a funnel. */
export function isFunnel(input: unknown): input is FunnelQuery {
  return valueAt(input, ['funnel']) !== undefined
}

/** Whether a question, as it was sent or read, is for a flow. */
export function isFlow(input: unknown): input is FlowQuery {
  return valueAt(input, ['flow']) !== undefined
}

/** Whether a question, as it was sent or read, is about who came back. */
export function isRetention(input: unknown): input is RetentionQuery {
  return valueAt(input, ['retention']) !== undefined
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
  /** What a row is about. */
  readonly names: readonly string[]
  readonly metrics: readonly string[]
  /** Whether the rows are a series, which is never cut. */
  readonly isSeries: boolean
}

export function shapeOf(question: Question): Shape {
  if (isFunnel(question)) return { names: ['step', 'name'], metrics: FUNNEL_METRICS, isSeries: false }
  if (isFlow(question)) return { names: FLOW_NAMES, metrics: ['visits'], isSeries: false }
  if (isRetention(question)) return { names: RETENTION_NAMES, metrics: RETENTION_METRICS, isSeries: true }
  const { interval, breakdown } = question
  return {
    names: [...(interval === undefined ? [] : ['time']), ...(breakdown === undefined ? [] : [breakdown])],
    metrics: isChoiceQuery(question) ? ['choices'] : withDefaults(question).metrics,
    isSeries: interval !== undefined,
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

function describeIssue(issue: Issue | undefined, input: unknown, { periods, fields }: Known): string {
  if (!issue) return 'the question cannot be read'
  const [field, position] = issue.path
  if (field === 'period') return describePeriod(valueAt(input, ['period']), periods)
  if (field === 'filters' && typeof position === 'number') {
    return describeFilter(issue, valueAt(input, ['filters', position]), position)
  }
  if (field === 'funnel' && typeof position === 'number') {
    return `step ${position + 1}: ${describeStep(issue, valueAt(input, ['funnel', position]))}`
  }
  if (field === 'flow') return describeFlow(issue, valueAt(input, ['flow']))
  if (issue.code === 'unrecognized_keys') {
    return `unknown field ${issue.keys.map(quote).join(', ')}; fields are ${fields.join(', ')}`
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

function describeFlow(issue: Issue, given: unknown): string {
  const known = 'a flow is {"from":<step>} or {"to":<step>}, with "steps" up to 3'
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return `${quote(given)} is no flow; ${known}`
  const keys = Object.keys(given)
  const unknown = keys.filter((key) => !['from', 'to', 'steps'].includes(key))
  if (unknown.length > 0) return `unknown field ${unknown.map(quote).join(', ')} in flow; ${known}`
  const ends = keys.filter((key) => key !== 'steps')
  if (ends.length !== 1) return `it has ${ends.length} ends; ${known}`
  const [end = 'from'] = ends
  const inner = issue.code === 'invalid_union' ? issue.errors[end === 'from' ? 0 : 1]?.[0] : issue
  if (inner?.path.at(-1) === 'steps') return inner.message
  return inner ? `${end}: ${describeStep(inner, valueAt(given, [end]))}` : known
}

/** zod reports a union by all its branches: the first is that of texts, then comes one for each kind. */
function describeStep(issue: Issue, given: unknown): string {
  const known = `a step is the path of a page, such as "/pricing", or an object with one of ${STEP_KINDS.join(', ')}`
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given)
  if (!isObject && typeof given !== 'string') return `${quote(given)} is no step; ${known}`
  const keys = isObject ? Object.keys(given) : []
  const unknown = keys.filter((key) => !STEP_KINDS.some((kind) => kind === key))
  if (unknown.length > 0) return `unknown field ${unknown.map(quote).join(', ')}; ${known}`
  if (isObject && keys.length !== 1) return `it has ${keys.length} conditions; ${known}`
  const branch = isObject ? STEP_KINDS.findIndex((kind) => kind === keys[0]) + 1 : 0
  const inner = issue.code === 'invalid_union' ? issue.errors[branch]?.[0] : issue
  return inner?.message ?? known
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
