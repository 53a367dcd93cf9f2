import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WireBatch, WireEvent } from '../../schema/event.ts'
import type { PublicSiteConfig } from '../../schema/site.ts'
import { servePages, type PageServer } from '../support/pages.ts'

export const SITE = 'shop.example'

/** scripts/bundle-tracker.mjs with types. */
export async function bundleTracker(): Promise<string> {
  const script = new URL('../../scripts/bundle-tracker.mjs', import.meta.url).href
  const { bundleTracker: bundle } = (await import(script)) as {
    bundleTracker: (outDir: string) => Promise<unknown>
  }
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tracker-'))
  try {
    await bundle(folder)
    return readFileSync(join(folder, 'sluice.js'), 'utf8')
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

/** Answers as the real one does; routes can be replaced by a test. */
export async function startCollector(
  tracker: string,
  preConsent: PublicSiteConfig['preConsent'],
): Promise<FakeCollector> {
  const headers = {
    'access-control-allow-origin': '*',
    'cache-control': 'no-store',
    'cross-origin-resource-policy': 'cross-origin',
    'content-type': 'application/json',
  }
  const config: PublicSiteConfig = { site: SITE, preConsent, revision: 1, choice: false, gpc: 'targeting' }
  const server = await servePages({
    '/sluice.js': {
      headers: { ...headers, 'content-type': 'text/javascript; charset=utf-8' },
      body: tracker,
    },
    [`/s/${SITE}.json`]: { headers, body: JSON.stringify(config) },
    '/e': { status: 202, headers, body: '{"accepted":1,"dropped":0}' },
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
