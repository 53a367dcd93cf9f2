import { z } from 'zod'
import {
  CHOICE_DIMENSIONS,
  CHOICE_INTERVALS,
  CHOICE_METRICS,
  DIMENSIONS,
  INTERVALS,
  METRICS,
  NAMED_PERIODS,
  type AnyDimension,
  type ChoiceDimension,
  type ChoiceQuery,
  type PropertyDimension,
  type Query,
} from '../../schema/query.ts'
import { isCalendarDay } from './calendar.ts'
import { quote } from './quote.ts'

/** What a question may hold, with a sentence for each fault: the fault by name, and what there is. */

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

const COMPARISONS = ['previous', 'year'] as const

/** Said instead of zod's own words: the fault by name, and what there is. */
function oneOf(noun: string, plural: string, names: readonly string[]): { error: z.core.$ZodErrorMap } {
  return {
    error: (issue) => `unknown ${noun} ${quote(issue.input)}; ${plural} are ${names.join(', ')}`,
  }
}

const day = z.string().refine(isCalendarDay).meta({ format: 'date' })
const range = z.strictObject({ from: day, to: day })

/** A text that values are compared with. */
export const comparedText = z
  .string({ error: (issue) => `${quote(issue.input)} is no text; filters compare with texts` })
  .max(QUERY_LIMITS.valueLength, {
    error: `a filter compares with texts of at most ${QUERY_LIMITS.valueLength} characters`,
  })
  .refine((value) => !/\p{Cc}|\p{Cs}/u.test(value), {
    error: 'a filter compares with texts without control characters',
  })

const values = z
  .array(comparedText, {
    error: 'the values of a filter are a list of texts, such as {"dimension":"country","is":["DE"]}',
  })
  .min(1, { error: 'a filter needs at least one value' })
  .max(QUERY_LIMITS.values, { error: `a filter takes at most ${QUERY_LIMITS.values} values` })
const needles = values.refine((list) => list.every((value) => value !== ''), {
  error: 'contains needs a text to look for, and one value is empty',
})

export function whole(name: string, least: number, most: number): z.ZodInt {
  const error = `${name} is a whole number from ${least} to ${most}`
  return z.int({ error }).min(least, { error }).max(most, { error })
}

/** What a question may name. The lists of names are what a fault tells of, the others what is taken. */
interface Names<M, D, P, I> {
  readonly metrics: M
  readonly metricNames: readonly string[]
  /** Takes a dimension; `noun`: what a fault calls it. */
  dimension(noun: string): z.ZodType<D, D>
  readonly periods: P
  readonly intervals: I
}
export const COMPARE = z.enum(COMPARISONS, oneOf('comparison', 'comparisons', COMPARISONS)).exactOptional()

type Texts = readonly [string, ...string[]]

function questionOf<const M extends Texts, D, const P extends Texts, const I extends Texts>(
  names: Names<M, D, P, I>,
) {
  const metric = z.enum(names.metrics, oneOf('metric', 'metrics', names.metricNames))
  const filterDimension = names.dimension('dimension')
  const filter = z.union([
    z.strictObject({ dimension: filterDimension, is: values }),
    z.strictObject({ dimension: filterDimension, isNot: values }),
    z.strictObject({ dimension: filterDimension, contains: needles }),
    z.strictObject({ dimension: filterDimension, matches: values }),
  ])
  return z.strictObject(
    {
      site: z
        .string({ error: 'site is missing; give the domain of the site, such as "example.com"' })
        .min(1, { error: 'site is empty; give the domain of the site, such as "example.com"' })
        .max(253, { error: 'site is longer than a domain can be' }),
      period: z.union([z.enum(names.periods), range]).exactOptional(),
      interval: z.enum(names.intervals, oneOf('interval', 'intervals', names.intervals)).exactOptional(),
      metrics: z
        .array(metric, { error: 'metrics are a list of names, such as ["visitors","pageviews"]' })
        .min(1, { error: `metrics are empty; metrics are ${names.metricNames.join(', ')}` })
        .exactOptional(),
      breakdown: names.dimension('breakdown').exactOptional(),
      filters: z
        .array(filter, { error: 'filters are a list, such as [{"dimension":"country","is":["DE"]}]' })
        .max(QUERY_LIMITS.filters, { error: `a question takes at most ${QUERY_LIMITS.filters} filters` })
        .exactOptional(),
      compare: COMPARE,
      limit: whole('limit', 1, QUERY_LIMITS.rows).exactOptional(),
      offset: whole('offset', 0, QUERY_LIMITS.offset).exactOptional(),
    },
    { error: 'a question is a JSON object, such as {"site":"example.com","period":"30d"}' },
  )
}

export const ALL_METRICS: readonly string[] = [...METRICS, ...CHOICE_METRICS]
export const ALL_DIMENSIONS: readonly string[] = [
  ...new Set([...DIMENSIONS, 'prop:<name>', ...CHOICE_DIMENSIONS]),
]

const PROPERTY = /^prop:[A-Za-z][\w-]*$/

function dimension(noun: string): z.ZodType<AnyDimension, AnyDimension> {
  const property = z
    .custom<PropertyDimension>((name) => typeof name === 'string' && PROPERTY.test(name))
    .meta({ type: 'string', pattern: PROPERTY.source })
  return z.union([z.enum(DIMENSIONS), property], oneOf(noun, 'dimensions', ALL_DIMENSIONS))
}

function choiceDimension(noun: string): z.ZodType<ChoiceDimension, ChoiceDimension> {
  return z.enum(CHOICE_DIMENSIONS, oneOf(noun, 'dimensions', CHOICE_DIMENSIONS))
}

/** About events. */
export const QUERY = questionOf({
  metrics: METRICS,
  metricNames: ALL_METRICS,
  dimension,
  periods: NAMED_PERIODS,
  intervals: INTERVALS,
}) satisfies z.ZodType<Query>

/** All but `realtime`, which is of minutes: choices are counted by day, and visits are told as a whole. */
export const DAY_PERIODS = ['today', 'yesterday', '7d', '30d', '90d', '12mo'] as const

/** About choices. */
export const CHOICE_QUERY = questionOf({
  metrics: CHOICE_METRICS,
  metricNames: CHOICE_METRICS,
  dimension: choiceDimension,
  periods: DAY_PERIODS,
  intervals: CHOICE_INTERVALS,
}) satisfies z.ZodType<ChoiceQuery>

/** What questions about the steps of visits share with others. */
export const VISIT_FIELDS = {
  site: QUERY.shape.site,
  period: z.union([z.enum(DAY_PERIODS), range]).exactOptional(),
  filters: QUERY.shape.filters,
} as const

export type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
/** The compiler's proof that what is parsed is what schema/query.ts says, no less and no more. */
const isTheContract: [Equal<z.infer<typeof QUERY>, Query>, Equal<z.infer<typeof CHOICE_QUERY>, ChoiceQuery>] =
  [true, true]
void isTheContract
