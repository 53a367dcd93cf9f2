import { isSilenced } from './gate.ts'

/**
 * One request, if any may leave: a question, or with a body a message. Undefined: none left. Throws where it is worth
 * trying again: on a network fault, and the answer itself when it says that the collector cannot take it now.
 *
 * - The body is a string, so that it goes as text/plain and needs no preflight; `keepalive` lets it outlive the page.
 *   Not sendBeacon, which sends the collector's cookies along.
 * - Referer holds the origin only. The policy is named because a page's own `no-referrer` turns the header Origin of a
 *   request to the same origin into `null`, which the collector refuses.
 */
export async function request(url: string, body?: string): Promise<Response | undefined> {
  if (isSilenced()) return undefined
  const answer = await fetch(url, {
    ...(body && { method: 'POST', body }),
    credentials: 'omit',
    keepalive: true,
    referrerPolicy: 'origin',
  })
  if (answer.status > 499) throw answer
  return answer
}
