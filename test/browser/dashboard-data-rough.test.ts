import { beforeAll, describe, expect, it } from 'vitest'
import { settled, soon, startDashboards, turnTo, type Dashboards } from '../support/dashboard.ts'
import { hold } from '../support/fake-api.ts'
import { breachesIn, TWO_LOOKS } from '../support/breaches.ts'

/** The views of data where there is nothing, and where the server does not answer; dashboard-hostile.test.ts has hostile values. */
const VIEWS = [
  'realtime',
  'clicks',
  'email',
  'calls',
  'requests',
  'errors',
  'vitals',
  'consent',
  'quality',
] as const

describe('the views of data', () => {
  let dashboards: Dashboards
  beforeAll(async () => {
    dashboards = await startDashboards()
  })

  it('each says so where there is nothing, and breaks no rule of accessibility', async () => {
    const { page, faults } = await dashboards.open(`?show=${VIEWS[0]}`, {
      sites: { 'example.com': 'none' },
      browser: { reducedMotion: 'reduce' },
      prepare: (one) => {
        // The way to the numbers is there where there are none, too.
        one.may = one.may.filter((action) => action !== 'status.read')
      },
    })
    for (const view of VIEWS) {
      if (view !== VIEWS[0]) await turnTo(page, `?show=${view}`)
      const cards = page.locator('main').getByRole('region')
      expect(await cards.count(), view).toBeGreaterThan(0)
      for (const card of await cards.all()) {
        expect(await card.getByRole('table').count(), view).toBe(0)
        expect((await card.textContent())?.length, view).toBeGreaterThan(20)
      }
      expect(await breachesIn(page, TWO_LOOKS), view).toEqual([])
      expect(faults, view).toEqual([])
    }
  })

  it.each(VIEWS)('%s says what to do where the server fails, and goes on when it answers', async (view) => {
    const { page, api, faults } = await dashboards.open(`?show=${view}`, {
      prepare: (one) => {
        one.behave = () => ({ status: 503 })
      },
    })
    const alerts = page.getByRole('alert')
    expect(await alerts.count()).toBeGreaterThan(0)
    expect(await alerts.first().textContent()).toContain('Try again in a moment')
    api.behave = () => undefined
    while ((await alerts.count()) > 0) {
      const before = await alerts.count()
      await alerts.first().getByRole('button', { name: 'Try again' }).click()
      await soon(() => alerts.count()).toBeLessThan(before)
    }
    expect(faults).toEqual([])
  })

  it('what stands above the lists does not move while they load', async () => {
    const { until, release } = hold()
    const { page, api } = await dashboards.open('', { isSignedIn: false })
    api.isSignedIn = true
    api.behave = (query) => (query.interval === undefined ? { until } : undefined)
    await page.goto(`${api.url}?show=realtime`)
    await page.getByRole('slider').waitFor()
    const places = () =>
      page
        .locator('section')
        .evaluateAll((sections) => sections.slice(0, 2).map((section) => section.getBoundingClientRect().top))
    const before = await places()
    release()
    await settled(page)
    expect(await places()).toEqual(before)
  })

  it('realtime does not ask while the page is hidden, nor while it rests', async () => {
    const { page, api } = await dashboards.open('?show=realtime', { holdsClock: true })
    const asked = api.queries.length
    expect(asked).toBeGreaterThan(0)
    await page.clock.runFor(11_000)
    await soon(() => api.queries.length).toBeGreaterThan(asked)
    await settled(page)
    const awake = api.queries.length
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await page.clock.runFor(31_000)
    expect(api.queries.length).toBe(awake)
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: false, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await page.getByRole('button', { name: 'Pause' }).click()
    const resting = api.queries.length
    await page.clock.runFor(31_000)
    expect(api.queries.length).toBe(resting)
  })
})
