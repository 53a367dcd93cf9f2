import { Router, type Request } from 'express'
import type { Goal, Site } from '../../schema/site.ts'
import type { By } from '../accounts/accounts.ts'
import type { Access } from '../accounts/access.ts'
import { bodyOf } from '../accounts/bodies.ts'
import { jsonBody, textOf, textOrEmpty, valueOf } from '../accounts/body.ts'
import { UserError } from '../errors.ts'
import type { Kept } from '../retention/report.ts'
import type { SiteRecord, Sites } from './registry.ts'
import { scriptTag } from './script-tag.ts'
import { checkSettings, type SiteSettings } from './settings.ts'
import { weakens } from './weakens.ts'

export interface SitesRouterParts {
  access: Access
  sites: Pick<Sites, 'get' | 'set' | 'change'>
  /** Where the product is reached, `https://example.com/_s`. */
  publicUrl: string
  /** What is kept of a site. */
  keptOf(site: SiteRecord): Promise<Kept[]>
}

/**
 * `/api/sites/<domain>/settings` and `/goals`: what a site measures and how. A change that protects visitors less than
 * before takes a fresh second factor and a `reason`. `/retention`: what is kept of it.
 */
export function createSitesRouter(parts: SitesRouterParts): Router {
  const { access, sites, publicUrl } = parts
  const router = Router()
  const address = '/api/sites/:domain'
  router.use(
    [`${address}/settings`, `${address}/goals`, `${address}/retention`],
    (_request, response, next) => {
      response.set('cache-control', 'no-store')
      next()
    },
  )
  const shown = (domain: string): object => shownSettings(sites.get(domain), publicUrl)
  const read = (request: Request): Site =>
    access.site(request, 'settings.read', String(request.params['domain']))
  const write = (request: Request): Site =>
    access.site(request, 'settings.write', String(request.params['domain']))

  router.get(`${address}/settings`, (request, response) => {
    response.json(shown(read(request).domain))
  })
  router.patch(
    `${address}/settings`,
    ...jsonBody,
    bodyOf('PATCH /api/sites/:domain/settings'),
    async (request, response) => {
      const site = write(request)
      const changes = checkSettings(changesIn(request))
      const by: By =
        weakens(site, changes).length > 0
          ? access.deliberate(access.signedIn(request), textOf(request, 'reason'))
          : { actor: access.actorOf(request) }
      await sites.set(site.domain, changes, by)
      response.json(shown(site.domain))
    },
  )
  router.post(
    `${address}/goals`,
    ...jsonBody,
    bodyOf('POST /api/sites/:domain/goals'),
    async (request, response) => {
      const site = write(request)
      const goal = goalIn(request)
      await sites.change(site.domain, ({ goals }) => ({ goals: [...goals, goal] }), {
        actor: access.actorOf(request),
      })
      response.status(201).json(shown(site.domain))
    },
  )
  router.delete(`${address}/goals/:name`, async (request, response) => {
    const site = write(request)
    const { name } = request.params
    await sites.change(
      site.domain,
      ({ goals }) => {
        const left = goals.filter((goal) => goal.name !== name)
        if (left.length === goals.length) throw new UserError('This site has no goal of this name.', 404)
        return { goals: left }
      },
      { actor: access.actorOf(request) },
    )
    response.json(shown(site.domain))
  })
  router.get(`${address}/retention`, async (request, response) => {
    response.json({ kept: await parts.keptOf(sites.get(read(request).domain)) })
  })
  return router
}

/** The settings of a body. Throws UserError for a value of another type; the rest `checkSettings` says. */
function changesIn(request: Request): Partial<SiteSettings> {
  const texts = ['timezone', 'preConsent', 'minimumGroupScope'].map((name) => [name, textOf(request, name)])
  const numbers = ['eventWindowDays', 'minimumGroup'].map((name) => [name, valueOf(request, name)])
  const [subdomains, properties] = [valueOf(request, 'subdomains'), valueOf(request, 'properties')]
  if (subdomains !== undefined && typeof subdomains !== 'boolean') {
    throw new UserError('The field subdomains must be true or false.')
  }
  const isList = Array.isArray(properties) && properties.every((name) => typeof name === 'string')
  if (properties !== undefined && !isList) {
    throw new UserError('The field properties must be a list of names.')
  }
  const given = [...texts, ...numbers, ['subdomains', subdomains], ['properties', properties]]
  const changes = Object.fromEntries(
    given.filter(([, value]) => value !== undefined),
  ) as Partial<SiteSettings>
  if (Object.keys(changes).length === 0) throw new UserError('There is nothing to change: name a setting.')
  return changes
}

/** Throws UserError where a goal is reached by nothing, or by two things. */
function goalIn(request: Request): Goal {
  const name = textOrEmpty(request, 'name').trim()
  const [event, page] = [textOf(request, 'event'), textOf(request, 'page')]
  if (event !== undefined && page === undefined) return { name, event: event.trim() }
  if (page !== undefined && event === undefined) return { name, page: page.trim() }
  throw new UserError('A goal is reached by an `event` or by a `page`: give one of them.')
}

/** What people and programs are shown. The id stays inside: no command and no address takes it. */
export function shownSettings(site: SiteRecord, publicUrl: string): object {
  const { id: _, addedAt, nextTimezone, ...settings } = site
  return {
    ...settings,
    ...(nextTimezone && {
      nextTimezone: { timezone: nextTimezone.timezone, from: new Date(nextTimezone.fromMs).toISOString() },
    }),
    added: new Date(addedAt).toISOString(),
    script: scriptTag(site, publicUrl),
  }
}
