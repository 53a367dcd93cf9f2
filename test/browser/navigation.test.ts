// oxlint-disable vitest/expect-expect -- expectRequests is what these tests assert with
import { describe, expect, it } from 'vitest'
import { expectRequests, type Visitor } from '../support/browser.ts'
import { fileRoutes } from './fake-collector.ts'
import { COLLECTOR, html, modeRequest, STRANGERS, useStage, viewRequest } from './stage.ts'

const stage = useStage()

/** Serves a page of the site whose tracker has these attributes. */
function route(path: string, attributes: string, before = ''): void {
  stage.pages.route(path, html(before + stage.anonymous.tag(attributes)))
}

/** Paths of the page views sent so far, in order. */
async function views(visitor: Visitor): Promise<string[]> {
  await visitor.settle()
  return stage.anonymous.events().map(({ url }) => url.replace(stage.site, ''))
}

/** Opens a page with rules for its name, which come in a file of their own. */
async function visitWithRules(path: string): Promise<Visitor> {
  const visitor = await stage.visit(path)
  await visitor.page.waitForFunction(() => window.sluice?.pageview)
  return visitor
}

const push = (visitor: Visitor, url: string): Promise<void> =>
  visitor.page.evaluate((to) => history.pushState({}, '', to), url)
const replace = (visitor: Visitor, url: string): Promise<void> =>
  visitor.page.evaluate((to) => history.replaceState({}, '', to), url)
const go = async (visitor: Visitor, steps: number): Promise<void> => {
  await visitor.page.evaluate(
    (by) =>
      new Promise((resolve) => {
        addEventListener('popstate', () => setTimeout(resolve), { once: true })
        history.go(by)
      }),
    steps,
  )
}

describe('steps of the history', () => {
  it('counts pushState, back and forward by their address and nothing else', async () => {
    const visitor = await stage.visit('/open')
    await push(visitor, '/open/a?color=red')
    await push(visitor, '/open/b#part')
    await go(visitor, -1)
    await go(visitor, 1)
    expect(await views(visitor)).toEqual(['/open', '/open/a', '/open/b', '/open/a', '/open/b'])
    expect(visitor.complaints).toEqual([])
  })

  it('does not count replaceState, nor a step to the same path', async () => {
    const visitor = await stage.visit('/open')
    await replace(visitor, '/open/corrected')
    await replace(visitor, '/open')
    await push(visitor, '/open?page=2')
    await push(visitor, '/open?page=3#end')
    await visitor.page.click('#anchor')
    await go(visitor, -2)
    await expectRequests(visitor, {
      expected: [modeRequest(stage.anonymous), viewRequest(stage.anonymous, `${stage.site}/open`)],
      refuted: [/corrected/, STRANGERS],
    })
  })

  it('sends steps of one tick in one request', async () => {
    const visitor = await stage.visit('/open')
    await visitor.settle()
    await visitor.page.evaluate(() => {
      history.pushState({}, '', '/open/a')
      history.pushState({}, '', '/open/b')
    })
    await expectRequests(visitor, {
      expected: [
        modeRequest(stage.anonymous),
        viewRequest(stage.anonymous, `${stage.site}/open`),
        viewRequest(stage.anonymous, `${stage.site}/open/a`, `${stage.site}/open/b`),
      ],
      refuted: [STRANGERS],
    })
  })

  it('leaves pushState as it is for the page and for others who wrap it', async () => {
    const visitor = await stage.visit('/open', {}, ({ page }) =>
      page.addInitScript(() => {
        const own = history.pushState
        history.pushState = function (...args) {
          document.documentElement.dataset['early'] = String(args[2])
          return own.apply(this, args)
        }
      }),
    )
    const seen = await visitor.page.evaluate(() => {
      const wrapped = history.pushState
      let late = ''
      history.pushState = function (...args) {
        late = String(args[2])
        return wrapped.apply(this, args)
      }
      history.pushState({ step: 1 }, '', '/open/a')
      let refusal = ''
      try {
        history.pushState({}, '', 'https://elsewhere.example/')
      } catch (error) {
        refusal = (error as Error).name
      }
      const { early } = document.documentElement.dataset
      return { early, late, state: history.state as unknown, path: location.pathname, refusal }
    })
    expect(seen).toEqual({
      early: 'https://elsewhere.example/',
      late: 'https://elsewhere.example/',
      state: { step: 1 },
      path: '/open/a',
      refusal: 'SecurityError',
    })
    expect(await views(visitor)).toEqual(['/open', '/open/a'])
  })

  it('sees back and forward where the page has frozen its history', async () => {
    const visitor = await stage.visit('/open', {}, ({ page }) =>
      page.addInitScript(() => {
        Object.defineProperty(history, 'pushState', {
          value: history.pushState.bind(history),
          writable: false,
        })
      }),
    )
    await push(visitor, '/open/a')
    await go(visitor, -1)
    await go(visitor, 1)
    expect(await views(visitor)).toEqual(['/open', '/open/a'])
    expect(visitor.complaints).toEqual([])
  })
})

