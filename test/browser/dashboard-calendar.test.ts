import type { Locator, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { breachesIn, LOOKS } from '../support/breaches.ts'
import { settled, soon, startDashboards, type Dashboards } from '../support/dashboard.ts'

let dashboards: Dashboards
beforeAll(async () => {
  dashboards = await startDashboards()
})

const RANGE = '?period=2026-11-10..2026-11-20'

/** Name of what has the focus, without the comma that some browsers put behind a weekday. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    const name = element?.getAttribute('aria-label') ?? element?.textContent ?? ''
    return name.trim().replace('y, ', 'y ')
  })
}

function dayOf(page: Page, day: string): Locator {
  return page.getByRole('button', { name: new RegExp(`^${day.replace(' ', ',? ')}$`) })
}

async function openCalendar(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Calendar' }).press('Enter')
  await soon(() => focused(page)).toMatch(/2026$/)
}

describe('the calendar', () => {
  it('R9.1 is gone through by keys, and two days make the period of the address', async () => {
    const { page, faults } = await dashboards.open(RANGE)
    await openCalendar(page)
    const grid = page.getByRole('grid', { name: 'November 2026' })
    expect(await grid.getByRole('gridcell', { selected: true }).count()).toBe(11)
    const steps = [
      ['', 'Friday 20 November 2026'],
      ['ArrowDown', 'Tuesday 24 November 2026'],
      // The day that the site is in; no later one can be reached.
      ['ArrowRight', 'Tuesday 24 November 2026'],
      ['Home', 'Monday 23 November 2026'],
      ['ArrowUp', 'Monday 16 November 2026'],
      ['End', 'Sunday 22 November 2026'],
      ['ArrowLeft', 'Saturday 21 November 2026'],
      ['PageUp', 'Wednesday 21 October 2026'],
      ['Shift+PageUp', 'Tuesday 21 October 2025'],
      ['Shift+PageDown', 'Wednesday 21 October 2026'],
    ] as const
    for (const [key, day] of steps) {
      if (key !== '') await page.keyboard.press(key)
      await soon(() => focused(page)).toBe(day)
    }
    await page.keyboard.press('Enter')
    await page
      .getByText(/^From Wednesday,? 21 October 2026\. Choose the last day\.$/)
      .first()
      .waitFor()
    await page.keyboard.press('PageDown')
    await soon(() => focused(page)).toBe('Saturday 21 November 2026')
    await page.keyboard.press('Space')
    await settled(page)
    expect(new URL(page.url()).search).toBe('?period=2026-10-21..2026-11-21')
    expect(await focused(page)).toBe('Calendar')
    expect(await page.getByLabel('First day').inputValue()).toBe('2026-10-21')
    expect(await page.getByRole('grid').count()).toBe(0)
    await page.goBack()
    await soon(() => page.getByLabel('First day').inputValue()).toBe('2026-11-10')
    expect(faults).toEqual([])
  })

  it('takes the days in either order, and none that has not come', async () => {
    const { page } = await dashboards.open(RANGE)
    await openCalendar(page)
    expect(await dayOf(page, 'Wednesday 25 November 2026').isDisabled()).toBe(true)
    expect(await page.getByRole('button', { name: 'Later month' }).getAttribute('aria-disabled')).toBe('true')
    await dayOf(page, 'Tuesday 24 November 2026').click()
    await page.getByRole('button', { name: 'Earlier month' }).click()
    await page.getByRole('grid', { name: 'October 2026' }).waitFor()
    await dayOf(page, 'Saturday 31 October 2026').click()
    await settled(page)
    expect(new URL(page.url()).search).toBe('?period=2026-10-31..2026-11-24')
  })

  it('keeps the keyboard at the button for later months when there is none, and in it', async () => {
    const { page } = await dashboards.open('?period=2026-09-10..2026-09-20')
    await openCalendar(page)
    const later = page.getByRole('button', { name: 'Later month' })
    await later.focus()
    for (const month of ['October 2026', 'November 2026']) {
      expect(await later.isEnabled()).toBe(true)
      await page.keyboard.press('Enter')
      await page.getByRole('grid', { name: month }).waitFor()
      expect(await focused(page)).toBe('Later month')
    }
    expect(await later.getAttribute('aria-disabled')).toBe('true')
    // The day that was reached stays, and so does the month.
    await page.keyboard.press('Enter')
    expect(await page.getByRole('grid', { name: 'November 2026' }).count()).toBe(1)
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('Friday 20 November 2026')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Shift+Tab')
    expect(await focused(page)).toBe('Earlier month')
    await page.keyboard.press('Enter')
    await page.getByRole('grid', { name: 'October 2026' }).waitFor()
    expect(await later.getAttribute('aria-disabled')).toBe('false')
  })

  it('is put away with Escape, with its button, and by going elsewhere; nothing is chosen by that', async () => {
    const { page } = await dashboards.open(RANGE)
    await openCalendar(page)
    await page.keyboard.press('Escape')
    await soon(() => focused(page)).toBe('Calendar')
    expect(await page.getByRole('grid').count()).toBe(0)
    await openCalendar(page)
    await page.getByRole('button', { name: 'Calendar' }).click()
    await soon(() => page.getByRole('grid').count()).toBe(0)
    await openCalendar(page)
    await page.getByRole('heading', { name: 'Sources' }).click()
    await soon(() => page.getByRole('grid').count()).toBe(0)
    expect(new URL(page.url()).search).toBe(RANGE)
  })

  it.each([
    ['en-US', 'Sunday', 'Friday November 20, 2026', 'Calendar'],
    ['de-DE', 'Montag', 'Freitag, 20. November 2026', 'Kalender'],
  ])('begins its weeks and names its days as in %s', async (locale, weekday, day, name) => {
    const { page } = await dashboards.open(RANGE, { browser: { locale } })
    await page.getByRole('button', { name }).click()
    await soon(() => focused(page)).toBe(day)
    expect(await page.getByRole('grid').locator('th').first().getAttribute('abbr')).toBe(weekday)
  })

  it('breaks no rule of axe in any look, fits, and has days of a thumb’s size', async () => {
    const { page } = await dashboards.open(RANGE)
    await openCalendar(page)
    expect(await breachesIn(page, LOOKS)).toEqual([])
    await page.setViewportSize({ width: 320, height: 900 })
    const sizes = await page
      .getByRole('grid')
      .getByRole('button')
      .evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect()))
    expect(sizes).toHaveLength(30)
    // WCAG 2.2 asks for 24 pixels. Seven of 44 are wider than the phone.
    expect(Math.min(...sizes.map(({ width }) => width))).toBeGreaterThanOrEqual(36)
    expect(Math.min(...sizes.map(({ height }) => height))).toBeGreaterThanOrEqual(44)
  })
})
