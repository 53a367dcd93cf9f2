import type { z } from 'zod'
import {
  AD_DIMENSIONS,
  AD_METRICS,
  CHOICE_METRICS,
  DROP_DIMENSIONS,
  DROP_METRICS,
  GRANT_DIMENSIONS,
  MAIL_DIMENSIONS,
  MAIL_METRICS,
  NAMED_PERIODS,
  TRAIT_METRICS,
  type AdQuery,
  type AnyDimension,
  type ChoiceQuery,
  type Dimension,
  type DropQuery,
  type BurstQuery,
  type FlowQuery,
  type FunnelQuery,
  type Interval,
  type MailQuery,
  type Metric,
  type Period,
  type Query,
  type Question,
  type RetentionQuery,
  type TraitQuery,
} from '../../schema/query.ts'
import { UserError } from '../errors.ts'
import { addDays, addMonths } from './calendar.ts'
import { PROPERTY_SLOTS, type CatalogDimension, type CatalogFilter, type PropertySlot } from './catalog.ts'
import { adMetrics } from './ads.ts'
import { checkCountedTogether } from './choices.ts'
import { dropMetrics } from './drops.ts'
import { mailMetrics } from './mails.ts'
import { describeFault, valueAt, type Known } from './faults.ts'
import {
  AD_QUERY,
  CHOICE_QUERY,
  DAY_PERIODS,
  DROP_QUERY,
  MAIL_QUERY,
  QUERY,
  QUERY_LIMITS,
  TRAIT_QUERY,
} from './question.ts'
import { quote } from './quote.ts'
import { TRAIT_PREFIX } from './traits.ts'
import {
  BURST_METRICS,
  BURST_NAMES,
  BURST_QUERY,
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
  if (isBursts(input)) return readDays(BURST_QUERY, 'of bursts: ', input)
  if (isAboutDrops(input)) return parseDropQuery(input)
  if (isAboutMails(input)) return parseMailQuery(input)
  if (isAboutChoices(input)) return parseChoiceQuery(input)
  if (isAboutAds(input)) return readDays(AD_QUERY, 'of ads: ', input)
  if (isAboutTraits(input)) return { ...readDays(TRAIT_QUERY, 'of traits: ', input), metrics: ['visitors'] }
  return parseQuery(input)
}

/** The same for a question about events. */
export function parseQuery(input: unknown): Query {
  const query = read(QUERY, input, { periods: NAMED_PERIODS, fields: Object.keys(QUERY.shape), of: '' })
  checkTogether(withDefaults(query))
  return query
}

function parseChoiceQuery(input: unknown): ChoiceQuery {
  const query = readDays(CHOICE_QUERY, 'of choices: ', input)
  checkCountedTogether(query)
  return { ...query, metrics: ['choices'] }
}

function parseDropQuery(input: unknown): DropQuery {
  const query = readDays(DROP_QUERY, 'of drops: ', input)
  return { ...query, metrics: dropMetrics(query) }
}

function parseMailQuery(input: unknown): MailQuery {
  const query = readDays(MAIL_QUERY, 'of mails: ', input)
  return { ...query, metrics: mailMetrics(query) }
}

function parseVisitQuery<T extends FunnelQuery | FlowQuery | RetentionQuery>(
  schema: z.ZodType<T> & { shape: object },
  kind: 'funnel' | 'flow' | 'retention',
  input: unknown,
): T {
  return readDays(schema, `of a ${kind}: `, input)
}

/** A question about whole days. */
function readDays<T extends { period?: Period }>(
  schema: z.ZodType<T> & { shape: object },
  of: string,
  input: unknown,
): T {
  const query = read(schema, input, { periods: DAY_PERIODS, fields: Object.keys(schema.shape), of })
  checkPeriod(query.period)
  return query
}

function read<T>(schema: z.ZodType<T>, input: unknown, known: Known): T {
  const result = schema.safeParse(input, { reportInput: true })
  if (result.success) return result.data
  throw new UserError(describeFault(result.error.issues[0], input, known))
}

