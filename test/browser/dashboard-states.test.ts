import { beforeAll, describe, expect, it } from 'vitest'
import { NOW_MS } from '../support/fake-visits.ts'
import {
  metric,
  panel,
  rowsOf,
  settled,
  startDashboards,
  type Dashboards,
  soon,
} from '../support/dashboard.ts'

let dashboards: Dashboards
beforeAll(async () => {
  dashboards = await startDashboards()
})

describe('without a session', () => {
  it('the page says how to get in, and nothing else', async () => {
    const { page, api, faults } = await dashboards.open('', { isSignedIn: false })
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('These numbers are private')
    expect(await page.getByRole('main').textContent()).toContain('the one-time link that sluice start prints')
    expect(await page.getByRole('button').allTextContents()).toEqual(['Sign in'])
    expect(api.queries).toEqual([])
    expect(faults).toEqual([])
  })

  it('whoever signs in in another tab and comes back is let in', async () => {
    const { page, api } = await dashboards.open('', { isSignedIn: false })
    api.isSignedIn = true
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await soon(() => panel(page, 'Pages').count()).toBe(1)
    expect(await page.getByText('These numbers are private').count()).toBe(0)
  })

  it('signing out forgets the numbers', async () => {
    const { page, api } = await dashboards.open()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await soon(() => page.getByRole('heading', { level: 1 }).textContent()).toBe('These numbers are private')
    expect(api.isSignedIn).toBe(false)
    expect(await page.getByRole('status').textContent()).toBe('You are signed out.')
    expect(await page.getByRole('table').count()).toBe(0)
  })

  it('a session that ends in between leads to the same page', async () => {
    const { page, api } = await dashboards.open()
    api.isSignedIn = false
    await page.getByLabel('Period').selectOption('Today')
    await soon(() => page.getByRole('heading', { level: 1 }).textContent()).toBe('These numbers are private')
    expect(await page.getByRole('table').count()).toBe(0)
  })
})

describe('when something fails', () => {
  it('the part says so with the server’s own sentence, the others stand, and trying again helps', async () => {
    let isBroken = true
    const { page } = await dashboards.open('', {
      prepare: (api) => {
        api.behave = (query) =>
          isBroken && query.breakdown === 'source'
            ? { status: 400, body: { error: 'There is no dimension “source” today.' } }
            : undefined
      },
    })
    const sources = panel(page, 'Sources')
    expect(await sources.getByRole('alert').textContent()).toContain('There is no dimension “source” today.')
    expect(await rowsOf(panel(page, 'Pages'))).toHaveLength(8)
    isBroken = false
    await sources.getByRole('button', { name: 'Try again' }).click()
    await settled(page)
    expect(await rowsOf(sources)).toHaveLength(8)
    expect(await sources.getByRole('alert').count()).toBe(0)
  })

  it('each kind of failure is told by what to do', async () => {
    const { page } = await dashboards.open('', {
      prepare: (api) => {
        api.behave = (query) => {
          if (query.interval) return { breaks: true }
          if (query.breakdown === 'page') return { status: 503 }
          return query.breakdown === 'country' ? { status: 500 } : undefined
        }
      },
    })
    const line = page.getByRole('region', { name: 'Visitors, Last 30 days' })
    expect(await line.getByRole('alert').textContent()).toContain(
      'The server did not answer. Check that it runs',
    )
    expect(await panel(page, 'Pages').getByRole('alert').textContent()).toContain('Try again in a moment')
    expect(await panel(page, 'Places').getByRole('alert').textContent()).toContain('the error 500')
    expect(await rowsOf(panel(page, 'Sources'))).toHaveLength(8)
  })

  it('an address that names another site says so', async () => {
    const { page, api } = await dashboards.open('?site=elsewhere.example')
    expect(await page.getByRole('main').textContent()).toContain('There is no site elsewhere.example here')
    expect(api.queries).toEqual([])
    await page.getByLabel('Site', { exact: true }).selectOption('example.com')
    await settled(page)
    expect(await rowsOf(panel(page, 'Pages'))).toHaveLength(8)
  })
})

