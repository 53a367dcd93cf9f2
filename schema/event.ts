/**
 * What the page sends: the wire format of `POST /e`, version 1.
 *
 * Keys are full words, so that a site owner who opens the network panel can read what is sent.
 * An old version keeps parsing for ever; a new field is optional.
 */

import type { AdAction, Trait } from './targeting.ts'

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
  name: 120,
  element: 120,
  form: 120,
  message: 500,
  place: 256,
  comment: 500,
  /** Name of a property. A longer one is a property that the site has not declared. */
  property: 40,
  /** Value of a property. */
  value: 200,
  campaign: 120,
} as const

/** Most properties of one event; what comes after them is passed over. */
export const MAX_PROPERTIES = 30

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
  'ad',
  'trait',
] as const
export type EventType = (typeof EVENT_TYPES)[number]

/**
 * Kinds that are measured before a choice, where the site's mode is `anonymous`. All others need `performance`, but for
 * those of TARGETING_TYPES (schema/targeting.ts).
 */
export const ANONYMOUS_TYPES = ['pageview', 'engagement'] as const satisfies readonly EventType[]

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
  /** HTTP status with which the page was answered, 100 to 599; absent where the browser does not tell. */
  status?: number
}

/** How long a page was visible and how far it was scrolled; sent when the page is hidden. */
export interface WireEngagement extends WireBase {
  type: 'engagement'
  /** Time the page was visible, in milliseconds, 0 to one day. */
  visibleMs: number
  /** Deepest point scrolled to, as percent of the document, 0 to 100. */
  scrollPercent: number
}

/** Properties of an event by name. Kept are those that the site has declared; values that are no such things are passed over. */
export type WireProperties = Record<string, string | number | boolean>

/** An amount of money. */
export interface WireRevenue {
  /** Decimal text, `29.00`, with at most 12 digits before the point and 4 after it; negative: money given back. */
  amount: string
  /** ISO 4217, `EUR`. */
  currency: string
}

/** Something that the site tells of by name: `sluice.track()`. */
export interface WireCustom extends WireBase {
  type: 'event'
  name: string
  props?: WireProperties
  revenue?: WireRevenue
}

/** Something was clicked. */
export interface WireClick extends WireBase {
  type: 'click'
  /** Role and accessible name of the element, or its `data-track`: `button Buy now`. Never what somebody typed. */
  element: string
}

/** A link that leads away from the site was followed. */
export interface WireOutbound extends WireBase {
  type: 'outbound'
  /** Where it leads, absolute. Host and path are kept. */
  link: string
}

/** A link to a file was followed. */
export interface WireDownload extends WireBase {
  type: 'download'
  /** The file's address, absolute. Its path is kept, of another host with the host. */
  link: string
}

/** A form was sent. Never what was filled in. */
export interface WireForm extends WireBase {
  type: 'form'
  /** Name of the form: its `data-track`, accessible name, `name` or `id`, or the path it is sent to. */
  form: string
}

/** A script of the page failed. */
export interface WireError extends WireBase {
  type: 'error'
  /** `TypeError: x is undefined`. */
  message: string
  /** File of the site, line and column, `/app.js:10:5`; absent where the browser does not tell. */
  place?: string
}

/** A picture in a page, or a call for one, as it is stored: no part of `POST /e`. */
export interface SeenBeacon {
  type: 'beacon'
  id: string
  name: string
}

/** What browsers and search engines call web vitals. */
export const VITALS = ['LCP', 'INP', 'CLS', 'FCP', 'TTFB'] as const
export type Vital = (typeof VITALS)[number]

/** How fast and calm a page was. */
export interface WireVital extends WireBase {
  type: 'vital'
  vital: Vital
  /** Milliseconds, 0 to one hour; of CLS the sum of shifts, 0 to 1,000. */
  value: number
}

/** What somebody thinks of the page: `sluice.feedback()`. */
export interface WireFeedback extends WireBase {
  type: 'feedback'
  /** 0 to 10. */
  score: number
  /** Kept without personal data. */
  comment?: string
}

/** Calendar units of which this may be a browser's first visit to the site. */
export const FIRSTS = ['day', 'week', 'month', 'year'] as const
/** Days since a browser was last here, in groups too wide to tell anybody from others. */
export const RECENCIES = ['1', '2-7', '8-30', '31-90', '91+'] as const

/**
 * What a browser that granted `performance` remembers of its own visits, told once a visit: so uniques over weeks and
 * returning visitors are sums, and nobody needs an id.
 */
export interface WireVisit extends WireBase {
  type: 'visit'
  /** Of which units of the site's calendar this is the first visit; may be empty. */
  first: (typeof FIRSTS)[number][]
  /** Monday of the week in which the browser was first here, `2026-11-23`. */
  cohort: string
  /** Absent: never before, or earlier on the same day. */
  recency?: (typeof RECENCIES)[number]
}

/** An ad was seen or followed, or what it was for was done: `sluice.ads`. How often and when only the browser knows. */
export interface WireAd extends WireBase {
  type: 'ad'
  action: AdAction
  /** Name of the campaign, as the site calls it. */
  campaign: string
  /** Of a conversion: the event that was tracked. */
  event?: string
  /** Of a conversion: how often this browser had seen or followed the campaign, 1 to 200. */
  touches?: number
  /** Of a conversion: days since the first of these, 0 to 90. */
  days?: number
}

/** A group that the site knows its visitor to be in: `sluice.traits.set()`. Told once a day and value. */
export interface WireTrait extends WireBase {
  type: 'trait'
  trait: Trait
  /** One of TRAITS[trait]. */
  value: string
}

export type WireEvent =
  | WirePageview
  | WireEngagement
  | WireCustom
  | WireClick
  | WireOutbound
  | WireDownload
  | WireForm
  | WireError
  | WireVital
  | WireFeedback
  | WireVisit
  | WireAd
  | WireTrait

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
