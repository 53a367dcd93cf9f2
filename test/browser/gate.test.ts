// oxlint-disable vitest/expect-expect -- expectRequests is what these tests assert with
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { expectRequests, NOTHING_STORED, readStorage, type Visitor } from '../support/browser.ts'
import { SITE } from './fake-collector.ts'
import { COLLECTOR, EVENTS, hold, html, modeRequest, STRANGERS, useStage, viewRequest } from './stage.ts'

const stage = useStage()

/** Records a choice as the banner does. */
const choose =
  (record: string) =>
  ({ context }: Visitor): Promise<void> =>
    context.addCookies([{ name: 'cc_cookie', value: record, url: stage.site }])
const choice = (...categories: string[]): string =>
  encodeURIComponent(
    JSON.stringify({ categories, revision: 0, services: { essential: [], performance: [] } }),
  )

describe('before a choice', () => {
  it('R6.1 asks for the mode and sends nothing where the site measures after consent only', async () => {
    const visitor = await stage.visit('/strict?utm_source=x')
    await visitor.page.evaluate(() => {
      history.pushState({}, '', '/strict/2')
      window.sluice?.track?.('Signup', { props: { plan: 'pro' } })
      window.sluice?.pageview?.()
    })
    await expectRequests(visitor, { expected: [modeRequest(stage.strict)], refuted: [EVENTS, STRANGERS] })
    expect(await readStorage(visitor)).toEqual(NOTHING_STORED)
    await visitor.page.goto(`${stage.site}/plain`)
    await visitor.settle()
    expect(stage.strict.batches()).toEqual([])
    expect(visitor.complaints).toEqual([])
  })

  it('R6.2 R5.2 sends page views without any value of the device in the anonymous mode', async () => {
    const before = Date.now()
    const visitor = await stage.visit('/open?email=a@b.c&utm_source=letter&token=1&utm_campaign=may#place', {
      extraHTTPHeaders: {},
    })
    const url = `${stage.site}/open?utm_source=letter&utm_campaign=may`
    await expectRequests(visitor, {
      expected: [modeRequest(stage.anonymous), viewRequest(stage.anonymous, url)],
      refuted: [/stats\.example.*(email|token|place)/, STRANGERS],
    })
    expect(await readStorage(visitor)).toEqual(NOTHING_STORED)
    const sent = stage.anonymous.received.find(({ method }) => method === 'POST')
    expect(sent?.headers).toMatchObject({
      'content-type': 'text/plain;charset=UTF-8',
      origin: stage.site,
      referer: `${stage.site}/`,
    })
    expect(sent?.headers).not.toHaveProperty('cookie')
    const [event] = stage.anonymous.events()
    expect(event?.time).toBeGreaterThanOrEqual(before)
    expect(event?.time).toBeLessThanOrEqual(Date.now())
    expect(visitor.complaints).toEqual([])
  })

  it('R1.7 tells the origin of a referrer, and nothing of the site itself', async () => {
    stage.pages.route('/from', html('', '<a id="go" referrerpolicy="unsafe-url" href="/open">Shop</a>'))
    const visitor = await stage.visit('/plain')
    const elsewhere = stage.pages.origin('news.example')
    await visitor.page.goto(`${elsewhere}/from?secret=1`)
    await visitor.page.evaluate(
      (href) => (document.querySelector('a#go') as HTMLAnchorElement).setAttribute('href', href),
      `${stage.site}/open`,
    )
    await visitor.page.click('#go')
    await visitor.settle()
    await visitor.page.click('#other')
    await visitor.page.waitForURL('**/other')
    await expectRequests(visitor, {
      expected: [
        modeRequest(stage.anonymous),
        viewRequest(stage.anonymous, [`${stage.site}/open`, elsewhere]),
        modeRequest(stage.anonymous),
        viewRequest(stage.anonymous, `${stage.site}/other`),
      ],
      refuted: [/\/e.*secret/],
    })
    expect(JSON.stringify(stage.anonymous.batches())).not.toContain('secret')
  })

  it('keeps page views in memory until the mode is known', async () => {
    const { held, release } = hold()
    const headers = { 'access-control-allow-origin': '*', 'content-type': 'application/json' }
    const config = { headers, body: JSON.stringify({ site: SITE, preConsent: 'anonymous' }) }
    stage.anonymous.route(`/s/${SITE}.json`, () => held.then(() => config))
    const visitor = await stage.visit('/open')
    await visitor.page.evaluate(() => history.pushState({}, '', '/open/2'))
    expect(visitor.requests.filter(({ url }) => url.endsWith('/e'))).toEqual([])
    release()
    await expectRequests(visitor, {
      expected: [
        modeRequest(stage.anonymous),
        viewRequest(stage.anonymous, `${stage.site}/open`, `${stage.site}/open/2`),
      ],
      refuted: [STRANGERS],
    })
    stage.anonymous.route(`/s/${SITE}.json`, config)
  })

  it('sends nothing for a site that the collector does not know', async () => {
    stage.pages.route('/unknown', html(stage.anonymous.tag().replace(SITE, 'unknown.example')))
    const visitor = await stage.visit('/unknown')
    await expectRequests(visitor, {
      expected: [{ method: 'GET', url: `${stage.anonymous.url}/s/unknown.example.json` }],
      refuted: [EVENTS],
    })
  })
})

