import type { WireCustom, WireError } from './event.ts'

/**
 * What a site's own server tells: the lines of `POST /logs` and `POST /events`, each one JSON object a line. They come with
 * a key of the scope `ingest`. Keys are full words; a new field is optional.
 */

/** Kinds of events that are of no visitor: no visit is made of them, and questions about visitors pass over them. */
export const LOGGED_TYPES = ['request', 'call'] as const
export type LoggedType = (typeof LOGGED_TYPES)[number]

/** Which way a call went, as the site sees it. */
export const CALL_DIRECTIONS = ['in', 'out'] as const
/** What became of it. */
export const CALL_OUTCOMES = ['answered', 'missed', 'busy', 'voicemail', 'failed'] as const

/** A call that the site's people took or made. Never a number, nor anything else of who was on the line. */
export interface WireCall {
  type: 'call'
  /** As of all events: makes a retry count once. */
  id: string
  /** When it began, Unix time in milliseconds. */
  time: number
  direction: (typeof CALL_DIRECTIONS)[number]
  /** How long it lasted, in seconds, 0 to one day. */
  duration: number
  outcome: (typeof CALL_OUTCOMES)[number]
}

/** A request as it is stored beside the page view that it may be. */
export interface LoggedRequest {
  type: 'request'
  /** Makes the same request of the same log count once. */
  id: string
  /** Empty where the server could not read the request either. */
  method: string
  /** Of the answer; 0: there was none. */
  status: number
  /** Of the answer. */
  bytes: number
  /** Until the answer had been sent, in milliseconds; 0: unknown. */
  duration: number
}

/**
 * What a sender has made of address and user agent itself, so that neither leaves it (`sluice/express`). The names are
 * those that the server would have found; empty where unknown.
 */
export interface LoggedClient {
  browser: string
  browserVersion: string
  os: string
  osVersion: string
  device: string
  isBot: boolean
  /** ISO 3166-1 alpha-2. */
  country: string
  /** ISO 3166-2, with the country. */
  region: string
  city: string
  /** Network operator. */
  network: string
  /**
   * The same for the requests of one visitor of one day: a hash of 16 letters and digits under a key that the sender keeps in memory and
   * destroys with the day. It is hashed again under the day's key here, and never stored.
   */
  visitor: string
}

/** A line of `POST /logs`: one request that the site's server has answered. */
export interface WireLog {
  /** Made anew for each request, as of events: 8 to 64 printable characters. */
  id: string
  /** When it was answered, Unix time in milliseconds. */
  time: number
  method: string
  /** Path and query as they were asked for, `/a?b=1`, or absolute. Of the query only campaign parameters are kept. */
  url: string
  status: number
  /** Of the answer. */
  bytes?: number
  /** The header `Referer`. Its host is kept. */
  referrer?: string
  /** The header `User-Agent`: browser, system and device are kept of it. */
  userAgent?: string
  /** Of whoever asked. Place and network operator are kept of it, and for today's requests a visitor key. */
  address?: string
  /** Until the answer had been sent, in milliseconds. */
  duration?: number
  /** In place of `userAgent` and `address`, which are not looked at beside it. */
  client?: LoggedClient
}

/** A line of `POST /events`: `url` may be left out where the event is of no page. */
export type ServerEvent =
  WireCall | (Omit<WireCustom, 'url'> & { url?: string }) | (Omit<WireError, 'url'> & { url?: string })

/** Why a line was not taken. */
export interface LineRefused {
  /** From 1. */
  line: number
  reason: string
}

/** The answer 202 of both: how many events are on disk, and how many are not, since they were sent before or cannot be taken. */
export interface IngestAnswer {
  accepted: number
  dropped: number
  /** The first hundred lines that cannot be taken. */
  faults: LineRefused[]
}
