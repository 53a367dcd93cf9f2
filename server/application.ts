import { createReadStream, existsSync } from 'node:fs'
import path from 'node:path'
import express, { type Express, type Request } from 'express'
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
import { verifyAuditLog } from './audit/verify.ts'
import type { Clock } from './clock.ts'
import { createBeaconsRouter } from './beacons/admin-route.ts'
import type { Beacons } from './beacons/open.ts'
import { createRecipientRouter } from './beacons/recipient-route.ts'
import { createDisclosureRouter } from './consent/disclosure-route.ts'
import type { Disclose } from './consent/disclosure.ts'
import { expireCookies } from './consent/expire-cookies.ts'
import { createPolicyAdminRouter } from './consent/policy/admin-route.ts'
import type { Policies } from './consent/policy/policies.ts'
import { createPolicyRouter, type PolicyRouterParts } from './consent/policy/route.ts'
import { createDrafts } from './consent/preview/drafts.ts'
import { UserError } from './errors.ts'
import { answerErrors } from './http/answer-errors.ts'
import { createHealthRouter, type HealthParts } from './http/health.ts'
import { createStatusRouter } from './http/status.ts'
import { PUBLIC_FOLDER } from './http/public-files.ts'
import { allowFraming, sameOriginOnly, securityHeaders } from './http/security.ts'
import type { Log } from './log.ts'
import { createOpenApiRouter } from './openapi/route.ts'
import { projectRoot } from './project-root.ts'
import { createQueryRouter } from './query/route.ts'
import { createNotes } from './notes/notes.ts'
import { createNotesRouter } from './notes/route.ts'
import type { Queries } from './query/run.ts'
import type { ShareLinks } from './shares/links.ts'
import { createSharesRouter } from './shares/route.ts'
import { createReportsRouter, type ReportsRouterParts } from './reports/route.ts'
import type { Sites } from './sites/registry.ts'
import { createDecisionsRouter } from './sms/desk/decisions-route.ts'
import { createMediaRouter } from './sms/desk/media-route.ts'
import { createDeskRouter } from './sms/desk/route.ts'
import type { OpenedSms } from './sms/open.ts'
import { createSmsWeb, type SmsWebParts } from './sms/web.ts'
import { createSitesRouter, type SitesRouterParts } from './sites/route.ts'
import type { Store } from './store/open.ts'

export interface ApplicationParts {
  publicUrl: string
  log: Log
  store: Pick<Store, 'db' | 'readRows' | 'transaction' | 'isReachable' | 'purge'>
  sites: Sites
  keys: KeyRing
  audit: AuditLog
  people: Omit<OpenedAccounts, 'close'>
  /** Counts a try to sign in of the network that sent a request; answers the seconds to wait. */
  networkWait(request: Request): number
  clock: Clock
  policies: Policies
  consent: Pick<PolicyRouterParts, 'isAnonymous' | 'decide'>
  beacons: Beacons
  disclose: Disclose
  queries: Queries
  /** ISO time up to which accepted events are in the table. */
  freshness: () => string
  keptOf: SitesRouterParts['keptOf']
  mailing: Pick<ReportsRouterParts, 'reports' | 'links' | 'invite'>
  health: Omit<HealthParts, 'mayReadMetrics'>
  /** Text messages, where there is something to send them by. */
  sms?: Pick<OpenedSms, 'sms' | 'kick'> | undefined
  /** Its people-facing side, which needs nothing to send by. */
  smsWeb: SmsWebParts
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
  app.use(createSitesRouter({ ...parts, access }))
  app.use(createNotesRouter({ access, notes: createNotes(parts) }))
  app.use(createReportsRouter({ ...parts, ...parts.mailing, access }))
  app.use(createSharesRouter({ ...parts, ...parts.people }))
  app.use(
    createStatusRouter({
      ...parts.health,
      freshness: parts.freshness,
      authorize: (request, domain) => access.site(request, 'status.read', domain),
    }),
  )
  app.use(
    createAuditRouter({
      audit: parts.audit,
      verify: () => verifyAuditLog(parts.store, parts.audit.publicKey),
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
  const drafts = createDrafts(parts)
  app.use('/policy-preview/:id', drafts.serve)
  app.use(
    createPolicyAdminRouter({
      ...parts,
      drafts,
      authorize: (request, domain, what) =>
        access.site(request, what === 'read' ? 'policy.read' : 'policy.write', domain),
      actorOf: access.actorOf,
    }),
  )
  app.use(
    createRecipientRouter({
      ...parts,
      ...parts.beacons,
      controllerOf: (site) => parts.policies.current(site).manifest.controller,
    }),
  )
  app.use(
    createBeaconsRouter({
      ...parts,
      ...parts.beacons,
      authorize: (request, permission, domain) => access.site(request, permission, domain),
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
      conditions: access.conditions,
    }),
  )
  if (parts.sms) {
    const { sms: desks, kick } = parts.sms
    app.use(createDeskRouter({ desks, kick, authorize: access.site, actorOf: access.actorOf }))
    app.use(createMediaRouter({ desks, authorize: access.site }))
    app.use(
      createDecisionsRouter({
        desks,
        kick,
        authorize: (request, domain) => access.site(request, 'sms.review', domain),
        deliberate: (request, reason) => access.deliberate(access.signedIn(request), reason),
      }),
    )
  }
  app.use(createSmsWeb({ ...parts, ...parts.smsWeb, access }))
  app.use(dashboard(parts.people.shares))
  app.use((request: Request) => {
    throw new UserError(`There is nothing at this address by ${request.method}.`, 404)
  })
  app.use(answerErrors(parts.log))
  return app
}

function isReading({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD'
}

const DEMO_FILES = { etag: false, redirect: true, extensions: ['html'] }

/**
 * The dashboard's page at `/`; its scripts and styles carry a hash in their names and never change. The page of a share
 * link may be framed by the hosts that its maker named, and is the same page otherwise.
 */
function dashboard(shares: Pick<ShareLinks, 'embedOf'>): express.Router {
  const router = express.Router()
  const folder = path.join(PUBLIC_FOLDER, 'dashboard')
  const page = path.join(folder, 'index.html')
  if (!existsSync(page)) throw new Error('the dashboard is missing: run `npm run build`')
  router.get('/', (request, response) => {
    const { share } = request.query
    const hosts = typeof share === 'string' ? shares.embedOf(share) : []
    if (hosts.length > 0) allowFraming(response, hosts)
    response.set({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' })
    createReadStream(page).pipe(response)
  })
  router.use(express.static(folder, { index: false, etag: false, immutable: true, maxAge: '1y' }))
  return router
}
