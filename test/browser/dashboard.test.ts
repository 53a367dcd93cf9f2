import { beforeAll, describe, expect, it } from 'vitest'
import type { Query } from '../../schema/query.ts'
import {
  metric,
  panel,
  rowsOf,
  settled,
  startDashboards,
  type Dashboards,
  soon,
} from '../support/dashboard.ts'
import { hold } from '../support/fake-api.ts'

const SITE = 'example.com'
const number = new Intl.NumberFormat('en-GB')
const percent = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 0 })

let dashboards: Dashboards
beforeAll(async () => {
  dashboards = await startDashboards()
})

describe('the numbers', () => {
  it('R9.1 the dashboard shows the totals that the API gives, with the change in words', async () => {
    const { page, api, faults } = await dashboards.open()
    const { totals } = api.answer({ site: SITE, metrics: ['visitors', 'pageviews', 'bounceRate'] })
    await soon(() => metric(page, 'Visitors').textContent()).toContain(number.format(totals.visitors ?? 0))
    expect(await metric(page, 'Page views').textContent()).toContain(number.format(totals.pageviews ?? 0))
    expect(await metric(page, 'Bounce rate').textContent()).toContain(percent.format(totals.bounceRate ?? 0))
    expect(await metric(page, 'Visitors').textContent()).toMatch(/\+[\d.]+% more$/)
    expect(await page.title()).toBe('example.com · Last 30 days · Sluice')
    expect(faults).toEqual([])
  })

  it('R9.1 R8.4 each panel shows the rows that the API gives, pages, entry and exit pages and sources among them', async () => {
    const { page, api } = await dashboards.open()
    const rowsFor = (breakdown: NonNullable<Query['breakdown']>, by: 'visitors' | 'visits') =>
      api
        .answer({ site: SITE, breakdown, metrics: [by], limit: 8 })
        .rows.map((row) => [String(row[breakdown]), number.format(row[by] ?? 0)])
    const firstTwo = async (name: string) =>
      (await rowsOf(panel(page, name))).map((cells) => cells.slice(0, 2))

    expect(await firstTwo('Pages')).toEqual(rowsFor('page', 'visitors'))
    expect(await firstTwo('Sources')).toEqual(rowsFor('source', 'visitors'))
    expect(await firstTwo('Technology')).toEqual(rowsFor('browser', 'visitors'))
    expect(await firstTwo('Events')).toEqual(rowsFor('event', 'visitors'))
    const countries = await firstTwo('Places')
    expect(countries[0]?.[0]).toBe('Germany')
    expect(countries.map(([, visitors]) => visitors)).toEqual(
      rowsFor('country', 'visitors').map(([, visitors]) => visitors),
    )

    for (const [tab, dimension] of [
      ['Entry', 'entryPage'],
      ['Exit', 'exitPage'],
    ] as const) {
      await panel(page, 'Pages').getByRole('tab', { name: tab }).click()
      await settled(page)
      expect(await firstTwo('Pages')).toEqual(rowsFor(dimension, 'visits'))
    }
  })

  it('the table twin of the line holds every point of the series', async () => {
    const { page, api } = await dashboards.open('?compare=none')
    const series = api.answer({ site: SITE, interval: 'day', metrics: ['visitors'] })
    await page.getByRole('button', { name: 'Table' }).click()
    const table = page.getByRole('region', { name: 'Table of Visitors, Last 30 days' }).getByRole('table')
    const cells = await table.locator('tbody td').allTextContents()
    expect(cells).toEqual(series.rows.map((row) => number.format(row.visitors ?? 0)))
    expect(await table.locator('tbody th').last().textContent()).toBe('Tue, 24 Nov 2026, so far')
  })

  it('are written as a reader of another country writes them', async () => {
    const { page, api } = await dashboards.open('', { browser: { locale: 'de-DE' } })
    const { totals } = api.answer({ site: SITE, metrics: ['visitors'] })
    const german = new Intl.NumberFormat('de-DE').format(totals.visitors ?? 0)
    expect(german).toContain('.')
    await soon(() => metric(page, 'Besucher').textContent()).toContain(german)
    expect(await page.locator('html').getAttribute('lang')).toBe('de-DE')
  })

  it('all parts ask at once, and each shows its answer by itself', async () => {
    const { until, release } = hold()
    const { page, api } = await dashboards.open()
    api.behave = (query) => (query.breakdown === 'source' ? { until } : undefined)
    const before = api.queries.length
    await page.getByLabel('Period').selectOption('Last 7 days')
    await soon(() => api.queries.length - before).toBe(10)
    await soon(() => panel(page, 'Pages').getAttribute('aria-busy')).toBe('false')
    expect(await panel(page, 'Sources').getAttribute('aria-busy')).toBe('true')
    release()
    await settled(page)
  })

  it('another metric draws another line and asks nothing', async () => {
    const { page, api } = await dashboards.open()
    const before = api.queries.length
    await metric(page, 'Bounce rate').click()
    expect(await metric(page, 'Bounce rate').getAttribute('aria-pressed')).toBe('true')
    expect(await metric(page, 'Visitors').getAttribute('aria-pressed')).toBe('false')
    await soon(() => page.getByRole('slider').getAttribute('aria-valuetext')).toContain('Bounce rate')
    expect(api.queries.length).toBe(before)
    expect(new URL(page.url()).search).toBe('?metric=bounceRate')
  })

  it('the rest of a long list is in its details', async () => {
    const { page } = await dashboards.open('?period=7d')
    expect(await rowsOf(panel(page, 'Pages'))).toHaveLength(8)
    await panel(page, 'Pages').getByRole('link', { name: 'All 14 Page' }).click()
    await page.getByRole('heading', { level: 1, name: 'Details: Page' }).waitFor()
    await settled(page)
    expect(await rowsOf(panel(page, 'Page'))).toHaveLength(14)
    expect(new URL(page.url()).search).toBe('?show=details&period=7d&of=page')
  })

  it('a panel is searched, whatever the case of what is typed, and offers all it found as CSV', async () => {
    const { page, api } = await dashboards.open('?period=7d')
    const pages = panel(page, 'Pages')
    await pages.getByRole('searchbox', { name: 'Search Page' }).fill('DOCS')
    await soon(async () => (await rowsOf(pages)).length).toBe(4)
    expect((await rowsOf(pages)).every(([name]) => name?.includes('/docs'))).toBe(true)
    const href = await pages.getByRole('link', { name: 'CSV of Page' }).getAttribute('href')
    const question = JSON.parse(new URL(href ?? '', api.url).searchParams.get('query') ?? '') as Query
    expect(question).toEqual({ ...api.queries.at(-1), limit: 1_000 })
    await pages.getByRole('searchbox', { name: 'Search Page' }).fill('')
    await soon(async () => (await rowsOf(pages)).length).toBe(8)
  })

  it('one browser left by the filters is told by version', async () => {
    const { page, api } = await dashboards.open('?filter=browser=Chrome')
    expect(api.queries.some(({ breakdown }) => breakdown === 'browserVersion')).toBe(true)
    expect(api.queries.some(({ breakdown }) => breakdown === 'browser')).toBe(false)
    const head = panel(page, 'Technology').getByRole('columnheader').first()
    expect(await head.textContent()).toBe('Browser version')
  })

  it('live under a prefix as well', async () => {
    const { page, api, faults } = await dashboards.open('', { prefix: '/stats/' })
    expect(new URL(page.url()).pathname).toBe('/stats/')
    expect(api.queries.length).toBe(10)
    expect(await rowsOf(panel(page, 'Pages'))).toHaveLength(8)
    expect(faults).toEqual([])
  })
})

