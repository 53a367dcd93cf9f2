import { mkdirSync } from 'node:fs'
import type { IncomingMessage, RequestListener } from 'node:http'
import path from 'node:path'
import type { ClientIp } from '../schema/brand.ts'
import { createKeyRing, type KeyRing } from './accounts/keys.ts'
import { openAccounts } from './accounts/open.ts'
import { createAlerts } from './alerts/alerts.ts'
import { channelsOf } from './alerts/channels.ts'
import { auditSigner, createAuditLog } from './audit/log.ts'
import { createAuditWatch } from './audit/watch.ts'
import { createErasureNote } from './backup/erasures.ts'
import { runBackupProcess } from './backup/run-process.ts'
import { openSchedule } from './backup/schedule.ts'
import { migrate } from './clickhouse/migrate.ts'
import { openClickHouse, type ClickHouse } from './clickhouse/open.ts'
import { systemClock, type Clock } from './clock.ts'
import { originAllowed } from './collect/admit.ts'
import type { Config } from './config.ts'
import type { ConsentFacts } from './consent/decide.ts'
import { preConsentFor } from './consent/jurisdiction.ts'
import { createDisclose } from './consent/disclosure.ts'
import { consentSigner, openConsent } from './consent/open.ts'
import { allNotices } from './consent/policy/notice.ts'
import { createPolicies } from './consent/policy/policies.ts'
import { sweepLists } from './consent/policy/sweep-lists.ts'
import { publicConfig } from './consent/public-config.ts'
import { createDayKeys } from './enrich/day-keys.ts'
import { loadGeo } from './enrich/geo.ts'
import { loadNetworks } from './enrich/network.ts'
import { createEnrich } from './enrich/pipeline.ts'
import { createBurstGuard } from './http/burst.ts'
import { clientIpOf, createClientIpReader } from './http/client-ip.ts'
import { listen } from './http/listen.ts'
import { createPublicFiles } from './http/public-files.ts'
import { createSelfTest } from './http/self-test.ts'
import { createSharedAddressWatch } from './http/shared-address.ts'
import type { TlsFiles } from './http/tls.ts'
import { createIngest } from './ingest.ts'
import type { Log } from './log.ts'
import { createIngestAuthorizer } from './logs/authorize.ts'
import { createLogsRoute } from './logs/route.ts'
import { createReadEvent, createReadLog } from './logs/told.ts'
import { createMetrics } from './metrics.ts'
import { rollupRows } from './query/rollup-rows.ts'
import { createQueries } from './query/run.ts'
import { createSealer } from './seal/sealer.ts'
import { createSites, type Sites } from './sites/registry.ts'
import { sealedSites } from './sites/sealed-sites.ts'
import { openDataKeys } from './store/data-keys.ts'
import { deriveKey, loadMasterKey } from './store/key-file.ts'
import { openStore } from './store/open.ts'
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
  prepare?: ((parts: { sites: Sites; clickhouse: ClickHouse; clock: Clock }) => Promise<void>) | undefined
}

/** What pages of other sites load. */
const PUBLIC_FILES = {
  '/sluice.js': 'text/javascript; charset=utf-8',
  '/sluice-choice.js': 'text/javascript; charset=utf-8',
  '/sluice-routes.js': 'text/javascript; charset=utf-8',
  '/sluice-events.js': 'text/javascript; charset=utf-8',
  '/sluice-vitals.js': 'text/javascript; charset=utf-8',
  '/sluice-clicks.js': 'text/javascript; charset=utf-8',
  '/sluice-memory.js': 'text/javascript; charset=utf-8',
  '/sluice-ui.js': 'text/javascript; charset=utf-8',
  '/sluice-ui.css': 'text/css; charset=utf-8',
}
/** How often it is looked whether a backup is due. */
const LOOK_MS = 5_000
/** How often it is looked whether a day is over and not sealed. */
const SEAL_LOOK_MS = 60_000
/** How often the audit log is verified, and how long after the start first: it reads all of it. */
const AUDIT_EVERY_MS = 24 * 3_600_000
const AUDIT_FIRST_MS = 60_000
/** How often day keys of ended days are looked for. They must be gone within a second of midnight (consent.md). */
const SWEEP_MS = 500

