import type { AnyDimension, Metric, MetricValues, Query, QueryAnswer, QueryRow } from '../../schema/query.ts'
import {
  bucketOf,
  buckets,
  daysOf,
  sameLengthBefore,
  untilOf,
  wall,
  yearBefore,
  type OracleSite,
} from './oracle-days.ts'
import { askedEvents, isOfLog } from './oracle-collectors.ts'
import { fits, valuesOf } from './oracle-values.ts'
import { isSparse, money, ratedIn, rememberedIn, type Ranking } from './oracle-happened.ts'
import type { EventRow } from '../../schema/rows.ts'

/**
 * A slow and obvious model of the query station over a plain list of events: no SQL, and nothing of server/query. It
 * answers without a minimum group.
 */
export interface OracleEvent extends EventRow {
  batchId: bigint
  row: number
}

export interface OracleAnswer {
  rows: QueryRow[]
  totals: MetricValues
  rowCount: number
  /** Undefined where nothing is compared. */
  comparison: QueryAnswer['comparison'] | undefined
}

export interface Told {
  event: OracleEvent
  /** The visit, or the event alone where it has no visitor key. */
  visit: OracleEvent[]
}

export function seconds(event: OracleEvent): number {
  return Math.floor(event.timeMs / 1000)
}

function groupBy<T, K>(list: readonly T[], keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one])
  return groups
}

function inOrder(a: OracleEvent, b: OracleEvent): number {
  if (seconds(a) !== seconds(b)) return seconds(a) - seconds(b)
  if (a.batchId !== b.batchId) return a.batchId < b.batchId ? -1 : 1
  return a.row - b.row
}

/** What comes from the page alone, without anybody doing something. */
const OF_THE_PAGE: readonly string[] = ['error', 'vital', 'beacon']

function lengthOf(visit: readonly OracleEvent[]): number {
  const began = Math.min(...visit.map(seconds))
  const ends = visit.filter(({ type }) => !OF_THE_PAGE.includes(type)).map(seconds)
  return Math.max(began, ...ends) - began
}

export function tell(events: readonly OracleEvent[]): Told[] {
  const told: Told[] = events
    .filter((event) => event.visitor === 0n)
    .map((event) => ({ event, visit: [event] }))
  const people = groupBy(
    events.filter((event) => event.visitor !== 0n),
    (event) => `${event.day} ${event.visitor} ${isOfLog(event)}`,
  )
  for (const own of people.values()) {
    let visit: OracleEvent[] = []
    for (const event of own.toSorted(inOrder)) {
      const before = visit.findLast(({ type }) => !OF_THE_PAGE.includes(type)) ?? visit[0]
      const isAway = before !== undefined && seconds(event) - seconds(before) >= 30 * 60
      if (isAway && !['engagement', ...OF_THE_PAGE].includes(event.type)) visit = []
      visit.push(event)
      told.push({ event, visit })
    }
  }
  return told
}

interface Question {
  metrics: readonly Metric[]
  /** Which page view an engagement belongs to. */
  viewOf: Map<OracleEvent, string>
  /** All that money may be in. */
  currencies: readonly string[]
  ranking: Ranking
}

const DONE: readonly string[] = ['event', 'click', 'outbound', 'download', 'form', 'beacon']
function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}

/** Of no visitor: they count by themselves, and nowhere else. */
const LOGGED: readonly string[] = ['request', 'call']
const OF_LOGGED: readonly Metric[] = ['requests', 'calls', 'callMinutes']
const RANKS: readonly Metric[] = ['p50', 'p75', 'p95']

