import express, { Router, type Request, type RequestHandler } from 'express'
import type { EmailDecision } from '../../schema/email.ts'
import type { Site } from '../../schema/site.ts'
import type { Permission } from '../accounts/roles.ts'
import type { Actor, AuditAction } from '../audit/entry.ts'
import type { AuditLog } from '../audit/log.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import type { Campaigns } from './campaigns.ts'
import { decisionsOfCsv, type RowFault } from './csv.ts'
import type { Mint } from './mint.ts'
import type { Recipients } from './recipients.ts'
import { checkDecision, MAX_DECISIONS, readBody } from './wire.ts'

export interface BeaconsRouterParts {
  campaigns: Campaigns
  recipients: Recipients
  mint: Mint
  clock: Pick<Clock, 'now'>
  audit: Pick<AuditLog, 'record'>
  /** The site, if whoever sent the request may do this to it; else throws UserError. */
  authorize(request: Request, permission: Permission, domain: string): Site
  /** Whom the audit log calls the one who sent it. */
  actorOf(request: Request): Actor
}

const MAX_BODY = '1mb'
const MAX_FILE = '16mb'
/** Decisions kept in one transaction: other writers wait no longer than that takes. */
const PAGE = 100

/**
 * `/api/beacons`: the campaigns of a site, and what goes into a mail. `/api/email-consents`: what its recipients consented
 * to. Addresses are never part of an address of these, which proxies write down.
 */
export function createBeaconsRouter(parts: BeaconsRouterParts): Router {
  const { campaigns, recipients, mint, clock } = parts
  const router = Router()
  router.use(['/api/beacons', '/api/email-consents'], (_request, response, next) => {
    response.set('cache-control', 'no-store')
    next()
  })

  router.get('/api/beacons', async (request, response) => {
    const site = parts.authorize(request, 'mails.read', textIn(request, 'site'))
    response.json({ campaigns: await campaigns.list(site.id) })
  })
  router.post('/api/beacons', ...json, async (request, response) => {
    const site = parts.authorize(request, 'mails.send', siteIn(request))
    response.status(201).json(await mint(site, readBody('POST /api/beacons', request.body)))
  })
  router.put('/api/beacons', ...json, async (request, response) => {
    const site = parts.authorize(request, 'mails.write', siteIn(request))
    const { campaign: name, mode, links = [] } = readBody('PUT /api/beacons', request.body)
    const campaign = await campaigns.put(site.id, { name, mode, links })
    await tell(request, site, 'campaign.changed', { mode })
    response.json(campaign)
  })
  router.delete('/api/beacons', ...json, async (request, response) => {
    const site = parts.authorize(request, 'mails.write', siteIn(request))
    const { campaign } = readBody('DELETE /api/beacons', request.body)
    if (!(await campaigns.remove(site.id, campaign))) {
      throw new UserError('This site has no such campaign: GET /api/beacons shows them.', 404)
    }
    await tell(request, site, 'campaign.removed', {})
    response.json({ removed: campaign })
  })

  router.get('/api/email-consents', async (request, response) => {
    const site = parts.authorize(request, 'mails.read', textIn(request, 'site'))
    const id = textIn(request, 'id')
    if (id !== '') {
      response.json({ consents: [await known(recipients.find(site.id, { id }))] })
      return
    }
    const consents = await recipients.list(site.id, { after: textIn(request, 'after'), limit: MAX_DECISIONS })
    await tell(request, site, 'recipients.listed', { rows: consents.length })
    response.json({ consents, after: consents.length < MAX_DECISIONS ? null : consents.at(-1)?.id })
  })
  router.post('/api/email-consents/find', ...json, async (request, response) => {
    const site = parts.authorize(request, 'mails.read', siteIn(request))
    const { email } = readBody('POST /api/email-consents/find', request.body)
    response.json(await known(recipients.find(site.id, { email })))
  })
  router.post(
    '/api/email-consents',
    express.text({ type: 'text/csv', limit: MAX_FILE }),
    async (request, response, next) => {
      if (!request.is('text/csv')) {
        next()
        return
      }
      const site = parts.authorize(request, 'mails.write', textIn(request, 'site'))
      const text: unknown = request.body
      response.status(201).json(await recordFile(site, typeof text === 'string' ? text : '', request))
    },
    ...json,
    async (request, response) => {
      const site = parts.authorize(request, 'mails.write', siteIn(request))
      const { consents } = readBody('POST /api/email-consents', request.body)
      const now = clock.now()
      const decisions = consents.map((decision) => checkDecision(decision, now))
      response.status(201).json({ ids: await recipients.record(site.id, decisions, 'api') })
    },
  )
  router.delete('/api/email-consents', ...json, async (request, response) => {
    const site = parts.authorize(request, 'mails.write', siteIn(request))
    const { id, email } = readBody('DELETE /api/email-consents', request.body)
    if ((id === undefined) === (email === undefined)) {
      throw new UserError('Name the recipient by id or by email, by one of the two.')
    }
    const named = id === undefined ? { email: email ?? '' } : { id }
    if (!(await recipients.erase(site.id, named))) throw unknownRecipient()
    await tell(request, site, 'recipient.erased', {})
    response.json({ erased: true })
  })
  for (const [address, allowed] of [
    ['/api/beacons', 'GET, POST, PUT, DELETE'],
    ['/api/email-consents', 'GET, POST, DELETE'],
    ['/api/email-consents/find', 'POST'],
  ] as const) {
    router.all(address, (request, response) => {
      response.set('allow', allowed)
      throw new UserError(`This address takes ${allowed}, not ${request.method}.`, 405)
    })
  }
  return router

  async function recordFile(
    site: Site,
    text: string,
    request: Request,
  ): Promise<{ recorded: number; faults: RowFault[] }> {
    const { decisions, faults } = decisionsOfCsv(text, clock.now())
    await recordAll(recipients, site.id, decisions)
    await tell(request, site, 'recipients.recorded', { rows: decisions.length })
    return { recorded: decisions.length, faults }
  }

  async function tell(
    request: Request,
    { domain }: Site,
    action: AuditAction,
    detail: Record<string, string | number>,
  ): Promise<void> {
    await parts.audit.record({ actor: parts.actorOf(request), action, site: domain, detail })
  }
}

/** Records the decisions of a file, some at a time. */
export async function recordAll(
  recipients: Pick<Recipients, 'record'>,
  siteId: number,
  decisions: readonly EmailDecision[],
): Promise<void> {
  for (let from = 0; from < decisions.length; from += PAGE) {
    await recipients.record(siteId, decisions.slice(from, from + PAGE), 'csv')
  }
}

/** A page of another site can send a form or plain text in somebody's name, but no JSON. */
const json: RequestHandler[] = [
  (request, _response, next) => {
    if (!request.is('application/json')) {
      throw new UserError('Send JSON with the header content-type: application/json.', 415)
    }
    next()
  },
  express.json({ limit: MAX_BODY }),
]

function siteIn({ body }: Request): string {
  const site: unknown = typeof body === 'object' && body !== null && 'site' in body ? body.site : undefined
  return typeof site === 'string' ? site : ''
}

function textIn({ query }: Request, name: string): string {
  const value = query[name]
  return typeof value === 'string' ? value : ''
}

async function known<T>(found: Promise<T | undefined>): Promise<T> {
  const one = await found
  if (one === undefined) throw unknownRecipient()
  return one
}

function unknownRecipient(): UserError {
  return new UserError(
    'This site knows no such recipient: record what they decided in /api/email-consents.',
    404,
  )
}
