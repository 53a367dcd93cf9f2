import type { z } from 'zod'

/** What `/api/openapi.json` says of a route. */
export type DescribedRoute = Described & (AnsweredAsJson | AnsweredOtherwise)

interface Described {
  readonly summary: string
  readonly tag:
    'query' | 'collect' | 'consent' | 'policy' | 'beacons' | 'sites' | 'accounts' | 'sms' | 'server'
  /** Who may ask: anybody, somebody signed in, that or a key with a scope, or (`ingest`) such a key alone. */
  readonly by: 'anybody' | 'session' | 'query' | 'admin' | 'sms' | 'ingest'
  readonly body?: z.ZodType
  /** Default `application/json`. */
  readonly sentAs?: 'text/plain' | 'text/csv' | 'application/x-ndjson' | 'image/*'
  /** Parameters behind `?`. */
  readonly query?: z.ZodObject
  /** Of the body, or of a parameter that holds JSON. */
  readonly examples?: Readonly<Record<string, unknown>>
  /** What a good answer is; default 200. */
  readonly status?: number
  readonly answer: string
}

interface AnsweredAsJson {
  /** The shape of a good answer: all its fields. The tests hold what the server answers them against it. */
  readonly answered: z.ZodType
  readonly answeredAs?: undefined
}

interface AnsweredOtherwise {
  readonly answered?: undefined
  readonly answeredAs: 'text/csv' | 'text/plain' | 'text/html' | 'image/gif' | 'image/*'
}

/** A route for somebody signed in. */
export function forSession(
  tag: DescribedRoute['tag'],
  summary: string,
  answer: string,
  answered: z.ZodType,
): Described & AnsweredAsJson {
  return { summary, tag, by: 'session', answer, answered }
}