function figures(
  all: readonly Told[],
  visits: ReadonlySet<OracleEvent[]>,
  question: Question,
  enteredAt?: string,
): MetricValues {
  const told = all.filter(({ event }) => !LOGGED.includes(event.type))
  const calls = all.filter(({ event }) => event.type === 'call')
  const keyed = told.filter(({ event }) => event.visitor !== 0n)
  const pageviews = told.filter(({ event }) => event.type === 'pageview').length
  const whole = [...visits]
  const entries =
    enteredAt === undefined
      ? whole
      : whole.filter((visit) => visit.find((event) => event.type === 'pageview')?.page === enteredAt)
  const views = (visit: OracleEvent[]): number => visit.filter((event) => event.type === 'pageview').length
  const bounces = entries.filter(
    (visit) => views(visit) === 1 && !visit.some((event) => event.type === 'event'),
  ).length
  const lengths = entries.map(lengthOf)
  const measured = [
    ...groupBy(
      told.map(({ event }) => event).filter((event) => event.type === 'engagement'),
      (event) => question.viewOf.get(event),
    ).values(),
  ]
  const visitors = new Set(keyed.map(({ event }) => `${event.day} ${event.visitor}`)).size
  const values: Required<Pick<MetricValues, Metric>> = {
    requests: all.filter(({ event }) => event.type === 'request').length,
    calls: calls.length,
    callMinutes: sum(calls.map(({ event }) => event.detail?.value ?? 0)) / 60,
    visitors,
    events: told.filter(({ event }) => DONE.includes(event.type)).length,
    errors: told.filter(({ event }) => event.type === 'error').length,
    revenue: money(
      told.map(({ event }) => event),
      question.currencies,
    ),
    // Becomes a share of those who could.
    conversionRate: visitors,
    ...rememberedIn(told.map(({ event }) => event)),
    ...ratedIn(
      all.map(({ event }) => event),
      question.ranking,
    ),
    visits: whole.length,
    pageviews,
    viewsPerVisit: whole.length === 0 ? null : sum(whole.map(views)) / whole.length,
    bounceRate: entries.length === 0 ? null : bounces / entries.length,
    visitDuration: entries.length === 0 ? null : sum(lengths) / entries.length,
    timeOnPage:
      measured.length === 0
        ? null
        : sum(measured.flat().map((event) => event.visibleMs)) / measured.length / 1000,
    scrollDepth:
      measured.length === 0
        ? null
        : sum(measured.map((view) => Math.max(...view.map((event) => event.scrollPercent)))) /
          measured.length,
  }
  return Object.fromEntries(question.metrics.map((metric) => [metric, values[metric]]))
}

/** Who asks about calls or requests asks how long these took. */
function rankingOf({ metrics = [], breakdown, filters = [] }: Query, isOneVital: boolean): Ranking {
  const named = [breakdown, ...filters.map(({ dimension }) => dimension)]
  if (named.some((name) => name === 'direction' || name === 'outcome')) return 'call'
  if (metrics.some((metric) => metric === 'calls' || metric === 'callMinutes')) return 'call'
  if (metrics.includes('requests')) return 'request'
  return isOneVital ? 'vital' : 'nothing'
}

function visitsIn(told: readonly Told[]): Set<OracleEvent[]> {
  return new Set(told.filter(({ event }) => event.visitor !== 0n).map(({ visit }) => visit))
}

function viewsOf(told: readonly Told[]): Map<OracleEvent, string> {
  const views = new Map<OracleEvent, string>()
  const people = groupBy(
    told.map(({ event }) => event),
    (event) => JSON.stringify([event.day, String(event.visitor), isOfLog(event), event.hostname, event.page]),
  )
  for (const [key, events] of people) {
    let seen = 0
    for (const event of events.toSorted(inOrder)) {
      if (event.type === 'pageview') seen++
      views.set(event, event.visitor === 0n ? `${event.batchId} ${event.row}` : `${key} ${seen}`)
    }
  }
  return views
}

function byMetric(metric: Metric, dimension: AnyDimension): (a: QueryRow, b: QueryRow) => number {
  return (a, b) => {
    const [x, y] = [Number(a[metric] ?? -Infinity), Number(b[metric] ?? -Infinity)]
    if (x !== y) return y - x
    return Buffer.compare(Buffer.from(String(a[dimension])), Buffer.from(String(b[dimension])))
  }
}

