import type { PhoneNumber } from './phone.ts'
import type { SendToken } from './token.ts'

/** What the module needs from outside: it reads no clock, makes no random text and opens no connection itself. */

export interface Clock {
  /** Unix milliseconds. */
  now(): number
}

/** A message on its way out. */
export interface Order {
  /** What lets it out: for this message, once, for a few seconds. */
  readonly token: SendToken
  readonly from: PhoneNumber
  readonly to: PhoneNumber
  readonly text: string
}

/**
 * What came of an order. Providers know no idempotency: what is not known to have been refused may have been sent, and is
 * not sent again.
 */
export type Outcome =
  | { readonly is: 'accepted'; readonly id: string }
  /** Refused for good, with the provider's code. */
  | { readonly is: 'refused'; readonly code: string }
  /** Not taken, and it may be tried again from then on, Unix milliseconds. */
  | { readonly is: 'throttled'; readonly until: number }
  /** No answer came, or none that tells. */
  | { readonly is: 'unknown' }

export interface Provider {
  /** Redeems the order's token before anything leaves. Rejects only for a bug: what goes wrong outside is an outcome. */
  send(order: Order): Promise<Outcome>
}
