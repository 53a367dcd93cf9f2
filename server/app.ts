import { mkdirSync } from 'node:fs'
import type { IncomingMessage, RequestListener } from 'node:http'
import path from 'node:path'
import type { ClientIp } from '../schema/brand.ts'
import type { Site } from '../schema/site.ts'
import { createKeyRing, type KeyRing } from './accounts/keys.ts'
import { openAccounts } from './accounts/open.ts'
import { openAlerts } from './alerts/open.ts'
import { auditSigner, createAuditLog } from './audit/log.ts'
import { AUDIT_REMIND_MS, startAuditWatch } from './audit/watch.ts'
import { serverErasureNotes } from './backup/erasure-notes.ts'
import { startSchedule } from './backup/start-schedule.ts'
import { migrate } from './clickhouse/migrate.ts'
import { openClickHouse, type ClickHouse } from './clickhouse/open.ts'
import { systemClock, type Clock } from './clock.ts'
import { originAllowed, type ConsentVerdict } from './collect/admit.ts'
import { closeAll } from './close-all.ts'
import type { Config } from './config.ts'
import type { ConsentFacts } from './consent/decide.ts'
import { preConsentFor } from './consent/jurisdiction.ts'
import { createDisclose } from './consent/disclosure.ts'
import { consentSigner, openConsent } from './consent/open.ts'
import { allNotices } from './consent/policy/notice.ts'
import { createPolicies } from './consent/policy/policies.ts'
import { sweepLists } from './consent/policy/sweep-lists.ts'
import { publicConfig } from './consent/public-config.ts'
import type { seedDemo } from './demo/seed.ts'
import { openDropLedger } from './drops/ledger.ts'
import { createDayKeys } from './enrich/day-keys.ts'
import { loadGeo } from './enrich/geo.ts'
import { loadNetworks } from './enrich/network.ts'
import { createEnrich } from './enrich/pipeline.ts'
import { openBeacons } from './beacons/open.ts'
import { createBurstGuard } from './http/burst.ts'
import { clientIpOf, createClientIpReader } from './http/client-ip.ts'
import { listen } from './http/listen.ts'
import { createPublicFiles, PUBLIC_FILES } from './http/public-files.ts'
import { createSelfTest } from './http/self-test.ts'
import { createSharedAddressWatch } from './http/shared-address.ts'
import type { TlsFiles } from './http/tls.ts'
import { createIngest, readFacts } from './ingest.ts'
import type { Log } from './log.ts'
import { createIngestAuthorizer } from './logs/authorize.ts'
import { createLogsRoute } from './logs/route.ts'
import { createReadEvent, createReadLog } from './logs/told.ts'
import { createMetrics } from './metrics.ts'
import { rollupRows } from './query/rollup-rows.ts'
import { createQueries } from './query/run.ts'
import { keptOfSites } from './retention/report.ts'
import { openReports } from './reports/open.ts'
import { createSealer } from './seal/sealer.ts'
import { createSites, type Sites } from './sites/registry.ts'
import { sealedSites } from './sites/sealed-sites.ts'
import { openDataKeys } from './store/data-keys.ts'
import { deriveKey, loadMasterKey } from './store/key-file.ts'
import { openStoreOfServer } from './store/serve.ts'
import { createReplacementWatch } from './store/replacement-watch.ts'
import { openSpoolKey } from './store/spool-key.ts'
import { openStorage } from './storage.ts'

/** The running product: a value that tests start as production does. */
export interface App {
  /** Where it listens, `http://127.0.0.1:8000`. */
  readonly url: string
  readonly sites: Sites
  readonly keys: KeyRing
  readonly clickhouse: ClickHouse
  /** A fresh one-time link that makes the first account; undefined once there is an owner. */
  setUpLink(): Promise<string | undefined>
  /** A fresh one-time link to look at the demo; undefined where none is served. */
  lookLink(): string | undefined
  /** Asks once whether PUBLIC_URL leads here and logs the answer. Nothing has to wait for it. */
  testPublicUrl(): Promise<void>
  /** Stops accepting, answers what is under way, keeps what was accepted, closes. Can be called more than once. */
  stop(): Promise<void>
}

export interface AppOptions {
  config: Config
  log: Log
  clock?: Clock
  /** Certificate and key to speak https with. Default: plain http, for a proxy on this machine. */
  tls?: TlsFiles | undefined
  /** The database, where the caller has begun to open it; closed with the app. Default: opened here. */
  clickhouse?: Promise<ClickHouse>
  /** Serves the demo's pages; the domain of its site, which whoever opens the link for it may ask about. */
  demo?: string | undefined
  /** Called when the database is there and nothing is served yet. */
  prepare?: typeof seedDemo | undefined
}

/** How often it is looked whether a day is over and not sealed. */
const SEAL_LOOK_MS = 60_000
/** How often day keys of ended days are looked for. They must be gone within a second of midnight (consent.md). */
const SWEEP_MS = 500

