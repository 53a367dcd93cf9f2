import { beforeAll, describe, expect, it } from 'vitest'
import { breachesIn, LOOKS, TWO_LOOKS } from '../support/breaches.ts'
import {
  metric,
  panel,
  settled,
  startDashboards,
  type Dashboards,
  type OpenOptions,
} from '../support/dashboard.ts'
import { hold } from '../support/fake-api.ts'
import type { Dataset } from '../support/fake-visits.ts'

let dashboards: Dashboards
beforeAll(async () => {
  dashboards = await startDashboards()
})

const WIDTHS = [320, 1440]

function options(width: number, dataset: Dataset): OpenOptions {
  return {
    sites: { 'example.com': dataset },
    browser: { viewport: { width, height: 900 }, reducedMotion: 'reduce' },
  }
}

describe('no rule of accessibility is broken, in light and dark, at 320 and 1440 px', () => {
  it.each(['much', 'hostile'] as const)('with %s data', { timeout: 240_000 }, async (dataset) => {
    const { page, faults } = await dashboards.open('?filter=page!=/jobs', options(1440, dataset))
    expect(await breachesIn(page, LOOKS)).toEqual([])
    expect(faults).toEqual([])
  })

  it('without a session', async () => {
    const { page } = await dashboards.open('', { ...options(1440, 'little'), isSignedIn: false })
    expect(await breachesIn(page, TWO_LOOKS)).toEqual([])
  })

  it('before the first page view', async () => {
    const { page } = await dashboards.open('', options(1440, 'none'))
    await page.getByRole('heading', { name: /^Waiting/ }).waitFor()
    expect(await breachesIn(page, TWO_LOOKS)).toEqual([])
  })

  it('with a failure, folded groups, the reader’s own dates and the cross-hair', async () => {
    const { page } = await dashboards.open('?period=2026-11-01..2026-11-20', {
      ...options(1440, 'little'),
      foldsAll: true,
      prepare: (api) => {
        api.behave = (query) => (query.breakdown === 'page' ? { status: 500 } : undefined)
      },
    })
    await page.getByRole('slider').focus()
    await page.keyboard.press('Home')
    expect(await breachesIn(page, TWO_LOOKS)).toEqual([])
  })

  it('with the table and the note on folded groups', async () => {
    const { page } = await dashboards.open('?period=7d', { ...options(1440, 'little'), foldsAll: true })
    await page.getByRole('button', { name: 'Table' }).click()
    await panel(page, 'Sources').getByRole('button', { name: 'fewer than 5' }).focus()
    expect(await breachesIn(page, TWO_LOOKS)).toEqual([])
  })
})

it('everything to press is at least 44 px high and wide', async () => {
  const { page } = await dashboards.open('?period=2026-11-01..2026-11-20&filter=page!=/jobs', {
    browser: { viewport: { width: 320, height: 900 }, hasTouch: true, isMobile: true },
  })
  await page.getByRole('button', { name: 'Views, shown: Overview' }).click()
  const small = await page.locator('a, button, select, input, [role=slider]').evaluateAll((elements) =>
    elements
      .map((element) => ({ name: element.textContent, box: element.getBoundingClientRect() }))
      // The skip link is there for keyboards only.
      .filter(({ name, box }) => name !== 'Skip to the numbers' && (box.height < 44 || box.width < 44))
      .map(({ name, box }) => `${name}: ${box.width} × ${box.height}`),
  )
  expect(small).toEqual([])
})

it('on a touch screen, what leaves a value out is there without hovering', async () => {
  const { page } = await dashboards.open('', {
    browser: { viewport: { width: 320, height: 900 }, hasTouch: true, isMobile: true },
  })
  const not = panel(page, 'Pages').getByRole('link', { name: 'not /pricing', exact: true })
  expect(await not.evaluate((link) => getComputedStyle(link).opacity)).toBe('1')
  const name = panel(page, 'Pages').getByRole('link', {
    name: 'Only /blog/cookieless-by-design',
    exact: true,
  })
  const [left, right] = [await name.boundingBox(), await not.boundingBox()]
  expect((left?.x ?? 0) + (left?.width ?? 0)).toBeLessThanOrEqual(right?.x ?? 0)
})

it.each(WIDTHS)('nothing moves while the parts load, at %i px', async (width) => {
  const { until, release } = hold()
  const { page, api } = await dashboards.open('', { ...options(width, 'much'), isSignedIn: false })
  api.isSignedIn = true
  api.behave = (query) => (query.interval === undefined ? { until } : undefined)
  await page.addInitScript(() => {
    const shifts: number[] = []
    Object.assign(window, { shifts })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value)
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await page.reload()
  // The line is there, the panels are still on their way: the moment at which they could push.
  await page.getByRole('slider').waitFor()
  const places = () =>
    page
      .locator('section')
      .evaluateAll((sections) => sections.map((section) => section.getBoundingClientRect().top))
  const before = await places()
  release()
  await settled(page)
  expect(await places()).toEqual(before)
  const shifts = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts)
  expect(shifts.reduce((sum, shift) => sum + shift, 0)).toBeLessThan(0.001)
})

it('nothing is animated for a reader who wants no motion', async () => {
  const { page } = await dashboards.open('', options(1440, 'little'))
  const moving = await page.locator('*').evaluateAll(
    (elements) =>
      elements.filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element)
        return transitionDuration !== '0s' || animationName !== 'none'
      }).length,
  )
  expect(moving).toBe(0)
})

it('in forced colours lines, bars and the chosen metric can still be told', async () => {
  const { page } = await dashboards.open('', { browser: { forcedColors: 'active' } })
  const line = await page
    .locator('path.line')
    .first()
    .evaluate((path) => getComputedStyle(path).stroke)
  const before = await page.locator('path.line-before').evaluate((path) => getComputedStyle(path).stroke)
  const ground = await page
    .locator('body')
    .evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  expect(new Set([line, before, ground]).size).toBe(3)
  const bar = panel(page, 'Pages').locator('.row-bar').first()
  expect(await bar.evaluate((element) => getComputedStyle(element).borderBlockEndWidth)).toBe('3px')
  const edges = await Promise.all(
    ['Visitors', 'Visits'].map((name) =>
      metric(page, name).evaluate((button) => getComputedStyle(button).borderBlockStartColor),
    ),
  )
  expect(edges[0]).not.toBe(edges[1])
})

it('bars are as long as their values, though the page’s policy forbids styles in markup', async () => {
  const { page, faults } = await dashboards.open()
  const widths = await panel(page, 'Pages')
    .locator('.row-bar')
    .evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().width))
  const [first = 0, second = 0] = widths
  expect(first).toBeGreaterThan(200)
  expect(second / first).toBeCloseTo(10_229 / 19_722, 1)
  expect(faults).toEqual([])
})
