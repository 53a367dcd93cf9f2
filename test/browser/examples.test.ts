import { readFileSync } from 'node:fs'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterEach, beforeAll, expect, it } from 'vitest'
import {
  expectRequests,
  lookAway,
  NOTHING_STORED,
  openVisitor,
  readStorage,
  sharedBrowser,
  type Visitor,
} from '../support/browser.ts'
import { bundleAll, type Bundles } from './fake-collector.ts'

const STATS = 'https://stats.example.com'
let browser: Browser
let bundles: Bundles
let visitor: Visitor

beforeAll(async () => {
  bundles = await bundleAll()
  browser = await sharedBrowser()
})
afterEach(() => visitor.leave())

/** The example at `https://example.com`, its collector at `https://stats.example.com`; nothing leaves the machine. */
async function host(context: BrowserContext, folder: string): Promise<void> {
  const headers = { 'access-control-allow-origin': '*' }
  await context.route('**/*', (route) => route.abort())
  await context.route('https://example.com/**', (route) => {
    const { pathname } = new URL(route.request().url())
    const file = new URL(`../../examples/${folder}${pathname.replace(/\/$/, '/index.html')}`, import.meta.url)
    return route.fulfill({ body: readFileSync(file), contentType: 'text/html; charset=utf-8' })
  })
  for (const [name, body] of Object.entries(bundles)) {
    await context.route(`${STATS}/${name}`, (route) =>
      route.fulfill({ headers, body, contentType: 'text/javascript' }),
    )
  }
  await context.route(`${STATS}/s/example.com.json`, (route) =>
    route.fulfill({ headers, json: { site: 'example.com', preConsent: 'anonymous' } }),
  )
  await context.route(`${STATS}/e`, (route) =>
    route.fulfill({ headers, status: 202, json: { accepted: 1, dropped: 0 } }),
  )
}

it('examples/plain counts its pages, leaves out what it excludes, and complains of nothing', async () => {
  visitor = await openVisitor(browser)
  await host(visitor.context, 'plain')
  await visitor.context.addInitScript(lookAway)
  const { page } = visitor
  await page.goto('https://example.com/?utm_source=letter')
  await visitor.settle()
  await page.click('a[href="/about.html"]')
  await page.waitForURL('**/about.html')
  await visitor.settle()
  await page.goto('https://example.com/account/invoice.html')
  const mode = { method: 'GET', url: `${STATS}/s/example.com.json` }
  const view = (url: string): { method: string; url: string; body: unknown } => ({
    method: 'POST',
    url: `${STATS}/e`,
    body: {
      version: 1,
      site: 'example.com',
      events: [{ type: 'pageview', id: expect.any(String), time: expect.any(Number), url, referrer: '' }],
    },
  })
  await expectRequests(visitor, {
    expected: [
      mode,
      view('https://example.com/?utm_source=letter'),
      mode,
      view('https://example.com/about.html'),
      mode,
    ],
    refuted: [/^\S+ https?:\/\/(?!(stats\.)?example\.com\/)/],
  })
  expect(await readStorage(visitor)).toEqual(NOTHING_STORED)
  expect(visitor.complaints).toEqual([])
})
