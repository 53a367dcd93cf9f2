import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerJson } from '../http/answer.ts'
import { takeChoice, type ChoiceRouteParts } from './choice-route.ts'
import { preflight, reading, type Exchange } from './exchange.ts'
import { oneReceipt, showKey, showNotice, type ProofRouteParts } from './proof-route.ts'

/** A public route, tried before the application: true where the address is its own. */
export type ConsentRoute = (request: IncomingMessage, response: ServerResponse) => boolean

export interface ConsentRouteParts extends ChoiceRouteParts, ProofRouteParts {}

/** Since when this server honours Global Privacy Control, as `/.well-known/gpc.json` says. */
const GPC_SINCE = '2026-11-24'
/** The GPC specification asks for this type without a parameter. */
const PLAIN_JSON = { 'content-type': 'application/json' }

/**
 * `POST /c`, `GET` and `DELETE /c/<receipt>`, `GET /c/notice/<hash>`, `GET /.well-known/gpc.json` and
 * `GET /.well-known/sluice-consent.json[?site=<domain>]`. Any page may call them; none reads credentials.
 */
export function createConsentRoute(parts: ConsentRouteParts): ConsentRoute {
  return (request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?')
    const handle = handlerOf(parts, path, query)
    if (!handle) return false
    if (request.method === 'OPTIONS') preflight(request, response)
    else handle({ request, response })
    return true
  }
}

function handlerOf(
  parts: ConsentRouteParts,
  path: string,
  query: string,
): ((exchange: Exchange) => void) | undefined {
  if (path === '/c') return (exchange) => takeChoice(parts, exchange)
  if (path.startsWith('/c/notice/')) {
    return (exchange) => showNotice(parts, exchange, path.slice('/c/notice/'.length))
  }
  if (path.startsWith('/c/')) return (exchange) => oneReceipt(parts, exchange, path.slice('/c/'.length))
  if (path === '/.well-known/gpc.json') {
    return (exchange) =>
      reading(parts, exchange, () =>
        answerJson(exchange.response, 200, { gpc: true, lastUpdate: GPC_SINCE }, PLAIN_JSON),
      )
  }
  if (path === '/.well-known/sluice-consent.json') return (exchange) => showKey(parts, exchange, query)
  return undefined
}
