import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { panel, settled, startDashboards, type Dashboards, soon } from '../support/dashboard.ts'

let dashboards: Dashboards
beforeAll(async () => {
  dashboards = await startDashboards()
})

/** Role and name of what has the focus, and whether a ring is drawn around it. */
function focused(page: Page): Promise<{ name: string; hasRing: boolean; isSeen: boolean }> {
  return page.evaluate(() => {
    const element = document.activeElement ?? document.body
    const { outlineStyle, outlineWidth } = getComputedStyle(element)
    const box = element.getBoundingClientRect()
    return {
      // The body has the focus when it has left the page for the browser's own bar.
      name:
        element === document.body ? '' : (element.getAttribute('aria-label') ?? element.textContent).trim(),
      hasRing: outlineStyle === 'solid' && Number.parseFloat(outlineWidth) >= 2,
      isSeen: box.width > 1 && box.height > 1 && getComputedStyle(element).opacity === '1',
    }
  })
}

describe('the keyboard alone', () => {
  it('reaches everything, in the order of the page, and always sees where it is', async () => {
    const { page } = await dashboards.open('?period=7d&filter=page!=/jobs', {
      sites: { 'example.com': 'little' },
      browser: { reducedMotion: 'reduce' },
    })
    const stops: string[] = []
    for (let step = 0; step < 200; step++) {
      await page.keyboard.press('Tab')
      const stop = await focused(page)
      if (stop.name === '' || stop.name === stops[0]) break
      expect({ ...stop, hasRing: true, isSeen: true }).toEqual(stop)
      stops.push(stop.name)
    }
    const order = [
      'Skip to the numbers',
      'Site',
      'Sign out',
      'Period',
      'Compare with',
      'Remove filter: Page is not /jobs',
      'Refresh',
      'Visitors',
      'Visit duration',
      'Grain',
      'Table',
      'Visitors over time. Arrow keys',
      'All',
      'Only /',
      'Source',
      'Only Germany',
      'Browser',
    ]
    const places = order.map((name) => stops.findIndex((stop) => stop.startsWith(name)))
    expect(places).not.toContain(-1)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  })

  it('can skip to the numbers without changing the address', async () => {
    const { page } = await dashboards.open('?period=7d', { sites: { 'example.com': 'little' } })
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN')
    expect(new URL(page.url()).search + new URL(page.url()).hash).toBe('?period=7d')
  })

  it('moves the cross-hair, hears each point, and opens a day', async () => {
    const { page } = await dashboards.open('?period=7d')
    const line = page.getByRole('slider')
    await line.focus()
    expect(await line.getAttribute('aria-valuetext')).toMatch(
      /^Tue, 24 Nov 2026, so far: [\d,]+ Visitors; [\d,]+ on /,
    )
    await page.keyboard.press('ArrowLeft')
    expect(await line.getAttribute('aria-valuetext')).toMatch(/^Mon, 23 Nov 2026: /)
    await page.keyboard.press('Home')
    expect(await line.getAttribute('aria-valuenow')).toBe('0')
    await page.keyboard.press('ArrowLeft')
    expect(await line.getAttribute('aria-valuenow')).toBe('0')
    await page.keyboard.press('End')
    expect(await line.getAttribute('aria-valuenow')).toBe('6')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Enter')
    await settled(page)
    expect(new URL(page.url()).search).toBe('?period=2026-11-23..2026-11-23')
  })

  it('has the table one key away, and the line one key back', async () => {
    const { page } = await dashboards.open('?period=7d')
    await page.getByRole('slider').focus()
    await page.keyboard.press('t')
    const table = page.getByRole('region', { name: 'Table of Visitors, Last 7 days' })
    await soon(() => table.evaluate((element) => element === document.activeElement)).toBe(true)
    expect(await table.getByRole('row').count()).toBe(8)
    await page.keyboard.press('t')
    await soon(() => page.getByRole('slider').evaluate((element) => element === document.activeElement)).toBe(
      true,
    )
  })

  it('passes tabs with arrows, and loads only the one it chooses', async () => {
    const { page, api } = await dashboards.open()
    const before = api.queries.length
    await page.getByRole('tab', { name: 'All' }).focus()
    await page.keyboard.press('ArrowLeft')
    expect((await focused(page)).name).toBe('Exit')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    expect((await focused(page)).name).toBe('Entry')
    expect(api.queries.length).toBe(before)
    await page.keyboard.press('Enter')
    await settled(page)
    expect(api.queries.slice(before).map((query) => query.breakdown)).toEqual(['entryPage'])
    expect(await page.getByRole('tabpanel', { name: 'Entry' }).count()).toBe(1)
  })

  it('filters by a row and stays on it; takes a filter away and stays among the filters', async () => {
    const { page } = await dashboards.open()
    await panel(page, 'Places').getByRole('link', { name: 'Only Germany' }).focus()
    await page.keyboard.press('Enter')
    await settled(page)
    expect((await focused(page)).name).toBe('No longer only Germany')
    await panel(page, 'Pages').getByRole('link', { name: 'not /docs', exact: true }).focus()
    await page.keyboard.press('Enter')
    await settled(page)
    await page.getByRole('button', { name: 'Remove filter: Country is Germany' }).focus()
    await page.keyboard.press('Enter')
    await settled(page)
    expect((await focused(page)).name).toBe('Remove filter: Page is not /docs')
    await page.keyboard.press('Enter')
    await settled(page)
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN')
  })

  it('learns on focus why small groups are folded, and can put the note away', async () => {
    const { page } = await dashboards.open('?period=7d', {
      sites: { 'example.com': 'little' },
      foldsAll: true,
    })
    const folded = panel(page, 'Sources').getByRole('button', { name: 'fewer than 5' })
    const why = panel(page, 'Sources').getByRole('tooltip')
    expect(await why.isVisible()).toBe(false)
    await folded.focus()
    expect(await why.isVisible()).toBe(true)
    expect(await why.textContent()).toContain('fewer than 5 visitors on a day')
    expect(await folded.getAttribute('aria-describedby')).toBe(await why.getAttribute('id'))
    await page.keyboard.press('Escape')
    expect(await why.isVisible()).toBe(false)
  })
})

describe('a screen reader', () => {
  it('hears what a change of the question brought, once', async () => {
    const { page } = await dashboards.open()
    expect(await page.getByRole('status').count()).toBe(1)
    await page.getByLabel('Period').selectOption('Last 7 days')
    await settled(page)
    const status = page.getByRole('status')
    await soon(() => status.textContent()).toMatch(/^Last 7 days: [\d,]+ visitors, [\d,]+ page views\.$/)
  })

  it('finds landmarks, one main heading, and a named region for each part', async () => {
    const { page } = await dashboards.open()
    expect(await page.getByRole('main').count()).toBe(1)
    expect(await page.getByRole('banner').count()).toBe(1)
    expect(await page.getByRole('heading', { level: 1 }).allTextContents()).toEqual([
      'example.com, Last 30 days',
    ])
    const panels = ['Pages', 'Sources', 'Places', 'Technology', 'Events', 'Times']
    const names = ['Visitors, Last 30 days', 'What these numbers cover: Visitors', ...panels]
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual(names)
    for (const name of names) expect(await panel(page, name).count()).toBe(1)
  })
})
