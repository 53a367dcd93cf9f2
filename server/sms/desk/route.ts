import { Router, type Request } from 'express'
import type { Site } from '../../../schema/site.ts'
import type { Desks, Refused, StoredProgram } from '../../../sms/index.ts'
import { jsonBody } from '../../accounts/body.ts'
import type { Permission } from '../../accounts/roles.ts'
import type { Actor } from '../../audit/entry.ts'
import { UserError } from '../../errors.ts'
import { sameOriginOnly } from '../../http/security.ts'
import { givenProgram, readDeskBody } from './wire.ts'

export interface DeskRouterParts {
  readonly desks: Desks
  /** Something is queued: it need not wait for the next round. */
  readonly kick: () => void
  /** The site, if whoever sent the request may do this to it; else throws UserError. */
  authorize(request: Request, permission: Permission, domain: string): Site
  actorOf(request: Request): Actor
}

/**
 * `/sms/programs`, `/sms/messages`, `/sms/subjects` and `/sms/opt-out`: for keys of the scope `sms`, and for whoever is
 * signed in and may. Numbers are taken and never told.
 */
export function createDeskRouter(parts: DeskRouterParts): Router {
  const { desks, kick } = parts
  const router = Router()
  router.use(
    ['/sms/programs', '/sms/messages', '/sms/opt-out', '/sms/subjects'],
    (_request, response, next) => {
      response.set('cache-control', 'no-store')
      next()
    },
  )
  router.use(['/sms/programs', '/sms/messages', '/sms/opt-out'], sameOriginOnly)

  router.get('/sms/programs', async (request, response) => {
    const site = parts.authorize(request, 'sms.read', siteInQuery(request))
    response.json({ programs: (await desks.programs.list(site.id)).map(shownProgram) })
  })
  router.post('/sms/programs', ...jsonBody, async (request, response) => {
    const site = parts.authorize(request, 'sms.write', siteIn(request))
    const { site: _domain, ...program } = readDeskBody('POST /sms/programs', request.body)
    const actor = parts.actorOf(request)
    const made = good(await desks.programs.add(site.id, givenProgram(program), actor))
    response.status(201).json(shownProgram(made))
  })

  router.post('/sms/messages', ...jsonBody, async (request, response) => {
    const site = parts.authorize(request, 'sms.send', siteIn(request))
    const body = readDeskBody('POST /sms/messages', request.body)
    const asking = {
      siteId: site.id,
      programId: body.program,
      to: body.to,
      text: body.text,
      sendAt: timeOf(body.sendAt),
      expiresAt: timeOf(body.expiresAt),
      isByHand: body.byHand,
      media: body.media,
    }
    if (body.explain === true) {
      response.json(answerOf(good(await desks.explain(asking))))
      return
    }
    const key = body.idempotencyKey ?? request.get('idempotency-key') ?? ''
    const answered = good(await desks.send(asking, key))
    kick()
    response.status(answered.is === 'queued' ? 202 : 200).json(answerOf(answered))
  })
  router.get('/sms/messages/:id', async (request, response) => {
    const site = parts.authorize(request, 'sms.read', siteInQuery(request))
    response.json(good(await desks.message(site.id, request.params.id)))
  })

  router.get('/sms/subjects/:id', sameOriginOnly, async (request, response) => {
    const site = parts.authorize(request, 'sms.read', siteInQuery(request))
    response.json(good(await desks.subject(site.id, String(request.params['id']))))
  })
  router.post('/sms/opt-out', ...jsonBody, async (request, response) => {
    const site = parts.authorize(request, 'sms.write', siteIn(request))
    const { from, program, by, receivedAt, evidence } = readDeskBody('POST /sms/opt-out', request.body)
    const entered = good(
      await desks.optOut({
        siteId: site.id,
        from,
        programId: program,
        by,
        receivedAt,
        evidence,
        actor: parts.actorOf(request),
      }),
    )
    kick()
    response.json(answerOf(entered))
  })
  return router
}

/** What was answered, where it is no refusal. */
export function good<T extends object>(answered: T | Refused): Exclude<T, Refused> {
  if ('is' in answered && answered.is === 'refused') {
    throw new UserError(answered.error, answered.status)
  }
  return answered as Exclude<T, Refused>
}

export function shownProgram({ id, senderId, program, settings, endedAt }: StoredProgram): object {
  return {
    id,
    sender: senderId,
    ...program,
    ...settings,
    ended: endedAt === undefined ? null : new Date(endedAt).toISOString(),
  }
}

/** Without what only tells the answers apart. */
function answerOf({ is, ...answer }: { readonly is: string }): object {
  return { outcome: is, ...answer }
}

export function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text)
}

export function siteIn({ body }: Request): string {
  const site: unknown = typeof body === 'object' && body !== null && 'site' in body ? body.site : undefined
  return typeof site === 'string' ? site : ''
}

export function siteInQuery({ query }: Request): string {
  return typeof query['site'] === 'string' ? query['site'] : ''
}
