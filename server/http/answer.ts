import type { ServerResponse } from 'node:http'

/** Headers of the public routes: any page may call them, no credentials are ever read, nothing is to be kept. */
export const PUBLIC_HEADERS = {
  'access-control-allow-origin': '*',
  // Else a page of another origin cannot read when it should try again.
  'access-control-expose-headers': 'retry-after',
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
} as const

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
