import { Router } from 'express'
import type { Access } from '../accounts/access.ts'
import { bodyOf } from '../accounts/bodies.ts'
import { jsonBody, textOf, textOrEmpty, valueOf } from '../accounts/body.ts'
import { expiryOf } from '../accounts/keys.ts'
import { networkGuard, type NetworkGuardParts } from '../accounts/network-guard.ts'
import type { Tries } from '../accounts/tries.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import type { Sites } from '../sites/registry.ts'
import type { ShareLinks, ShareRecord } from './links.ts'

export interface SharesRouterParts extends NetworkGuardParts {
  access: Access
  shares: ShareLinks
  sites: Pick<Sites, 'byId'>
  tries: Tries
  clock: Clock
}

/**
 * `/api/share-links`: the share links of a site, making and revoking them; making one takes a fresh second factor and a
 * `reason`, since it outlives the session. `POST /api/share/open`: what the page of a link asks first.
 */
export function createSharesRouter(parts: SharesRouterParts): Router {
  const { access, shares, sites, tries, clock } = parts
  const router = Router()
  const guarded = networkGuard(parts)
  router.use(['/api/share-links', '/api/share'], (_request, response, next) => {
    response.set('cache-control', 'no-store')
    next()
  })

  router.get('/api/share-links', (request, response) => {
    const { site: domain } = request.query
    const site = access.site(request, 'shares.read', typeof domain === 'string' ? domain : '')
    response.json({ links: shares.list(site.id).map(shownLink) })
  })
  router.post('/api/share-links', ...jsonBody, bodyOf('POST /api/share-links'), async (request, response) => {
    const site = access.site(request, 'shares.write', textOrEmpty(request, 'site'))
    const by = access.deliberate(access.signedIn(request), textOf(request, 'reason'))
    const [password, expires] = [textOf(request, 'password'), textOf(request, 'expires')]
    const made = await shares.create(
      site,
      {
        name: textOrEmpty(request, 'name'),
        ...(password !== undefined && { password }),
        ...(expires !== undefined && { expiresAt: expiryOf(expires, clock.now()) }),
        filters: listIn(valueOf(request, 'filters'), 'filters'),
        embed: listIn(valueOf(request, 'embed'), 'embed').map(String),
      },
      by,
    )
    response.status(201).json(made)
  })
  router.delete(
    '/api/share-links/:id',
    ...jsonBody,
    bodyOf('DELETE /api/share-links/:id'),
    async (request, response) => {
      const site = access.site(request, 'shares.write', textOrEmpty(request, 'site'))
      const id = String(request.params['id'])
      await shares.revoke(site.id, id, { actor: access.actorOf(request) })
      response.json({ revoked: id })
    },
  )
  router.post(
    '/api/share/open',
    ...jsonBody,
    bodyOf('POST /api/share/open'),
    // Opening a link is no guess: it is counted by network only where a password is typed.
    (request, response, next) => {
      if (textOrEmpty(request, 'password') === '') next()
      else guarded(request, response, next)
    },
    async (request, response) => {
      const [id, token] = [textOrEmpty(request, 'id'), textOrEmpty(request, 'token')]
      const password = textOrEmpty(request, 'password')
      const name = `share ${id}`
      let opening = await shares.open({ id, token, password: '' })
      // Whoever has no link cannot use up the tries of those who have.
      if (opening.kind === 'wants-password' && password !== '') {
        tries.admit(name, id)
        opening = await shares.open({ id, token, password })
        if (opening.kind === 'open') tries.succeed(name)
      }
      switch (opening.kind) {
        case 'gone':
          throw gone()
        case 'wants-password':
          response.json({ wants: 'password' })
          return
        case 'wrong-password':
          tries.refuse(id, 'The password is wrong: ask whoever sent you the link.')
          return
        case 'open': {
          const site = sites.byId(opening.siteId)
          if (!site) throw gone()
          response.json({
            access: opening.access,
            site: site.domain,
            until: new Date(opening.until).toISOString(),
          })
        }
      }
    },
  )
  return router
}

function gone(): UserError {
  return new UserError('This link has ended or was never made: ask whoever sent it for a new one.', 404)
}

/** Throws UserError for what is no list. */
function listIn(value: unknown, field: string): unknown[] {
  if (value === undefined) return []
  if (Array.isArray(value)) return value
  throw new UserError(`The field ${field} must be a list.`)
}

export function shownLink(link: ShareRecord): object {
  const { id, name, hasPassword, filters, embed, lastOpenedDay } = link
  return {
    id,
    name,
    hasPassword,
    filters,
    embed,
    created: timeOf(link.createdAt),
    lastOpened: lastOpenedDay ?? null,
    expires: timeOf(link.expiresAt),
    revoked: timeOf(link.revokedAt),
  }
}

function timeOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString()
}
