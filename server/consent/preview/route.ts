import path from 'node:path'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import type { PolicyVersion } from '../../../schema/policy.ts'
import { systemClock } from '../../clock.ts'
import { RefusedManifest } from '../policy/check.ts'
import type { Finding } from '../policy/finding.ts'
import { createPolicyRouter } from '../policy/route.ts'
import { UserError } from '../../errors.ts'
import { createPublicFiles } from '../../http/public-files.ts'
import { projectRoot } from '../../project-root.ts'
import type { Site } from '../../../schema/site.ts'
import { faultPage, framePage, stagePage } from './pages.ts'
import { readSwitches } from './switches.ts'

/** A manifest as it is at this moment; `version` is undefined where it cannot load. */
export interface Previewed {
  version: PolicyVersion | undefined
  /** What is to be said of it. */
  findings: readonly Finding[]
}

export interface PreviewParts {
  site: Site
  /** Name of the file it comes from; undefined: it is in force. */
  source: string | undefined
  /** Asked with every request. Throws UserError for a file that cannot be read. */
  previewed(): Previewed
}

/** What the banner is made of, as every site loads it. */
const BUNDLES = {
  '/sluice-ui.js': 'text/javascript; charset=utf-8',
  '/sluice-ui.css': 'text/css; charset=utf-8',
}

/** What lies beside this file. */
const FOLDER = path.join(projectRoot, 'server/consent/preview')
const FILES = ['/preview.css', '/stage.css', '/stage.js']

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'",
  // The stage stands in a frame without an origin, to which everything here is of another one.
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/**
 * `GET /`: the page with the switches, around a frame with `GET /stage`, on which the banner stands. Notice and
 * declaration are answered by the routes that visitors are answered by; there is no route that takes a choice.
 */
export function createPreview({ site, source, previewed }: PreviewParts): Express {
  const version = (): PolicyVersion => {
    const { version: loads, findings } = previewed()
    if (!loads) throw new RefusedManifest(findings)
    return loads
  }
  const bundles = createPublicFiles(BUNDLES)
  const app = express()
  app.disable('etag')
  app.disable('x-powered-by')
  // What breaks is told to the terminal, not to the page with a stack.
  app.set('env', 'production')
  app.use((request: Request, response: Response, next: NextFunction) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new UserError('A preview takes nothing: no choice is recorded.', 405)
    }
    response.set(HEADERS)
    if (!bundles(request, response)) next()
  })
  app.get('/', (request, response) => {
    const { version: loads, findings } = previewed()
    if (!loads) throw new RefusedManifest(findings)
    response.send(
      framePage({ site, source, version: loads, findings, switches: readSwitches(request, site, loads) }),
    )
  })
  app.get('/stage', (request, response) => {
    response.send(stagePage({ site, switches: readSwitches(request, site, version()) }))
  })
  app.use(
    createPolicyRouter({
      sites: { find: (domain) => (domain === site.domain ? site : undefined) },
      policies: { current: version },
      clock: systemClock,
      publicUrl: 'http://127.0.0.1',
      isAnonymous: (request) => readSwitches(request, site, version()).statistics === 'on',
      decide: () => Promise.reject(new UserError('A preview takes no choice.', 405)),
      expire: () => [],
    }),
  )
  app.get(FILES, (request, response) => response.sendFile(request.path, { root: FOLDER, etag: false }))
  app.use((request: Request) => {
    throw new UserError(`There is nothing at ${request.path} in a preview.`, 404)
  })
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent || !(error instanceof UserError)) next(error)
    else response.status(error.status).send(faultPage(site, error))
  })
  return app
}
