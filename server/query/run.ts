import type { ClickHouseClient } from '@clickhouse/client'
import type {
  ChoiceQuery,
  DropQuery,
  MailQuery,
  MetricValues,
  Query,
  QueryAnswer,
  Question,
} from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { isLumped, addSums, foldedIn, metricValues, seriesOf, seriesRows, sumsOfRow } from './answer.ts'
import { planAds } from './ads.ts'
import { ask, tooSlow, type AnsweredRow } from './ask.ts'
import { answerChoices, type ReadChoices } from './choices.ts'
import { METRIC_CATALOG } from './catalog.ts'
import { breakDown, breakDownSeries } from './breakdown.ts'
import { baseOf, withRates } from './conversion.ts'
import { planBursts } from './bursts.ts'
import { answerDrops, type ReadDrops } from './drops.ts'
import { createGate, type GateOptions } from './gate.ts'
import { planMails, type ReadSends } from './mails.ts'
import { foldOf, type Fold } from './minimum-group.ts'
import {
  isAdQuery,
  isBursts,
  isChoiceQuery,
  isDropQuery,
  isFlow,
  isFunnel,
  isMailQuery,
  isRetention,
  isTraitQuery,
  withDefaults,
  type ParsedQuery,
} from './parse.ts'
import { findSources, sealedFor } from './sealed.ts'
import { createPanels } from './panels.ts'
import { quote } from './quote.ts'
import { primaryMeta, toldPrimary } from './primary.ts'
import { planRetention } from './retention.ts'
import { createSharing } from './share.ts'
import { isAllSealed, type Subject } from './subject.ts'
import { bucketsOf, planQuery, slotOf, type Plan, type Span } from './plan.ts'
import type { Asking, Compared, Planned, Source, SpanAnswer } from './planned.ts'
import {
  currenciesStatement,
  releasedDaysStatement,
  sealedDaysStatement,
  seriesStatement,
  totalsStatement,
} from './sql.ts'
import { checkCalendarUnits, unitsOf, withoutUniques, type Units } from './units.ts'
import { planTraits } from './traits.ts'
import { planVisits, type VisitTotals } from './visit-answers.ts'

export interface QueriesParts {
  /** Answers read-only statements. */
  read: ClickHouseClient
  clock: Clock
  /** ISO time up to which accepted events are in the table. */
  freshness: () => string
  gate?: GateOptions
  /**
   * Whether the embedded engine answers, so that what it says of its data holds for its next answer too. Default yes; of
   * the replicas of a ClickHouse elsewhere, one may lag behind the other.
   */
  embedded?: boolean
  /** Where choices are counted. Absent: questions about them are refused. */
  choices?: ReadChoices
  /** Where drops are counted. Absent: questions about them are refused. */
  drops?: ReadDrops
  /** How many mails went out. Absent: questions about mails are refused. */
  sends?: ReadSends
}

export interface Queries {
  /**
   * Answers a question about a site, which the caller may ask. Rejects with UserError when it cannot be answered, and
   * with the signal's reason when that is aborted: what runs in the database is then cancelled.
   */
  run(site: Site, query: Question, signal?: AbortSignal): Promise<QueryAnswer>
}

/** Of statements that read events. The embedded engine reads on more connections, so that those of rollups never wait. */
const GATE: GateOptions = { atOnce: 4, perSite: 3, waiting: 128, waitMs: 20_000 }
/** One question is a handful of statements. */
const QUESTION_MS = 30_000

export function createQueries(parts: QueriesParts): Queries {
  const { read, clock, freshness } = parts
  const gate = createGate(parts.gate ?? GATE)
  const sharing = createSharing({
    run: createPanels((statement, site, signal) =>
      statement.isLight
        ? ask(read, statement, signal)
        : gate.pass(site, signal, () => ask(read, statement, signal)),
    ),
    freshness,
    keeps: parts.embedded ?? true,
    clock,
  })
  return {
    async run(site, query, signal) {
      if (isChoiceQuery(query)) {
        if (!parts.choices) throw new UserError('Choices are not counted here: ask a running server.')
        return answerChoices(parts.choices, site, query, clock.now())
      }
      if (isDropQuery(query)) {
        if (!parts.drops) throw new UserError('Drops are not counted here: ask a running server.')
        return answerDrops(parts.drops, site, query, clock.now())
      }
      const { plan, answer } = isMailQuery(query)
        ? planMails(parts.sends, query, site, clock.now())
        : planQuestion(query, site, clock.now())
      const deadline = AbortSignal.timeout(QUESTION_MS)
      const ended = signal ? AbortSignal.any([signal, deadline]) : deadline
      try {
        let isFreshTo = freshness()
        const asking: Asking = async (statement) => {
          const shared = await sharing.ask(statement, site.id, ended)
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
            ...(own.primary && primaryMeta(own.primary, plan.span)),
            foldedRows: own.folded,
            rowCount: own.rowCount,
            ...(isMailQuery(query) ? {} : { visitors: 'daily-sum' }),
            minimumGroup: site.minimumGroup,
            ...(currencies && { currencies }),
            freshness: isFreshTo,
          },
        }
      } catch (error) {
        if (deadline.aborted && signal?.aborted !== true && error === deadline.reason) throw tooSlow()
        throw error
      }
    },
  }
}