/** The period is a range of days or realtime. An event that was delivered twice is in the list once. */
export function askOracle(given: readonly OracleEvent[], query: Query, site: OracleSite): OracleAnswer {
  const { compare, breakdown, period, ...rest } = query
  // Who asks for none of them has no rows of their values either.
  const isRanked =
    query.metrics?.some((metric) => RANKS.includes(metric)) === true &&
    ['call', 'request'].includes(rankingOf(query, false))
  const isAsked = isRanked || (query.metrics?.some((metric) => OF_LOGGED.includes(metric)) ?? false)
  const ofNoMail = given.filter(({ type }) => type !== 'fetch' && type !== 'follow')
  const events = isAsked ? ofNoMail : ofNoMail.filter(({ type }) => !LOGGED.includes(type))
  const currencies = currenciesIn(events, query, site)
  const own = rated(events, query, site, currencies)
  if (compare === undefined || typeof period !== 'object') return { ...own, comparison: undefined }
  const { from, to } = compare === 'year' ? yearBefore(period) : sameLengthBefore(period)
  const compared = { ...rest, period: { from, to } }
  if (breakdown !== undefined) delete compared.interval
  const { rows, totals } = rated(events, compared, site, currencies)
  return { ...own, comparison: { totals, ...(compared.interval !== undefined && { rows }), from, to } }
}

function currenciesIn(events: readonly OracleEvent[], query: Query, site: OracleSite): string[] {
  const { compare, filters = [] } = query
  const spans = [daysOf(query, site)]
  if (compare && spans[0]) spans.push(compare === 'year' ? yearBefore(spans[0]) : sameLengthBefore(spans[0]))
  const found = askedEvents(events, filters)
    .filter(({ day }) => spans.some(({ from, to }) => day >= from && day <= to))
    .map(({ detail }) => detail?.currency ?? '')
    .filter((currency) => currency !== '')
  const wanted = filters.flatMap((one) => (one.dimension === 'currency' && 'is' in one ? [one.is] : []))
  return [...new Set(found)].filter((currency) => wanted.every((some) => some.includes(currency)))
}

/** The answer with what is converted to as shares. */
function rated(
  events: readonly OracleEvent[],
  query: Query,
  site: OracleSite,
  currencies: readonly string[],
): Omit<OracleAnswer, 'comparison'> {
  const own = answer(events, query, site, currencies)
  if (!query.metrics?.includes('conversionRate')) return own
  const { breakdown, offset: _, limit: __, ...rest } = query
  const filters = (query.filters ?? []).filter((one) => !isSparse(one.dimension))
  const by = breakdown === undefined || isSparse(breakdown) ? undefined : breakdown
  const could = answer(
    events,
    { ...rest, metrics: ['visitors'], filters, limit: 1e6, ...(by && { breakdown: by }) },
    site,
    currencies,
  )
  const share = (values: MetricValues, people: MetricValues | undefined): number | null =>
    people?.visitors ? Number(values.conversionRate) / people.visitors : null
  const same = (a: QueryRow, b: QueryRow): boolean => a['time'] === b['time'] && (!by || a[by] === b[by])
  const isFiltered = query.filters?.some((one) => isSparse(one.dimension)) === true
  const isOfRows = isFiltered || (breakdown !== undefined && by === undefined)
  return {
    ...own,
    rows: own.rows.map((row) =>
      Object.assign(row, {
        conversionRate: isOfRows
          ? share(
              row,
              could.rows.find((one) => same(row, one)),
            )
          : null,
      }),
    ),
    totals: { ...own.totals, conversionRate: isFiltered ? share(own.totals, could.totals) : null },
  }
}

