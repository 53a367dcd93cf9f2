import type { AnyDimension } from '../../schema/query.ts'
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
}

export function isSparse(dimension: AnyDimension): boolean {
  return (
    dimension in KIND || ['goal', 'status', 'currency'].includes(dimension) || dimension.startsWith('prop:')
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
