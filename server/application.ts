import { randomUUID } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import path from 'node:path'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { createKeysRouter } from './accounts/keys-route.ts'
import type { KeyRing } from './accounts/keys.ts'
import type { OpenedAccounts } from './accounts/open.ts'
import { createOwnRouter } from './accounts/own-route.ts'
import { createPasskeysRouter } from './accounts/passkeys-route.ts'
import { createReviewRouter } from './accounts/review-route.ts'
import { createAccountRouter } from './accounts/route.ts'
import { createUsersRouter } from './accounts/users-route.ts'
import type { AuditLog } from './audit/log.ts'
import { createAuditRouter } from './audit/route.ts'
import type { Clock } from './clock.ts'
import { createDisclosureRouter } from './consent/disclosure-route.ts'
import type { Disclose } from './consent/disclosure.ts'
import { expireCookies } from './consent/expire-cookies.ts'
import { createPolicyAdminRouter } from './consent/policy/admin-route.ts'
import type { Policies } from './consent/policy/policies.ts'
import { createPolicyRouter, type PolicyRouterParts } from './consent/policy/route.ts'
import { TooManyTries, UserError } from './errors.ts'
import { createHealthRouter, type HealthParts } from './http/health.ts'
import { PUBLIC_FOLDER } from './http/public-files.ts'
import { sameOriginOnly, securityHeaders } from './http/security.ts'
import { describe, type Log } from './log.ts'
import { createOpenApiRouter } from './openapi/route.ts'
import { projectRoot } from './project-root.ts'
import { createQueryRouter } from './query/route.ts'
import type { Queries } from './query/run.ts'
import type { Sites } from './sites/registry.ts'
import type { Store } from './store/open.ts'

export interface ApplicationParts {
  publicUrl: string
  log: Log
  store: Pick<Store, 'db' | 'readRows' | 'transaction' | 'isReachable'>
  sites: Sites
  keys: KeyRing
  audit: AuditLog
  people: Omit<OpenedAccounts, 'close'>
  /** Counts a try to sign in of the network that sent a request; answers the seconds to wait. */
  networkWait(request: Request): number
  clock: Clock
  policies: Policies
  consent: Pick<PolicyRouterParts, 'isAnonymous' | 'decide'>
  disclose: Disclose
  queries: Queries
  health: Omit<HealthParts, 'mayReadMetrics'>
  /** Serves the demo site under /demo/. */
  demo: boolean
}

/** The application behind the ingest routes: dashboard, API and health, on Express. */
export function createApplication(parts: ApplicationParts): Express {
  const app = express()
  app.disable('etag')
  // Addresses are read in one place (http/client-ip.ts); nothing in Express may guess them from headers.
  app.set('trust proxy', false)
  const https = parts.publicUrl.startsWith('https:')
  app.use(securityHeaders({ https }))
  app.use(
    createHealthRouter({
      ...parts.health,
      mayReadMetrics: (request) => parts.keys.verify(request.headers.authorization, 'admin') !== undefined,
    }),
  )
  if (parts.demo) {
    app.use('/demo', express.static(path.join(projectRoot, 'server/demo/pages'), DEMO_FILES))
    app.get('/demo/look.css', (_request, response) =>
      response.sendFile('schema/look.css', { root: projectRoot, etag: false }),
    )
  }
  const { access } = parts.people
  app.use('/api', sameOriginOnly)
  app.use('/api', (_request, _response, next) => {
    // Pages are served from what was known last. Who may do what is not: a key may have been revoked meanwhile.
    if (!parts.store.isReachable()) {
      throw new UserError('The database of the store cannot be reached: try again in a moment.', 503)
    }
    next()
  })
  app.use(createOpenApiRouter(parts))
  app.use(createAccountRouter({ ...parts, ...parts.people }))
  app.use(createOwnRouter({ ...parts, ...parts.people }))
  app.use(createPasskeysRouter({ ...parts, ...parts.people }))
  app.use(createReviewRouter({ ...parts, ...parts.people }))
  app.use(createUsersRouter({ ...parts, ...parts.people }))
  app.use(createKeysRouter({ ...parts, access }))
  app.use(
    createAuditRouter({
      audit: parts.audit,
      authorize: (request) => access.installation(request, 'audit.read'),
    }),
  )
  app.use(
    createPolicyRouter({
      ...parts,
      ...parts.consent,
      expire: ({ headers }, { domain }, lists) =>
        expireCookies({ cookies: headers.cookie, lists, domain, https }),
    }),
  )
  app.use(
    createPolicyAdminRouter({
      ...parts,
      authorize: (request, domain) =>
        access.site(request, isReading(request) ? 'policy.read' : 'policy.write', domain),
      actorOf: access.actorOf,
    }),
  )
  app.use(
    createDisclosureRouter({
      disclose: parts.disclose,
      authorize: (request, domain, reason) => ({
        site: access.site(request, 'disclose', domain),
        by: access.deliberate(access.signedIn(request), reason),
      }),
    }),
  )
  app.use(
    createQueryRouter({
      queries: parts.queries,
      // What is fetched is a file, what is posted a question.
      authorize: (request, domain) =>
        access.site(request, isReading(request) ? 'query.export' : 'query', domain),
    }),
  )
  app.use(dashboard())
  app.use((request: Request) => {
    throw new UserError(`There is nothing at this address by ${request.method}.`, 404)
  })
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) next(error)
    else answerError(error, response, parts.log)
  })
  return app
}

function isReading({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD'
}

const DEMO_FILES = { etag: false, redirect: true, extensions: ['html'] }

/** The dashboard's page at `/`; its scripts and styles carry a hash in their names and never change. */
function dashboard(): express.Router {
  const router = express.Router()
  const folder = path.join(PUBLIC_FOLDER, 'dashboard')
  const page = path.join(folder, 'index.html')
  if (!existsSync(page)) throw new Error('the dashboard is missing: run `npm run build`')
  router.get('/', (_request, response) => {
    response.set({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' })
    createReadStream(page).pipe(response)
  })
  router.use(express.static(folder, { index: false, etag: false, immutable: true, maxAge: '1y' }))
  return router
}

/** A fault the caller can mend is told in one sentence; anything else gets an id that is also in the log. */
function answerError(error: unknown, response: Response, log: Log): void {
  response.set('cache-control', 'no-store')
  if (error instanceof TooManyTries) response.set('retry-after', String(error.retryAfterSeconds))
  if (error instanceof UserError) {
    response.status(error.status).json({ error: error.message })
    return
  }
  const status = clientFault(error)
  if (status !== undefined) {
    response
      .status(status)
      .json({ error: 'The request could not be read: send valid JSON of moderate size.' })
    return
  }
  const id = randomUUID()
  log.error({ id, err: describe(error) }, 'a request failed')
  response.status(500).json({ error: `Something broke inside sluice: tell its owner the id ${id}.`, id })
}

/** The body parser's own errors carry a status of the 400s. */
function clientFault(error: unknown): number | undefined {
  const status = error instanceof Error && 'status' in error ? error.status : undefined
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined
}