/** Whether a question, as it was sent or read, is for a funnel. */
export function isFunnel(input: unknown): input is FunnelQuery {
  return valueAt(input, ['funnel']) !== undefined
}

/** Whether a question, as it was sent or read, is for a flow. */
export function isFlow(input: unknown): input is FlowQuery {
  return valueAt(input, ['flow']) !== undefined
}

/** Whether a question, as it was sent or read, is about bursts of requests. */
export function isBursts(input: unknown): input is BurstQuery {
  return valueAt(input, ['bursts']) !== undefined
}

/** Whether a question, as it was sent or read, is about who came back. */
export function isRetention(input: unknown): input is RetentionQuery {
  return valueAt(input, ['retention']) !== undefined
}

/** Whether a question that was read is about choices. */
export function isChoiceQuery(query: Question): query is ChoiceQuery {
  return isAboutChoices(query)
}

/** Whether a question that was read is about drops. */
export function isDropQuery(query: Question): query is DropQuery {
  return isAboutDrops(query)
}

/** Whether a question that was read is about ads. */
export function isAdQuery(query: Question): query is AdQuery {
  return isAboutAds(query)
}

/** Whether a question that was read is about traits. */
export function isTraitQuery(query: Question): query is TraitQuery {
  return isAboutTraits(query)
}

/** Whether a question, as it was sent, is about choices; it may still be a wrong one. */
function isAboutChoices(input: unknown): boolean {
  return isAbout(input, CHOICE_METRICS, ['consentState', ...GRANT_DIMENSIONS])
}

/** The same for what was dropped. */
function isAboutDrops(input: unknown): boolean {
  return isAbout(input, DROP_METRICS, DROP_DIMENSIONS)
}

/** The same for ads. */
function isAboutAds(input: unknown): boolean {
  return isAbout(input, AD_METRICS, AD_DIMENSIONS)
}

/** The same for traits. */
function isAboutTraits(input: unknown): boolean {
  return dimensionsIn(input).some((name) => typeof name === 'string' && name.startsWith(TRAIT_PREFIX))
}

/** Whether a question names one of some metrics or dimensions. */
function isAbout(input: unknown, metrics: readonly string[], dimensions: readonly string[]): boolean {
  const asked = valueAt(input, ['metrics'])
  return (
    (Array.isArray(asked) && asked.some((metric) => isOne(metrics, metric))) ||
    dimensionsIn(input).some((name) => isOne(dimensions, name))
  )
}

/** Whether a question that was read is about mails. */
export function isMailQuery(query: Question): query is MailQuery {
  return isAboutMails(query)
}

/** The same for mails. */
function isAboutMails(input: unknown): boolean {
  return isAbout(input, MAIL_METRICS, MAIL_DIMENSIONS)
}

/** What a question, as it was sent, breaks down by and filters on. */
function dimensionsIn(input: unknown): readonly unknown[] {
  const filters = valueAt(input, ['filters'])
  const filtered: unknown[] = Array.isArray(filters) ? filters : []
  return [valueAt(input, ['breakdown']), ...filtered.map((filter) => valueAt(filter, ['dimension']))]
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
  if (isBursts(question)) return { names: BURST_NAMES, metrics: BURST_METRICS, isSeries: true }
  const { interval, breakdown } = question
  return {
    names: [...(interval === undefined ? [] : ['time']), ...(breakdown === undefined ? [] : [breakdown])],
    metrics: metricsOf(question),
    isSeries: interval !== undefined,
  }
}

function metricsOf(
  question: Query | ChoiceQuery | DropQuery | MailQuery | AdQuery | TraitQuery,
): readonly string[] {
  if (isChoiceQuery(question)) return CHOICE_METRICS
  if (isMailQuery(question)) return mailMetrics(question)
  if (isDropQuery(question)) return dropMetrics(question)
  if (isAdQuery(question)) return adMetrics(question)
  return isTraitQuery(question) ? TRAIT_METRICS : withDefaults(question).metrics
}

function isOne(names: readonly string[], name: unknown): boolean {
  return names.some((one) => one === name)
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
