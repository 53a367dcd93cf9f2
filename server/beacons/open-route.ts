import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, type Log } from '../log.ts'
import { answerFault } from '../http/answer.ts'
import type { MailCounter, MailRequest } from './count.ts'
import { answerPicture, isReading } from './picture.ts'

/** A public route, tried before the application: true where the address is its own. */
export type PictureRoute = (request: IncomingMessage, response: ServerResponse) => boolean

export interface OpenRouteParts {
  counter: Pick<MailCounter, 'fetched'>
  /** What of a request tells who sent it. */
  facts(request: IncomingMessage): MailRequest
  log: Pick<Log, 'warn'>
}

const ADDRESS = /^\/o\/([^/?]*)\.gif(?:\?|$)/

/**
 * `GET /o/<token>.gif`, the picture in a mail. It is answered before the token is looked at, so that neither what is
 * answered nor when tells anybody whether it is a good one, whose it is, or what its recipient decided.
 */
export function createOpenRoute({ counter, facts, log }: OpenRouteParts): PictureRoute {
  return (request, response) => {
    const url = request.url ?? ''
    if (!url.startsWith('/o/')) return false
    if (!isReading(request)) {
      request.resume()
      answerFault(response, 405, 'A picture is fetched by GET.', { allow: 'GET, HEAD' })
      return true
    }
    const known = facts(request)
    answerPicture(request, response)
    setImmediate(() => {
      counter.fetched(ADDRESS.exec(url)?.[1] ?? '', known).catch((error: unknown) => {
        log.warn({ err: describe(error) }, 'the fetch of an e-mail beacon could not be counted')
      })
    })
    return true
  }
}