/** Starts everything in order; what was started is stopped again when a later part fails. */
export async function startApp(options: AppOptions): Promise<App> {
  const { config, log } = options
  const { publicUrl } = config
  const clock = options.clock ?? systemClock
  const closers: (() => unknown)[] = []
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= closeAll(closers, log))
  try {
    mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
    const opening = options.clickhouse ?? openClickHouse({ ...config, log, mode: 'serve' })
    // What did not open need not be closed; why it did not is thrown where it is waited for.
    closers.push(() =>
      opening.then(
        (opened) => opened.close(),
        () => undefined,
      ),
    )
    const master = loadMasterKey({ dataDir: config.dataDir, envKey: config.envKey, log })
    const { dataDir, databaseUrl } = config
    const store = await openStoreOfServer({ dataDir, databaseUrl, log })
    closers.push(() => store.close())
    const dataKeys = await openDataKeys({ store, master, clock })
    const { lasting } = dataKeys
    const audit = createAuditLog({ store, clock, signer: auditSigner(lasting) })
    const sites = createSites({ store, clock, audit })
    const keys = createKeyRing({ store, clock, log, audit })
    closers.push(() => keys.settled())
    const folder = path.join(config.dataDir, 'spool')
    const spool = { folder, key: openSpoolKey(folder, master) }
    // The slow parts side by side: the engine is a process of its own, and the spool mostly waits for the disk.
    const database = opening.then(async (clickhouse) => {
      await migrate(clickhouse.write, clickhouse)
      await options.prepare?.({ sites, store, dataKeys, clickhouse, clock })
      return clickhouse
    })
    const storing = openStorage({ ...spool, database, clock, log })
    closers.push(() =>
      storing.then(
        (opened) => opened.close(),
        () => undefined,
      ),
    )
    const networks = loadNetworks({ log })
    const [clickhouse, geo, storage, { createApplication }, { serveSms }] = await Promise.all([
      database,
      loadGeo({ log }),
      storing,
      // Many of all modules: they are read while the others wait.
      import('./application.ts'),
      import('./sms/serve.ts'),
    ])
    // Throws where the master key was replaced while this start waited for the spool.
    dataKeys.current()
    const clientIp = createClientIpReader(config.trustedProxies)
    const [signInGuard, keyGuard] = [createBurstGuard({ clock }), createBurstGuard({ clock })]
    const alerts = await openAlerts(config, clock, log)
    closers.push(() => alerts.close())
    const keyWait = (request: IncomingMessage): number => keyGuard.wait(clientIpOf(clientIp, request))
    const people = openAccounts({
      store,
      clock,
      log,
      dataKeys,
      audit,
      keys,
      sites,
      publicUrl,
      keyWait,
      onBurst: (kind) => alerts.raise('burst.blocked', kind),
      demoSiteId: options.demo === undefined ? undefined : sites.get(options.demo).id,
    })
    closers.push(() => people.close())
    const replacement = createReplacementWatch({ store, dataKeys, log })
    closers.push(() => replacement.close())
    const dayKeys = createDayKeys({ dataDir: config.dataDir, clock, log })
    closers.push(() => dayKeys.close(), ending(setInterval(() => dayKeys.sweep(clock.now()), SWEEP_MS)))
    const metrics = createMetrics()
    const drops = await openDropLedger({ dataDir: config.dataDir, store, metrics, clock, log })
    closers.push(() => drops.close())
    for (const part of [storage, people.alarm, alerts]) metrics.add(part.readings())
    metrics.add([
      {
        name: 'sluice_engine_restarts_total',
        help: 'How often the embedded engine died and was started again.',
        kind: 'counter',
        read: () => clickhouse.restarts(),
      },
    ])
    const enrich = createEnrich({
      dayKeys,
      eventIdKey: deriveKey(lasting, 'event ids', 16),
      geo,
      networks,
      scrubbed: metrics.scrubbed,
    })
    const consentFacts = (request: IncomingMessage): ConsentFacts & { ip: ClientIp } => {
      const ip = clientIpOf(clientIp, request)
      const { 'sec-gpc': gpc, 'accept-language': language = '' } = request.headers
      return { ip, gpc: gpc === '1', country: enrich.country(ip), language }
    }
    const policies = createPolicies({ store, clock, audit })
    await policies.renewOwnServices(sites.list())
    const erasureNote = serverErasureNotes(config, lasting, log)
    const consent = openConsent({
      store,
      clock,
      log,
      lasting,
      audit,
      policies,
      notices: allNotices,
      sweepLists,
      findSite: sites.find,
      originAllowed,
      facts: consentFacts,
      onFault: metrics.fault,
      onErased: erasureNote('receipt'),
    })
    closers.push(() => consent.close())
    metrics.add(consent.readings())
    const checkConsent = (site: Site, token: string): ConsentVerdict => {
      const { since, revision } = policies.current(site)
      return consent.tokens.check(token, site.domain, since, revision)
    }
    const ingest = createIngest({
      clock,
      log,
      metrics,
      sites,
      clientIp,
      preConsentFor,
      checkConsent,
      publicConfig: (site, country) => publicConfig(site, policies.current(site), country),
      countOffer: consent.counts.shown,
      watchAddress: createSharedAddressWatch(log, () => (metrics.isAddressShared = true)),
      enrich,
      intake: storage,
      drops,
    })
    const logs = createLogsRoute({
      authorize: createIngestAuthorizer({ keys, sites, keyWait }),
      readLog: createReadLog({ enrich, clock }),
      readEvent: createReadEvent({ enrich, clock }),
      intake: storage,
      metrics,
      drops,
      log,
    })
    const beacons = openBeacons({
      store,
      dataKeys,
      clock,
      log,
      sites,
      dayKeys,
      enrich,
      networks,
      intake: storage,
      publicUrl,
      facts: (request) => readFacts({ clientIp, clock }, request),
      checkConsent,
      drops,
      metrics,
      onErased: erasureNote('recipient'),
    })
    const publicFiles = createPublicFiles(PUBLIC_FILES)
    const selfTest = createSelfTest({ publicUrl, clientIp, speaksTls: options.tls !== undefined, log })
    closers.push(() => selfTest.close())
    let answered = false
    const onErased = erasureNote('sms-subject')
    const served = await serveSms({ config, store, dataKeys, audit, clock, log, clientIp, alerts, onErased })
    closers.push(() => served.close())
    metrics.add(served.readings())
    const { sms, smsWeb } = served
    const queries = createQueries({
      ...clickhouse,
      clock,
      freshness: () => storage.freshness(),
      choices: consent.counts.read,
      drops: drops.read,
      sends: beacons.campaigns.sends,
    })
    const mailing = openReports({
      ...config,
      mail: config.reports,
      store,
      clock,
      log,
      dataKeys,
      audit,
      sites,
      queries,
    })
    closers.push(() => mailing.close())
    const application = createApplication({
      publicUrl,
      log,
      store,
      sites,
      keys,
      audit,
      people,
      networkWait: (request) => signInGuard.wait(clientIpOf(clientIp, request)),
      demo: options.demo !== undefined,
      ...(sms && { sms }),
      smsWeb,
      clock,
      policies,
      beacons,
      disclose: createDisclose({ store, audit, signer: consentSigner(lasting), clock }),
      consent: {
        isAnonymous: (request, site) => preConsentFor(site, consentFacts(request).country) === 'anonymous',
        decide: (request, site, decision) => consent.decide(site, consentFacts(request), decision),
      },
      keptOf: (site) => keptOfSites({ store, read: clickhouse.read, clock, sites: [site] }),
      queries,
      mailing,
      freshness: () => storage.freshness(),
      health: {
        metrics,
        noticeLive: selfTest.notice,
        hasAnswered: () => answered,
        canAccept: () => storage.canAccept(),
        reachesStore: store.isReachable,
        askDatabase: async () => {
          const { success } = await clickhouse.read.ping({ select: true })
          answered ||= success
          return success
        },
      },
    })
    const answer: RequestListener = (request, response) => {
      const isPublic =
        ingest(request, response) ||
        consent.route(request, response) ||
        logs(request, response) ||
        sms?.route(request, response) === true ||
        beacons.route(request, response) ||
        publicFiles(request, response)
      if (!isPublic) application(request, response)
    }
    const server = await listen({
      ...config,
      tls: options.tls,
      clock,
      log,
      handler: (request, response) => {
        // So that a site that a command has just added is known to the next request.
        const pending = store.pending()
        if (pending === undefined) answer(request, response)
        else void pending.then(() => answer(request, response))
      },
    })
    closers.push(() => server.close())
    sms?.begin()
    const sealer = createSealer({
      write: clickhouse.long,
      rows: rollupRows,
      sites: () => sealedSites(store, clock.now()),
      clock,
      log,
    })
    metrics.add(sealer.readings())
    closers.push(() => sealer.close(), ending(setInterval(() => void sealer.look(), SEAL_LOOK_MS)))
    const auditWatch = startAuditWatch({
      store,
      publicKey: audit.publicKey,
      log,
      onLook: (isBroken) => alerts.standing('audit.broken', isBroken, AUDIT_REMIND_MS),
    })
    closers.push(() => auditWatch.close())
    metrics.add(auditWatch.readings())
    const { backups } = config
    if (backups) {
      const schedule = await startSchedule(config, backups, { clock, log, alerts })
      closers.push(() => schedule.close())
      metrics.add(schedule.readings())
    }
    return {
      url: server.url,
      sites,
      keys,
      clickhouse,
      setUpLink: () => people.setUp.firstLink(),
      lookLink: () => people.guests?.link(),
      testPublicUrl: selfTest.run,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Closers run from the last to the first: the clock is stopped before what it wakes. */
function ending(timer: NodeJS.Timeout): () => void {
  return () => clearInterval(timer)
}
