import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ConsentReceipt, ConsentRecord } from '../../../schema/consent.ts'
import type { AdMetric } from '../../../schema/query.ts'
import { startApp, type App } from '../../../server/app.ts'
import { readConfig } from '../../../server/config.ts'
import { silentLog } from '../../../server/log.ts'
import {
  NOTHING_STORED,
  openVisitor,
  readStorage,
  sharedBrowser,
  type Visitor,
} from '../../support/browser.ts'
import { servePages, type PageServer } from '../../support/pages.ts'
import { ask, eventually, freePort } from '../../support/product.ts'

/**
 * The visitor's choice through the whole product: Chromium, tracker, banner, collector, ledger, engine and query API.
 * For each state: what is asked for and what is not, what is kept on the device and what is not, and what is stored.
 */
const MODES = ['none', 'anonymous'] as const
type Mode = (typeof MODES)[number]

describe('R6.2 R6.5 consent through the whole product', () => {
  const data = mkdtempSync(path.join(tmpdir(), 'sluice-consent-'))
  let app: App
  let browser: Browser
  let pages: PageServer
  let collector: string
  let stop: () => void
  const visitors: Visitor[] = []
  beforeAll(async () => {
    const port = await freePort()
    collector = `http://stats.example:${port}`
    app = await startApp({
      config: readConfig({ PORT: String(port), SLUICE_DATA: data, PUBLIC_URL: collector }),
      log: silentLog,
    })
    pages = await servePages({})
    stop = proxyUnder('/_s', pages, port)
    browser = await sharedBrowser()
  })
  afterEach(async () => {
    await Promise.all(visitors.splice(0).map((visitor) => visitor.leave()))
  })
  afterAll(async () => {
    await pages.close()
    stop()
    await app.stop()
    rmSync(data, { recursive: true, force: true })
  })

  /** A site with pages /a, /b and /c; `folder` is where its pages find the collector. */
  async function addSite(
    domain: string,
    preConsent: Mode,
    folder = collector,
  ): Promise<{ origin: string; stored: () => Promise<Record<string, number>> }> {
    const { id } = await app.sites.add({ domain, preConsent, minimumGroup: 1 })
    const { key } = await app.keys.create({ siteId: id, scope: 'query' })
    const page = `<!doctype html><html lang="en"><title>Shop</title><script defer src="${folder}/sluice.js" data-site="${domain}"></script><h1>Shop</h1></html>`
    for (const name of ['/a', '/b', '/c']) pages.route(name, page)
    return {
      origin: pages.origin(domain),
      /** Page views by page and basis. */
      async stored() {
        const found: Record<string, number> = {}
        for (const basis of ['anonymous', 'performance@1']) {
          const { rows } = await ask(app.url, key, {
            site: domain,
            period: 'today',
            metrics: ['pageviews'],
            breakdown: 'page',
            filters: [{ dimension: 'basis', is: [basis] }],
          })
          for (const row of rows) {
            // A page of which something else was told has a row too.
            if (Number(row.pageviews) > 0) found[`${row['page']} ${basis}`] = Number(row.pageviews)
          }
        }
        return found
      },
    }
  }

  async function visit(url: string): Promise<Visitor> {
    const visitor = await openVisitor(browser)
    visitors.push(visitor)
    await visitor.context.addInitScript(() => {
      const heard: unknown[] = ((window as unknown as { heard: unknown[] }).heard = [])
      addEventListener('sluice:consent', (event) => heard.push((event as CustomEvent).detail))
    })
    await visitor.page.goto(url)
    await visitor.settle()
    return visitor
  }

  /** What the page was told of the choice, by its own listener. */
  const heard = ({ page }: Visitor): Promise<unknown> =>
    page.evaluate(() => (window as unknown as { heard: unknown[] }).heard)

  /** What was asked of the collector since `from`, scripts and styles left out, without the address. */
  function told(visitor: Visitor, from = 0): string[] {
    return visitor.requests
      .slice(from)
      .filter(({ url, kind }) => url.startsWith(collector) && !['script', 'stylesheet'].includes(kind))
      .map(({ method, url }) => `${method} ${new URL(url).pathname}`)
  }

  const bodyOf = (visitor: Visitor, ending: string): Record<string, unknown> =>
    visitor.requests.findLast(({ method, url }) => method === 'POST' && url.endsWith(ending))?.body as Record<
      string,
      unknown
    >

  async function recordOf({ context }: Visitor): Promise<ConsentRecord> {
    const cookie = (await context.cookies()).find(({ name }) => name === 'cc_cookie')
    return JSON.parse(decodeURIComponent(cookie?.value ?? 'null')) as ConsentRecord
  }

  const press = ({ page }: Visitor, name: string): Promise<void> =>
    page.getByRole('button', { name, exact: true }).first().click()

  it.each(MODES)(
    'S0 → S1 → S3, %s: silent or anonymous, then measured, then silent again with nothing left',
    async (mode) => {
      const site = await addSite(`granted-${mode}.example`, mode)
      const visitor = await visit(`${site.origin}/a`)
      await visitor.page.getByRole('button', { name: 'Accept all', exact: true }).waitFor()
      const first = [
        'GET /s/granted-' + mode + '.example.json',
        'GET /s/granted-' + mode + '.example/notice.json',
      ]
      expect(told(visitor).filter((line) => line.startsWith('GET'))).toEqual(first)
      expect(told(visitor).filter((line) => line.startsWith('POST'))).toEqual(
        mode === 'anonymous' ? ['POST /e'] : [],
      )
      expect(await readStorage(visitor)).toEqual(NOTHING_STORED)

      let from = visitor.requests.length
      await press(visitor, 'Accept all')
      await visitor.settle()
      // Where the page view went out before, it does not go out again.
      expect([...new Set(told(visitor, from))]).toEqual(['POST /c', 'POST /e'])
      const decision = bodyOf(visitor, '/c')
      expect(Object.keys(decision).toSorted()).toEqual(
        ['version', 'site', 'action', 'granted', 'revision', 'source', 'notice', 'gpc'].toSorted(),
      )
      expect(decision).toMatchObject({ action: 'accept_all', source: 'banner', gpc: false })
      const record = await recordOf(visitor)
      expect(record.categories).toEqual(['essential', 'performance', 'functionality', 'targeting'])
      expect(record.pending).toBeUndefined()
      const optional = ['performance', 'functionality', 'targeting']
      expect(await heard(visitor)).toEqual([
        { granted: ['essential'], denied: optional, decided: false, gpc: false },
        { granted: ['essential', ...optional], denied: [], decided: true, gpc: false },
      ])

      from = visitor.requests.length
      await visitor.page.goto(`${site.origin}/b`)
      await visitor.settle()
      expect(told(visitor, from)).toEqual(['POST /e'])
      expect(bodyOf(visitor, '/e')['consent']).toBe(record.token)
      await visitor.page.reload()
      await visitor.settle()
      const receipt = await visitor.page.evaluate(() => window.sluice?.consent?.receipt())
      expect(receipt).toMatchObject({ action: 'accept_all', jurisdiction: 'unknown', locale: 'en' })

      from = visitor.requests.length
      await visitor.page.evaluate(() => window.sluice?.consent?.withdraw())
      await visitor.settle()
      expect(told(visitor, from)).toEqual(['POST /c'])
      expect(await heard(visitor)).toEqual([
        { granted: ['essential', ...optional], denied: [], decided: true, gpc: false },
        { granted: ['essential'], denied: optional, decided: true, gpc: false },
      ])
      expect(bodyOf(visitor, '/c')).toMatchObject({ action: 'withdraw', granted: [], receipt: receipt?.id })
      expect(await readStorage(visitor)).toEqual({
        ...NOTHING_STORED,
        cookies: [`cc_cookie of granted-${mode}.example`],
      })
      from = visitor.requests.length
      await visitor.page.goto(`${site.origin}/c`)
      await visitor.settle()
      expect(told(visitor, from)).toEqual([])

      const closed = (await (await fetch(`${app.url}/c/${receipt?.id}`)).json()) as ConsentReceipt
      expect(closed).toMatchObject({ action: 'withdraw', granted: ['essential'] })
      const expected: Record<string, number> =
        mode === 'anonymous'
          ? { '/a anonymous': 1, '/b performance@1': 2 }
          : { '/a performance@1': 1, '/b performance@1': 2 }
      await eventually(site.stored, (found) => found['/b performance@1'] === 2)
      expect(await site.stored()).toEqual(expected)
      expect(visitor.complaints).toEqual([])
    },
  )

  it.each(MODES)('S0 → S2, %s: one refusal without an id, then silence for good', async (mode) => {
    const site = await addSite(`refused-${mode}.example`, mode)
    const visitor = await visit(`${site.origin}/a`)
    let from = visitor.requests.length
    await press(visitor, 'Reject all')
    await visitor.settle()
    expect(told(visitor, from)).toEqual(['POST /c'])
    expect(bodyOf(visitor, '/c')).toEqual({
      version: 1,
      site: `refused-${mode}.example`,
      action: 'reject_all',
      granted: [],
      revision: 1,
      source: 'banner',
      notice: expect.stringMatching(/^[\w-]{43}$/) as string,
      gpc: false,
    })
    expect(await readStorage(visitor)).toEqual({
      ...NOTHING_STORED,
      cookies: [`cc_cookie of refused-${mode}.example`],
    })
    const other = await visit(`${site.origin}/a`)
    await press(other, 'Reject all')
    await other.settle()
    // Whoever refuses on a day keeps the same text: it names nobody.
    expect(await recordOf(other)).toEqual(await recordOf(visitor))

    from = visitor.requests.length
    await visitor.page.goto(`${site.origin}/b`)
    await visitor.page.reload()
    await visitor.settle()
    const second = await visitor.context.newPage()
    await second.goto(`${site.origin}/c`)
    await visitor.settle()
    expect(told(visitor, from)).toEqual([])
    if (mode === 'anonymous') await eventually(site.stored, (found) => found['/a anonymous'] === 2)
    expect(await site.stored()).toEqual(mode === 'anonymous' ? { '/a anonymous': 2 } : {})
  })

  it('R6.7 a browser that used everything holds what the declaration lists and nothing else; after a withdrawal the choice', async () => {
    const domain = 'declared.example'
    const site = await addSite(domain, 'none')
    await app.sites.set(domain, { traits: ['age'] })
    const visitor = await visit(`${site.origin}/a`)
    await press(visitor, 'Accept all')
    await visitor.settle()
    await visitor.page.evaluate(async () => {
      const { sluice } = window
      await sluice?.traits?.set({ age: '25-34' })
      sluice?.track?.('Signup', { props: { plan: 'pro' }, revenue: { amount: 29.9, currency: 'EUR' } })
      sluice?.feedback?.(9)
      await sluice?.preferences?.set('theme', 'dark')
      await sluice?.ads?.shown('spring')
    })
    await visitor.settle()
    // What cannot be sent waits for the next page.
    await visitor.context.route(`${collector}/e`, (route) => route.abort())
    await visitor.page.evaluate(() => window.sluice?.track?.('Offline'))
    await visitor.settle()
    await visitor.page.goto(`${pages.origin(domain)}/nothing`)
    const held = async (): Promise<string[]> => {
      const { cookies, localStorage, sessionStorage, ...others } = await readStorage(visitor)
      expect(others).toEqual({ databases: [], caches: [], workers: [] })
      return [
        ...cookies.map((name) => `cookie ${name.split(' ')[0]}`),
        ...localStorage.map((name) => `localStorage ${name}`),
        ...sessionStorage.map((name) => `sessionStorage ${name}`),
      ].toSorted()
    }
    const declared = (await (await fetch(`${app.url}/privacy/cookies.json?site=${domain}`)).json()) as {
      categories: { services: { items: { kind: string; name: string }[] }[] }[]
    }
    const listed = declared.categories
      .flatMap(({ services }) => services)
      .flatMap(({ items }) => items)
      .map(({ kind, name }) => `${kind} ${name}`)
    expect(await held()).toEqual(listed.toSorted())

    await visitor.context.unrouteAll()
    await visitor.page.goto(`${site.origin}/b`)
    await visitor.settle()
    const { key } = await app.keys.create({ siteId: app.sites.get(domain).id, scope: 'query' })
    const names = async (): Promise<unknown> => {
      const { rows } = await ask(app.url, key, {
        site: domain,
        period: 'today',
        metrics: ['events', 'revenue'],
        breakdown: 'event',
      })
      return Object.fromEntries(rows.map((row) => [row['event'], row.events]))
    }
    await expect.poll(names, { timeout: 20_000 }).toMatchObject({ Signup: 1, Offline: 1 })
    const impressions = async (): Promise<unknown> => {
      const metrics: AdMetric[] = ['impressions']
      return (await ask(app.url, key, { site: domain, period: 'today', metrics, breakdown: 'adCampaign' }))
        .rows
    }
    await expect.poll(impressions, { timeout: 20_000 }).toEqual([{ adCampaign: 'spring', impressions: 1 }])

    await visitor.page.evaluate(() => window.sluice?.consent?.withdraw())
    await visitor.settle()
    expect(await held()).toEqual(['cookie cc_cookie'])
  })

  it('S3 in a first-party deployment: the server expires what the page cannot, cookies marked HttpOnly', async () => {
    const site = await addSite('first.example', 'none', '/_s')
    pages.route('/login', {
      headers: { 'set-cookie': 'shop_stats=1; Path=/; HttpOnly', 'content-type': 'text/html' },
      body: '<!doctype html><title>x</title>',
    })
    const key = await app.keys.create({ siteId: app.sites.get('first.example').id, scope: 'admin' })
    const address = `${app.url}/api/sites/first.example/policy`
    const headers = { authorization: `Bearer ${key.key}`, 'content-type': 'application/json' }
    const { manifest } = (await (await fetch(address, { headers })).json()) as {
      manifest: { services: object[]; controller: object }
    }
    manifest.services.push({
      id: 'shop-stats',
      name: 'Shop statistics',
      provider: 'First Ltd',
      category: 'performance',
      purpose: { en: 'Counts baskets.' },
      hosts: [],
      items: [
        { kind: 'cookie', name: 'shop_stats', purpose: { en: 'Tells baskets apart.' }, lifetime: '1d' },
      ],
    })
    const published = await fetch(address, { method: 'PUT', headers, body: JSON.stringify(manifest) })
    expect(published.status).toBe(200)

    const visitor = await visit(`${site.origin}/a`)
    await press(visitor, 'Accept all')
    await visitor.settle()
    await visitor.page.goto(`${site.origin}/login`)
    await visitor.page.goto(`${site.origin}/b`)
    await visitor.settle()
    const names = async (): Promise<string[]> =>
      (await visitor.context.cookies()).map(({ name }) => name).toSorted()
    expect(await names()).toEqual(['cc_cookie', 'shop_stats'])
    await visitor.page.evaluate(() => window.sluice?.consent?.withdraw())
    await visitor.settle()
    expect(await names()).toEqual(['cc_cookie'])
  })
})

/** Puts the product under a path of the pages' own host, as a site's web server does. */
function proxyUnder(prefix: string, pages: PageServer, port: number): () => void {
  const agent = new http.Agent({ keepAlive: true })
  const routes = [
    '/sluice.js',
    '/sluice-choice.js',
    '/sluice-measured.js',
    '/sluice-events.js',
    '/sluice-vitals.js',
    '/sluice-ui.js',
    '/sluice-ui.css',
    '/c',
    '/e',
  ]
  for (const name of [...routes, '/s/first.example.json', '/s/first.example/notice.json']) {
    pages.route(`${prefix}${name}`, async ({ method, path: asked, headers, body }) => {
      const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
        http
          .request(
            { port, host: '127.0.0.1', method, path: asked.slice(prefix.length), headers, agent },
            resolve,
          )
          .on('error', reject)
          .end(body)
      })
      const chunks: Buffer[] = []
      for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk)
      const kept = Object.entries(answer.headers).filter(
        ([header]) => !['transfer-encoding', 'connection', 'content-length'].includes(header),
      )
      return {
        status: answer.statusCode ?? 502,
        headers: Object.fromEntries(kept) as Record<string, string>,
        body: Buffer.concat(chunks),
      }
    })
  }
  return () => agent.destroy()
}
