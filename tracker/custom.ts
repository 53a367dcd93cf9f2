import { MAX_PROPERTIES, MAX_TEXT } from './event-limits.ts'
import type { WireCustom, WireFeedback, WireProperties } from '../schema/event.ts'

/** Decimal text with at most 12 digits before the point and 4 after it. */
const AMOUNT = /^-?\d{1,12}(\.\d{1,4})?$/

/**
 * What `sluice.track()` was called with, as the wire has it; nothing where it cannot be read: a wrong amount would be
 * missing in a sum without a word. Properties that are no text, number or yes or no are passed over. Never throws,
 * whatever it is given.
 */
export function readCustom(
  name: unknown,
  details: unknown,
): Omit<WireCustom, 'id' | 'time' | 'url'> | undefined {
  try {
    const { props, revenue } = (details ?? {}) as {
      props?: object
      revenue?: { amount: unknown; currency: unknown }
    }
    if (typeof name !== 'string' || !/[^\s\p{C}]/u.test(name)) return undefined
    const event: ReturnType<typeof readCustom> = { type: 'event', name: name.slice(0, MAX_TEXT) }
    if (props) event.props = readProps(props)
    if (revenue) {
      const { amount: sum, currency: code } = revenue
      // As many places as the wire has, without the dust of binary fractions: 0.1 + 0.2 is 0.3.
      const amount = String(typeof sum === 'number' ? Number(sum.toFixed(4)) : sum).trim()
      const currency = String(code).toUpperCase()
      if (!AMOUNT.test(amount) || !/^[A-Z]{3}$/.test(currency)) return undefined
      event.revenue = { amount, currency }
    }
    return event
  } catch {
    return undefined
  }
}

function readProps(props: object): WireProperties {
  const kept: WireProperties = {}
  for (const [name, value] of Object.entries(props).slice(0, MAX_PROPERTIES)) {
    if (typeof value === 'string') kept[name] = value.slice(0, MAX_TEXT)
    else if (typeof value === 'boolean' || Number.isFinite(value)) kept[name] = value as number
  }
  return kept
}

/** What `sluice.feedback()` was called with; nothing where the score is not a number from 0 to 10. */
export function readFeedback(
  score: unknown,
  comment: unknown,
): Omit<WireFeedback, 'id' | 'time' | 'url'> | undefined {
  if (!(typeof score === 'number' && score >= 0 && score <= 10)) return undefined
  return {
    type: 'feedback',
    score,
    ...(typeof comment === 'string' && { comment: comment.slice(0, MAX_TEXT) }),
  }
}
