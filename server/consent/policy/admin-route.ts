import express, { Router, type Request, type RequestHandler, type Response } from 'express'
import { OPTIONAL_CATEGORIES, type OptionalCategory } from '../../../schema/consent.ts'
import type { PolicyVersion } from '../../../schema/policy.ts'
import type { Site } from '../../../schema/site.ts'
import type { Actor } from '../../audit/entry.ts'
import type { Drafts } from '../preview/drafts.ts'
import { UserError } from '../../errors.ts'
import { checkManifest, inspectManifest, RefusedManifest } from './check.ts'
import { consentMode } from './consent-mode.ts'
import { contentSecurityPolicy } from './content-security-policy.ts'
import { differences } from './differences.ts'
import { MAX_MANIFEST_BYTES } from './manifest.ts'
import { OWN_IDS } from './own-services.ts'
import { askedAgain, versionAfter, type Policies } from './policies.ts'
import { sweepLists } from './sweep-lists.ts'
import { languagesOf } from './texts.ts'

export interface PolicyAdminParts {
  policies: Policies
  /** Where the product is reached, `https://example.com/_s`. */
  publicUrl: string
  /**
   * The site, if whoever sent the request may read or change its policy (a session, or a key with the scope `admin`);
   * else throws UserError: 401 nobody is known, 403 not this site, 404 no such site.
   */
  authorize(request: Request, domain: string, what: 'read' | 'write'): Site | Promise<Site>
  /** Shows the banner of a manifest that is being edited. Absent: none is shown. */
  drafts?: Pick<Drafts, 'keep'>
  /** Whom the audit log calls the one who sent it. */
  actorOf?(request: Request): Actor
}

/**
 * `GET` and `PUT /api/sites/<domain>/policy`; its `/history`; `/states`: what each consent state means for a page; and
 * `POST …/check`: what publishing a manifest would come to.
 * A manifest that cannot load is answered 400 with `{"error", "findings"}`.
 */
export function createPolicyAdminRouter(parts: PolicyAdminParts): Router {
  const { policies, publicUrl, authorize } = parts
  const router = Router()
  const address = '/api/sites/:domain/policy'

  router.use(address, (_request, response, next) => {
    response.set('cache-control', 'no-store')
    next()
  })
  router.get(address, async (request, response) => {
    const site = await authorize(request, request.params.domain, 'read')
    const version = policies.current(site)
    response.json({
      ...summary(version),
      manifest: version.manifest,
      // Added by itself to every manifest: who edits one leaves them out.
      ownServices: [...OWN_IDS],
      findings: checkManifest(version.manifest, site),
    })
  })
  router.get(`${address}/history`, async (request, response) => {
    const site = await authorize(request, request.params.domain, 'read')
    response.json({ versions: (await policies.history(site)).map(summary) })
  })
  router.get(`${address}/states`, async (request, response) => {
    const site = await authorize(request, request.params.domain, 'read')
    const version = policies.current(site)
    const { origin } = new URL(publicUrl)
    const states = statesOf(version).map((granted) => ({
      granted,
      contentSecurityPolicy: contentSecurityPolicy(version, granted, origin),
      consentMode: consentMode(granted),
      sweep: sweepLists(
        version,
        OPTIONAL_CATEGORIES.filter((category) => !granted.includes(category)),
      ),
    }))
    response.json({ revision: version.revision, states })
  })
  router.post(`${address}/check`, ...manifestBody('read'), (request, response) => {
    const site = response.locals['site'] as Site
    const { manifest, findings } = inspectManifest(request.body, site)
    const before = policies.current(site)
    if (!manifest) {
      response.json({ loads: false, findings })
      return
    }
    const version = versionAfter(before, manifest, 0)
    response.json({
      loads: true,
      findings,
      revision: version.revision,
      askedAgain: askedAgain(before, version),
      changes: differences(before.manifest, version.manifest),
      languages: languagesOf(version.manifest),
      preview: parts.drafts?.keep(site, { version, findings }) ?? null,
    })
  })
  router.put(address, ...manifestBody('write'), async (request, response) => {
    const site = response.locals['site'] as Site
    const { manifest, findings } = inspectManifest(request.body, site)
    if (!manifest) {
      const refusal = new RefusedManifest(findings)
      response.status(refusal.status).json({ error: refusal.message, findings })
      return
    }
    const before = policies.current(site)
    const version = await policies.publish(site, manifest, parts.actorOf?.(request))
    response.json({ ...summary(version), askedAgain: askedAgain(before, version), findings })
  })
  router.all(address, (request, response) => refuseMethod(request, response, 'GET, PUT'))
  router.all(`${address}/check`, (request, response) => refuseMethod(request, response, 'POST'))
  for (const part of ['history', 'states']) {
    router.all(`${address}/${part}`, (request, response) => refuseMethod(request, response, 'GET'))
  }
  return router

  /** Who may is found out before the body is read. */
  function manifestBody(what: 'read' | 'write'): RequestHandler<{ domain: string }>[] {
    return [
      async (request, response, next) => {
        response.locals['site'] = await authorize(request, request.params.domain, what)
        if (!request.is('application/json')) {
          throw new UserError(
            'Send the manifest as JSON with the header content-type: application/json.',
            415,
          )
        }
        next()
      },
      express.json({ limit: MAX_MANIFEST_BYTES }),
    ]
  }
}

function summary({ revision, hash, publishedAt, since }: PolicyVersion): object {
  return {
    revision,
    hash,
    published: publishedAt === 0 ? null : new Date(publishedAt).toISOString(),
    since,
  }
}

/** Every combination of the categories that there are to choose among, the refusal of all first. */
function statesOf({ since }: PolicyVersion): OptionalCategory[][] {
  const offered = OPTIONAL_CATEGORIES.filter((category) => since[category] !== undefined)
  return Array.from({ length: 2 ** offered.length }, (_, state) =>
    offered.filter((_category, bit) => (state & (1 << bit)) !== 0),
  )
}

function refuseMethod(request: Request, response: Response, allowed: string): void {
  response.set('allow', allowed)
  throw new UserError(`This address takes ${allowed}, not ${request.method}.`, 405)
}
