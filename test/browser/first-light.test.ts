import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Dimension, QueryAnswer } from '../../schema/query.ts'
import { startApp, type App } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { silentLog } from '../../server/log.ts'
import {
  NOTHING_STORED,
  openVisitor,
  readStorage,
  sharedWholeBrowser,
  type Visitor,
} from '../support/browser.ts'
import { ask, eventually, freePort } from '../support/product.ts'

/**
 * One page view from a browser to a chart, all of it real: Chromium on the demo's pages, the collector, the engine,
 * the query API and the dashboard.
 */
const site = 'localhost'

describe('first light', () => {
  const data = mkdtempSync(path.join(tmpdir(), 'sluice-light-'))
  let app: App
  let browser: Browser
  let key: string
  let origin: string
  beforeAll(async () => {
    const port = await freePort()
    // Pages and collector are reached as localhost, the name of the demo's site.
    origin = `http://localhost:${port}`
    const env = { PORT: String(port), SLUICE_DATA: data, PUBLIC_URL: origin }
    app = await startApp({
      config: readConfig(env),
      log: silentLog,
      demo: site,
      prepare: async ({ sites }) => {
        await sites.add({ domain: site, preConsent: 'anonymous', minimumGroup: 1 })
      },
    })
    key = (await app.keys.create({ siteId: app.sites.get(site).id, scope: 'query' })).key
    browser = await sharedWholeBrowser()
  })
  afterAll(async () => {
    await app.stop()
    rmSync(data, { recursive: true, force: true })
  })

  const answer = (breakdown?: Dimension): Promise<QueryAnswer> =>
    ask(app.url, key, {
      site,
      period: 'today',
      metrics: ['pageviews', 'visits', 'visitors', 'bounceRate'],
      ...(breakdown && { breakdown }),
    })
  const counts = async (
    breakdown: Dimension,
    metric: 'pageviews' | 'visits',
  ): Promise<Record<string, number>> => {
    const { rows } = await answer(breakdown)
    const found = rows.map((row) => [String(row[breakdown]), Number(row[metric])] as const)
    return Object.fromEntries(found.filter(([, count]) => count > 0))
  }
  const visit = (options = {}): Promise<Visitor> => openVisitor(browser, options)
  const stored = (views: number): Promise<QueryAnswer> =>
    eventually(answer, ({ totals }) => Number(totals.pageviews) >= views)

  it('R6.2 R8.4 counts full loads, pushState, back and the back/forward cache, page by page, exactly', async () => {
    const visitor = await visit()
    const { page } = visitor
    await page.goto(`${origin}/demo/`)
    await visitor.settle()
    await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'Gallery' }).click()
    await page.waitForURL('**/demo/gallery')
    await visitor.settle()
    // Within the gallery a step changes the address by pushState.
    await page.locator('a[data-step]').first().click()
    await page.waitForURL('**/demo/bikes/*')
    await visitor.settle()
    const bike = new URL(page.url()).pathname
    await page.goBack()
    await page.waitForURL('**/demo/gallery')
    await visitor.settle()
    await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'Prices' }).click()
    await page.waitForURL('**/demo/pricing')
    await visitor.settle()
    await page.evaluate(() => {
      addEventListener('pageshow', ({ persisted }) => (document.title = `persisted ${persisted}`))
    })
    await page.getByRole('navigation', { name: 'Site' }).getByRole('link', { name: 'Find us' }).click()
    await page.waitForURL('**/demo/contact')
    await visitor.settle()
    await page.goBack({ waitUntil: 'commit' })
    await page.waitForFunction(() => document.title === 'persisted true')
    await visitor.settle()

    const { totals } = await stored(7)
    expect(totals).toEqual({ pageviews: 7, visits: 1, visitors: 1, bounceRate: 0 })
    expect(await counts('page', 'pageviews')).toEqual({
      '/demo/': 1,
      '/demo/gallery': 2,
      [bike]: 1,
      '/demo/pricing': 2,
      '/demo/contact': 1,
    })
    expect(await counts('entryPage', 'visits')).toEqual({ '/demo/': 1 })
    expect(await counts('exitPage', 'visits')).toEqual({ '/demo/pricing': 1 })

    const asked = visitor.requests.filter(({ kind }) => kind !== 'document')
    expect(new Set(visitor.requests.map(({ url }) => new URL(url).origin))).toEqual(new Set([origin]))
    expect(asked.filter(({ method, url }) => method === 'POST' && !url.endsWith('/e'))).toEqual([])
    expect(asked.filter(({ url }) => url.endsWith('/e'))).toHaveLength(7)
    expect(asked.some(({ headers }) => 'cookie' in headers)).toBe(false)
    expect(await readStorage(visitor)).toEqual(NOTHING_STORED)
    expect(visitor.complaints).toEqual([])
    await visitor.leave()
  })

  it('R6.2 counts nothing of visitors who object, nor of a site that asks first', async () => {
    const before = Number((await answer()).totals.pageviews)
    const objecting = await visit()
    await objecting.context.addInitScript(() => {
      Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })
    })
    await objecting.page.goto(`${origin}/demo/workshop`)
    await objecting.settle()
    // The question whether there is something to choose is asked; nothing of the visit is told.
    expect(objecting.requests.filter(({ method }) => method === 'POST')).toEqual([])
    expect(await readStorage(objecting)).toEqual(NOTHING_STORED)
    await objecting.leave()

    // The header alone, as a browser sends it that has no such property.
    const byHeader = await visit({ extraHTTPHeaders: { 'sec-gpc': '1' } })
    await byHeader.page.goto(`${origin}/demo/workshop`)
    await byHeader.settle()
    expect(byHeader.requests.filter(({ url }) => url.endsWith('/e'))).toHaveLength(1)
    await byHeader.leave()

    await app.sites.set(site, { preConsent: 'none' })
    const strict = await visit()
    await strict.page.goto(`${origin}/demo/workshop`)
    await strict.settle()
    expect(strict.requests.filter(({ method }) => method === 'POST')).toEqual([])
    expect(await readStorage(strict)).toEqual(NOTHING_STORED)
    await strict.leave()
    await app.sites.set(site, { preConsent: 'anonymous' })

    // A view after them is there: what came before it is, too.
    const witness = await visit()
    await witness.page.goto(`${origin}/demo/blog/`)
    await witness.settle()
    await witness.leave()
    expect(Number((await stored(before + 1)).totals.pageviews)).toBe(before + 1)
    expect(await counts('page', 'pageviews')).not.toHaveProperty('/demo/workshop')
  })

  it('R9.1 shows the same numbers on the dashboard, to nobody but who opened the one-time link', async () => {
    const { totals } = await answer()
    const stranger = await visit()
    await stranger.page.goto(`${origin}/`)
    await stranger.page
      .getByText(/one-time link/i)
      .first()
      .waitFor()
    expect(await stranger.page.getByRole('table').count()).toBe(0)
    await stranger.leave()

    const analyst = await visit()
    const { page } = analyst
    await page.goto(app.lookLink() ?? '')
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    await page.goto(`${origin}/?site=${site}&period=today`)
    const headline = page.getByRole('button', { name: /page views/i }).first()
    await expect.poll(() => headline.textContent(), { timeout: 15_000 }).toContain(String(totals.pageviews))
    for (const [name, count] of Object.entries(await counts('page', 'pageviews'))) {
      const row = page
        .getByRole('row')
        .filter({ has: page.getByText(name, { exact: true }) })
        .first()
      await expect.poll(() => row.textContent(), { message: name, timeout: 15_000 }).toContain(String(count))
    }
    expect(new Set(analyst.requests.map(({ url }) => new URL(url).origin))).toEqual(new Set([origin]))
    expect(analyst.complaints).toEqual([])
    await analyst.leave()
  })
})
