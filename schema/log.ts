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
}
