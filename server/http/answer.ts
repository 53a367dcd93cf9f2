import type { ServerResponse } from 'node:http'
import type { CollectAnswer } from '../../schema/event.ts'

/** Headers of the public routes: any page may call them, no credentials are ever read, nothing is to be kept. */
export const PUBLIC_HEADERS = {
  'access-control-allow-origin': '*',
  // Else a page of another origin cannot read when it should try again.
  'access-control-expose-headers': 'retry-after',
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
} as const

/** PUBLIC_HEADERS and the type of the body, as the flat list that node:http takes without looking each header up. */
const TAKEN_HEADERS = [
  ...Object.entries(PUBLIC_HEADERS).flat(),
  'content-type',
  'application/json; charset=utf-8',
  'content-length',
] as const
/** Almost every answer says that one event was accepted. */
const ONE_TAKEN = JSON.stringify({ accepted: 1, dropped: 0 } satisfies CollectAnswer)

/** Answers 202: the events are kept. The answer of the hot path, the same bytes as `answerJson` would send. */
export function answerTaken(response: ServerResponse, accepted: number, dropped: number): void {
  if (response.writableEnded || response.destroyed) return
  const text =
    accepted === 1 && dropped === 0
      ? ONE_TAKEN
      : JSON.stringify({ accepted, dropped } satisfies CollectAnswer)
  response.writeHead(202, [...TAKEN_HEADERS, text.length])
  response.end(text)
}

/** Answers with JSON. `close` ends the connection: the rest of an over-long body is not read. */
export function answerJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  if (response.writableEnded || response.destroyed) return
  const text = JSON.stringify(body)
  response.writeHead(status, {
    ...PUBLIC_HEADERS,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  })
  response.end(text)
}

/** Answers a fault: one sentence that names it and what to do. */
export function answerFault(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Record<string, string> = {},
): void {
  answerJson(response, status, { error: message }, headers)
}
