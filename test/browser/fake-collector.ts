import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WireBatch, WireEvent } from '../../schema/event.ts'
import type { PublicSiteConfig } from '../../schema/site.ts'
import { servePages, type PageServer, type Route } from '../support/pages.ts'

export const SITE = 'shop.example'

/** What browsers load of us, by file name. */
export type Bundles = Record<
  | 'sluice.js'
  | 'sluice-choice.js'
  | 'sluice-measured.js'
  | 'sluice-routes.js'
  | 'sluice-events.js'
  | 'sluice-vitals.js'
  | 'sluice-clicks.js'
  | 'sluice-memory.js'
  | 'sluice-beacon.js'
  | 'sluice-ui.js'
  | 'sluice-ui.css',
  string
>

let bundled: Promise<Bundles> | undefined

/** Made from today's source, once for each process of tests. */
export function bundleAll(): Promise<Bundles> {
  bundled ??= bundle()
  return bundled
}

/** scripts/bundle-tracker.mjs and scripts/bundle-banner.mjs with types. */
async function bundle(): Promise<Bundles> {
  const load = async (file: string): Promise<Record<string, (outDir: string) => Promise<unknown>>> =>
    (await import(new URL(`../../scripts/${file}`, import.meta.url).href)) as never
  const { bundleTracker } = await load('bundle-tracker.mjs')
  const { bundleBanner } = await load('bundle-banner.mjs')
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bundles-'))
  try {
    await bundleTracker?.(folder)
    await bundleBanner?.(folder)
    const read = (name: keyof Bundles): string => readFileSync(join(folder, name), 'utf8')
    return {
      'sluice.js': read('sluice.js'),
      'sluice-choice.js': read('sluice-choice.js'),
      'sluice-measured.js': read('sluice-measured.js'),
      'sluice-routes.js': read('sluice-routes.js'),
      'sluice-events.js': read('sluice-events.js'),
      'sluice-vitals.js': read('sluice-vitals.js'),
      'sluice-clicks.js': read('sluice-clicks.js'),
      'sluice-memory.js': read('sluice-memory.js'),
      'sluice-beacon.js': read('sluice-beacon.js'),
      'sluice-ui.js': read('sluice-ui.js'),
      'sluice-ui.css': read('sluice-ui.css'),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A collector that keeps what it is sent, at `stats.example`. */
export interface FakeCollector extends PageServer {
  /** Where it is, as pages see it. */
  readonly url: string
  /** The script tag; `more` are further attributes. */
  tag(more?: string): string
  /** Bodies of `POST /e`, in order of arrival, whatever was answered. */
  batches(): WireBatch[]
  /** Events of all batches. */
  events(): WireEvent[]
  /** Forgets what it was sent. */
  forget(): void
}

/** Of what the collector serves the page may read all, from wherever it comes. */
export const PUBLIC = {
  'access-control-allow-origin': '*',
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'cross-origin',
}
export const JSON_HEADERS = { ...PUBLIC, 'content-type': 'application/json' }

/** Routes of the files under a path. */
export function fileRoutes(bundles: Bundles, base = '/'): Record<string, Route> {
  const entries = Object.entries(bundles).map(([name, body]): [string, Route] => {
    const type = name.endsWith('.css') ? 'text/css' : 'text/javascript'
    return [base + name, { headers: { ...PUBLIC, 'content-type': `${type}; charset=utf-8` }, body }]
  })
  return Object.fromEntries(entries)
}

/** Answers as the real one does; routes can be replaced by a test. */
export async function startCollector(
  bundles: Bundles,
  preConsent: PublicSiteConfig['preConsent'],
): Promise<FakeCollector> {
  const config: PublicSiteConfig = { site: SITE, preConsent, revision: 1, choice: false, gpc: 'targeting' }
  const server = await servePages({
    ...fileRoutes(bundles),
    [`/s/${SITE}.json`]: { headers: JSON_HEADERS, body: JSON.stringify(config) },
    '/e': { status: 202, headers: JSON_HEADERS, body: '{"accepted":1,"dropped":0}' },
  })
  const batches = (): WireBatch[] =>
    server.received
      .filter(({ method, path }) => method === 'POST' && path === '/e')
      .map(({ body }) => JSON.parse(body) as WireBatch)
  const url = server.origin('stats.example')
  return {
    ...server,
    url,
    tag: (more = '') => `<script defer src="${url}/sluice.js" data-site="${SITE}" ${more}></script>`,
    batches,
    events: () => batches().flatMap(({ events }) => events),
    forget: () => server.received.splice(0),
  }
}