function planQuestion(
  query: Exclude<Question, ChoiceQuery | DropQuery | MailQuery>,
  site: Site,
  now: number,
): Planned {
  if (isRetention(query)) return planRetention(query, site, now)
  if (isBursts(query)) return planBursts(query, site, now)
  if (isAdQuery(query)) return planAds(query, site, now)
  if (isTraitQuery(query)) return planTraits(query, site, now)
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
    const { primary } = await findSources(asking, site, days)
    const rows = await asking(currenciesStatement({ query, site, primary }, days))
    for (const row of rows) found.add(String(row['currency']))
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

async function answerSums(given: Asking, asked: Asked, span: Span): Promise<SpanAnswer> {
  const { query, site, units } = asked
  const { breakdown, interval } = query
  const sources = await findSources(given, site, span)
  const { days, isOnce, primary, version } = sources
  // There is nothing to ask of days of which nobody has anything.
  const asking: Asking = days.sealed.length + days.open.length === 0 ? async () => [] : given
  const sealed = sealedFor(query, span, sources)
  const isOfSums = sealed?.from === 'rollup'
  const from: Source[] = [
    ...(isOfSums ? (['rollup'] as const) : []),
    ...(days.open.length > 0 || (!isOfSums && days.sealed.length > 0) ? (['events'] as const) : []),
  ]
  const { subject, withheld } = await subjectOf(asking, {
    ...asked,
    span,
    releasedDays: undefined,
    sealed,
    isOnce,
    primary,
    version,
  })
  const told = { from, primary: toldPrimary(query, primary) }
  if (breakdown !== undefined) {
    const [totals, own] = await Promise.all([
      totalsOf(asking, subject),
      breakDown(asking, subject, breakdown),
    ])
    const rows =
      interval === undefined
        ? own.rows
        : await breakDownSeries(asking, subject, own.rows, breakdown, interval)
    return { rows, totals, rowCount: own.rowCount, folded: own.folded + withheld, ...told }
  }
  if (interval === undefined) {
    const totals = await totalsOf(asking, subject)
    return { rows: [{ ...totals }], totals, rowCount: 1, folded: withheld, ...told }
  }
  const isWithinDay = slotOf(interval) !== 'day'
  const answered =
    isWithinDay || isRanked(query)
      ? await asking(seriesStatement(subject, interval))
      : await byDay(asking, subject)
  // Hours that are lumped are not told; days are never lumped.
  const kept = answered.filter((row) => !isLumped(row))
  const series = seriesOf(kept, interval, bucketsOf(interval, span, site.timezone))
  const rows = seriesRows(series, query.metrics, units)
  // Hours do not add up to days: who was here twice is one visitor of the day.
  const totals =
    isWithinDay || isRanked(query)
      ? await totalsOf(asking, subject)
      : metricValues(query.metrics, addSums([...series.sums.values()]), units)
  return {
    rows,
    totals: rows.length > 1 ? withoutUniques(totals) : totals,
    rowCount: rows.length,
    folded: foldedIn(answered) + withheld,
    ...told,
  }
}

/** The subject with the days that may be told, where the answer is folded and selects some of a day's events. */
async function subjectOf(asking: Asking, subject: Subject): Promise<{ subject: Subject; withheld: number }> {
  const { fold } = subject
  if (fold?.selects !== true) return { subject, withheld: 0 }
  const days = await asking(releasedDaysStatement(subject, fold))
  const told = days.filter((day) => Number(day['told']) === 1).map((day) => String(day['date']))
  const isTold = new Set(told)
  const { sealed } = subject
  return {
    subject: {
      ...subject,
      releasedDays: told,
      sealed: sealed && {
        ...sealed,
        sealed: sealed.sealed.filter((day) => isTold.has(day)),
        open: sealed.open.filter((day) => isTold.has(day)),
      },
    },
    withheld: days.length - told.length,
  }
}

/** Of days that add up, so that a series by day is the same. */
async function totalsOf(asking: Asking, subject: Subject): Promise<MetricValues> {
  const rows = isRanked(subject.query) ? await asking(totalsStatement(subject)) : await byDay(asking, subject)
  return metricValues(subject.query.metrics, addSums(rows.map((row) => sumsOfRow(row))), subject.units)
}

/** The sums of each day: sealed ones have theirs ready, and what comes in today is all that is counted anew. */
async function byDay(asking: Asking, subject: Subject): Promise<AnsweredRow[]> {
  const { sealed } = subject
  if (sealed?.from !== 'rollup') return asking(seriesStatement(subject, 'day'))
  const isSealed = new Set(sealed.sealed)
  const open = { ...subject, sealed: { ...sealed, sealed: [] } }
  const [before, since] = await Promise.all([
    asking(sealedDaysStatement(subject)),
    isAllSealed(subject) ? [] : asking(seriesStatement(open, 'day')),
  ])
  return [...before.filter((row) => isSealed.has(String(row['date']))), ...since]
}

/** Ranks are of a whole: those of its days do not add up. */
function isRanked({ metrics }: ParsedQuery): boolean {
  return metrics.some((metric) => METRIC_CATALOG[metric].part === 'ranked')
}
