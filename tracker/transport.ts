import { folder, options } from './script.ts'

/**
 * One request to the collector: a question, or with a body a message. Throws where it is worth trying again: on a
 * network fault, and the answer itself when it says that the collector cannot take it now.
 *
 * - The body is a string, so that it goes as text/plain and needs no preflight; `keepalive` lets it outlive the page.
 *   Not sendBeacon, which sends the collector's cookies along.
 * - Only a choice travels with cookies, and only to the site's own host: there the answer can expire those which no
 *   script can see.
 * - Referer holds the origin only. The policy is named because a page's own `no-referrer` turns the header Origin of a
 *   request to the same origin into `null`, which the collector refuses.
 */
export async function request(
  path: string,
  body?: object,
  credentials: RequestCredentials = 'omit',
): Promise<Response> {
  const answer = await fetch((options.api ?? folder).replace(/\/?$/, '/') + path, {
    // Undefined is GET.
    method: (body && 'POST') as string,
    // Undefined where there is none.
    body: JSON.stringify(body),
    credentials,
    keepalive: true,
    referrerPolicy: 'origin',
  })
  if (answer.status < 429) return answer
  throw answer
}

export type Request = typeof request
