import type { ClientIp, RawUserAgent } from '../../schema/brand.ts'
import type { LoggedClient } from '../../schema/log.ts'

/**
 * A request as an access log tells of it: what every format is read into. It lives while its line is worked on; nothing
 * that is stored has a field for the address or the user agent.
 */
export interface LogLine {
  /** Unix milliseconds. */
  readonly timeMs: number
  /** As written, without a port. A name or nothing where the log has no address. */
  readonly address: ClientIp
  readonly userAgent: RawUserAgent
  /** Whether the format has user agents. Where it has none, nothing tells robots from people. */
  readonly tellsAgent: boolean
  /** Upper case; empty where the server could not read the request either. */
  readonly method: string
  /** Host in lower case, without port; empty where the log does not tell. */
  readonly host: string
  /** Path as it was sent, percent-encoded; empty where there is none. */
  readonly path: string
  /** Query as it was sent, without its question mark. */
  readonly query: string
  /** 0 to 599; 0: the connection ended before there was one. */
  readonly status: number
  /** Of the answer, 0 where unknown. */
  readonly bytes: number
  /** Empty where none was sent. */
  readonly referrer: string
  /** Until the answer had been sent, in whole milliseconds from 1 on; 0 where the log does not tell. */
  readonly durationMs: number
  /** What the sender made of address and user agent, which are empty then. */
  readonly client?: LoggedClient
}

/** Why a line cannot be read: a sentence without its end that quotes nothing of the line. */
export interface LineFault {
  readonly fault: string
}

/** Reads a line. Undefined: it is none of a request (a header, a comment). Never throws. */
export type ReadLine = (text: string) => LogLine | LineFault | undefined

export const LOG_FORMATS = ['combined', 'common', 'caddy', 'cloudfront', 'alb'] as const
export type LogFormat = (typeof LOG_FORMATS)[number]

export function isFault(line: LogLine | LineFault): line is LineFault {
  return 'fault' in line
}
