import { Router, type Request } from 'express'
import type { Access } from '../accounts/access.ts'
import { bodyOf } from '../accounts/bodies.ts'
import { jsonBody, textOrEmpty } from '../accounts/body.ts'
import type { Notes } from './notes.ts'

export interface NotesRouterParts {
  access: Pick<Access, 'site' | 'signedIn' | 'actorOf'>
  notes: Notes
}

/** `/api/sites/<domain>/notes`: what people wrote about days of a site. Share links do not show them. */
export function createNotesRouter({ access, notes }: NotesRouterParts): Router {
  const router = Router()
  const address = '/api/sites/:domain/notes'
  router.use(address, (_request, response, next) => {
    response.set('cache-control', 'no-store')
    next()
  })

  router.get(address, async (request, response) => {
    const site = access.site(request, 'notes.read', domainOf(request))
    const { from, to } = request.query
    response.json({ notes: await notes.list(site, textIn(from), textIn(to)) })
  })
  router.post(address, ...jsonBody, bodyOf('POST /api/sites/:domain/notes'), async (request, response) => {
    const site = access.site(request, 'notes.write', domainOf(request))
    const { account } = access.signedIn(request)
    const wanted = { day: textOrEmpty(request, 'day'), text: textOrEmpty(request, 'text') }
    const by = { actor: access.actorOf(request), role: account.role }
    response.status(201).json(await notes.add(site, wanted, by))
  })
  router.delete(`${address}/:id`, async (request, response) => {
    const site = access.site(request, 'notes.write', domainOf(request))
    const { id } = request.params
    await notes.remove(site, id, { actor: access.actorOf(request) })
    response.json({ removed: id })
  })
  return router
}

function domainOf({ params }: Request): string {
  return String(params['domain'])
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
