import type { ClickHouseClient } from '@clickhouse/client'
import type {
  ChoiceQuery,
  Interval,
  MetricValues,
  Query,
  QueryAnswer,
  QueryRow,
  Question,
} from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import {
  isLumped,
  addSums,
  checkSeriesRows,
  foldedIn,
  metricValues,
  seriesOf,
  seriesRows,
  sumsOfRow,
  valueOfRow,
} from './answer.ts'
import { ask, tooSlow, type AnsweredRow } from './ask.ts'
import { answerChoices, type ReadChoices } from './choices.ts'
import { METRIC_CATALOG, type CatalogDimension } from './catalog.ts'
import { baseOf, withRates } from './conversion.ts'
import { createGate, type GateOptions } from './gate.ts'
import { foldOf, type Fold } from './minimum-group.ts'
import {
  isChoiceQuery,
  isFlow,
  isFunnel,
  isRetention,
  nameOf,
  withDefaults,
  type ParsedQuery,
} from './parse.ts'
import type { Subject } from './parts.ts'
import { findSources, isInRollups } from './sealed.ts'
import { quote } from './quote.ts'
import { planRetention } from './retention.ts'
import { createSharing } from './share.ts'
import { bucketsOf, planQuery, slotOf, type Plan, type Span } from './plan.ts'
import type { Asking, Compared, Planned, Source, SpanAnswer } from './planned.ts'
import {
  breakdownStatement,
  brokenDownSeriesStatement,
  currenciesStatement,
  releasedDaysStatement,
  seriesStatement,
  totalsStatement,
} from './sql.ts'
import { checkCalendarUnits, unitsOf, unitsOfRow, withoutUniques, type Units } from './units.ts'
import { planVisits, type VisitTotals } from './visit-answers.ts'

export interface QueriesParts {
  /** Answers read-only statements. */
  read: ClickHouseClient
  clock: Clock
  /** ISO time up to which accepted events are in the table. */
  freshness: () => string
  gate?: GateOptions
  /** Where choices are counted. Absent: questions about them are refused. */
  choices?: ReadChoices
}

export interface Queries {
  /**
   * Answers a question about a site, which the caller may ask. Rejects with UserError when it cannot be answered, and
   * with the signal's reason when that is aborted: what runs in the database is then cancelled.
   */
  run(site: Site, query: Question, signal?: AbortSignal): Promise<QueryAnswer>
}

/** The embedded engine reads on four connections; two cores are busy with less. */
const GATE: GateOptions = { atOnce: 4, perSite: 3, waiting: 128, waitMs: 20_000 }
/** One question is a handful of statements. */
const QUESTION_MS = 30_000

export function createQueries(parts: QueriesParts): Queries {
  const { read, clock, freshness } = parts
  const gate = createGate(parts.gate ?? GATE)
  const sharing = createSharing({
    run: (statement, signal) => ask(read, statement, signal),
    freshness,
    clock,
  })
  return {
    async run(site, query, signal) {
      if (isChoiceQuery(query)) {
        if (!parts.choices) throw new UserError('Choices are not counted here: ask a running server.')
        return answerChoices(parts.choices, site, query, clock.now())
      }
      const { plan, answer } = planQuestion(query, site, clock.now())
      const deadline = AbortSignal.timeout(QUESTION_MS)
      const ended = signal ? AbortSignal.any([signal, deadline]) : deadline
      try {
        return await gate.pass(site.id, ended, async () => {
          let isFreshTo = freshness()
          const asking: Asking = async (statement) => {
            const shared = await sharing.ask(statement, ended)
            // ISO times of one kind compare as texts.
            if (shared.freshness < isFreshTo) isFreshTo = shared.freshness
            return shared.rows
          }
          const { own, compared, currencies } = await answer(asking)
          return {
            rows: own.rows,
            totals: own.totals,
            ...(compared && { comparison: compared.comparison }),
            meta: {
              from: plan.span.from,
              to: plan.span.to,
              timezone: site.timezone,
              source: sourceOf([...own.from, ...(compared?.from ?? [])]),
              foldedRows: own.folded,
              rowCount: own.rowCount,
              visitors: 'daily-sum',
              minimumGroup: site.minimumGroup,
              ...(currencies && { currencies }),
              freshness: isFreshTo,
            },
          }
        })
      } catch (error) {
        if (deadline.aborted && signal?.aborted !== true && error === deadline.reason) throw tooSlow()
        throw error
      }
    },
  }
}

