import { z } from 'zod'
import {
  CHOICE_DIMENSIONS,
  AD_DIMENSIONS,
  AD_METRICS,
  CHOICE_METRICS,
  COUNT_INTERVALS,
  DIMENSIONS,
  DROP_DIMENSIONS,
  DROP_INTERVALS,
  DROP_METRICS,
  INTERVALS,
  MAIL_DIMENSIONS,
  MAIL_METRICS,
  METRICS,
  NAMED_PERIODS,
  TRAIT_METRICS,
  type AdDimension,
  type AdQuery,
  type AnyDimension,
  type ChoiceDimension,
  type ChoiceQuery,
  type DropDimension,
  type DropQuery,
  type MailDimension,
  type MailQuery,
  type PropertyDimension,
  type Query,
  type TraitDimension,
  type TraitQuery,
} from '../../schema/query.ts'
import { TRAIT_NAMES } from '../../schema/targeting.ts'
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

export const ALL_METRICS: readonly string[] = [
  ...METRICS,
  ...CHOICE_METRICS,
  ...DROP_METRICS,
  ...MAIL_METRICS,
  ...AD_METRICS,
]
export const ALL_DIMENSIONS: readonly string[] = [
  ...new Set([
    ...DIMENSIONS,
    'prop:<name>',
    ...CHOICE_DIMENSIONS,
    ...DROP_DIMENSIONS,
    ...MAIL_DIMENSIONS,
    ...AD_DIMENSIONS,
    'trait:<name>',
  ]),
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

function dropDimension(noun: string): z.ZodType<DropDimension, DropDimension> {
  return z.enum(DROP_DIMENSIONS, oneOf(noun, 'dimensions', DROP_DIMENSIONS))
}

function mailDimension(noun: string): z.ZodType<MailDimension, MailDimension> {
  return z.enum(MAIL_DIMENSIONS, oneOf(noun, 'dimensions', MAIL_DIMENSIONS))
}

function adDimension(noun: string): z.ZodType<AdDimension, AdDimension> {
  return z.enum(AD_DIMENSIONS, oneOf(noun, 'dimensions', AD_DIMENSIONS))
}

const TRAIT_DIMENSIONS = TRAIT_NAMES.map((trait): TraitDimension => `trait:${trait}`)

function traitDimension(noun: string): z.ZodType<TraitDimension, TraitDimension> {
  return z.enum(TRAIT_DIMENSIONS, oneOf(noun, 'dimensions', TRAIT_DIMENSIONS))
}

/** About events. */
export const QUERY = questionOf({
  metrics: METRICS,
  metricNames: ALL_METRICS,
  dimension,
  periods: NAMED_PERIODS,
  intervals: INTERVALS,
}) satisfies z.ZodType<Query>

/** All but `realtime`, which is of minutes: choices and drops are counted by day, and visits are told as a whole. */
export const DAY_PERIODS = ['today', 'yesterday', '7d', '30d', '90d', '12mo'] as const

/** A question about what is counted of nobody, by day at least. */
function aboutCounts<const M extends Texts, D, const I extends Texts>(
  metrics: M,
  dimensionOf: Names<M, D, Texts, I>['dimension'],
  intervals: I,
) {
  return questionOf({
    metrics,
    metricNames: metrics,
    dimension: dimensionOf,
    periods: DAY_PERIODS,
    intervals,
  })
}

/** About choices. */
export const CHOICE_QUERY = aboutCounts(
  CHOICE_METRICS,
  choiceDimension,
  COUNT_INTERVALS,
) satisfies z.ZodType<ChoiceQuery>

/** About what was dropped, stored late or scrubbed. */
export const DROP_QUERY = aboutCounts(
  DROP_METRICS,
  dropDimension,
  DROP_INTERVALS,
) satisfies z.ZodType<DropQuery>

/** About mails. */
export const MAIL_QUERY = aboutCounts(
  MAIL_METRICS,
  mailDimension,
  COUNT_INTERVALS,
) satisfies z.ZodType<MailQuery>

/** About what ads had as an effect. */
export const AD_QUERY = aboutCounts(AD_METRICS, adDimension, COUNT_INTERVALS) satisfies z.ZodType<AdQuery>

/** About groups of visitors. */
export const TRAIT_QUERY = aboutCounts(
  TRAIT_METRICS,
  traitDimension,
  COUNT_INTERVALS,
) satisfies z.ZodType<TraitQuery>

/** What questions about the steps of visits share with others. */
export const VISIT_FIELDS = {
  site: QUERY.shape.site,
  period: z.union([z.enum(DAY_PERIODS), range]).exactOptional(),
  filters: QUERY.shape.filters,
} as const

export type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
/** The compiler's proof that what is parsed is what schema/query.ts says, no less and no more. */
const isTheContract: [
  Equal<z.infer<typeof QUERY>, Query>,
  Equal<z.infer<typeof CHOICE_QUERY>, ChoiceQuery>,
  Equal<z.infer<typeof DROP_QUERY>, DropQuery>,
  Equal<z.infer<typeof MAIL_QUERY>, MailQuery>,
  Equal<z.infer<typeof AD_QUERY>, AdQuery>,
  Equal<z.infer<typeof TRAIT_QUERY>, TraitQuery>,
] = [true, true, true, true, true, true]
void isTheContract