describe('where there is nothing', () => {
  it('a site without any page view shows the script tag, and the numbers when the first view arrives', async () => {
    const { page, api } = await dashboards.open('', {
      sites: { 'example.com': 'none' },
      preConsent: 'none',
      holdsClock: true,
    })
    await page.getByRole('heading', { name: 'Waiting for the first page view of example.com' }).waitFor()
    const tag = `<script defer src="${api.url}sluice.js" data-site="example.com"></script>`
    expect(await page.getByLabel('Script tag').inputValue()).toBe(tag)
    expect(await page.getByRole('main').textContent()).toContain('only after the visitor has agreed')
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByRole('button', { name: 'Copied' }).waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(tag)

    api.setData('example.com', 'little')
    await page.clock.runFor(11_000)
    await soon(() => panel(page, 'Pages').count()).toBe(1)
    await settled(page)
    expect(await metric(page, 'Visitors').textContent()).toMatch(/^Visitors [1-9]/)
  })

  it('a site that measures before consent does not speak of it', async () => {
    const { page } = await dashboards.open('', { sites: { 'example.com': 'none' } })
    await page.getByRole('heading', { name: 'Waiting for the first page view of example.com' }).waitFor()
    expect(await page.getByRole('main').textContent()).not.toContain('agreed to performance cookies')
  })

  it('an empty period and filters that nothing fits say what to do', async () => {
    const { page } = await dashboards.open('?period=2026-01-01..2026-01-07', {
      sites: { 'example.com': 'little' },
    })
    const line = page.getByRole('region', { name: /^Visitors, / })
    expect(await line.textContent()).toContain('No page views in this period')
    expect(await panel(page, 'Pages').textContent()).toContain('No page views in this period')
    expect(await metric(page, 'Bounce rate').textContent()).toContain('–')

    await page.goto(page.url().replace(/\?.*/, '?filter=page=/nowhere'))
    await settled(page)
    expect(await line.textContent()).toContain('Remove a filter above')
  })

  it('what is kept back for being too few is not called nothing', async () => {
    const { page } = await dashboards.open('?filter=page=/docs&filter=country=DE&filter=browser=Chrome', {
      sites: { 'example.com': 'none' },
      prepare: (api) => {
        const { answer } = api
        api.answer = (query) => {
          const answered = answer(query)
          return { ...answered, meta: { ...answered.meta, foldedRows: 3 } }
        }
      },
    })
    const line = page.getByRole('region', { name: /^Visitors, / })
    expect(await line.textContent()).toContain('Too few visitors to show')
    expect(await line.textContent()).toContain('fewer than 5 visitors on a day')
    expect(await panel(page, 'Places').textContent()).toContain('so that nobody can be picked out')
  })

  it('an installation without sites shows how to add one', async () => {
    const { page } = await dashboards.open('', { sites: {} })
    expect(await page.getByRole('main').textContent()).toContain('npx sluice site add example.com')
  })
})

describe('freshness', () => {
  it('is told by the server’s clock, in the site’s time zone', async () => {
    const { page } = await dashboards.open()
    expect(await page.getByText('Up to date at 14:32').count()).toBe(1)
  })

  it('that lags is told as such', async () => {
    const { page } = await dashboards.open('', {
      prepare: (api) => {
        const { answer } = api
        api.answer = (query) => {
          const answered = answer(query)
          return {
            ...answered,
            meta: { ...answered.meta, freshness: new Date(NOW_MS - 300_000).toISOString() },
          }
        }
      },
    })
    expect(await page.getByText('Counted up to 14:27; newer visits are on their way').count()).toBe(1)
  })

  it('of realtime renews itself until the reader pauses it', async () => {
    const { page, api } = await dashboards.open('?period=realtime', { holdsClock: true })
    const before = api.queries.length
    expect(api.queries.every((query) => query.compare === undefined)).toBe(true)
    await page.clock.runFor(10_500)
    await soon(() => api.queries.length).toBe(before + 8)
    await settled(page)
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.clock.runFor(60_000)
    expect(await page.getByText('Paused at 14:32').count()).toBe(1)
    expect(api.queries.length).toBe(before + 8)
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.clock.runFor(10_500)
    await soon(() => api.queries.length).toBe(before + 16)
  })

  it('is the reader’s to renew elsewhere: nothing moves by itself', async () => {
    const { page, api } = await dashboards.open('?period=7d', { holdsClock: true })
    const before = api.queries.length
    await page.clock.runFor(120_000)
    expect(api.queries.length).toBe(before)
    await page.getByRole('button', { name: 'Refresh' }).click()
    await soon(() => api.queries.length).toBe(before + 10)
  })
})
