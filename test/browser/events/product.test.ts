import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FunnelQuery, Query, QueryRow } from '../../../schema/query.ts'
import { startApp, type App } from '../../../server/app.ts'
import { readConfig } from '../../../server/config.ts'
import { silentLog } from '../../../server/log.ts'
import { DESKTOP_AGENT, launchBrowser, openVisitor } from '../../support/browser.ts'
import { servePages, type PageServer } from '../../support/pages.ts'
import { ask, eventually, freePort } from '../../support/product.ts'

/** What a visitor does besides viewing pages, through the whole product: Chromium, tracker, collector, engine, query API. */
describe('R1.2 R1.4 R6.2 what a visitor does, from the page to the answer', () => {
  const data = mkdtempSync(path.join(tmpdir(), 'sluice-events-'))
  const domain = 'shop.example'
  let app: App
  let browser: Browser
  let pages: PageServer
  let key: string
  beforeAll(async () => {
    const port = await freePort()
    const collector = `http://stats.example:${port}`
    app = await startApp({
      config: readConfig({ PORT: String(port), SLUICE_DATA: data, PUBLIC_URL: collector }),
      log: silentLog,
    })
    const { id } = await app.sites.add({
      domain,
      preConsent: 'anonymous',
      minimumGroup: 1,
      properties: ['plan'],
      goals: [
        { name: 'Signed up', event: 'Signup' },
        { name: 'Saw prices', page: '/pricing' },
      ],
    })
    key = (await app.keys.create({ siteId: id, scope: 'query' })).key
    const head = `<!doctype html><html lang="en"><title>Shop</title><script defer src="${collector}/sluice.js" data-site="${domain}"></script>`
    pages = await servePages({
      '/pricing': `${head}<h1>Prices</h1>
        <a href="/price-list.pdf?for=jane" id="list">Price list</a>
        <a href="http://elsewhere.example/offers?of=jane" target="_blank" id="away">Elsewhere</a>`,
      '/gone': { status: 404, headers: { 'content-type': 'text/html' }, body: `${head}<h1>Gone</h1>` },
      '/price-list.pdf': { status: 204 },
      '/plain': '<!doctype html><title>Plain</title>',
    })
    // What a page sends at its end goes out under the browser's own name, whatever its pages are told.
    browser = await launchBrowser(`--user-agent=${DESKTOP_AGENT}`)
  })
  afterAll(async () => {
    await browser.close()
    await pages.close()
    await app.stop()
    rmSync(data, { recursive: true, force: true })
  })

  const answer = async (question: Omit<Query, 'site'> | Omit<FunnelQuery, 'site'>): Promise<QueryRow[]> =>
    (await ask(app.url, key, { site: domain, period: 'today', ...question })).rows

  /** The answer once it is this one, or the last before patience ends: events are loaded within seconds. */
  const settled = async (question: Omit<Query, 'site'>, rows: readonly object[]): Promise<QueryRow[]> => {
    const until = performance.now() + 20_000
    for (;;) {
      const told = await answer(question)
      if (isDeepStrictEqual(told, rows) || performance.now() > until) return told
      await sleep(200)
    }
  }

  const track = (page: Page, name: string, details: object): Promise<void> =>
    page.evaluate(
      ([what, more]) =>
        (window as unknown as { sluice: { track(name: string, details: object): void } }).sluice.track(
          what,
          more,
        ),
      [name, details] as const,
    )

  it('is measured once granted, and not a moment earlier', async () => {
    const visitor = await openVisitor(browser)
    const { page } = visitor
    await page.goto(`${pages.origin(domain)}/pricing`)
    await page.getByRole('button', { name: 'Accept all', exact: true }).waitFor()
    await track(page, 'Signup', { props: { plan: 'before the choice' } })
    await page.getByRole('button', { name: 'Accept all', exact: true }).click()
    await visitor.settle()
    await track(page, 'Signup', {
      props: { plan: 'pro', name: 'Jane Doe' },
      revenue: { amount: 29.9, currency: 'EUR' },
    })
    await track(page, 'Signup', { props: { plan: 'pro' }, revenue: { amount: '0.10', currency: 'EUR' } })
    await page.locator('#list').click()
    const [tab] = await Promise.all([page.waitForEvent('popup'), page.locator('#away').click()])
    // Vitals are those of pages in front.
    await tab.close()
    await visitor.settle()
    await page.goto(`${pages.origin(domain)}/gone`)
    await visitor.settle()
    await page.getByRole('heading', { name: 'Gone' }).waitFor()

    const all = [{ pageviews: 2, events: 4 }]
    expect(await settled({ metrics: ['pageviews', 'events'] }, all)).toEqual(all)
    expect(
      await answer({ breakdown: 'event', metrics: ['events', 'visitors', 'conversionRate', 'revenue'] }),
    ).toEqual([{ event: 'Signup', events: 2, visitors: 1, conversionRate: 1, revenue: '30.00' }])
    expect(await answer({ breakdown: 'prop:plan', metrics: ['events'] })).toEqual([
      { 'prop:plan': 'pro', events: 2 },
    ])
    expect(await answer({ breakdown: 'goal', metrics: ['visitors'] })).toEqual([
      { goal: 'Saw prices', visitors: 1 },
      { goal: 'Signed up', visitors: 1 },
    ])
    expect(await answer({ breakdown: 'download', metrics: ['events'] })).toEqual([
      { download: '/price-list.pdf', events: 1 },
    ])
    expect(await answer({ breakdown: 'outbound', metrics: ['events'] })).toEqual([
      { outbound: 'elsewhere.example/offers', events: 1 },
    ])
    expect(await answer({ breakdown: 'status', metrics: ['pageviews'] })).toEqual([
      { status: '404', pageviews: 1 },
    ])
    expect(await answer({ metrics: ['newVisitors', 'visits'] })).toEqual([{ newVisitors: 1, visits: 1 }])
    expect(await answer({ funnel: ['/pricing', { event: 'Signup' }, '/gone'] })).toMatchObject([
      { name: '/pricing', visits: 1 },
      { name: 'Signup', visits: 1 },
      { name: '/gone', visits: 1, rate: 1 },
    ])
    // Vitals are told when a page is left that was measured from its beginning.
    await page.goto(`${pages.origin(domain)}/plain`)
    await eventually(
      () => answer({ breakdown: 'vital', metrics: ['visitors'] }),
      (rows) => rows.some((row) => row['vital'] === 'LCP' && row.visitors === 1),
    )
    await visitor.leave()
  })

  it('is not measured of who refuses', async () => {
    const [before] = await answer({ metrics: ['pageviews', 'events'] })
    const views = Number(before?.pageviews)
    const visitor = await openVisitor(browser)
    const { page } = visitor
    await page.goto(`${pages.origin(domain)}/pricing`)
    await page.getByRole('button', { name: 'Reject all', exact: true }).click()
    await visitor.settle()
    await track(page, 'Signup', {})
    await page.locator('#away').click()
    await page.goto(`${pages.origin(domain)}/gone`)
    await visitor.settle()
    await visitor.leave()
    // Another's view, sent after all of it, shows that whatever was sent is counted by now.
    const other = await openVisitor(browser)
    await other.page.goto(`${pages.origin(domain)}/pricing`)
    await other.settle()
    await other.leave()
    // Of who refused, the view before the choice counts, as the site's mode says.
    const after = [{ pageviews: views + 2, events: before?.events }]
    expect(await settled({ metrics: ['pageviews', 'events'] }, after)).toEqual(after)
  })
})