function answer(
  events: readonly OracleEvent[],
  query: Query,
  site: OracleSite,
  currencies: readonly string[],
): Omit<OracleAnswer, 'comparison'> {
  const { timezone } = site
  const { interval, breakdown, filters = [], metrics = ['visitors', 'visits', 'pageviews'] } = query
  const until = untilOf(site)
  const isRealtime = query.period === 'realtime'
  const { from, to } = daysOf(query, site)
  const isInSpan = ({ day }: OracleEvent): boolean => day >= from && day <= to
  const told = tell(askedEvents(events, filters, breakdown).filter(isInSpan))
  const isOneVital = filters.some((one) => one.dimension === 'vital' && 'is' in one && one.is.length === 1)
  const ranking = rankingOf(query, isOneVital)
  const question: Question = { metrics, viewOf: viewsOf(told), currencies, ranking }
  const select = (some: readonly Told[]): Told[] =>
    some
      .filter((one) =>
        filters.every((filter) => valuesOf(filter.dimension, one, site).some((value) => fits(filter, value))),
      )
      .filter(({ event }) => !isRealtime || (event.timeMs >= until - 30 * 60_000 && event.timeMs < until))
  const selected = select(told)
  // Rows by collector tell of each; the totals do not, since that would count visits twice.
  const counted =
    breakdown === 'collector' ? select(tell(askedEvents(events, filters).filter(isInSpan))) : selected
  const totals = figures(counted, visitsIn(counted), question)

  const names = isRealtime
    ? [...new Set(Array.from({ length: 30 }, (_, n) => wall(timezone, until - (30 - n) * 60_000)))].map(
        (at) => bucketOf('minute', at.day, at.clock),
      )
    : interval && buckets(interval, from, to, timezone)
  const place = (event: OracleEvent): string =>
    bucketOf(interval ?? 'day', event.day, wall(timezone, event.timeMs).clock)
  const series = (cell: readonly Told[], enteredAt?: string, asked = question): QueryRow[] => {
    const start = (visit: OracleEvent[]): OracleEvent => {
      const held = isRealtime ? cell.filter((one) => one.visit === visit).map(({ event }) => event) : visit
      return held.toSorted(inOrder)[0] as OracleEvent
    }
    const visits = [...visitsIn(cell)]
    return [...new Set(names)].map((time) => {
      const held = cell.filter(({ event }) => place(event) === time)
      const begun = new Set(visits.filter((visit) => place(start(visit)) === time))
      return Object.assign({ time }, figures(held, begun, asked, enteredAt))
    })
  }

  if (breakdown === undefined) {
    const rows = interval === undefined ? [{ ...totals }] : series(selected)
    return { rows, totals, rowCount: rows.length }
  }
  const cells = groupBy(
    selected.flatMap((one) => valuesOf(breakdown, one, site).map((value) => ({ value, one }))),
    ({ value }) => value,
  )
  const cellOf = (value: string): Told[] => (cells.get(value) ?? []).map(({ one }) => one)
  // By currency each row has its own.
  const questionOf = (value: string): Question =>
    breakdown === 'currency'
      ? { ...question, currencies: [value] }
      : { ...question, ranking: ranking === 'nothing' && breakdown === 'vital' ? 'vital' : ranking }
  const enteredAt = (value: string): string | undefined => (breakdown === 'page' ? value : undefined)
  const ranked = [...cells.keys()]
    .map((value): QueryRow => {
      const cell = cellOf(value)
      return Object.assign(
        { [breakdown]: value },
        figures(cell, visitsIn(cell), questionOf(value), enteredAt(value)),
      )
    })
    .toSorted(byMetric(metrics[0] ?? 'visitors', breakdown))
  const { offset = 0, limit = 100 } = query
  const shown = ranked.slice(offset, offset + limit)
  const rows =
    interval === undefined
      ? shown
      : shown.flatMap((row) => {
          const value = String(row[breakdown])
          return series(cellOf(value), enteredAt(value), questionOf(value)).map((one) =>
            Object.assign(one, { [breakdown]: value }),
          )
        })
  return { rows, totals, rowCount: ranked.length }
}
