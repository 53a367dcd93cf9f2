import type { PhoneNumber } from './phone.ts'
import type { PictureType } from './picture.ts'
import type { Delivery } from './store/tables.ts'
import type { SendToken } from './token.ts'

/**
 * What carries messages. It keeps no queue and decides nothing: what may go out, when and how often is decided before.
 */
export interface Provider {
  /** `memory`, `ringcentral`: for logs and proofs. */
  readonly name: string
  readonly capabilities: Capabilities
  /**
   * Hands one message over. Redeems the order's token and begins at once, before it first waits for anything: it is
   * called while the store is locked, so that no opt-out comes in between. What cannot leave at once is `throttled`.
   * Rejects only for a bug: what goes wrong outside is an outcome.
   */
  send(order: Order): Promise<Outcome>
  /** The same for several of one sender, at most `capabilities.batch`; their outcomes in the same order. */
  sendBatch?(orders: readonly Order[]): Promise<readonly Outcome[]>
  /** Looks for a message whose answer was lost. */
  lookUp(lost: Lost): Promise<Sightings>
  /** What happened since it was asked last, whether or not it was also told as an event: a lost STOP is found here. */
  listSince(cursor: string | undefined): Promise<Listed>
  /** Tells the provider that somebody opted out, or in again. Repeating it changes nothing. */
  pushConsent(change: ConsentChange): Promise<Pushed>
}

export interface Capabilities {
  /** Most messages of one `sendBatch`; 1 where there is none. */
  readonly batch: number
  /** Milliseconds after which an answer to `send` that has not come counts as lost. */
  readonly answersWithinMs: number
  /** Milliseconds after which at the latest `lookUp` finds what was taken. */
  readonly visibleWithinMs: number
}

/** A message on its way out. */
export interface Order {
  /** What lets it out: for this message, once, for a few seconds. */
  readonly token: SendToken
  readonly from: PhoneNumber
  readonly to: PhoneNumber
  readonly text: string
  /** Pictures that go with it; absent: none. */
  readonly media?: readonly Picture[]
}

export interface Picture {
  readonly type: PictureType
  readonly content: Uint8Array
}

/**
 * What came of an order. Providers know no idempotency: what is not known to have been refused may have been sent, and is
 * not sent again.
 */
export type Outcome =
  | { readonly is: 'accepted'; readonly id: string }
  /** Refused for good, with the provider's code. */
  | { readonly is: 'refused'; readonly code: string }
  /** Not taken, and nothing of this sender is taken before then, Unix milliseconds. */
  | { readonly is: 'throttled'; readonly until: number }
  /** No answer came, or none that tells. */
  | { readonly is: 'unknown' }

/** A message of which nobody knows whether it was taken. */
export interface Lost {
  readonly from: PhoneNumber
  readonly to: PhoneNumber
  readonly text: string
  /** Between which it was handed over, Unix milliseconds. */
  readonly after: number
  readonly before: number
}

/** A message that the provider has, alike in sender, number and text. */
export interface Sighting {
  readonly id: string
  /** When the provider took it, Unix milliseconds. */
  readonly at: number
}

export type Sightings =
  | { readonly is: 'seen'; readonly messages: readonly Sighting[] }
  /** It could not be asked: ask again from then on. */
  | { readonly is: 'unavailable'; readonly until: number }

/** How far a message came. */
export interface DeliveryWord {
  readonly what: 'status'
  /** Id of this word: another one for every status of a message. */
  readonly uuid: string
  /** Of the message, as the provider names it. */
  readonly id: string
  readonly status: Delivery
  /** Delivery code, in the provider's words. */
  readonly code?: string
  /** What it cost, in millionths of a dollar. */
  readonly cost?: number
  readonly at: number
}

/** What a provider tells, by its events or its lists. Times are Unix milliseconds. */
export type ProviderEvent =
  | {
      readonly what: 'inbound'
      readonly uuid: string
      /** Of the message, as the provider names it. */
      readonly id: string
      /** Who wrote. */
      readonly from: PhoneNumber
      /** Our sender. */
      readonly to: PhoneNumber
      readonly text: string
      readonly at: number
    }
  | DeliveryWord
  | {
      readonly what: 'consent'
      readonly uuid: string
      readonly sender: PhoneNumber
      readonly subject: PhoneNumber
      readonly opted: 'out' | 'in'
      /** Who did it; `api` is what was pushed from here, or by another program of the same account. */
      readonly source: 'recipient' | 'api' | 'upstream' | 'carrier'
      readonly at: number
    }
  | {
      readonly what: 'fee'
      readonly uuid: string
      readonly sender: PhoneNumber
      /** Millionths of a dollar. */
      readonly amount: number
      readonly note: string
      readonly at: number
    }

export interface Listed {
  readonly events: readonly ProviderEvent[]
  /** To be given next time. Kept only once all events were taken. */
  readonly cursor: string
}

export interface ConsentChange {
  readonly sender: PhoneNumber
  readonly subject: PhoneNumber
  readonly opted: 'out' | 'in'
}

export type Pushed =
  | { readonly is: 'done' }
  /** Refused for good: the pair cannot be opted in or out there. */
  | { readonly is: 'refused'; readonly code: string }
  | { readonly is: 'failed'; readonly until: number }