/** Starts everything in order; what was started is stopped again when a later part fails. */
export async function startApp(options: AppOptions): Promise<App> {
  const { config, log } = options
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
    const store = await openStore({ dataDir: config.dataDir, databaseUrl: config.databaseUrl, log })
    closers.push(() => store.close())
    const dataKeys = await openDataKeys({ store, master, clock })
    const { lasting } = dataKeys
    const sites = createSites({ store, clock })
    const audit = createAuditLog({ store, clock, signer: auditSigner(lasting) })
    const keys = createKeyRing({ store, clock, log, audit })
    closers.push(() => keys.settled())

    const spoolFolder = path.join(config.dataDir, 'spool')
    const spoolKey = openSpoolKey(spoolFolder, master)

    // The slow parts side by side: the engine is a process of its own, and the spool mostly waits for the disk.
    const database = opening.then(async (clickhouse) => {
      await migrate(clickhouse.write, clickhouse)
      await options.prepare?.({ sites, clickhouse, clock })
      return clickhouse
    })
    const storing = openStorage({ folder: spoolFolder, key: spoolKey, database, clock, log })
    closers.push(() =>
      storing.then(
        (opened) => opened.close(),
        () => undefined,
      ),
    )
    const networks = loadNetworks({ log })
    const [clickhouse, geo, storage, { createApplication }] = await Promise.all([
      database,
      loadGeo({ log }),
      storing,
      // A third of all modules: they are read while the others wait.
      import('./application.ts'),
    ])
    // Throws where the master key was replaced while this start waited for the spool.
    dataKeys.current()
    const clientIp = createClientIpReader(config.trustedProxies)
    const [signInGuard, keyGuard] = [createBurstGuard({ clock }), createBurstGuard({ clock })]
    const alerts = createAlerts({
      channels: channelsOf(config.alerts),
      publicUrl: config.publicUrl,
      clock,
      log,
    })
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
      publicUrl: config.publicUrl,
      keyWait,
      onBurst: (kind) => alerts.raise('burst.blocked', kind),
      demoSiteId: options.demo === undefined ? undefined : sites.get(options.demo).id,
    })
    closers.push(() => people.close())
    const replacement = createReplacementWatch({ store, dataKeys, log })
    closers.push(() => replacement.close())

    const dayKeys = createDayKeys({ dataDir: config.dataDir, clock, log })
    const sweeper = setInterval(() => dayKeys.sweep(clock.now()), SWEEP_MS)
    closers.push(() => {
      clearInterval(sweeper)
      dayKeys.close()
    })
    const metrics = createMetrics()
    metrics.add(storage.readings())
    metrics.add(people.alarm.readings())
    metrics.add(alerts.readings())
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
      onErased: createErasureNote({
        folder: config.backups?.folder,
        lasting,
        warn: (sentence) => log.warn({}, sentence),
      }),
    })
    closers.push(() => consent.close())
    metrics.add(consent.readings())
    const ingest = createIngest({
      clock,
      log,
      metrics,
      sites,
      clientIp,
      preConsentFor,
      checkConsent: (site, token) => {
        const { since, revision } = policies.current(site)
        return consent.tokens.check(token, site.domain, since, revision)
      },
      publicConfig: (site, country) => publicConfig(site, policies.current(site), country),
      countOffer: consent.counts.shown,
      watchAddress: createSharedAddressWatch(log),
      enrich,
      intake: storage,
    })
    const logs = createLogsRoute({
      authorize: createIngestAuthorizer({ keys, sites, keyWait }),
      readLog: createReadLog({ enrich, clock }),
      readEvent: createReadEvent({ enrich, clock }),
      intake: storage,
      metrics,
      log,
    })
    const publicFiles = createPublicFiles(PUBLIC_FILES)
    const selfTest = createSelfTest({
      publicUrl: config.publicUrl,
      clientIp,
      speaksTls: options.tls !== undefined,
      log,
    })
    closers.push(() => selfTest.close())
    let answered = false
    const application = createApplication({
      publicUrl: config.publicUrl,
      log,
      store,
      sites,
      keys,
      audit,
      people,
      networkWait: (request) => signInGuard.wait(clientIpOf(clientIp, request)),
      demo: options.demo !== undefined,
      clock,
      policies,
      disclose: createDisclose({ store, audit, signer: consentSigner(lasting), clock }),
      consent: {
        isAnonymous: (request, site) => preConsentFor(site, consentFacts(request).country) === 'anonymous',
        decide: (request, site, decision) => consent.decide(site, consentFacts(request), decision),
      },
      queries: createQueries({
        read: clickhouse.read,
        clock,
        freshness: () => storage.freshness(),
        choices: consent.counts.read,
      }),
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
    const sealer = createSealer({
      write: clickhouse.long,
      rows: rollupRows,
      sites: () => sealedSites(store, clock.now()),
      clock,
      log,
    })
    metrics.add(sealer.readings())
    const sealing = setInterval(() => void sealer.look(), SEAL_LOOK_MS)
    closers.push(() => {
      clearInterval(sealing)
      return sealer.close()
    })
    const auditWatch = createAuditWatch({
      store,
      publicKey: audit.publicKey,
      log,
      onBroken: () => alerts.raise('audit.broken'),
    })
    metrics.add(auditWatch.readings())
    const watching = [
      setTimeout(() => void auditWatch.look(), AUDIT_FIRST_MS),
      setInterval(() => void auditWatch.look(), AUDIT_EVERY_MS),
    ]
    closers.push(() => {
      for (const timer of watching) clearTimeout(timer)
    })
    const { backups } = config
    if (backups) {
      const run = (signal: AbortSignal): Promise<void> => runBackupProcess(config, backups, signal)
      const schedule = await openSchedule({ settings: backups, clock, log, run, alert: alerts.raise })
      metrics.add(schedule.readings())
      const looking = setInterval(() => void schedule.look(), LOOK_MS)
      closers.push(() => {
        clearInterval(looking)
        return schedule.close()
      })
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

async function closeAll(closers: (() => unknown)[], log: Log): Promise<void> {
  for (const close of closers.toReversed()) {
    try {
      await close()
    } catch (error) {
      // One part that cannot close must not keep the others from closing.
      log.error({ err: error }, 'a part of the server did not close in order')
    }
  }
}
