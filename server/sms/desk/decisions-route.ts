import { Router, type Request } from 'express'
import type { Site } from '../../../schema/site.ts'
import type { By, Desks } from '../../../sms/index.ts'
import { jsonBody } from '../../accounts/body.ts'
import { sameOriginOnly } from '../../http/security.ts'
import { good, siteIn, siteInQuery, timeOf } from './route.ts'
import { readDeskBody } from './wire.ts'

export interface DecisionsRouterParts {
  readonly desks: Desks
  /** Something is queued: it need not wait for the next round. */
  readonly kick: () => void
  /** The site, if whoever sent the request may decide about its messages; else throws UserError. */
  authorize(request: Request, domain: string): Site
  /** Who decides and why; throws UserError without a fresh second factor or a reason. */
  deliberate(request: Request, reason: string): By
}

/**
 * What waits for a person: `/sms/held-texts`, `/sms/unclear-answers` and `/sms/dead-letters`. Texts are shown, numbers
 * masked. Each decision takes an account with a fresh second factor and a reason: no key decides.
 */
export function createDecisionsRouter(parts: DecisionsRouterParts): Router {
  const { desks, kick } = parts
  const router = Router()
  router.use(
    ['/sms/held-texts', '/sms/unclear-answers', '/sms/dead-letters'],
    sameOriginOnly,
    (_request, response, next) => {
      response.set('cache-control', 'no-store')
      next()
    },
  )

  router.get('/sms/held-texts', async (request, response) => {
    const site = parts.authorize(request, siteInQuery(request))
    response.json({ texts: await desks.held(site.id) })
  })
  router.post('/sms/held-texts/:id/approve', ...jsonBody, async (request, response) => {
    const site = parts.authorize(request, siteIn(request))
    const { hours, reason } = readDeskBody('POST /sms/held-texts/:id/approve', request.body)
    const by = parts.deliberate(request, reason)
    const { messages, until } = good(await desks.approve(site.id, idIn(request), hours, by))
    kick()
    response.json({ approved: messages, until })
  })
  router.post('/sms/held-texts/:id/refuse', ...jsonBody, async (request, response) => {
    const site = parts.authorize(request, siteIn(request))
    const { reason } = readDeskBody('POST /sms/held-texts/:id/refuse', request.body)
    const by = parts.deliberate(request, reason)
    const { messages } = good(await desks.refuse(site.id, idIn(request), by))
    response.json({ withdrawn: messages })
  })

  router.get('/sms/unclear-answers', async (request, response) => {
    const site = parts.authorize(request, siteInQuery(request))
    response.json({ answers: await desks.unclear(site.id) })
  })
  router.post('/sms/unclear-answers/:id/settle', ...jsonBody, async (request, response) => {
    const site = parts.authorize(request, siteIn(request))
    const { as, reason } = readDeskBody('POST /sms/unclear-answers/:id/settle', request.body)
    const by = parts.deliberate(request, reason)
    good(await desks.settleAnswer(site.id, idIn(request), as, by))
    kick()
    response.json({ settled: as })
  })

  router.get('/sms/dead-letters', async (request, response) => {
    const site = parts.authorize(request, siteInQuery(request))
    response.json({ messages: await desks.deadLetters(site.id) })
  })
  router.post('/sms/dead-letters/:id/settle', ...jsonBody, async (request, response) => {
    const site = parts.authorize(request, siteIn(request))
    const { as, reason } = readDeskBody('POST /sms/dead-letters/:id/settle', request.body)
    const by = parts.deliberate(request, reason)
    good(await desks.settleDeadLetter(site.id, idIn(request), as, by))
    response.json({ settled: as })
  })
  router.post('/sms/dead-letters/:id/replay', ...jsonBody, async (request, response) => {
    const site = parts.authorize(request, siteIn(request))
    const { expiresAt, reason } = readDeskBody('POST /sms/dead-letters/:id/replay', request.body)
    const by = parts.deliberate(request, reason)
    const replayed = good(await desks.replay(site.id, idIn(request), timeOf(expiresAt), by))
    kick()
    response.json({ replayed: true, expiresAt: replayed.expiresAt })
  })
  return router
}

function idIn({ params }: Request): string {
  const { id } = params
  return typeof id === 'string' ? id : ''
}