describe('documents', () => {
  it.each([
    [404, 404],
    [503, 503],
    [200, undefined],
    [206, undefined],
  ])(
    'answered with %i tell of it where it is an error, with their first view alone',
    async (status, told) => {
      stage.pages.route('/missing', { status, body: html(stage.anonymous.tag()) })
      const visitor = await stage.visit('/missing')
      await push(visitor, '/open/a')
      await visitor.settle()
      const statuses = stage.anonymous.events().map((event) => ('status' in event ? event.status : undefined))
      expect(statuses).toEqual([told, undefined])
    },
  )

  it('counts full loads, and back and forward to pages that load again', async () => {
    stage.pages.route('/fresh', {
      headers: { 'cache-control': 'no-store' },
      body: html(stage.anonymous.tag()),
    })
    const visitor = await stage.visitWhole('/fresh')
    await visitor.settle()
    await visitor.page.click('#other')
    await visitor.page.waitForURL('**/other')
    await visitor.settle()
    await visitor.page.goBack()
    expect(
      await visitor.page.evaluate(() => performance.getEntriesByType('navigation')[0]?.toJSON().type),
    ).toBe('back_forward')
    expect(await views(visitor)).toEqual(['/fresh', '/other', '/fresh'])
  })

  it('counts a page that returns from the back/forward cache once', async () => {
    const visitor = await stage.visitWhole('/open')
    await visitor.page.evaluate(() => {
      addEventListener('pageshow', ({ persisted }) => {
        document.documentElement.dataset['persisted'] = String(persisted)
      })
    })
    await visitor.settle()
    await visitor.page.click('#other')
    await visitor.page.waitForURL('**/other')
    await visitor.settle()
    await visitor.page.goBack({ waitUntil: 'commit' })
    await visitor.page.waitForFunction(() => document.documentElement.dataset['persisted'] === 'true')
    expect(await views(visitor)).toEqual(['/open', '/other', '/open'])
    await push(visitor, '/open/a')
    expect(await views(visitor)).toEqual(['/open', '/other', '/open', '/open/a'])
    // The restored document knows its mode: it does not ask again.
    expect(visitor.requests.filter(({ url }) => url.endsWith('.json'))).toHaveLength(2)
    expect(visitor.complaints).toEqual([])
  })
})

describe('the script tag', () => {
  it('data-hash: a route after # is a page, without what follows it', async () => {
    route('/app', 'data-hash')
    const visitor = await visitWithRules('/app#/start')
    await visitor.page.evaluate(() => (location.hash = '#/list?filter=me@mail.example'))
    await visitor.page.evaluate(() => (location.hash = '#/list&id=1'))
    await visitor.page.evaluate(() => (location.hash = '#!/item'))
    await visitor.page.evaluate(() => history.pushState({}, '', '#/pushed'))
    await go(visitor, -1)
    expect(await views(visitor)).toEqual([
      '/app#/start',
      '/app#/list',
      '/app#!/item',
      '/app#/pushed',
      '/app#!/item',
    ])
  })

  it('data-hash: places on a page and tokens of a sign-in are no routes', async () => {
    route('/app', 'data-hash')
    const visitor = await visitWithRules('/app?utm_source=x')
    await visitor.page.evaluate(() => (location.hash = '#chapter-2'))
    await visitor.page.evaluate(() => (location.hash = '#access_token=secret'))
    expect(await views(visitor)).toEqual(['/app?utm_source=x'])
  })

  it('without data-hash fragments do not count', async () => {
    const visitor = await stage.visit('/open#/start')
    await visitor.page.evaluate(() => (location.hash = '#/list'))
    expect(await views(visitor)).toEqual(['/open'])
  })

  it('data-exclude: pages that fit a glob are not measured', async () => {
    route('/open', 'data-exclude="/account/**, /draft-*,/a.b"')
    const visitor = await visitWithRules('/open')
    for (const path of ['/account/1/edit', '/draft-x', '/draft-x/comments', '/axb', '/a.b', '/accounts']) {
      await push(visitor, path)
    }
    expect(await views(visitor)).toEqual(['/open', '/draft-x/comments', '/axb', '/accounts'])
  })

  it('data-exclude: an excluded page asks for the mode only', async () => {
    route('/account/me', 'data-exclude="/account/**"')
    await expectRequests(await stage.visit('/account/me'), {
      expected: [modeRequest(stage.anonymous)],
      refuted: [/POST/, STRANGERS],
    })
  })

  it('data-manual: only the page itself says what is a view', async () => {
    route('/manual', 'data-manual')
    const visitor = await stage.visit('/manual')
    await push(visitor, '/manual/a')
    expect(await views(visitor)).toEqual([])
    await visitor.page.evaluate(() => window.sluice?.pageview?.())
    await push(visitor, '/manual/b')
    await visitor.page.evaluate(() => {
      window.sluice?.pageview?.()
      history.replaceState({}, '', '/manual/c')
    })
    expect(await views(visitor)).toEqual(['/manual/a', '/manual/b'])
  })

  it('data-api: the collector may be elsewhere than the script', async () => {
    for (const end of ['', '/']) {
      for (const [name, file] of Object.entries(fileRoutes(stage.bundles))) stage.pages.route(name, file)
      const tag = `<script defer src="/sluice.js?v=2/3" data-site="shop.example" data-api="${stage.anonymous.url}${end}"></script>`
      stage.pages.route('/elsewhere', html(tag))
      await expectRequests(await stage.visit('/elsewhere'), {
        expected: [modeRequest(stage.anonymous), viewRequest(stage.anonymous, `${stage.site}/elsewhere`)],
        refuted: [/shop\.example:\d+\/(s|e)\b/],
      })
    }
  })

  it('without data-site the tracker is silent', async () => {
    stage.pages.route('/nameless', html(`<script defer src="${stage.anonymous.url}/sluice.js"></script>`))
    const visitor = await stage.visit('/nameless')
    await expectRequests(visitor, { expected: [], refuted: [COLLECTOR] })
    expect(visitor.complaints).toEqual([])
  })
})
