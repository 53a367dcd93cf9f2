import type { Filter, FunnelQuery, MetricValues, QueryAnswer, QueryRow, Step } from '../../schema/query.ts'
import { sameLengthBefore, yearBefore, type Days } from './oracle-days.ts'
import { askedEvents } from './oracle-collectors.ts'
import { fits, valuesOf } from './oracle-values.ts'
import { tell, type OracleEvent, type Told } from './oracle.ts'

/**
 * The slow model of funnels: whatever is counted is tried, visit by visit and question by question. Under a minimum
 * group it knows plain dimensions only.
 */
export interface OracleFunnel {
  rows: QueryRow[]
  totals: MetricValues
  comparison: QueryAnswer['comparison'] | undefined
}

export type Visit = readonly Told[]

interface Counted {
  /** Of each step. */
  readonly steps: readonly { visits: number; visitors: number }[]
  readonly totals: MetricValues
}

export function isStep(step: Step, event: OracleEvent): boolean {
  const [kind = 'page', name = ''] =
    typeof step === 'string' ? ['page', step] : (Object.entries(step)[0] ?? [])
  const type = kind === 'page' ? 'pageview' : kind === 'element' ? 'click' : kind
  const held = kind === 'page' ? event.page : (event.detail?.name ?? '')
  return event.type === type && held !== '' && fits({ dimension: 'page', matches: [name] }, held)
}

/** Whether some of a visit's events are the steps in their order. */
function took(visit: Visit, [step, ...rest]: readonly Step[]): boolean {
  if (step === undefined) return true
  return visit.some(({ event }, at) => isStep(step, event) && took(visit.slice(at + 1), rest))
}

export function visitsOf(events: readonly OracleEvent[], { from, to }: Days): Visit[] {
  const inside = events.filter(({ day, visitor }) => day >= from && day <= to && visitor !== 0n)
  const told = tell(inside)
  return [...new Set(told.map(({ visit }) => visit))].map((visit) => visit.map((event) => ({ event, visit })))
}

export function isSelected(visit: Visit, filters: readonly Filter[], timezone: string): boolean {
  return visit.some((one) =>
    filters.every((filter) =>
      valuesOf(filter.dimension, one, { timezone, now: 0 }).some((value) => fits(filter, value)),
    ),
  )
}

export function peopleOf(visits: readonly Visit[]): Set<string> {
  return new Set(visits.map(([first]) => `${first?.event.day} ${first?.event.visitor}`))
}

/** Every choice of some of a list. */
export function choices<T>(list: readonly T[]): T[][] {
  const [first, ...rest] = list
  if (first === undefined) return [[]]
  return choices(rest).flatMap((choice) => [choice, [first, ...choice]])
}

function count(
  events: readonly OracleEvent[],
  query: FunnelQuery,
  days: Days,
  site: OracleFunnelSite,
): Counted {
  const { filters = [], funnel } = query
  const all = visitsOf(askedEvents(events, filters), days)
  const answering = (some: readonly Filter[], steps: readonly Step[]): Visit[] =>
    all.filter((visit) => isSelected(visit, some, site.timezone) && took(visit, steps))
  const prefixes = funnel.map((_, index) => funnel.slice(0, index + 1))
  const steps = [[], ...prefixes].map((prefix) => {
    const visits = answering(filters, prefix)
    if (site.minimum === undefined) return { visits, hidden: new Set<string>() }
    const wider = choices(filters).flatMap((some) => choices(prefix).map((less) => answering(some, less)))
    return { visits, hidden: hiddenDays(all, visits, wider, site.minimum) }
  })
  const told = steps.map(({ visits }, index) => {
    const hidden = steps.slice(0, index + 1).map((one) => one.hidden)
    return visits.filter(([first]) => !hidden.some((one) => one.has(first?.event.day ?? '')))
  })
  const sums = (visits: readonly Visit[]): { visits: number; visitors: number } => ({
    visits: visits.length,
    visitors: peopleOf(visits).size,
  })
  return { steps: told.slice(1).map(sums), totals: sums(steps[0]?.visits ?? []) }
}

/** Days on which the visits, or those that a wider question finds besides them, are a group that is too small. */
function hiddenDays(
  all: readonly Visit[],
  visits: readonly Visit[],
  wider: readonly Visit[][],
  minimum: number,
): Set<string> {
  const hidden = new Set<string>()
  for (const day of new Set(all.map(([first]) => first?.event.day ?? ''))) {
    const onDay = (list: readonly Visit[]): Visit[] => list.filter(([first]) => first?.event.day === day)
    const own = onDay(visits)
    const people = peopleOf(own)
    const isUnsafe = (group: number): boolean => group > 0 && group < minimum
    const isFound = wider.some((list) => {
      const others = peopleOf(onDay(list).filter((visit) => !own.includes(visit)))
      const newcomers = [...others].filter((one) => !people.has(one))
      return isUnsafe(others.size) || isUnsafe(newcomers.length)
    })
    if (people.size < minimum || isFound) hidden.add(day)
  }
  return hidden
}

export interface OracleFunnelSite {
  timezone: string
  /** Undefined: nothing is folded. */
  minimum: number | undefined
}

/** The period is a range of days. */
export function askFunnelOracle(
  events: readonly OracleEvent[],
  query: FunnelQuery,
  site: OracleFunnelSite,
): OracleFunnel {
  const { period, compare } = query
  if (typeof period !== 'object') throw new Error('the model knows ranges of days')
  const answer = (days: Days): Omit<OracleFunnel, 'comparison'> => {
    const { steps, totals } = count(events, query, days, site)
    const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)
    const rows = steps.map(({ visits, visitors }, index): QueryRow => {
      const before = steps[index - 1]?.visits
      return {
        step: index + 1,
        name: nameOf(query.funnel[index]),
        visitors,
        visits,
        rate: share(visits, steps[0]?.visits ?? 0),
        stepRate: before === undefined ? null : share(visits, before),
        dropOff: before === undefined ? null : before - visits,
      }
    })
    return { rows, totals }
  }
  const own = answer(period)
  if (compare === undefined) return { ...own, comparison: undefined }
  const days = compare === 'year' ? yearBefore(period) : sameLengthBefore(period)
  const { rows, totals } = answer(days)
  return { ...own, comparison: { totals, rows, ...days } }
}

export function nameOf(step: Step | undefined): string {
  return typeof step === 'string' ? step : String(Object.values(step ?? {})[0])
}