describe('nothing at all leaves the page', () => {
  const silence = { expected: [], refuted: [COLLECTOR, EVENTS, STRANGERS] }

  it('R6.5 after a refusal', async () => {
    const visitor = await stage.visit('/open', {}, choose(choice('essential')))
    await visitor.page.evaluate(() => {
      history.pushState({}, '', '/open/2')
      window.sluice?.pageview?.()
    })
    await expectRequests(visitor, silence)
    expect(await readStorage(visitor)).toEqual({ ...NOTHING_STORED, cookies: [`cc_cookie of ${SITE}`] })
    expect(visitor.complaints).toEqual([])
  })

  it('when the record of the choice cannot be read', async () => {
    await expectRequests(await stage.visit('/open', {}, choose('%7Bbroken')), silence)
  })

  it('but the question for the mode under Global Privacy Control', async () => {
    const visitor = await stage.visit('/open', { extraHTTPHeaders: { 'sec-gpc': '1' } }, ({ context }) =>
      context.addInitScript(() => {
        Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })
      }),
    )
    await visitor.page.evaluate(() => history.pushState({}, '', '/open/2'))
    // The question whether there is something to choose says nothing of anybody.
    await expectRequests(visitor, { expected: [modeRequest(stage.anonymous)], refuted: [EVENTS, STRANGERS] })
    expect(await readStorage(visitor)).toEqual(NOTHING_STORED)
    expect(visitor.complaints).toEqual([])
  })

  it('in a frame that may not read its cookies', async () => {
    stage.pages.route('/framing', html('', '<iframe sandbox="allow-scripts" src="/open"></iframe>'))
    const visitor = await stage.visit('/framing')
    await expectRequests(visitor, silence)
    expect(visitor.complaints).toEqual([])
  })

  it('from a file on a disk', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sluice-page-'))
    try {
      const file = path.join(folder, 'page.html')
      writeFileSync(file, html(stage.anonymous.tag()))
      await expectRequests(await stage.visit(pathToFileURL(file).href), silence)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('a choice', () => {
  it('that grants and names no last day was not made here: it grants nothing, and the question is open', async () => {
    const visitor = await stage.visit('/open', {}, choose(choice('essential', 'performance')))
    await expectRequests(visitor, {
      expected: [modeRequest(stage.anonymous), viewRequest(stage.anonymous, `${stage.site}/open`)],
      refuted: [STRANGERS],
    })
  })

  it('R6.5 of refusal made on the page or in another tab ends measurement at once', async () => {
    const visitor = await stage.visit('/open')
    await visitor.settle()
    await choose(choice('essential'))(visitor)
    await visitor.page.evaluate(() => history.pushState({}, '', '/open/2'))
    await expectRequests(visitor, {
      expected: [modeRequest(stage.anonymous), viewRequest(stage.anonymous, `${stage.site}/open`)],
      refuted: [/open\/2/],
    })
  })

  it('is not seen in a cookie that only resembles it', async () => {
    const visitor = await stage.visit('/open', {}, ({ context }) =>
      context.addCookies([{ name: 'my_cc_cookie', value: choice('essential'), url: stage.site }]),
    )
    await expectRequests(visitor, {
      expected: [modeRequest(stage.anonymous), viewRequest(stage.anonymous, `${stage.site}/open`)],
      refuted: [STRANGERS],
    })
  })
})
