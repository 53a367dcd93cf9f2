import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Express } from 'express'
import { onTestFinished } from 'vitest'
import type { Filter, Question } from '../../../schema/query.ts'
import { createApplication } from '../../../server/application.ts'
import { openBeacons, type Beacons } from '../../../server/beacons/open.ts'
import { createSigner } from '../../../server/chain/signer.ts'
import { createDisclose } from '../../../server/consent/disclosure.ts'
import { createPolicies } from '../../../server/consent/policy/policies.ts'
import { NO_NETWORKS } from '../../../server/enrich/network.ts'
import { silentLog } from '../../../server/log.ts'
import { createMetrics } from '../../../server/metrics.ts'
import { createRecipientLinks } from '../../../server/reports/links.ts'
import { createReports } from '../../../server/reports/reports.ts'
import { smsPorts } from '../../../server/sms/open.ts'
import { smsSigner } from '../../../server/sms/ports.ts'
import { openDataKeys } from '../../../server/store/data-keys.ts'
import { loadMasterKey } from '../../../server/store/key-file.ts'
import { KEY_SCOPES, ROLES } from '../../../server/store/tables.ts'
import { createMemoryProvider, createParts, createSms, type Sms } from '../../../sms/index.ts'
import { cookieOf, scene, TERMINAL, type Scene } from './rig.ts'
import { OTHER, OWN } from './route-table.ts'

export interface Stage {
  all: Scene
  app: Express
  sms: Sms
  mails: Beacons
  url: string
  /** What was asked of the numbers. */
  asked: Question[]
  /** Headers of everybody who could ask, by the words of MAY. */
  headers: Record<string, Record<string, string>>
}

/** The application as it is put together, asked over HTTP; what needs an engine or a mail server is not there. */
export async function stage({ networkWait = () => 0 }: { networkWait?: () => number } = {}): Promise<Stage> {
  const all = await scene({ demo: true, publicUrl: 'http://localhost:8000' })
  const { clock, store, keys, sites } = all
  await sites.add({ domain: OWN })
  await sites.add({ domain: OTHER })
  const headers: Record<string, Record<string, string>> = {
    stranger: {},
    'a made-up session': { cookie: `sluice_session=${'A'.repeat(43)}` },
    'a made-up key': { authorization: `Bearer slk_admin_${'A'.repeat(43)}` },
  }
  headers['owner'] = { cookie: (await all.owner()).cookie }
  for (const role of ROLES) {
    if (role !== 'owner') headers[role] = { cookie: (await all.person(`${role}@example.org`, role)).cookie }
    headers[`one:${role}`] = { cookie: (await all.person(`one.${role}@example.org`, role, [OWN])).cookie }
  }
  for (const scope of KEY_SCOPES) {
    const { key } = await keys.create({ siteId: sites.get(OWN).id, scope })
    headers[`key:${scope}`] = { authorization: `Bearer ${key}` }
  }
  const { id, key: revoked } = await keys.create({ siteId: sites.get(OWN).id, scope: 'admin' })
  await keys.revoke(id)
  headers['a revoked key'] = { authorization: `Bearer ${revoked}` }
  const { key: expired } = await keys.create({
    siteId: sites.get(OWN).id,
    scope: 'admin',
    expiresAt: clock.now(),
  })
  headers['an expired key'] = { authorization: `Bearer ${expired}` }
  const gone = await all.person('gone@example.org', 'owner')
  await all.accounts.remove(gone.id, TERMINAL)
  headers['a removed account'] = { cookie: gone.cookie }
  const { id: share, link } = await all.shares.create(sites.get(OWN), { name: 'for the table of routes' })
  const opened = await all.shares.open({ id: share, token: link.split('#')[1] ?? '', password: '' })
  headers['share'] = { authorization: `Bearer ${opened.kind === 'open' ? opened.access : ''}` }
  const look = all.guests?.link().split('#look=')[1] ?? ''
  headers['guest'] = { cookie: cookieOf(all.guests?.redeem(look) ?? '') }

  const dataKeys = await openDataKeys({
    store,
    master: loadMasterKey({ dataDir: all.dataDir, log: silentLog }),
    clock,
  })
  const ports = smsPorts({
    store,
    dataKeys,
    audit: all.audit,
    clock,
    log: silentLog,
    alarm: { raise: () => undefined },
  })
  const asked: Question[] = []
  const sms = createSms(ports, (tokens) => createMemoryProvider(tokens, clock))
  const mails = openBeacons({
    store,
    dataKeys,
    clock,
    log: silentLog,
    sites,
    dayKeys: { key: () => undefined },
    enrich: {
      eventId: () => 0n,
      request: () => {
        throw new Error('nobody fetches here')
      },
    },
    networks: NO_NETWORKS,
    intake: {
      open: () => {
        throw new Error('nobody fetches here')
      },
    },
    publicUrl: 'http://127.0.0.1:8000',
    facts: () => {
      throw new Error('nobody fetches here')
    },
    checkConsent: () => ({ ok: false, reason: 'forged' }),
    drops: {
      tally: () => {
        throw new Error('nobody fetches here')
      },
    },
    metrics: createMetrics(),
  })
  const app = createApplication({
    sms: { sms, kick: () => undefined },
    publicUrl: 'http://127.0.0.1:8000',
    log: silentLog,
    store,
    sites,
    keys,
    audit: all.audit,
    people: all,
    networkWait,
    clock,
    policies: createPolicies({ store, clock }),
    beacons: mails,
    disclose: createDisclose({ store, audit: all.audit, signer: createSigner(Buffer.alloc(32, 9)), clock }),
    consent: { isAnonymous: () => false, decide: () => Promise.reject(new Error('nobody decides here')) },
    keptOf: () => Promise.resolve([]),
    mailing: {
      reports: createReports({ store, clock, dataKeys: all.dataKeys, audit: all.audit }),
      links: createRecipientLinks(all.dataKeys.lasting, 'http://127.0.0.1:8000'),
      invite: () => Promise.resolve([]),
    },
    queries: {
      run: async (_site: unknown, question: Question) => {
        asked.push(question)
        return {
          rows: [],
          totals: {},
          meta: {
            from: '2026-11-01',
            to: '2026-11-24',
            timezone: 'UTC',
            source: 'events',
            foldedRows: 0,
            rowCount: 0,
            minimumGroup: 5,
            freshness: '2026-11-24T10:00:00.000Z',
          },
        }
      },
    } as never,
    freshness: () => '2026-11-24T10:00:00.000Z',
    health: {
      metrics: createMetrics(),
      hasAnswered: () => true,
      canAccept: () => true,
      reachesStore: () => true,
      askDatabase: () => Promise.resolve(true),
    },
    smsWeb: {
      sms: createParts(ports),
      signer: smsSigner(dataKeys.lasting),
      lasting: dataKeys.lasting,
      networkWait: () => 0,
    },
    demo: false,
  })
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { all, app, sms, mails, url, asked, headers }
}

/** Headers of whoever holds a link that shows a part of OWN. */
export async function holderOf(
  { shares, sites }: Scene,
  filters: readonly Filter[],
): Promise<{ authorization: string }> {
  const { id, link } = await shares.create(sites.get(OWN), { name: 'a part', filters: [...filters] })
  const opened = await shares.open({ id, token: link.split('#')[1] ?? '', password: '' })
  return { authorization: `Bearer ${opened.kind === 'open' ? opened.access : ''}` }
}
