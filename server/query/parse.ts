import { z } from 'zod'
import {
  DIMENSIONS,
  INTERVALS,
  METRICS,
  NAMED_PERIODS,
  type Dimension,
  type Interval,
  type Metric,
  type Period,
  type Query,
} from '../../schema/query.ts'
import { UserError } from '../errors.ts'
import { addDays, addMonths, isCalendarDay } from './calendar.ts'
import { OPERATORS } from './catalog.ts'

/** Bounds of a question. */
export const QUERY_LIMITS = {
  filters: 10,
  /** Alternatives of one filter. */
  values: 100,
  /** Length of one alternative, in UTF-16 units. */
  valueLength: 512,
  rows: 1_000,
  offset: 1_000_000,
  months: 25,
} as const

const DEFAULT_METRICS: Metric[] = ['visitors', 'visits', 'pageviews']
const COMPARISONS = ['previous', 'year'] as const

/** Said instead of zod's own words: the fault by name, and what there is. */
function oneOf(noun: string, plural: string, names: readonly string[]): { error: z.core.$ZodErrorMap } {
  return {
    error: (issue) => `unknown ${noun} ${quote(issue.input)}; ${plural} are ${names.join(', ')}`,
  }
}

const metric = z.enum(METRICS, oneOf('metric', 'metrics', METRICS))
const breakdown = z.enum(DIMENSIONS, oneOf('breakdown', 'dimensions', DIMENSIONS))
const filterDimension = z.enum(DIMENSIONS, oneOf('dimension', 'dimensions', DIMENSIONS))

const values = z
  .array(
    z
      .string({ error: (issue) => `${quote(issue.input)} is no text; filters compare with texts` })
      .max(QUERY_LIMITS.valueLength, {
        error: `a filter compares with texts of at most ${QUERY_LIMITS.valueLength} characters`,
      })
      .refine((value) => !/\p{Cc}|\p{Cs}/u.test(value), {
        error: 'a filter compares with texts without control characters',
      }),
    { error: 'the values of a filter are a list of texts, such as {"dimension":"country","is":["DE"]}' },
  )
  .min(1, { error: 'a filter needs at least one value' })
  .max(QUERY_LIMITS.values, { error: `a filter takes at most ${QUERY_LIMITS.values} values` })
const needles = values.refine((list) => list.every((value) => value !== ''), {
  error: 'contains needs a text to look for, and one value is empty',
})

const filter = z.union([
  z.strictObject({ dimension: filterDimension, is: values }),
  z.strictObject({ dimension: filterDimension, isNot: values }),
  z.strictObject({ dimension: filterDimension, contains: needles }),
  z.strictObject({ dimension: filterDimension, matches: values }),
])

const day = z.string().refine(isCalendarDay)

const period = z.union([z.enum(NAMED_PERIODS), z.strictObject({ from: day, to: day })])

function whole(name: string, least: number, most: number): z.ZodInt {
  const error = `${name} is a whole number from ${least} to ${most}`
  return z.int({ error }).min(least, { error }).max(most, { error })
}

const QUERY = z.strictObject(
  {
    site: z
      .string({ error: 'site is missing; give the domain of the site, such as "example.com"' })
      .min(1, { error: 'site is empty; give the domain of the site, such as "example.com"' })
      .max(253, { error: 'site is longer than a domain can be' }),
    period: period.exactOptional(),
    interval: z.enum(INTERVALS, oneOf('interval', 'intervals', INTERVALS)).exactOptional(),
    metrics: z
      .array(metric, { error: 'metrics are a list of names, such as ["visitors","pageviews"]' })
      .min(1, { error: `metrics are empty; metrics are ${METRICS.join(', ')}` })
      .exactOptional(),
    breakdown: breakdown.exactOptional(),
    filters: z
      .array(filter, { error: 'filters are a list, such as [{"dimension":"country","is":["DE"]}]' })
      .max(QUERY_LIMITS.filters, { error: `a question takes at most ${QUERY_LIMITS.filters} filters` })
      .exactOptional(),
    compare: z.enum(COMPARISONS, oneOf('comparison', 'comparisons', COMPARISONS)).exactOptional(),
    limit: whole('limit', 1, QUERY_LIMITS.rows).exactOptional(),
    offset: whole('offset', 0, QUERY_LIMITS.offset).exactOptional(),
  },
  { error: 'a question is a JSON object, such as {"site":"example.com","period":"30d"}' },
) satisfies z.ZodType<Query>

type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
/** The compiler's proof that what is parsed is what schema/query.ts says, no less and no more. */
const isTheContract: Equal<z.infer<typeof QUERY>, Query> = true
void isTheContract

/** A question with its defaults filled in. */
export interface ParsedQuery {
  readonly site: string
  readonly period: Period
  readonly interval: Interval | undefined
  readonly metrics: readonly Metric[]
  readonly breakdown: Dimension | undefined
  readonly filters: NonNullable<Query['filters']>
  readonly compare: Query['compare']
  readonly limit: number
  readonly offset: number
}

/** Reads a question from outside. Throws UserError (400) that names the fault and lists what exists. */
export function parseQuery(input: unknown): Query {
  const result = QUERY.safeParse(input, { reportInput: true })
  if (!result.success) throw new UserError(sentence(describeIssue(result.error.issues[0], input)))
  checkTogether(withDefaults(result.data))
  return result.data
}

export function withDefaults(query: Query): ParsedQuery {
  return {
    site: query.site,
    period: query.period ?? '30d',
    interval: query.interval,
    metrics: [...new Set(query.metrics ?? DEFAULT_METRICS)],
    breakdown: query.breakdown,
    filters: query.filters ?? [],
    compare: query.compare,
    limit: query.limit ?? 100,
    offset: query.offset ?? 0,
  }
}

/** What a question must be as a whole. */
function checkTogether({ period: asked, interval, compare }: ParsedQuery): void {
  if (typeof asked === 'object') {
    if (asked.from > asked.to) {
      throw new UserError(`The period begins on ${asked.from}, after its end on ${asked.to}; swap them.`)
    }
    if (addDays(asked.to, 1) > addMonths(asked.from, QUERY_LIMITS.months)) {
      throw new UserError(
        `The period from ${asked.from} to ${asked.to} is longer than ${QUERY_LIMITS.months} months; shorten it.`,
      )
    }
  }
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

function describeIssue(issue: Issue | undefined, input: unknown): string {
  if (!issue) return 'the question cannot be read'
  const [field, position] = issue.path
  if (field === 'period') return describePeriod(valueAt(input, ['period']))
  if (field === 'filters' && typeof position === 'number') {
    return describeFilter(issue, valueAt(input, ['filters', position]), position)
  }
  if (issue.code === 'unrecognized_keys') {
    return `unknown field ${issue.keys.map(quote).join(', ')}; fields are ${Object.keys(QUERY.shape).join(', ')}`
  }
  return issue.message
}

function describePeriod(given: unknown): string {
  const known = `periods are ${NAMED_PERIODS.join(', ')} and {"from":"2026-11-01","to":"2026-11-30"}`
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
    return `${name} names no dimension; dimensions are ${DIMENSIONS.join(', ')}`
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

/** As it was given, cut, for a sentence. */
function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
