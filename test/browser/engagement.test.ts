import { beforeAll, describe, expect, it } from 'vitest'
import type { WireEngagement, WireEvent } from '../../schema/event.ts'
import { lookAway, movableTime, passSeconds, type Visitor } from '../support/browser.ts'
import { html, STRANGERS, useStage } from './stage.ts'

const stage = useStage(true)

/** A document of four screens. */
const LONG = '<style>body{margin:0}</style><div id="long" style="height:2880px"></div>'
const long = (head: string): string =>
  `<!doctype html><html lang="en"><head>${head}</head><body>${LONG}</body></html>`

beforeAll(() => {
  stage.pages.route('/long', long(stage.anonymous.tag()))
})

const visit = async (path: string, open = stage.visit): Promise<Visitor> => {
  const visitor = await open(path, {}, ({ context }) => context.addInitScript(movableTime))
  await visitor.settle()
  return visitor
}
/** Goes to a page without a tracker, and gives what was sent of those before: views by their address, and engagement. */
async function leave(visitor: Visitor): Promise<(string | WireEngagement)[]> {
  await visitor.page.goto(`${stage.site}/plain`)
  await visitor.settle()
  return stage.anonymous.events().map(briefly)
}
const briefly = (event: WireEvent): string | WireEngagement =>
  event.type === 'engagement' ? event : event.url.replace(stage.site, '')

/** Engagement of a page: so many seconds, and what the test itself takes; fewer than so many more. */
const seen = (path: string, seconds: number, scrollPercent = 100, more = 60): unknown => ({
  type: 'engagement',
  id: expect.stringMatching(/^[\d-]{16,43}$/) as string,
  time: expect.any(Number) as number,
  url: stage.site + path,
  visibleMs: between(seconds * 1_000, (seconds + more) * 1_000),
  scrollPercent,
})
function between(least: number, limit: number): number {
  return expect.toSatisfy((ms: number) => Number.isInteger(ms) && ms >= least && ms < limit) as number
}

/** Scrolls, and reads for a second. */
const scroll = (visitor: Visitor, to: number): Promise<void> =>
  visitor.page.evaluate(
    (top) =>
      new Promise((resolve) => {
        window.ahead += 1_000
        addEventListener('scroll', () => requestAnimationFrame(() => setTimeout(resolve)), { once: true })
        scrollTo(0, top)
      }),
    to,
  )
/** A driven browser says that each page has the focus; from now on this one tells the truth. */
const feelFocus = async ({ context, page }: Visitor): Promise<void> => {
  const session = await context.newCDPSession(page)
  await session.send('Emulation.setFocusEmulationEnabled', { enabled: false })
  await page.bringToFront()
}

