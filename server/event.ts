import type { ClientIp, RawUserAgent } from '../schema/brand.ts'
import type { OptionalCategory } from '../schema/consent.ts'
import type { EmailPurpose } from '../schema/email.ts'
import type { SeenBeacon, WireEvent } from '../schema/event.ts'
import type { LoggedRequest, WireCall } from '../schema/log.ts'

/**
 * The types of an event on its way: WireEvent (as sent) → AdmittedEvent (may be kept) → EventRow (schema/rows.ts: as
 * stored). Each station takes one type and gives the next; none of the later ones has a field for an address.
 */

/**
 * Why an event may be stored: the site's mode before a choice, consent to a category under a policy revision, that it was
 * read from an access log, that the site's own server tells it of nobody, that a mail's beacon names no recipient, or the
 * recipient's consent.
 */
export type Basis =
  'anonymous' | `${OptionalCategory}@${number}` | 'log' | 'server' | 'aggregate' | EmailPurpose

/** What one HTTP request tells of its sender. Lives while the request is answered; nothing keeps a reference to it. */
export interface RequestFacts {
  readonly ip: ClientIp
  readonly userAgent: RawUserAgent
  /** Accept-Language as sent, empty when absent. */
  readonly acceptLanguage: string
  /** User-agent client hints (`sec-ch-ua…`), each as sent, empty when absent. */
  readonly hints: { readonly brands: string; readonly platform: string; readonly mobile: string }
  /** `Sec-GPC: 1`. */
  readonly gpc: boolean
  /** `Sec-Purpose`, `Purpose` or `X-Moz` say that nobody has looked at the page yet. */
  readonly prefetch: boolean
  /** Unix milliseconds by the collector's clock: the event is dated by this. */
  readonly arrivedAt: number
}

/** An event that may be kept, with everything decided that needs the site and the clock. */
export interface AdmittedEvent {
  readonly wire: WireEvent | WireCall | LoggedRequest | SeenBeacon
  /** Undefined where it is of no page. */
  readonly url: URL | undefined
  /** Unix milliseconds: arrival, moved back by the client's clock within the current site day only. */
  readonly timeMs: number
  /** The client's time lay before the current site day, so it was stamped at that day's start. */
  readonly late: boolean
  readonly basis: Basis
}
