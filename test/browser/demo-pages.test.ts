import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { WireBatch } from '../../schema/event.ts'
import { axeBreaches } from '../support/breaches.ts'
import {
  lookAway,
  NOTHING_STORED,
  openVisitor,
  readStorage,
  sharedBrowser,
  sharedWholeBrowser,
  type Visitor,
} from '../support/browser.ts'
import { servePages, type PageServer, type Route } from '../support/pages.ts'
import { pagesOf, takeWalk, WALKS } from '../support/walk.ts'
import { bundleAll, fileRoutes } from './fake-collector.ts'

const FOLDER = new URL('../../server/demo/pages/', import.meta.url).pathname
const LOOK = new URL('../../schema/look.css', import.meta.url)
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
}
/** As the server sends with every page. */
const HEADERS = {
  'cache-control': 'public, max-age=0',
  'referrer-policy': 'no-referrer',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; require-trusted-types-for 'script'",
}

/** With the back/forward cache, which walks go through. */
let browser: Browser
let server: PageServer
let origin: string
let visitor: Visitor
const addresses: string[] = []

beforeAll(async () => {
  const json = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  const routes: Record<string, Route> = {
    ...fileRoutes(await bundleAll()),
    '/s/localhost.json': { headers: json, body: '{"site":"localhost","preConsent":"anonymous"}' },
    '/e': { status: 202, headers: json, body: '{"accepted":1,"dropped":0}' },
    '/demo/look.css': { headers: { ...HEADERS, 'content-type': 'text/css' }, body: readFileSync(LOOK) },
  }
  for (const file of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })) {
    if (statSync(path.join(FOLDER, file)).isDirectory()) continue
    const { ext } = path.parse(file)
    const address = `/demo/${file.replace(/(index)?\.html$/, '')}`
    const headers = { ...HEADERS, 'content-type': TYPES[ext] ?? '' }
    routes[address] = { headers, body: readFileSync(path.join(FOLDER, file)) }
    if (ext === '.html') addresses.push(address)
  }
  browser = await sharedWholeBrowser()
  server = await servePages(routes)
  origin = server.origin('localhost')
})
afterAll(async () => {
  await server.close()
})
afterEach(() => visitor.leave())

const batches = (): WireBatch[] =>
  server.received.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body) as WireBatch)
const counted = (): string[] =>
  batches().flatMap(({ events }) => events.map(({ url }) => new URL(url).pathname))

describe('a walk through the demo site', () => {
  it.each(WALKS)('R8.4 counts each page of the walk from $entry, once and in order', async (walk) => {
    server.received.splice(0)
    visitor = await openVisitor(browser, { userAgent: walk.agent })
    await visitor.context.addInitScript(lookAway)
    const expected: string[] = []
    const restored: string[] = []
    await takeWalk(visitor, origin, walk, async (step) => {
      if (!step) expected.push(...pagesOf(walk).slice(0, 1))
      else if (step.counts) expected.push(step.counts)
      expect(counted()).toEqual(expected)
      const loadedAs = await visitor.page.evaluate(() => performance.getEntriesByType('navigation')[0]?.name)
      if (step?.restores) restored.push(loadedAs ?? '')
    })
    expect(counted()).toEqual(pagesOf(walk))
    expect(restored).toEqual(walk.steps.flatMap(({ restores }) => (restores ? origin + restores : [])))
    const asked = server.received.map(({ method, path: address }) => `${method} ${address}`)
    const refuted = asked.filter(
      (line) => !/^(GET \/(demo\/.*|sluice(-choice)?\.js|s\/localhost\.json)|POST \/e)$/.test(line),
    )
    expect(refuted).toEqual([])
    expect(visitor.requests.filter(({ url }) => !url.startsWith(origin))).toEqual([])
    expect(JSON.stringify(batches())).not.toContain('4711')
    expect(await readStorage(visitor)).toEqual(NOTHING_STORED)
    expect(visitor.complaints).toEqual([])
  })
})

describe('the demo pages', () => {
  it('lead to each other and nowhere else, and fit a narrow phone', async () => {
    visitor = await openVisitor(await sharedBrowser(), { viewport: { width: 320, height: 640 } })
    for (const address of addresses) {
      await visitor.page.goto(origin + address)
      const links = await visitor.page.evaluate(() =>
        [...document.querySelectorAll('a')].map(({ href }) => href.split('#', 1)[0] ?? ''),
      )
      const known = [`${origin}/`, ...addresses.map((to) => origin + to)]
      expect(links.filter((link) => !known.includes(link))).toEqual([])
      expect(await visitor.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    }
    expect(addresses.length).toBe(13)
  })

  it.each(['light', 'dark'] as const)('are accessible, %s', { timeout: 90_000 }, async (colorScheme) => {
    visitor = await openVisitor(await sharedBrowser(), { colorScheme, bypassCSP: true })
    for (const address of ['', 'pricing', 'gallery', 'contact']) {
      await visitor.page.goto(`${origin}/demo/${address}`)
      expect(await axeBreaches(visitor.page), `/demo/${address}`).toEqual([])
    }
  })
})