describe('the address', () => {
  it('a click on a row filters everything, back takes it back, forward brings it again', async () => {
    const { page, api } = await dashboards.open()
    const all = await metric(page, 'Visitors').textContent()
    const asked = api.queries.length
    await panel(page, 'Pages').getByRole('link', { name: 'Only /pricing', exact: true }).click()
    await settled(page)

    expect(new URL(page.url()).search).toBe('?filter=page=/pricing')
    const filters = [{ dimension: 'page', is: ['/pricing'] }]
    expect(api.queries.slice(asked).map((query) => query.filters)).toEqual(
      Array.from({ length: 8 }, () => filters),
    )
    const { totals } = api.answer({ site: SITE, filters: [{ dimension: 'page', is: ['/pricing'] }] })
    expect(await metric(page, 'Visitors').textContent()).toContain(number.format(totals.visitors ?? 0))
    expect(await page.getByRole('list', { name: 'Filters' }).textContent()).toContain('Page is /pricing')
    expect(await rowsOf(panel(page, 'Pages'))).toHaveLength(1)

    await page.goBack()
    await settled(page)
    expect(await metric(page, 'Visitors').textContent()).toBe(all)
    expect(await page.getByRole('list', { name: 'Filters' }).count()).toBe(0)

    await page.goForward()
    await settled(page)
    expect(await page.getByRole('list', { name: 'Filters' }).count()).toBe(1)
  })

  it('“not” leaves a value out, and so does a click with Alt', async () => {
    const { page } = await dashboards.open()
    const sources = panel(page, 'Sources')
    await sources.getByRole('row', { name: /Google/ }).hover()
    await sources.getByRole('link', { name: 'not Google', exact: true }).click()
    await settled(page)
    await sources.getByRole('link', { name: 'Only Direct', exact: true }).click({ modifiers: ['Alt'] })
    await settled(page)
    expect(new URL(page.url()).search).toBe('?filter=source!=Google,Direct')
    const chips = page.getByRole('list', { name: 'Filters' }).getByRole('button', { name: /^Remove filter/ })
    expect(await chips.locator('bdi').allTextContents()).toEqual(['Source is not Google', 'or Direct'])
    const names = (await rowsOf(sources)).map(([name]) => name)
    expect(names).not.toContain('Google')
    expect(names).not.toContain('Direct')
    expect(names).toContain('GitHub')
  })

  it('a second click on the row takes the filter away, as the chip does', async () => {
    const { page } = await dashboards.open('?filter=country=DE')
    await panel(page, 'Places').getByRole('link', { name: 'No longer only Germany' }).click()
    await settled(page)
    expect(new URL(page.url()).search).toBe('')

    await page.goBack()
    await settled(page)
    await page.getByRole('button', { name: 'Remove filter: Country is Germany' }).click()
    await settled(page)
    expect(new URL(page.url()).search).toBe('')
  })

  it('R9.1 a second value joins the first where the others are listed, and each goes by itself', async () => {
    const { page, api } = await dashboards.open('?filter=country=DE')
    const places = panel(page, 'Places')
    expect(await rowsOf(places)).toHaveLength(1)
    await places.getByRole('button', { name: 'Choose more Country' }).click()
    await places.getByRole('link', { name: 'Also France', exact: true }).click()
    await settled(page)
    expect(new URL(page.url()).search).toBe('?filter=country=DE,FR')
    const { totals } = api.answer({ site: SITE, filters: [{ dimension: 'country', is: ['DE', 'FR'] }] })
    expect(await metric(page, 'Visitors').textContent()).toContain(number.format(totals.visitors ?? 0))
    await page.getByRole('button', { name: 'Remove filter: Country is Germany' }).click()
    await settled(page)
    expect(new URL(page.url()).search).toBe('?filter=country=FR')
  })

  it('a row is a link: it can be opened in a tab of its own', async () => {
    const { page } = await dashboards.open('?period=7d')
    const link = panel(page, 'Pages').getByRole('link', { name: 'Only /docs', exact: true })
    expect(await link.getAttribute('href')).toBe('?period=7d&filter=page=/docs')
    const [other] = await Promise.all([
      page.context().waitForEvent('page'),
      link.click({ modifiers: ['Control'] }),
    ])
    await settled(other)
    expect(await other.getByRole('list', { name: 'Filters' }).textContent()).toContain('Page is /docs')
    expect(new URL(page.url()).search).toBe('?period=7d')
  })

  it('says all there is to say: a deep link opens as it was left', async () => {
    const search =
      '?site=second.example&period=2026-11-01..2026-11-20&compare=year&filter=device=desktop&metric=visitDuration&interval=week&sources=channel'
    const { page, api } = await dashboards.open(search, {
      sites: { 'example.com': 'little', 'second.example': 'much' },
    })
    expect(await page.getByLabel('Site', { exact: true }).inputValue()).toBe('second.example')
    expect(await page.getByLabel('First day').inputValue()).toBe('2026-11-01')
    expect(await page.getByLabel('Compare with').inputValue()).toBe('year')
    expect(await page.getByLabel('Grain').inputValue()).toBe('week')
    expect(await metric(page, 'Visit duration').getAttribute('aria-pressed')).toBe('true')
    expect(await page.getByRole('tab', { name: 'Channel' }).getAttribute('aria-selected')).toBe('true')
    expect(await page.getByRole('button', { name: 'Remove filter: Device is Desktop' }).count()).toBe(1)
    const series = api.queries.find((query) => query.interval)
    expect(series).toMatchObject({ site: 'second.example', interval: 'week', compare: 'year' })
    expect(new URL(page.url()).search).toBe(search)
  })

  it('follows period, comparison, tab and site, and back undoes each', async () => {
    const { page } = await dashboards.open('', {
      sites: { 'example.com': 'much', 'second.example': 'little' },
    })
    const steps: [() => Promise<unknown>, string][] = [
      [() => page.getByLabel('Period').selectOption('Last 90 days'), '?period=90d'],
      [() => page.getByLabel('Compare with').selectOption('No comparison'), '?period=90d&compare=none'],
      [() => page.getByRole('tab', { name: 'Device' }).click(), '?period=90d&compare=none&technology=device'],
      [
        () => page.getByLabel('Site', { exact: true }).selectOption('second.example'),
        '?site=second.example&period=90d&compare=none&technology=device',
      ],
    ]
    for (const [step, search] of steps) {
      await step()
      await settled(page)
      expect(new URL(page.url()).search).toBe(search)
    }
    for (const [, search] of steps.toReversed().slice(1)) {
      await page.goBack()
      await settled(page)
      expect(new URL(page.url()).search).toBe(search)
    }
    expect(await page.getByLabel('Site', { exact: true }).inputValue()).toBe('example.com')
  })

  it('the reader’s own dates start from those on the page; a wrong order is told', async () => {
    const { page } = await dashboards.open('?period=7d')
    await page.getByLabel('Period').selectOption('Dates…')
    await settled(page)
    expect(await page.getByLabel('First day').inputValue()).toBe('2026-11-18')
    expect(await page.getByLabel('Last day').inputValue()).toBe('2026-11-24')

    await page.getByLabel('Last day').fill('2026-11-01')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    expect(await page.getByRole('alert').textContent()).toBe(
      'The last day comes before the first. Swap them.',
    )

    await page.getByLabel('First day').fill('2026-10-30')
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await settled(page)
    expect(new URL(page.url()).search).toBe('?period=2026-10-30..2026-11-01')
  })

  it('filters of one site do not follow to another', async () => {
    const { page } = await dashboards.open('?filter=page=/pricing', {
      sites: { 'example.com': 'much', 'second.example': 'little' },
    })
    await page.getByLabel('Site', { exact: true }).selectOption('second.example')
    await settled(page)
    expect(new URL(page.url()).search).toBe('?site=second.example')
  })
})

