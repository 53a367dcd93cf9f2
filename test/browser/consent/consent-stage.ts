import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { ConsentDetail, ConsentRecord } from '../../../schema/consent.ts'
import type { Visitor } from '../../support/browser.ts'
import { servePages, type PageServer } from '../../support/pages.ts'
import { createVisits, type Visit } from '../../support/visits.ts'
import { bundleAll, SITE, type Bundles } from '../fake-collector.ts'
import { startConsentCollector, type ConsentCollector, type ConsentOptions } from './fake-consent.ts'

/** A site, `shop.example`, and a collector on another host. */
export interface ConsentStage {
  readonly bundles: Bundles
  readonly pages: PageServer
  /** The site's origin. */
  readonly site: string
  /** A collector of its own for a test; `/page` then has its script. Gone after the test. */
  collect(options?: ConsentOptions): Promise<ConsentCollector>
  /** Opens a page of the site as a new visitor, who is gone after the test. Default: `/page`. */
  readonly visit: Visit
  /** The same in a browser with the back/forward cache, which takes four times as long to open a page. */
  readonly visitWhole: Visit
}

/** @param looks visitors look at the page, so that engagement is measured */
export function useConsentStage(looks = false): ConsentStage {
  const stage: { -readonly [Key in keyof ConsentStage]?: ConsentStage[Key] } = {}
  const collectors: ConsentCollector[] = []
  const visits = createVisits(() => stage.site, looks)
  stage.visit = visits.visit
  stage.visitWhole = visits.visitWhole
  beforeAll(async () => {
    stage.bundles = await bundleAll()
    const pages = await servePages({ '/plain': html('') })
    stage.pages = pages
    stage.site = pages.origin(SITE)
    stage.collect = async (options) => {
      const collector = await startConsentCollector(stage.bundles as Bundles, options)
      collectors.push(collector)
      pages.route('/page', html(collector.tag()))
      pages.route('/other', html(collector.tag()))
      return collector
    }
  })
  afterEach(async () => {
    await visits.leave()
    await Promise.all(collectors.splice(0).map((collector) => collector.close()))
    stage.pages?.received.splice(0)
  })
  afterAll(() => stage.pages?.close())
  return stage as ConsentStage
}

/** A page of the site; `head` holds its script tags. */
export function html(head: string, body = '', attributes = 'lang="en"'): string {
  return `<!doctype html><html ${attributes}><head><meta name="viewport" content="width=device-width">
<title>Shop</title>${head}</head><body><main><h1>Shop</h1><p>Bicycles. <a id="other" href="/other">Other page</a></p>
<label>Search <input id="search"></label>${body}</main></body></html>`
}

/** A visitor whose browser sends Global Privacy Control. */
export const withSignal = ({ context }: Visitor): Promise<unknown> =>
  Promise.all([
    context.setExtraHTTPHeaders({ 'sec-gpc': '1' }),
    context.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })),
  ])

/** Keeps a record as the tracker does. */
export const holding =
  (site: string, record: Partial<ConsentRecord>) =>
  ({ context }: Visitor): Promise<void> =>
    context.addCookies([{ name: 'cc_cookie', value: encodeURIComponent(JSON.stringify(record)), url: site }])

/** Waits for the first layer and clicks a button in it. */
export async function answer(
  { page }: Visitor,
  role: 'all' | 'necessary' | 'show',
  wait = true,
): Promise<void> {
  await page.locator(`.cm__btn[data-role="${role}"]`).click()
  if (!wait || role === 'show') return
  await expect.poll(() => isBannerSeen(page)).toBe(false)
  // The choice is made after the banner has gone from the screen.
  await page.waitForFunction(() => window.sluice?.consent?.get().decided)
}

export const isBannerSeen = (page: Page): Promise<boolean> => page.locator('.cm').isVisible()

export const kept = async ({ context }: Visitor): Promise<ConsentRecord | undefined> => {
  const cookie = (await context.cookies()).find(({ name }) => name === 'cc_cookie')
  return cookie && (JSON.parse(decodeURIComponent(cookie.value)) as ConsentRecord)
}

export const choiceOf = ({ page }: Visitor): Promise<ConsentDetail | undefined> =>
  page.evaluate(() => window.sluice?.consent?.get())

/** Requests to the collector, `METHOD path`, its files left out. */
export function asked(visitor: Visitor, collector: ConsentCollector): string[] {
  return visitor.requests
    .filter(({ url }) => url.startsWith(`${collector.url}/`) && !/\/sluice[\w-]*\.(js|css)$/.test(url))
    .map(({ method, url }) => `${method} ${url.slice(collector.url.length)}`)
}

/** Files that the page loaded from the collector. */
export function loaded(visitor: Visitor, collector: ConsentCollector): string[] {
  return visitor.requests
    .filter(({ url }) => url.startsWith(`${collector.url}/sluice`))
    .map(({ url }) => url.slice(collector.url.length + 1))
}