function planQuestion(query: Exclude<Question, ChoiceQuery>, site: Site, now: number): Planned {
  if (isRetention(query)) return planRetention(query, site, now)
  return isFunnel(query) || isFlow(query)
    ? planVisits(query, site, now, { checkProperties, totalsOf: totalsOfVisits(site) })
    : planEvents(query, site, now)
}

function planEvents(query: Query, site: Site, now: number): Planned {
  const parsed = withDefaults(query)
  checkProperties(parsed, site)
  const fold = foldOf(parsed, site)
  const plan = planQuery(parsed, site, now)
  checkCalendarUnits(parsed, plan, site, now)
  return {
    plan,
    answer: async (asking) => {
      const currencies = await currenciesOf(asking, parsed, site, plan)
      const question: Asked = { query: parsed, site, fold, units: unitsOf(parsed, currencies) }
      return {
        own: await answerSpan(asking, question, plan.span),
        compared: plan.comparison && (await compare(asking, question, plan.comparison)),
        currencies,
      }
    },
  }
}

/** Throws UserError for a property that the site has not declared, and so has none of. */
function checkProperties({ properties }: ParsedQuery, site: Site): void {
  const unknown = properties.find((name) => !site.properties.includes(name))
  if (unknown === undefined) return
  throw new UserError(
    `Unknown property ${quote(unknown)}; properties of ${site.domain} are ${site.properties.join(', ') || 'none'}, and \`sluice site set --properties\` declares them.`,
  )
}

/** A question about a site, whatever the span. */
interface Asked {
  readonly query: ParsedQuery
  readonly site: Site
  readonly fold: Fold | undefined
  readonly units: Units
}

function totalsOfVisits(site: Site): VisitTotals {
  return async (asking, query, span) => {
    const question: Asked = { query, site, fold: foldOf(query, site), units: unitsOf(query, undefined) }
    return (await answerSpan(asking, question, span)).totals
  }
}

/** What an answer was read from, in a word. Where there was nothing to read, that is what the events say. */
function sourceOf(from: readonly Source[]): 'rollup' | 'events' | 'both' {
  if (from.includes('rollup') && from.includes('events')) return 'both'
  return from[0] ?? 'events'
}

/** The currencies that an answer about money is in. Undefined where it is about none. */
async function currenciesOf(
  asking: Asking,
  query: ParsedQuery,
  site: Site,
  { span, comparison }: Plan,
): Promise<string[] | undefined> {
  if (!query.metrics.includes('revenue')) return undefined
  const found = new Set<string>()
  for (const days of comparison ? [span, comparison] : [span]) {
    for (const row of await asking(currenciesStatement(site, days))) found.add(String(row['currency']))
  }
  const wanted = query.filters.flatMap((filter) =>
    filter.dimension === 'currency' && 'is' in filter ? [new Set(filter.is)] : [],
  )
  return [...found].filter((currency) => wanted.every((some) => some.has(currency))).toSorted()
}

/** The period compared with: totals, and the rows of a series. */
async function compare(asking: Asking, asked: Asked, span: Span): Promise<Compared> {
  // Folded as the question is, though it needs no rows: totals are compared with totals of the same days' making.
  const { query } = asked
  const plain: ParsedQuery = {
    ...query,
    breakdown: undefined,
    interval: query.breakdown === undefined ? query.interval : undefined,
  }
  const { rows, totals, from } = await answerSpan(asking, { ...asked, query: plain }, span)
  const series = plain.interval === undefined ? {} : { rows }
  return { comparison: { totals, ...series, from: span.from, to: span.to }, from }
}

async function answerSpan(asking: Asking, asked: Asked, span: Span): Promise<SpanAnswer> {
  const { query, site } = asked
  const own = await answerSums(asking, asked, span)
  if (!query.metrics.includes('conversionRate')) return own
  const base = baseOf(query)
  const could = await answerSums(asking, { ...asked, query: base, fold: foldOf(base, site) }, span)
  return withRates(query, { ...own, from: [...own.from, ...could.from] }, could)
}

