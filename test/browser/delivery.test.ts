// oxlint-disable vitest/expect-expect -- expectRequests is what these tests assert with
import { describe, expect, it } from 'vitest'
import type { Visitor } from '../support/browser.ts'
import { expectRequests } from '../support/browser.ts'
import type { Received, Reply } from '../support/pages.ts'
import { fileRoutes, SITE } from './fake-collector.ts'
import { hold, html, useStage } from './stage.ts'

const stage = useStage()

const CORS = { 'access-control-allow-origin': '*', 'content-type': 'application/json' }
const TAKEN: Reply = { status: 202, headers: CORS, body: '{"accepted":1,"dropped":0}' }
/** Says nothing of a time. */
const NOT_NOW: Reply = { status: 503, headers: CORS }
const later = (seconds: number): Reply => ({
  status: 503,
  headers: { ...CORS, 'retry-after': String(seconds), 'access-control-expose-headers': 'retry-after' },
})

/** Lets the collector answer `POST /e` with these, then with 202. */
function answers(...replies: Reply[]): void {
  stage.anonymous.route('/e', () => replies.shift() ?? TAKEN)
}

declare global {
  interface Window {
    /** Times in milliseconds for which the tracker decided to rest. */
    rests: number[]
  }
}

/** A visitor whose clock the test moves; the page notes for how long the tracker rests. */
const visit = (path: string): Promise<Visitor> =>
  stage.visit(path, {}, async ({ page }) => {
    await page.clock.install()
    await page.addInitScript(() => {
      window.rests = []
      const { setTimeout: start } = window
      window.setTimeout = ((work: () => void, ms = 0) => {
        // Shorter ones are the test driver's own.
        if (ms >= 500) window.rests.push(ms)
        return start(work, ms)
      }) as typeof setTimeout
    })
  })

const rests = ({ page }: Visitor): Promise<number[]> => page.evaluate(() => window.rests)

async function pass(visitor: Visitor, seconds: number): Promise<void> {
  await visitor.page.clock.fastForward(seconds * 1_000)
  await visitor.settle()
}

/** Ids of the events of each request so far. */
const ids = (): string[][] => stage.anonymous.batches().map(({ events }) => events.map(({ id }) => id))
/** Pages of the events of each request so far. */
const paths = (): string[][] =>
  stage.anonymous.batches().map(({ events }) => events.map(({ url }) => url.replace(stage.site, '')))

describe('a collector that cannot take events', () => {
  it('gets them again with the same ids, not before the time that it says', async () => {
    answers(later(120))
    const visitor = await visit('/open')
    await visitor.settle()
    expect(await rests(visitor)).toEqual([120_000])
    expect(ids()).toHaveLength(1)
    await pass(visitor, 121)
    expect(ids()).toHaveLength(2)
    expect(ids()[1]).toEqual(ids()[0])
    await pass(visitor, 600)
    expect(ids()).toHaveLength(2)
  })

  it('gets all of it after many long answers that nobody reads', async () => {
    // Together more than the 64 kB that a browser lets be under way of requests that outlive the page.
    const refusal: Reply = { ...later(1), body: 'x'.repeat(30_000) }
    answers(refusal, refusal, refusal, refusal)
    const visitor = await visit('/open')
    await visitor.settle()
    const steps = Array.from({ length: 4 }, (_, rank) => `/open/${rank}${'-'.repeat(6_000)}`)
    for (const step of steps) await visitor.page.evaluate((path) => history.pushState(null, '', path), step)
    for (let tries = 0; tries < 4; tries++) await pass(visitor, 2)
    expect(paths().length).toBe(5)
    expect(paths().at(-1)).toEqual(['/open', ...steps])
  })

  it('gets what came meanwhile together with the next try', async () => {
    answers(later(60))
    const visitor = await visit('/open')
    await visitor.settle()
    await visitor.page.evaluate(() => history.pushState({}, '', '/open/a'))
    await pass(visitor, 30)
    expect(paths()).toEqual([['/open']])
    await pass(visitor, 31)
    expect(paths()).toEqual([['/open'], ['/open', '/open/a']])
    await visitor.page.evaluate(() => history.pushState({}, '', '/open/b'))
    await pass(visitor, 0)
    expect(paths()).toEqual([['/open'], ['/open', '/open/a'], ['/open/b']])
  })

  it('is asked five times at growing distances, then left alone until the page is hidden', async () => {
    answers(NOT_NOW, NOT_NOW, NOT_NOW, NOT_NOW, NOT_NOW)
    const visitor = await visit('/open')
    await visitor.settle()
    for (let longest = 2; longest <= 16; longest *= 2) {
      const rest = (await rests(visitor)).at(-1)
      expect(rest).toBeGreaterThanOrEqual(longest * 500)
      expect(rest).toBeLessThan(longest * 1_000)
      await pass(visitor, longest)
    }
    await pass(visitor, 3_600)
    expect(ids()).toHaveLength(5)
    expect(await rests(visitor)).toHaveLength(4)
    await visitor.page.click('#other')
    await visitor.page.waitForURL('**/other')
    await visitor.settle()
    expect(new Set(ids().slice(0, 6).flat()).size).toBe(1)
    expect(paths()).toEqual([...Array.from({ length: 6 }, () => ['/open']), ['/other']])
  })

  it('is asked for the mode again, and nothing is lost meanwhile', async () => {
    const config: Reply = { headers: CORS, body: JSON.stringify({ site: SITE, preConsent: 'anonymous' }) }
    const replies = [later(30), NOT_NOW]
    answers()
    stage.anonymous.route(`/s/${SITE}.json`, () => replies.shift() ?? config)
    const visitor = await visit('/open')
    await visitor.settle()
    await visitor.page.evaluate(() => history.pushState({}, '', '/open/a'))
    await pass(visitor, 31)
    expect(ids()).toHaveLength(0)
    await pass(visitor, 5)
    expect(paths()).toEqual([['/open', '/open/a']])
  })

  it('is not asked for ever when it answers the question for the mode with something else', async () => {
    stage.pages.route('/s/shop.example.json', html(''))
    for (const [name, route] of Object.entries(fileRoutes(stage.bundles))) stage.pages.route(name, route)
    stage.pages.route('/mistaken', html('<script defer src="/sluice.js" data-site="shop.example"></script>'))
    const visitor = await visit('/mistaken')
    await visitor.settle()
    for (let minute = 0; minute < 10; minute++) await pass(visitor, 60)
    const question = { method: 'GET', url: `${stage.site}/s/shop.example.json` }
    await expectRequests(visitor, {
      expected: [question, question, question, question, question],
      refuted: [/POST/],
    })
  })

  it('does not get again what it refuses for good', async () => {
    answers({ status: 403, headers: CORS, body: '{"error":"no"}' })
    const visitor = await visit('/open')
    await visitor.settle()
    await pass(visitor, 600)
    expect(ids()).toHaveLength(1)
  })

  it('gets the last fifty events of a page that went on without it', async () => {
    answers(later(60))
    const visitor = await visit('/open')
    await visitor.settle()
    await visitor.page.evaluate(() => {
      for (let step = 1; step <= 60; step++) history.pushState({}, '', `/open/${step}`)
    })
    await pass(visitor, 61)
    expect(paths()[1]).toHaveLength(50)
    expect(paths()[1]?.[0]).toBe('/open/11')
    expect(paths()[1]?.at(-1)).toBe('/open/60')
  })
})

