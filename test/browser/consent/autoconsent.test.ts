import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  NOTHING_STORED,
  openVisitor,
  readStorage,
  sharedBrowser,
  type Visitor,
} from '../../support/browser.ts'
import { servePages, type PageServer } from '../../support/pages.ts'
import { startProduct, type Product } from '../../support/product.ts'
import { html, kept } from './consent-stage.ts'

/**
 * DuckDuckGo's autoconsent, which rejects for people in their browser: a tool that nobody here wrote, with its own
 * rules for the markup of consent banners.
 */
const need = createRequire(import.meta.url)
const rulesFile = need.resolve('@duckduckgo/autoconsent/rules/rules.json')
const rules: unknown = JSON.parse(readFileSync(rulesFile, 'utf8'))
/** Its content script for driven browsers, which its exports do not name. */
const script = readFileSync(path.join(rulesFile, '../../dist/autoconsent.playwright.js'), 'utf8')

const SITE = 'shop.example'

/** What it tells of its work, as far as it is asked here. */
type Told =
  | { type: 'init' }
  | { type: 'eval'; id: string; code: string }
  | { type: 'popupFound'; cmp: string }
  | { type: 'optOutResult'; cmp: string; result: boolean }
  | { type: 'autoconsentDone' | 'autoconsentError' | 'cmpDetected' | 'report' | 'visualDelay' }

let product: Product
let browser: Browser
let pages: PageServer

beforeAll(async () => {
  product = await startProduct()
  await product.cli('site', 'add', SITE)
  pages = await servePages({
    '/': html(`<script defer src="${product.url}/sluice.js" data-site="${SITE}"></script>`),
  })
  browser = await sharedBrowser()
})
afterAll(async () => {
  await pages.close()
  await product.dispose()
})

/** Plays the extension's background page: gives it rules, and answers in the frame that asked. */
async function installAutoconsent({ page }: Visitor): Promise<Told[]> {
  const told: Told[] = []
  const config = {
    enabled: true,
    autoAction: 'optOut',
    disabledCmps: [],
    enablePrehide: false,
    detectRetries: 20,
    enableCosmeticRules: false,
  }
  await page.exposeBinding('autoconsentSendMessage', async ({ frame }, message: Told) => {
    told.push(message)
    const answer = (body: object): Promise<unknown> =>
      frame.evaluate(`autoconsentReceiveMessage(${JSON.stringify(body)})`)
    if (message.type === 'init') await answer({ type: 'initResp', config, rules })
    else if (message.type === 'eval') {
      await answer({ type: 'evalResp', id: message.id, result: await frame.evaluate(message.code) })
    }
  })
  await page.addInitScript(script)
  return told
}

it('R6.5 a tool that rejects for people finds the banner, and leaves the generic refusal and nothing else', async () => {
  const visitor = await openVisitor(browser)
  const told = await installAutoconsent(visitor)
  await visitor.page.goto(`${pages.origin(SITE)}/`)
  await expect
    .poll(() => told.find(({ type }) => type === 'optOutResult'), { timeout: 20_000 })
    .toMatchObject({ result: true })
  await visitor.settle()
  expect(told.filter(({ type }) => type === 'autoconsentError')).toEqual([])
  expect(await visitor.page.locator('.cm').isVisible()).toBe(false)

  const record = await kept(visitor)
  expect(record).toEqual({
    categories: ['essential'],
    revision: 1,
    day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    until: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    reopen: expect.any(String),
  })
  expect(await readStorage(visitor)).toEqual({ ...NOTHING_STORED, cookies: [`cc_cookie of ${SITE}`] })

  const sent = visitor.requests.filter(({ method }) => method !== 'GET')
  expect(sent.map(({ method, url, body }) => ({ method, url, body }))).toEqual([
    {
      method: 'POST',
      url: `${product.url}/c`,
      body: {
        version: 1,
        site: SITE,
        action: 'reject_all',
        granted: [],
        revision: 1,
        source: 'banner',
        notice: expect.any(String),
        gpc: false,
      },
    },
  ])

  // From then on silence, and nobody is asked again.
  visitor.requests.splice(0)
  await visitor.page.reload()
  await visitor.settle()
  expect(visitor.requests.map(({ url }) => url).filter((url) => url.startsWith(product.url))).toEqual([
    `${product.url}/sluice.js`,
    `${product.url}/sluice-choice.js`,
  ])
  await visitor.leave()
})
