import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { onTestFinished } from 'vitest'
import type { EmailDecision } from '../../../schema/email.ts'
import { DROP_REASONS, type DropReason } from '../../../schema/outcome.ts'
import type { SiteRecord } from '../../../server/sites/registry.ts'
import { auditSigner, createAuditLog } from '../../../server/audit/log.ts'
import { createBeaconsRouter } from '../../../server/beacons/admin-route.ts'
import { openBeacons, type Beacons } from '../../../server/beacons/open.ts'
import { createRecipientRouter } from '../../../server/beacons/recipient-route.ts'
import { createTokens, type Tokens } from '../../../server/consent/token.ts'
import type { Tally } from '../../../server/drops/ledger.ts'
import { createDayKeys } from '../../../server/enrich/day-keys.ts'
import { createEnrich } from '../../../server/enrich/pipeline.ts'
import type { Networks } from '../../../server/enrich/network.ts'
import { UserError } from '../../../server/errors.ts'
import { createClientIpReader } from '../../../server/http/client-ip.ts'
import { readFacts } from '../../../server/ingest.ts'
import { silentLog } from '../../../server/log.ts'
import { createSites } from '../../../server/sites/registry.ts'
import type { Intake } from '../../../server/spool/intake.ts'
import type { Store } from '../../../server/store/open.ts'
import { dataFolder, movedClock, openedStore, type MovedClock } from '../store/opened.ts'
import { seededDataKeys } from '../store/keys.ts'

export const SITE = 'example.com'

/** What was kept of a fetch. */
export interface Kept {
  day: string
  type: string
  basis: string
  campaign: string
  verdict: string
  /** The line as it goes to the spool. */
  line: string
}

/** Revision 1 is in force, for all categories. */
const SINCE = { performance: 1, functionality: 1, targeting: 1 }

export interface MailScene extends Beacons {
  readonly store: Store
  readonly dataDir: string
  readonly clock: MovedClock
  readonly site: SiteRecord
  readonly url: string
  readonly kept: Kept[]
  readonly dropped: DropReason[]
  /** Consent tokens of visitors. */
  readonly consents: Pick<Tokens, 'issue'>
  /** Resolves once all that was fetched so far is counted or dropped. */
  counted(): Promise<void>
}

export const GIVEN: EmailDecision = {
  email: 'ada@lovelace.example',
  event: 'given',
  purposes: ['email_open', 'email_click'],
  copy: 'May we count whether you open our mails?',
  method: 'form',
}

/** The routes of mails over HTTP, with a store, keys and a clock of their own. What is kept goes to a list. */
export async function mailScene(parts: { networks?: Networks } = {}): Promise<MailScene> {
  const dataDir = dataFolder()
  const clock = movedClock(Date.UTC(2026, 10, 24, 10))
  const store = await openedStore(dataDir)
  const dataKeys = await seededDataKeys(store)
  const sites = createSites({ store, clock })
  const site = await sites.add({ domain: SITE, timezone: 'Europe/Berlin' })
  const audit = createAuditLog({ store, clock, signer: auditSigner(dataKeys.lasting) })
  const dayKeys = createDayKeys({ dataDir, clock })
  onTestFinished(() => dayKeys.close())
  const networks = parts.networks ?? { find: () => '' }
  const enrich = createEnrich({
    dayKeys,
    eventIdKey: new Uint8Array(16).fill(3),
    geo: { find: () => ({ country: '', region: '', city: '' }) },
    networks,
  })
  const kept: Kept[] = []
  const dropped: DropReason[] = []
  const ids = new Set<bigint>()
  const intake: Intake = {
    open: () => {
      let taken = 0
      return {
        add(id, line) {
          if (ids.has(id)) return false
          ids.add(id)
          kept.push(keptOf(line))
          taken++
          return true
        },
        commit: () => Promise.resolve(taken),
      }
    },
  }
  const readIp = createClientIpReader('127.0.0.1')
  const tokens = createTokens({ key: new Uint8Array(32).fill(5), clock })
  const note = (reason: DropReason): void => void dropped.push(reason)
  // What is counted of mails is a number in memory, of web beacons a cell of the ledger.
  const counts = Object.keys(DROP_REASONS).map((reason) => [
    reason,
    { get: () => 0, set: () => note(reason as DropReason) },
  ])
  const metrics = {
    accepted: 0,
    dropped: Object.defineProperties({}, Object.fromEntries(counts)) as Record<DropReason, number>,
  }
  const tally: Tally = {
    dropped: note,
    late: () => undefined,
    scrubbed: () => undefined,
    keep: () => undefined,
  }
  let fetches = 0
  const mails = openBeacons({
    store,
    dataKeys,
    clock,
    log: silentLog,
    sites,
    dayKeys,
    enrich,
    networks,
    intake,
    publicUrl: 'https://stats.example.com',
    facts: (request) => readFacts({ clientIp: readIp, clock }, request),
    checkConsent: (of, token) => tokens.check(token, of.domain, SINCE, 1),
    drops: { tally: () => tally },
    metrics,
  })
  const app = express()
  app.disable('etag')
  app.use(
    createRecipientRouter({
      ...mails,
      sites,
      log: silentLog,
      controllerOf: () => ({ name: 'Example Ltd', contact: 'privacy@example.com' }),
    }),
    createBeaconsRouter({
      ...mails,
      clock,
      audit,
      authorize: (_request, _permission, domain) => sites.get(domain),
      actorOf: () => 'terminal',
    }),
    (_request: express.Request, response: express.Response) => {
      response.status(404).json({ error: 'nothing' })
    },
    (error: unknown, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
      if (!(error instanceof UserError)) throw error
      response.status(error.status).json({ error: error.message })
    },
  )
  const server = createServer((request, response) => {
    fetches++
    if (!mails.route(request, response)) app(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  return {
    ...mails,
    consents: tokens,
    store,
    dataDir,
    clock,
    site,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    kept,
    dropped,
    async counted() {
      // Whatever is answered is kept or dropped, once each.
      const from = performance.now()
      while (kept.length + dropped.length < fetches) {
        if (performance.now() - from > 10_000) throw new Error('a fetch was neither kept nor dropped')
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    },
  }
}

/** Columns of a record: day, visitor, time, site, id, type, collector, basis … and the details at its end. */
function keptOf(line: string): Kept {
  const cells = line.trimEnd().split('\t')
  const [day = '', , , , , type = '', , basis = ''] = cells
  const verdict = /'verdict':'(\w+)'/.exec(cells.at(-2) ?? '')?.[1] ?? ''
  return { day, type, basis, campaign: cells.at(-6) ?? '', verdict, line }
}
