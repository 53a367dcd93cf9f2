import { FIRST_REST_MS, MAX_TRIES } from './limits.ts'
import type { Options } from './script.ts'

/**
 * One request to the collector: a question, or with a body a message. Throws where it is worth trying again: on a
 * network fault, and the answer itself when it says that the collector cannot take it now.
 */
export type Request = (path: string, body?: object, credentials?: RequestCredentials) => Promise<Response>

/**
 * - The body is a string, so that it goes as text/plain and needs no preflight; `keepalive` lets it outlive the page.
 *   Not sendBeacon, which sends the collector's cookies along.
 * - Only a choice travels with cookies, and only to the site's own host: there the answer can expire those which no
 *   script can see.
 * - Referer holds the origin only. The policy is named because a page's own `no-referrer` turns the header Origin of a
 *   request to the same origin into `null`, which the collector refuses.
 */
export function createRequest({ api }: Options, folder: string): Request {
  const collector = (api ?? folder).replace(/\/?$/, '/')
  return async (path, body, credentials = 'omit') => {
    const answer = await fetch(collector + path, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      credentials,
      keepalive: true,
      referrerPolicy: 'origin',
    })
    if (answer.status > 428) throw answer
    return answer
  }
}

/**
 * Rests after a failure: as long as Retry-After says, else a time that doubles with each failure in a row and is
 * spread by chance, so that pages do not return all at once. After the last try until a network comes back.
 */
export function rest(fault: unknown, failures: number): Promise<unknown> {
  const seconds = Number((fault as Partial<Response>).headers?.get('Retry-After'))
  return new Promise((resolve) => {
    addEventListener('online', resolve)
    if (failures < MAX_TRIES) {
      setTimeout(resolve, seconds * 1_000 || FIRST_REST_MS * 2 ** failures * (1 + Math.random()))
    }
  })
}
