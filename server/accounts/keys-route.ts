import { Router } from 'express'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import type { Access } from './access.ts'
import { bodyOf } from './bodies.ts'
import { jsonBody, textOf, textOrEmpty } from './body.ts'
import { checkScope, expiryOf, type KeyRecord, type KeyRing } from './keys.ts'

/**
 * `/api/keys`: the keys of a site, never the keys themselves; making and revoking them, which needs a fresh second
 * factor and a `reason`.
 */
export function createKeysRouter(parts: { access: Access; keys: KeyRing; clock: Clock }): Router {
  const { access, keys, clock } = parts
  const router = Router()
  router.use('/api/keys', (_request, response, next) => {
    response.set('cache-control', 'no-store')
    next()
  })

  router.get('/api/keys', (request, response) => {
    const { site: domain } = request.query
    const site = access.site(request, 'keys.read', typeof domain === 'string' ? domain : '')
    response.json({ keys: keys.list(site.id).map(shownKey) })
  })
  router.post('/api/keys', ...jsonBody, bodyOf('POST /api/keys'), async (request, response) => {
    const site = access.site(request, 'keys.write', textOrEmpty(request, 'site'))
    const by = access.deliberate(access.signedIn(request), textOf(request, 'reason'))
    const scope = checkScope(textOrEmpty(request, 'scope'))
    const expires = textOf(request, 'expires')
    const expiresAt = expires === undefined ? undefined : expiryOf(expires, clock.now())
    response.status(201).json(await keys.create({ siteId: site.id, scope, expiresAt }, by))
  })
  router.delete('/api/keys/:id', ...jsonBody, bodyOf('DELETE /api/keys/:id'), async (request, response) => {
    const site = access.site(request, 'keys.write', textOrEmpty(request, 'site'))
    const by = access.deliberate(access.signedIn(request), textOf(request, 'reason'))
    const id = String(request.params['id'])
    // A key of another site is none of theirs.
    if (!keys.list(site.id).some((key) => key.id === id)) {
      throw new UserError('This site has no key with this id.', 404)
    }
    await keys.revoke(id, by)
    response.json({ revoked: id })
  })
  return router
}

function shownKey({ id, scope, createdAt, lastUsedDay, expiresAt, revokedAt }: KeyRecord): object {
  return {
    id,
    scope,
    created: timeOf(createdAt),
    lastUsed: lastUsedDay ?? null,
    expires: timeOf(expiresAt),
    revoked: timeOf(revokedAt),
  }
}

function timeOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString()
}