describe('the coverage band', () => {
  it('R9.1 says of the total that is shown what was consented, anonymous, refused and left out', async () => {
    const { page, api, faults } = await dashboards.open('?period=7d&metric=pageviews')
    const { rows, totals } = api.answer({
      site: SITE,
      period: '7d',
      breakdown: 'basis',
      metrics: ['pageviews'],
    })
    const consented = rows.find((row) => row['basis'] === 'performance@2')?.pageviews ?? 0
    const band = panel(page, 'What these numbers cover: Page views')
    const told = (await band.textContent()) ?? ''
    expect(told).toContain(`${percent.format(consented / (totals.pageviews ?? 0))} with consent`)
    expect(told).toContain('25% of 600 choices refused')
    expect(told).toContain('1,234 events of robots, 47 without permission')
    expect(told).toContain(`would show ${number.format(consented)} here`)
    await metric(page, 'Visitors').click()
    expect(await panel(page, 'What these numbers cover: Visitors').count()).toBe(1)
    expect(faults).toEqual([])
  })

  it('says of filtered totals what it can, and nothing of choices, which know no filters', async () => {
    const { page, api } = await dashboards.open('?period=7d&filter=country=DE')
    const told = (await panel(page, 'What these numbers cover: Visitors').textContent()) ?? ''
    expect(told).toContain('with consent')
    expect(told).not.toContain('choices')
    expect(api.queries.filter((query) => String(query.breakdown) === 'consentState')).toEqual([])
  })
})
