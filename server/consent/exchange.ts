import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ClientIp } from '../../schema/brand.ts'
import type { Site } from '../../schema/site.ts'
import { UserError } from '../errors.ts'
import { trimHost } from '../host.ts'
import { answerFault } from '../http/answer.ts'
import { describe, type Log } from '../log.ts'
import type { BurstGuard } from '../http/burst.ts'
import type { ConsentFacts } from './decide.ts'

export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** What every address about consent needs. */
export interface ExchangeParts {
  log: Pick<Log, 'error'>
  findSite(domain: string): Site | undefined
  /** What is read of a request; the address is used by the guard while the request is answered, and by nothing else. */
  facts(request: IncomingMessage): ConsentFacts & { readonly ip: ClientIp }
  guard: BurstGuard
  /** Counts a request that was refused, by status. */
  onFault(status: number): void
}

/** Seconds after which to try again when nothing can be kept. */
const RETRY = { 'retry-after': '5' }

export const NO_SUCH_SITE = 'This site is not registered here: add it with `sluice site add`.'

/** The host that the request was sent to, without its port. */
export function hostOfRequest({ headers }: IncomingMessage): string {
  return trimHost((headers.host ?? '').replace(/:\d+$/, '').toLowerCase())
}

/** Answers an address that is only read, or (`GET, DELETE, OPTIONS`) nearly so. */
export function reading(
  parts: ExchangeParts,
  exchange: Exchange,
  answer: () => void | Promise<void>,
  allow = 'GET, OPTIONS',
): void {
  exchange.request.resume()
  if (exchange.request.method === 'GET' || exchange.request.method === 'HEAD') {
    guarded(parts, exchange, answer)
    return
  }
  refuse(parts, exchange, 405, 'This address is read by GET.', { allow })
}

/** Answers what the caller can mend with its sentence; the rest is ours, and the visitor's choice is sent again. */
export function guarded(parts: ExchangeParts, exchange: Exchange, act: () => void | Promise<void>): void {
  Promise.resolve()
    .then(act)
    .catch((error: unknown) => {
      if (error instanceof UserError) {
        refuse(parts, exchange, error.status, error.message, error.status === 503 ? RETRY : {})
        return
      }
      parts.log.error({ err: describe(error) }, 'a request about consent failed')
      refuse(parts, exchange, 503, 'This cannot be done just now: try again later.', RETRY)
    })
}

/** Whether too many writes come from the network of the request; answers so. */
export function isBurst(parts: ExchangeParts, exchange: Exchange, ip: ClientIp): boolean {
  const wait = parts.guard.wait(ip)
  if (wait === 0) return false
  refuse(parts, exchange, 429, 'Too many choices came from this network: try again in a minute.', {
    'retry-after': String(wait),
  })
  return true
}

export function refuse(
  parts: ExchangeParts,
  { response }: Exchange,
  status: number,
  message: string,
  headers: Record<string, string> = {},
): void {
  parts.onFault(status)
  answerFault(response, status, message, headers)
}

export function preflight(request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  response.writeHead(204, {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, POST, DELETE',
    'access-control-allow-headers': 'content-type',
    'access-control-max-age': '86400',
  })
  response.end()
}
