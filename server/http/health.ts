import type { IncomingMessage } from 'node:http'
import { Router, type Request } from 'express'
import { UserError } from '../errors.ts'
import type { Metrics } from '../metrics.ts'

export interface HealthParts {
  metrics: Metrics
  /** Whether the database answered a question since the start. */
  hasAnswered: () => boolean
  /** Whether events can be kept now. */
  canAccept: () => boolean
  /** Asks the database something small; resolves to whether it answered. */
  askDatabase: () => Promise<boolean>
  /** Whether the database of the store, where it is one of its own, is in reach as far as is known. */
  reachesStore: () => boolean
  /** Whether the bearer of this request may read metrics from elsewhere. */
  mayReadMetrics: (request: Request) => boolean
  /** Told of each request for /live: the start-up test of the public address waits for its own. */
  noticeLive?: ((request: IncomingMessage) => void) | undefined
}

/** A health answer is at most this old: probes come from several sides and must not become load. */
const CACHE_MS = 1_000

/** `/live`, `/ready` and `/metrics`. */
export function createHealthRouter(parts: HealthParts): Router {
  const router = Router()
  let cached: { at: number; answer: Promise<Readiness> } | undefined

  router.get('/live', (request, response) => {
    parts.noticeLive?.(request)
    response.set('cache-control', 'no-store').json({ live: true })
  })
  router.get('/ready', async (_request, response) => {
    const now = performance.now()
    if (!cached || now - cached.at > CACHE_MS) cached = { at: now, answer: readiness(parts) }
    const answer = await cached.answer
    if (!answer.ready) cached = undefined
    response
      .status(answer.ready ? 200 : 503)
      .set('cache-control', 'no-store')
      .json(answer)
  })
  router.get('/metrics', async (request, response) => {
    if (!isDirectLoopback(request) && !parts.mayReadMetrics(request)) {
      throw new UserError('Metrics are open to this machine only: send a key with the scope admin.', 401)
    }
    const { type, body } = await parts.metrics.text()
    response.set('cache-control', 'no-store').type(type).send(body)
  })
  return router
}

interface Readiness {
  ready: boolean
  spool: 'accepting' | 'full'
  database: 'answering' | 'unreachable'
  /** Sites, accounts and the proof of consent: without it nobody gets in and no choice is kept. */
  store: 'answering' | 'unreachable'
}

/** An outage of either database after the start is told in the body only: events are still kept, so nobody may be sent away. */
async function readiness(parts: HealthParts): Promise<Readiness> {
  const database = await parts.askDatabase()
  const accepting = parts.canAccept()
  return {
    ready: accepting && parts.hasAnswered(),
    spool: accepting ? 'accepting' : 'full',
    database: database ? 'answering' : 'unreachable',
    store: parts.reachesStore() ? 'answering' : 'unreachable',
  }
}

/** A peer on this machine that is not a proxy. */
function isDirectLoopback(request: Request): boolean {
  const peer = request.socket.remoteAddress ?? ''
  const loopback = peer.startsWith('127.') || peer === '::1' || peer.startsWith('::ffff:127.')
  return (
    loopback && request.headers['x-forwarded-for'] === undefined && request.headers.forwarded === undefined
  )
}
