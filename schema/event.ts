/**
 * What the page sends: the wire format of `POST /e`, version 1.
 *
 * Keys are full words, so that a site owner who opens the network panel can read what is sent.
 * An old version keeps parsing for ever; a new field is optional.
 */

/** The version of the wire format that this tracker speaks. */
export const WIRE_VERSION = 1

/** Largest request body of `POST /e`, in bytes. A larger one is answered 413 and nothing of it is read further. */
export const MAX_BODY_BYTES = 256 * 1024

/** Most events in one request. More is an envelope fault (400), so that nothing is cut off silently. */
export const MAX_EVENTS = 1_000

/** Longest accepted text of each field, in UTF-16 units; longer values are cut, except where noted. */
export const MAX_LENGTH = {
  /** A longer URL is a fault in that event: a cut address would be another page. */
  url: 2_048,
  referrer: 2_048,
  title: 512,
  screen: 16,
  language: 35,
  id: 64,
} as const

/** Kinds of events on the wire. */
export const EVENT_TYPES = [
  'pageview',
  'engagement',
  'event',
  'click',
  'outbound',
  'download',
  'form',
  'error',
  'vital',
  'feedback',
  'visit',
] as const
export type EventType = (typeof EVENT_TYPES)[number]

/** Kinds that are measured today; the others are answered as dropped with the reason `unsupported_type`. */
export const MEASURED_TYPES = ['pageview', 'engagement'] as const satisfies readonly EventType[]
export type MeasuredType = (typeof MEASURED_TYPES)[number]

interface WireBase {
  /** At least 128 random bits in letters of base64url, made anew for each event. Makes a retry count once; says nothing of anybody. */
  id: string
  /** When it happened, Unix time in milliseconds by the visitor's clock. */
  time: number
  /** Address of the page, absolute. The collector keeps path and allow-listed campaign parameters only. */
  url: string
}

/** A page was seen. */
export interface WirePageview extends WireBase {
  type: 'pageview'
  /** Address of the page the visitor came from, or its origin; absent or empty: typed in or unknown. */
  referrer?: string
  /** Document title. Accepted for compatibility and never stored. */
  title?: string
  /** Screen size in CSS pixels, `1440x900`. Not sent before a choice. */
  screen?: string
  /** BCP 47 language tag. Absent: the collector takes the first of Accept-Language. */
  language?: string
}

/** How long a page was visible and how far it was scrolled; sent when the page is hidden. */
export interface WireEngagement extends WireBase {
  type: 'engagement'
  /** Time the page was visible, in milliseconds, 0 to one day. */
  visibleMs: number
  /** Deepest point scrolled to, as percent of the document, 0 to 100. */
  scrollPercent: number
}

export type WireEvent = WirePageview | WireEngagement

/** The body of `POST /e`. */
export interface WireBatch {
  version: typeof WIRE_VERSION
  /** The site's domain, as registered. */
  site: string
  /** Consent token; absent before a choice. */
  consent?: string
  events: WireEvent[]
}

/** The answer 202: what is on disk, and how many were dropped by rule. */
export interface CollectAnswer {
  accepted: number
  dropped: number
}
