import type { AnyDimension, MetricValues } from '../../schema/query.ts'
import type { Goal } from '../../schema/site.ts'
import type { OracleEvent } from './oracle.ts'

/** The model's part about what happened besides page views: kinds of events, goals and money. */

/** Dimensions that only one kind of events has, by that kind. */
export const KIND: Partial<Record<AnyDimension, string>> = {
  event: 'event',
  outbound: 'outbound',
  download: 'download',
  form: 'form',
  element: 'click',
  error: 'error',
  vital: 'vital',
  outcome: 'call',
  beacon: 'beacon',
}

export function isSparse(dimension: AnyDimension): boolean {
  return (
    dimension in KIND ||
    ['goal', 'status', 'currency', 'direction'].includes(dimension) ||
    dimension.startsWith('prop:')
  )
}

/** Names of the goals that an event reaches. */
export function goalsOf({ type, page, detail }: OracleEvent, goals: readonly Goal[]): string[] {
  return goals
    .filter((goal) =>
      'event' in goal
        ? type === 'event' && detail?.name === goal.event
        : type === 'pageview' && fitsGlob(goal.page, page),
    )
    .map(({ name }) => name)
}

export function fitsGlob(glob: string, text: string): boolean {
  if (glob === '') return text === ''
  const [head, deep] = glob.startsWith('**') ? [glob.slice(2), true] : [glob.slice(1), false]
  if (glob.startsWith('*')) {
    for (let taken = 0; taken <= text.length; taken++) {
      if (taken > 0 && !deep && text[taken - 1] === '/') return false
      if (fitsGlob(head, text.slice(taken))) return true
    }
    return false
  }
  return text[0] === glob[0] && fitsGlob(glob.slice(1), text.slice(1))
}

const DECIMALS: Readonly<Record<string, number>> = { EUR: 2, JPY: 0, KWD: 3 }

/** Money as text, or null where it would be in several currencies. */
export function money(events: readonly OracleEvent[], currencies: readonly string[]): string | null {
  if (currencies.length > 1) return null
  let total = 0n
  for (const { detail } of events) {
    const [whole = '0', part = ''] = (detail?.revenue ?? '0').split('.')
    total += BigInt(`${whole}${part.padEnd(4, '0')}`)
  }
  const digits = String(total < 0n ? -total : total).padStart(5, '0')
  let part = digits.slice(-4)
  const least = DECIMALS[currencies[0] ?? ''] ?? 0
  while (part.endsWith('0') && part.length > least) part = part.slice(0, -1)
  return `${total < 0n ? '-' : ''}${digits.slice(0, -4)}${part && `.${part}`}`
}

type Remembered = Pick<Required<MetricValues>, 'newVisitors' | 'weeklyVisitors' | 'monthlyVisitors'>

/** Bits of a visit's value: first of the day, week, month, year. */
export function rememberedIn(events: readonly OracleEvent[]): Remembered {
  const visits = events.filter(({ type }) => type === 'visit').map(({ detail }) => detail)
  const having = (bit: number): number =>
    visits.filter((detail) => Math.floor((detail?.value ?? 0) / bit) % 2 === 1).length
  return {
    newVisitors: visits.filter((detail) => detail?.value === 15 && !('recency' in detail.props)).length,
    weeklyVisitors: having(2),
    monthlyVisitors: having(4),
  }
}

type Rated = Pick<Required<MetricValues>, 'score' | 'p50' | 'p75' | 'p95'>

/** What is ranked: vitals of one kind, or how long calls or requests took, milliseconds. */
export type Ranking = 'vital' | 'call' | 'request' | 'nothing'

export function ratedIn(events: readonly OracleEvent[], ranking: Ranking): Rated {
  const of = (kind: string): number[] =>
    events
      .filter(({ type }) => type === kind)
      .map(({ detail }) => detail?.value ?? 0)
      .toSorted((a, b) => a - b)
  const scores = of('feedback')
  const durations: Readonly<Record<Ranking, () => number[]>> = {
    nothing: () => [],
    vital: () => of('vital'),
    call: () => of('call').map((seconds) => seconds * 1_000),
    request: () =>
      events
        .filter(({ type, visibleMs }) => type === 'request' && visibleMs > 0)
        .map(({ visibleMs }) => visibleMs)
        .toSorted((a, b) => a - b),
  }
  const values = durations[ranking]()
  /** The smallest that at least so many percent do not exceed. */
  const ranked = (percent: number): number | null => {
    const found = values.find((_, index) => (index + 1) * 100 >= percent * values.length)
    return found === undefined ? null : found / 1_000
  }
  return {
    score: scores.length === 0 ? null : scores.reduce((a, b) => a + b, 0) / scores.length,
    p50: ranked(50),
    p75: ranked(75),
    p95: ranked(95),
  }
}
