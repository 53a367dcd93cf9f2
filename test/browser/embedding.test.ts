// oxlint-disable vitest/expect-expect -- expectRequests is what these tests assert with
import { describe, expect, it } from 'vitest'
import { expectRequests, NOTHING_STORED, readStorage } from '../support/browser.ts'
import { fileRoutes, SITE } from './fake-collector.ts'
import { html, modeRequest, type PageApi, STRANGERS, useStage, viewRequest } from './stage.ts'

const stage = useStage()

/** What one page view needs, and nothing else. */
function once(path: string): Parameters<typeof expectRequests>[1] {
  return {
    expected: [modeRequest(stage.anonymous), viewRequest(stage.anonymous, `${stage.site}${path}`)],
    refuted: [STRANGERS],
  }
}

/** Serves tracker and collector under a path of the site itself. */
function firstParty(base: string): void {
  const json = { 'content-type': 'application/json' }
  for (const [path, route] of Object.entries(fileRoutes(stage.bundles, base))) stage.pages.route(path, route)
  stage.pages.route(`${base}s/${SITE}.json`, {
    headers: { ...json, 'cache-control': 'no-store' },
    body: JSON.stringify({ site: SITE, preConsent: 'anonymous' }),
  })
  stage.pages.route(`${base}e`, { status: 202, headers: json, body: '{"accepted":1,"dropped":0}' })
}

describe('the script', () => {
  it('counts once when a page has it twice', async () => {
    stage.pages.route('/twice', html(stage.anonymous.tag() + stage.anonymous.tag('data-copy="2"')))
    const visitor = await stage.visit('/twice')
    await visitor.settle()
    await visitor.page.addScriptTag({ content: stage.bundles['sluice.js'] })
    await expectRequests(visitor, once('/twice'))
    expect(visitor.complaints).toEqual([])
  })

  it('works when a loader inserts it late', async () => {
    const visitor = await stage.visit('/plain')
    await visitor.page.evaluate(
      ([src, site]) => {
        const script = document.createElement('script')
        script.src = src
        script.dataset['site'] = site
        document.head.append(script)
      },
      [`${stage.anonymous.url}/sluice.js`, SITE] as const,
    )
    await visitor.page.waitForFunction(() => window.sluice?.pageview)
    await expectRequests(visitor, once('/plain'))
  })

  it('works as a module, which has no currentScript', async () => {
    stage.pages.route('/module', html(stage.anonymous.tag('type="module" crossorigin')))
    await expectRequests(await stage.visit('/module'), once('/module'))
  })

  it('works under a strict content policy with trusted types, without a complaint', async () => {
    firstParty('/')
    const headers = {
      'content-security-policy':
        "default-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
    }
    stage.pages.route('/tight', {
      headers,
      body: html(`<script defer src="/sluice.js" data-site="${SITE}"></script>`),
    })
    const visitor = await stage.visit('/tight')
    await visitor.page.evaluate(() => history.pushState({}, '', '/tight/2'))
    await visitor.settle()
    const sent = stage.pages.received.filter(({ method }) => method === 'POST').map(({ body }) => body)
    expect(sent.join('\n')).toContain(`${stage.site}/tight"`)
    expect(sent.join('\n')).toContain(`${stage.site}/tight/2"`)
    expect(visitor.complaints).toEqual([])
  })

  it('lives under a path of the site, also where pages send no referrer', async () => {
    firstParty('/_s/')
    const headers = { 'referrer-policy': 'no-referrer' }
    const tag = `<script defer src="/_s/sluice.js?v=1" data-site="${SITE}"></script>`
    stage.pages.route('/first', { headers, body: html(tag) })
    const visitor = await stage.visit('/first?session=secret')
    const config = { method: 'GET', url: `${stage.site}/_s/s/${SITE}.json` }
    const view = { ...viewRequest(stage.anonymous, `${stage.site}/first`), url: `${stage.site}/_s/e` }
    await expectRequests(visitor, { expected: [config, view], refuted: [/stats\.example/] })
    const sent = stage.pages.received.find(({ method }) => method === 'POST')
    // Without a policy of its own the request would say "null" here, and the collector would refuse it.
    expect(sent?.headers).toMatchObject({ origin: stage.site, referer: `${stage.site}/` })
  })

  it('sends no cookie of the site along', async () => {
    firstParty('/_s/')
    stage.pages.route('/session', html(`<script defer src="/_s/sluice.js" data-site="${SITE}"></script>`))
    const visitor = await stage.visit('/session', {}, ({ context }) =>
      context.addCookies([{ name: 'session', value: 'secret', url: stage.site }]),
    )
    await visitor.settle()
    const sent = stage.pages.received.filter(({ path }) => /^\/_s\/(s|e)\b/.test(path))
    expect(sent.map(({ path, headers }) => [path, headers.cookie])).toEqual([
      [`/_s/s/${SITE}.json`, undefined],
      ['/_s/e', undefined],
    ])
  })

  it('is silent, and throws nothing, where elements take the names it reads', async () => {
    const clobber = '<img name="currentScript"><form id="sluice"><input name="q"></form>'
    stage.pages.route('/clobbered', html('', clobber + stage.anonymous.tag()))
    const visitor = await stage.visit('/clobbered')
    await expectRequests(visitor, { expected: [], refuted: [/^POST/] })
    expect(visitor.complaints).toEqual([])
  })

  it('sends nothing where the cookie is out of reach behind an element', async () => {
    stage.pages.route('/cookie', html('', `<img name="cookie">${stage.anonymous.tag()}`))
    await expectRequests(await stage.visit('/cookie'), { expected: [], refuted: [/^POST/] })
  })
})

describe('window.sluice', () => {
  const STUB =
    '<script>window.sluice=window.sluice||function(){(sluice.q=sluice.q||[]).push(arguments)}</script>'

  it('makes up for the calls that the stub took', async () => {
    const early = `${STUB}<script>sluice('track','Signup');sluice('pageview');sluice('unknown',1)</script>`
    stage.pages.route('/stub', html(early + stage.anonymous.tag('data-manual')))
    const visitor = await stage.visit('/stub')
    await expectRequests(visitor, once('/stub'))
    expect(visitor.complaints).toEqual([])
  })

  it('does nothing for a call of what is no method, whatever functions and objects have by that name', async () => {
    const visitor = await stage.visit('/open')
    await visitor.settle()
    await visitor.page.evaluate(() => {
      for (const name of ['constructor', 'toString', '__proto__', 'length', 'consent', 'q', 'none']) {
        ;(window.sluice as PageApi)(name, 'document.title = "made code from text"')
      }
    })
    await expectRequests(visitor, once('/open'))
    expect(visitor.complaints).toEqual([])
  })

  it('answers both spellings of a call, and sends no custom event without consent', async () => {
    const visitor = await stage.visit('/open')
    await visitor.settle()
    const returned = await visitor.page.evaluate(() => {
      const sluice = window.sluice as PageApi
      const details = { props: { plan: 'pro' }, revenue: { amount: '9.00', currency: 'EUR' } }
      return [sluice.track('Signup', details), sluice('track', 'Signup', details)].map(
        (value) => typeof value,
      )
    })
    expect(returned).toEqual(['undefined', 'undefined'])
    await expectRequests(visitor, { ...once('/open'), refuted: [/Signup/, STRANGERS] })
    expect(await readStorage(visitor)).toEqual(NOTHING_STORED)
  })
})