describe('time on a page', () => {
  it('R6.2 is told of a visit of a single page, in one request when it ends', async () => {
    const visitor = await visit('/open')
    await passSeconds(visitor.page, 120)
    await leave(visitor)
    // As the collector saw it: what a page sends at its very end the browser's driver does not tell.
    const asked = stage.anonymous.received.map(({ method, path }) => `${method} ${path}`)
    expect(asked.filter((line) => !line.includes('/sluice'))).toEqual([
      'GET /s/shop.example.json',
      'POST /e',
      'POST /e',
    ])
    expect(stage.anonymous.batches()[1]).toEqual({
      version: 1,
      site: 'shop.example',
      events: [seen('/open', 120)],
    })
    expect(visitor.requests.filter(({ method, url }) => STRANGERS.test(`${method} ${url}`))).toEqual([])
    expect(visitor.complaints).toEqual([])
  })

  it('belongs to each page of an application, and comes with the view of the next', async () => {
    const visitor = await visit('/open')
    await passSeconds(visitor.page, 100)
    await visitor.page.evaluate(() => history.replaceState({}, '', '/open/corrected'))
    await passSeconds(visitor.page, 100)
    await visitor.page.evaluate(() => history.pushState({}, '', '/open/a?filter=red#place'))
    await visitor.settle()
    expect(stage.anonymous.batches().map(({ events }) => events.map(briefly))).toEqual([
      ['/open'],
      [seen('/open', 200), '/open/a'],
    ])
    await passSeconds(visitor.page, 300)
    await visitor.page.evaluate(() => history.back())
    await visitor.page.waitForURL('**/open/corrected')
    await passSeconds(visitor.page, 400)
    expect(await leave(visitor)).toEqual([
      '/open',
      seen('/open', 200),
      '/open/a',
      seen('/open/a', 300),
      '/open/corrected',
      seen('/open/corrected', 400),
    ])
  })

  it('does not run while another tab is in front, and nothing is sent for a look elsewhere', async () => {
    const visitor = await visit('/open', stage.visitWhole)
    await feelFocus(visitor)
    await passSeconds(visitor.page, 100)
    const other = await visitor.context.newPage()
    await other.goto(`${stage.site}/plain`)
    await other.bringToFront()
    await passSeconds(visitor.page, 3_000)
    await visitor.page.bringToFront()
    await passSeconds(visitor.page, 200)
    expect(await leave(visitor)).toEqual(['/open', seen('/open', 300)])
  })

  it('runs while a frame of the page has the focus', async () => {
    stage.pages.route('/framed', html(stage.anonymous.tag(), '<iframe src="/plain"></iframe>'))
    const visitor = await visit('/framed')
    await feelFocus(visitor)
    await visitor.page.frameLocator('iframe').locator('body').click()
    expect(await visitor.page.evaluate(() => document.activeElement?.tagName)).toBe('IFRAME')
    await passSeconds(visitor.page, 100)
    expect(await leave(visitor)).toEqual(['/framed', seen('/framed', 100)])
  })

  it('is none for a page that was opened behind another one and never looked at', async () => {
    const visitor = await stage.visit('/open', {}, async ({ context }) => {
      await context.addInitScript(movableTime)
      await context.addInitScript(lookAway)
    })
    await visitor.settle()
    await passSeconds(visitor.page, 1_000)
    expect(await leave(visitor)).toEqual(['/open'])
  })

  it('begins anew when a page returns from the back/forward cache, without the time that it slept', async () => {
    const visitor = await visit('/open', stage.visitWhole)
    await passSeconds(visitor.page, 100)
    await visitor.page.goto(`${stage.site}/plain`)
    await visitor.settle()
    await visitor.page.goBack({ waitUntil: 'commit' })
    await visitor.page.waitForFunction(() => window.ahead > 600_000)
    await passSeconds(visitor.page, 200)
    expect(await leave(visitor)).toEqual(['/open', seen('/open', 100), '/open', seen('/open', 200)])
  })

  it('is told of no page that is excluded, and ends where one begins', async () => {
    stage.pages.route('/part', html(stage.anonymous.tag('data-exclude="/account/**"')))
    const visitor = await visit('/part')
    await passSeconds(visitor.page, 100)
    await visitor.page.evaluate(() => history.pushState({}, '', '/account/1'))
    await passSeconds(visitor.page, 1_000)
    expect(await leave(visitor)).toEqual(['/part', seen('/part', 100)])
  })

  it('data-manual: belongs to the pages that the site counts', async () => {
    stage.pages.route('/manual', html(stage.anonymous.tag('data-manual')))
    const visitor = await visit('/manual')
    await passSeconds(visitor.page, 1_000)
    await visitor.page.evaluate(() => window.sluice?.pageview?.())
    await passSeconds(visitor.page, 100)
    expect(await leave(visitor)).toEqual(['/manual', seen('/manual', 100)])
  })
})

describe('how far a page was seen', () => {
  it('is the deepest point, also when the reader goes back to its beginning', async () => {
    const visitor = await visit('/long')
    await scroll(visitor, 720)
    await scroll(visitor, 0)
    expect(await leave(visitor)).toEqual(['/long', seen('/long', 1, 50)])
  })

  it('is the first screen for who does not scroll, and all of a page that fits into the window', async () => {
    const visitor = await visit('/long')
    await passSeconds(visitor.page, 1)
    await visitor.page.goto(`${stage.site}/open`)
    await visitor.settle()
    await passSeconds(visitor.page, 1)
    expect(await leave(visitor)).toEqual(['/long', seen('/long', 1, 25), '/open', seen('/open', 1, 100)])
  })

  it('is measured against all that was loaded meanwhile', async () => {
    const visitor = await visit('/long')
    await scroll(visitor, 2_160)
    await visitor.page.evaluate(
      () =>
        new Promise((resolve) => {
          ;(document.querySelector('#long') as HTMLElement).style.height = '5760px'
          requestAnimationFrame(() => setTimeout(resolve))
        }),
    )
    expect(await leave(visitor)).toEqual(['/long', seen('/long', 1, 50)])
  })

  it('begins anew with each page of an application', async () => {
    const visitor = await visit('/long')
    await scroll(visitor, 2_160)
    await visitor.page.evaluate(() => {
      history.pushState({}, '', '/long/2')
      scrollTo(0, 0)
    })
    await scroll(visitor, 720)
    expect(await leave(visitor)).toEqual(['/long', seen('/long', 1, 100), '/long/2', seen('/long/2', 1, 50)])
  })
})

it('a page that shows again after it was hidden tells the rest, not the same once more', async () => {
  const visitor = await visit('/open')
  const turn = (isHidden: boolean): Promise<void> =>
    visitor.page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    }, isHidden)
  await passSeconds(visitor.page, 100)
  await turn(true)
  await passSeconds(visitor.page, 3_000)
  await turn(false)
  await passSeconds(visitor.page, 200)
  expect(await leave(visitor)).toEqual(['/open', seen('/open', 100), seen('/open', 200)])
})
