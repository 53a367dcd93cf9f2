import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchAlone } from '../support/browser.ts'
import { servePages, type PageServer } from '../support/pages.ts'
import { bundleAll, SITE, startCollector, type FakeCollector } from './fake-collector.ts'
import { html } from './stage.ts'

let collector: FakeCollector
let pages: PageServer
let mayGo = false

/** Renders the next page ahead of time and goes there when the server says so. */
const AHEAD = `<script type="speculationrules">{"prerender":[{"urls":["/next"],"eagerness":"immediate"}]}</script>
<script>
  const ask = () => fetch('/may-go').then((answer) => answer.text()).then((text) => {
    if (text === 'yes') location.href = '/next'
    else setTimeout(ask, 20)
  })
  ask()
</script>`
/** Tells the server what it is: at first, when the tracker has had its chance, and when somebody sees it. */
const NEXT = `<script>
  const tell = (moment) => fetch('/told?' + moment + '=' + document.prerendering)
  tell('started')
  document.addEventListener('prerenderingchange', () => tell('activated'))
  addEventListener('load', () => {
    sluice.pageview()
    history.pushState({}, '', '/next/step')
    setTimeout(() => setTimeout(() => setTimeout(tell, 0, 'settled')))
  })
</script>`

beforeAll(async () => {
  collector = await startCollector(await bundleAll(), 'anonymous')
  pages = await servePages({
    '/next': html(collector.tag() + NEXT),
    '/may-go': () => (mayGo ? 'yes' : 'no'),
    '/told': '',
  })
})
afterAll(async () => {
  await Promise.all([collector.close(), pages.close()])
})

const told = (): string[] =>
  pages.received
    .filter(({ path }) => path.startsWith('/told?'))
    .map(({ path }) => path.slice('/told?'.length))

const GRANTED = {
  categories: ['essential', 'performance'],
  revision: 1,
  day: '2026-11-24',
  until: '2099-01-01',
  token: 'token',
  hour: Math.floor(Date.now() / 3_600_000),
}

it.each([
  ['before a choice', undefined],
  ['where performance is granted', GRANTED],
])(
  'R6.1 %s a page rendered ahead of time asks and sends nothing until somebody sees it',
  async (_, record) => {
    mayGo = false
    pages.route('/ahead', {
      headers: record
        ? { 'set-cookie': `cc_cookie=${encodeURIComponent(JSON.stringify(record))}; path=/` }
        : {},
      body: html(AHEAD),
    })
    collector.forget()
    pages.received.splice(0)
    const end = await launchAlone(`${pages.origin(SITE)}/ahead`)
    try {
      await expect.poll(told, { timeout: 20_000 }).toEqual(['started=true', 'settled=true'])
      const asked = collector.received.filter(({ path }) => path !== '/sluice.js')
      expect(asked).toEqual([])
      mayGo = true
      await expect.poll(told, { timeout: 20_000 }).toContain('activated=false')
      await expect.poll(() => collector.events().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(2)
    } finally {
      await end()
    }
    // The page's own call from then, and the page that is shown now: both leave after activation only.
    const views = collector.events().filter(({ type }) => type === 'pageview')
    expect(views.map(({ url }) => new URL(url).pathname)).toEqual(['/next', '/next/step'])
    const purposes = collector.received
      .filter(({ path }) => !path.startsWith('/sluice'))
      .map(({ headers }) => headers['sec-purpose'])
    expect(purposes.filter((purpose) => purpose !== undefined)).toEqual([])
  },
)