async function answerSums(asking: Asking, asked: Asked, span: Span): Promise<SpanAnswer> {
  const { query, site, units } = asked
  const { breakdown, interval } = query
  const { days, isOnce } = await findSources(asking, site, span)
  const sealed = days.sealed.length > 0 && isInRollups(query, span) ? days : undefined
  const from: Source[] = [
    ...(sealed ? (['rollup'] as const) : []),
    ...(days.open.length > 0 || (!sealed && days.sealed.length > 0) ? (['events'] as const) : []),
  ]
  const { subject, withheld } = await subjectOf(asking, {
    ...asked,
    span,
    releasedDays: undefined,
    sealed,
    isOnce,
  })
  if (breakdown !== undefined) {
    // Totals first: the panels of a dashboard, which ask at one moment, share them.
    const totals = await totalsOf(asking, subject)
    const own = await breakDown(asking, subject, breakdown)
    const rows =
      interval === undefined
        ? own.rows
        : await breakDownSeries(asking, subject, own.rows, breakdown, interval)
    return { rows, totals, rowCount: own.rowCount, folded: own.folded + withheld, from }
  }
  if (interval === undefined) {
    const totals = await totalsOf(asking, subject)
    return { rows: [{ ...totals }], totals, rowCount: 1, folded: withheld, from }
  }
  const answered = await asking(seriesStatement(subject, interval))
  // Hours that are lumped are not told; days are never lumped.
  const told = answered.filter((row) => !isLumped(row))
  const series = seriesOf(told, interval, bucketsOf(interval, span, site.timezone))
  const rows = seriesRows(series, query.metrics, units)
  // Hours do not add up to days: who was here twice is one visitor of the day. Nor do ranks.
  const isWithinDay = slotOf(interval) !== 'day'
  const isRanked = query.metrics.some((metric) => METRIC_CATALOG[metric].part === 'ranked')
  const totals =
    isWithinDay || isRanked
      ? await totalsOf(asking, subject)
      : metricValues(query.metrics, addSums([...series.sums.values()]), units)
  return {
    rows,
    totals: rows.length > 1 ? withoutUniques(totals) : totals,
    rowCount: rows.length,
    folded: foldedIn(answered) + withheld,
    from,
  }
}

/** The subject with the days that may be told, where the answer is folded and selects some of a day's events. */
async function subjectOf(asking: Asking, subject: Subject): Promise<{ subject: Subject; withheld: number }> {
  const { fold } = subject
  if (fold?.selects !== true) return { subject, withheld: 0 }
  const days = await asking(releasedDaysStatement(subject, fold))
  const told = days.filter((day) => Number(day['told']) === 1).map((day) => String(day['date']))
  return { subject: { ...subject, releasedDays: told }, withheld: days.length - told.length }
}

async function totalsOf(asking: Asking, subject: Subject): Promise<MetricValues> {
  const [row] = await asking(totalsStatement(subject))
  return metricValues(subject.query.metrics, sumsOfRow(row), subject.units)
}

interface BrokenDown {
  rows: QueryRow[]
  rowCount: number
  folded: number
}

async function breakDown(asking: Asking, subject: Subject, breakdown: CatalogDimension): Promise<BrokenDown> {
  const { query } = subject
  const answered = await asking(breakdownStatement(subject, breakdown))
  const rows = answered.map((row) => {
    const value = valueOfRow(row)
    const values = metricValues(query.metrics, sumsOfRow(row), unitsOfRow(subject.units, breakdown, value))
    return Object.assign({ [nameOf(query, breakdown)]: value }, values)
  })
  const [first] = answered.length > 0 ? answered : await firstOfAll(asking, subject, breakdown)
  return { rows, rowCount: Number(first?.['row_count'] ?? 0), folded: Number(first?.['all_folded'] ?? 0) }
}

/** Behind the last row there is none that could tell how many there are. */
async function firstOfAll(
  asking: Asking,
  subject: Subject,
  breakdown: CatalogDimension,
): Promise<AnsweredRow[]> {
  const { query } = subject
  if (query.offset === 0) return []
  return asking(breakdownStatement({ ...subject, query: { ...query, offset: 0, limit: 1 } }, breakdown))
}

async function breakDownSeries(
  asking: Asking,
  subject: Subject,
  values: readonly QueryRow[],
  breakdown: CatalogDimension,
  interval: Interval,
): Promise<QueryRow[]> {
  const { query, span, site } = subject
  const buckets = bucketsOf(interval, span, site.timezone)
  checkSeriesRows(values.length, buckets.length)
  const byValue = new Map<string, AnsweredRow[]>()
  for (const row of await asking(brokenDownSeriesStatement(subject, breakdown, interval))) {
    const value = valueOfRow(row)
    const rows = byValue.get(value)
    if (rows) rows.push(row)
    else byValue.set(value, [row])
  }
  return values.flatMap((value) => {
    const name = nameOf(query, breakdown)
    const own = String(value[name])
    const series = seriesOf(byValue.get(own) ?? [], interval, buckets)
    return seriesRows(series, query.metrics, unitsOfRow(subject.units, breakdown, own), { [name]: own })
  })
}