describe('a page without a network', () => {
  it('sends what came meanwhile as soon as the network is back', async () => {
    answers()
    const visitor = await visit('/open')
    await visitor.settle()
    await visitor.context.setOffline(true)
    await visitor.page.evaluate(() => history.pushState({}, '', '/open/a'))
    for (let minute = 0; minute < 10; minute++) await pass(visitor, 60)
    await visitor.page.evaluate(() => history.pushState({}, '', '/open/b'))
    await pass(visitor, 1)
    expect(paths()).toEqual([['/open']])
    await visitor.context.setOffline(false)
    await expect.poll(paths).toEqual([['/open'], ['/open/a', '/open/b']])
  })
})

describe('a page that stays open for long', () => {
  it('goes on telling when it has told more than a browser lets be under way together', async () => {
    answers()
    const visitor = await stage.visit('/open')
    await visitor.settle()
    const steps = Array.from({ length: 30 }, (_, rank) => `/open/${rank}${'-'.repeat(4_000)}`)
    for (const step of steps) {
      await visitor.page.evaluate((path) => history.pushState(null, '', path), step)
      await visitor.settle()
    }
    expect(paths().flat()).toEqual(['/open', ...steps])
  })
})

describe('a page that goes away', () => {
  it('sends at its end what still waits', async () => {
    answers()
    const visitor = await stage.visit('/open')
    await visitor.settle()
    await visitor.page.evaluate(() => {
      addEventListener('pagehide', () => window.sluice?.pageview?.())
    })
    await visitor.page.goto(`${stage.site}/plain`)
    await expect.poll(paths).toEqual([['/open'], ['/open']])
    expect(new Set(ids().flat()).size).toBe(2)
  })

  it('is outlived by its request when the tab is closed', async () => {
    const { held, release } = hold()
    stage.anonymous.route('/e', () => held.then(() => TAKEN))
    const visitor = await stage.visit('/open')
    const sent = (): Received[] => stage.anonymous.received.filter(({ method }) => method === 'POST')
    await expect.poll(() => sent().length).toBe(1)
    await visitor.page.close()
    // Whatever the browser does at the end of a page it has done when another page has come.
    await (await visitor.context.newPage()).goto(`${stage.site}/plain`)
    expect(sent().map(({ isAborted }) => isAborted)).toEqual([false])
    release()
  })

  it('tries once more during a rest', async () => {
    answers(later(600))
    const visitor = await visit('/open')
    await visitor.settle()
    await visitor.page.goto(`${stage.site}/plain`)
    await expect.poll(paths).toEqual([['/open'], ['/open']])
    expect(ids()[1]).toEqual(ids()[0])
  })
})
