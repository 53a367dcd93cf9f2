import { beforeAll, describe, expect, it } from 'vitest'
import type { FlowQuery, FunnelQuery, RetentionQuery } from '../../schema/query.ts'
import { breachesIn, TWO_LOOKS } from '../support/breaches.ts'
import {
  panel,
  rowsOf,
  settled,
  soon,
  startDashboards,
  turnTo,
  type Dashboards,
} from '../support/dashboard.ts'

let dashboards: Dashboards
beforeAll(async () => {
  dashboards = await startDashboards()
})

describe('the navigation', () => {
  it('leads from view to view, marks the one that is shown, and keeps period, comparison and filters', async () => {
    const { page, api, faults } = await dashboards.open('?period=7d&compare=year&filter=country=DE')
    const views = page.getByRole('navigation', { name: 'Views' })
    expect(await views.getByRole('link', { name: 'Overview' }).getAttribute('aria-current')).toBe('page')
    await views.getByRole('link', { name: 'Times of day' }).click()
    await page.getByRole('heading', { level: 1, name: 'Times of day' }).waitFor()
    await settled(page)
    expect(new URL(page.url()).search).toBe('?show=times&period=7d&compare=year&filter=country=DE')
    expect(await views.getByRole('link', { name: 'Times of day' }).getAttribute('aria-current')).toBe('page')
    expect(await views.getByRole('link', { name: 'Overview' }).getAttribute('aria-current')).toBeNull()
    expect(api.queries.at(-1)).toMatchObject({
      period: '7d',
      filters: [{ dimension: 'country', is: ['DE'] }],
    })
    await page.goBack()
    await soon(() => new URL(page.url()).search).toBe('?period=7d&compare=year&filter=country=DE')
    await page.getByRole('slider').waitFor()
    expect(faults).toEqual([])
  })

  it('is a list behind a button on a phone, closed by a choice, by Escape and by leaving it', async () => {
    const { page } = await dashboards.open('', { browser: { viewport: { width: 320, height: 640 } } })
    const button = page.getByRole('button', { name: 'Views, shown: Overview' })
    const link = page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Times of day' })
    expect(await link.isVisible()).toBe(false)
    await button.press('Enter')
    expect(await button.getAttribute('aria-expanded')).toBe('true')
    await page.keyboard.press('Escape')
    expect(await link.isVisible()).toBe(false)
    await button.click()
    await page.getByLabel('Period').focus()
    await link.waitFor({ state: 'hidden' })
    await button.click()
    await link.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Times of day' }).waitFor()
    expect(await link.isVisible()).toBe(false)
    const shown = page.getByRole('button', { name: 'Views, shown: Times of day' })
    expect(await shown.evaluate((element) => element === document.activeElement)).toBe(true)
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(wide).toBe(320)
  })

  it('drops what one view says for itself on the way to another', async () => {
    const { page } = await dashboards.open('?show=times&count=pageviews&period=7d')
    await settled(page)
    expect(await page.getByLabel('Count').inputValue()).toBe('pageviews')
    await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Overview' }).click()
    await soon(() => new URL(page.url()).search).toBe('?period=7d')
  })
})

describe('the times of day', () => {
  it('R8.5 show the mean of each hour of a weekday, as the API tells the hours', async () => {
    const { page, api, faults } = await dashboards.open('?show=times&period={"x"}&site=example.com')
    await settled(page)
    const { rows } = api.answer({ site: 'example.com', interval: 'hour', metrics: ['visitors'] })
    // 24 November 2026 is a Tuesday; the hours of Mondays have all come.
    const mondays = rows.filter(
      ({ time }) => String(time).endsWith('T10:00') && new Date(String(time).slice(0, 10)).getUTCDay() === 1,
    )
    const mean = mondays.reduce((sum, row) => sum + Number(row.visitors), 0) / mondays.length
    const shown = new Intl.NumberFormat('en-GB', { maximumFractionDigits: mean < 10 ? 1 : 0 }).format(mean)
    const monday = page.getByRole('row', { name: /^Monday/ })
    await soon(() => monday.getByRole('cell').nth(10).textContent()).toBe(shown)
    expect(faults).toEqual([])
  })

  it('R8.5 lead from an hour to the overview of that hour', async () => {
    const { page } = await dashboards.open('?show=times&period=7d')
    await page.getByRole('link', { name: '09:00' }).click()
    await soon(() => new URL(page.url()).search).toBe('?period=7d&filter=hourOfDay=09')
    await settled(page)
    expect(await page.getByRole('button', { name: 'Remove filter: Hour is 09:00' }).count()).toBe(1)
  })
})

const SITE = 'example.com'
const number = new Intl.NumberFormat('en-GB')
const FUNNEL = '?show=funnels&period=7d&step=page:/&step=page:/pricing&step=goal:Signed%20up'

describe('goals and funnels', () => {
  it('R9.1 the goals of the site are listed, those that nobody reached too', async () => {
    const { page, faults } = await dashboards.open('?show=funnels&period=7d')
    await settled(page)
    const rows = await rowsOf(panel(page, 'Goals'))
    expect(rows.map(([name]) => name)).toEqual(['Signed up', 'Read the manual'])
    await panel(page, 'Goals').getByRole('link', { name: 'Funnel to Signed up' }).click()
    await settled(page)
    expect(new URL(page.url()).search).toBe('?show=funnels&period=7d&step=page:/**&step=goal:Signed%20up')
    expect(faults).toEqual([])
  })

  it('R9.1 a funnel shows what the API answers for the steps in the address, and its table too', async () => {
    const { page, api, faults } = await dashboards.open(FUNNEL)
    await settled(page)
    const question: FunnelQuery = {
      site: SITE,
      period: '7d',
      filters: [],
      funnel: [{ page: '/' }, { page: '/pricing' }, { event: 'Signup' }],
      compare: 'previous',
    }
    expect(api.queries).toContainEqual(question)
    const { rows } = api.answer(question)
    const steps = panel(page, 'Funnel').getByRole('listitem').filter({ hasText: 'of the first step' })
    expect(await steps.count()).toBe(3)
    for (const [index, row] of rows.entries()) {
      expect(await steps.nth(index).textContent()).toContain(`${number.format(row.visits ?? 0)} visits`)
      if (index > 0) expect(await steps.nth(index).textContent()).toMatch(/\d% before/)
    }
    await panel(page, 'Funnel').getByRole('button', { name: 'Table' }).click()
    const cells = await panel(page, 'Funnel').getByRole('row').nth(2).getByRole('cell').allTextContents()
    expect(cells[0]).toBe(number.format(rows[1]?.visits ?? 0))
    expect(cells[3]).toBe(number.format(Number(rows[1]?.['dropOff'])))
    expect(faults).toEqual([])
  })

  it('is built with the keyboard alone: steps typed, added, moved and removed, each time in the address', async () => {
    const { page } = await dashboards.open('?show=funnels&period=7d')
    await settled(page)
    const steps = () => new URL(page.url()).searchParams.getAll('step')
    await page.getByRole('combobox', { name: 'Step 1', exact: true }).focus()
    await page.keyboard.type('/docs/**')
    await page.keyboard.press('Enter')
    await soon(steps).toEqual(['page:/docs/**', 'page:'])
    await page.getByRole('combobox', { name: 'Step 2', exact: true }).focus()
    await page.keyboard.type('/pricing')
    await page.keyboard.press('Enter')
    await soon(steps).toEqual(['page:/docs/**', 'page:/pricing'])
    await page.getByRole('button', { name: 'Add a step' }).press('Enter')
    const third = page.getByRole('combobox', { name: 'Step 3', exact: true })
    await soon(() => third.evaluate((field) => field === document.activeElement)).toBe(true)
    await page.getByRole('combobox', { name: 'Kind of step 3' }).selectOption('Event')
    await third.fill('Signup')
    await third.press('Enter')
    await soon(steps).toEqual(['page:/docs/**', 'page:/pricing', 'event:Signup'])
    await page.getByRole('button', { name: 'Move step 3 up' }).press('Enter')
    await soon(steps).toEqual(['page:/docs/**', 'event:Signup', 'page:/pricing'])
    const moved = page.getByRole('button', { name: 'Move step 2 up' })
    await soon(() => moved.evaluate((button) => button === document.activeElement)).toBe(true)
    await page.getByRole('button', { name: 'Remove step 1' }).press('Enter')
    await soon(steps).toEqual(['event:Signup', 'page:/pricing'])
    await page.getByRole('button', { name: 'Start anew' }).press('Enter')
    await soon(steps).toEqual([])
    expect(await page.getByText('A funnel takes two steps or more').count()).toBe(1)
  })

  it('R9.1 a funnel is broken down by one dimension', async () => {
    const { page, api } = await dashboards.open(`${FUNNEL}&by=device`)
    await settled(page)
    const funnel: FunnelQuery['funnel'] = [{ page: '/' }, { page: '/pricing' }, { event: 'Signup' }]
    const filters = [{ dimension: 'device' as const, is: ['desktop'] }]
    const { rows } = api.answer({ site: SITE, period: '7d', filters, funnel })
    const desktop = panel(page, 'Funnel by Device').getByRole('row', { name: /Desktop/ })
    const visits = rows.map((row) => number.format(row.visits ?? 0))
    expect((await desktop.getByRole('cell').allTextContents()).slice(0, 3)).toEqual(visits)
  })
})

describe('journeys', () => {
  it('R8.6 R9.1 shows where visits went from the page at which most begin, as the API tells it', async () => {
    const { page, api, faults } = await dashboards.open('?show=journeys&period=7d')
    await page.getByRole('heading', { name: 'From /' }).waitFor()
    await settled(page)
    const question: FlowQuery = {
      site: SITE,
      period: '7d',
      filters: [],
      flow: { from: { page: '/' }, steps: 2 },
      limit: 8,
    }
    expect(api.queries).toContainEqual(question)
    const { rows } = api.answer(question)
    const card = panel(page, 'From /')
    await card.getByRole('button', { name: 'Table' }).click()
    const cells = await card
      .getByRole('row')
      .evaluateAll((all) => all.slice(1).map((row) => [...row.children].map((cell) => cell.textContent)))
    const name = (value: unknown) =>
      value === null ? 'visit ended' : value === '(other)' ? 'other pages' : value
    expect(cells.map((row) => row.slice(0, 4))).toEqual(
      rows.map((row) => [
        String(row['step']),
        name(row['from']),
        name(row['to']),
        number.format(row.visits ?? 0),
      ]),
    )
    expect(faults).toEqual([])
  })

  it('R8.6 a page is followed by a click, and back by the browser', async () => {
    const { page } = await dashboards.open('?show=journeys&period=7d&depth=1')
    await settled(page)
    await page.getByRole('link', { name: /^Follow from \/pricing, / }).click()
    await page.getByRole('heading', { name: 'From /pricing' }).waitFor()
    expect(new URL(page.url()).search).toBe('?show=journeys&period=7d&depth=1&from=page:/pricing')
    await page.goBack()
    await page.getByRole('heading', { name: 'From /', exact: true }).waitFor()
    expect(new URL(page.url()).search).toBe('?show=journeys&period=7d&depth=1')
  })

  it('R8.6 tells where visits came from to an event', async () => {
    const { page, api } = await dashboards.open('?show=journeys&period=7d&to=event:Signup&depth=1')
    await settled(page)
    expect(api.queries.at(-1)).toMatchObject({ flow: { to: { event: 'Signup' }, steps: 1 } })
    expect(await page.getByRole('link', { name: /^Follow from \/pricing, / }).count()).toBe(1)
  })
})

describe('who came back', () => {
  it('R1.2 R9.1 shows the share of each week that came back, and says of what is too few that it is', async () => {
    const { page, api, faults } = await dashboards.open('?show=returning&period=90d')
    await settled(page)
    const question: RetentionQuery = { site: SITE, period: '90d', retention: 'week' }
    const { rows } = api.answer(question)
    const first = rows.filter((row) => row['cohort'] === rows[0]?.['cohort'])
    const cells = await page.getByRole('row').nth(1).getByRole('cell').allTextContents()
    expect(cells[0]).toBe(number.format(first[0]?.visitors ?? 0))
    const share = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 0 })
    expect(cells[1]).toBe(share.format(Number(first[1]?.['rate'])))
    expect(cells.at(-1)).toMatch(/ so far$/)
    expect(await page.getByText('too few to tell').count()).toBe(1)
    await page.getByLabel('Shown as').selectOption('Number')
    await soon(() => page.getByRole('row').nth(1).getByRole('cell').nth(1).textContent()).toBe(
      number.format(first[1]?.visitors ?? 0),
    )
    expect(faults).toEqual([])
  })
})

describe('the details of a list', () => {
  it('are sorted by the column whose head is pressed, searched, and kept in the address', async () => {
    const { page, api } = await dashboards.open('?show=details&of=source&period=7d')
    await settled(page)
    await page.getByRole('button', { name: 'Bounce' }).click()
    await settled(page)
    expect(new URL(page.url()).search).toBe('?show=details&period=7d&of=source&sort=bounceRate')
    const sorted = page.getByRole('columnheader', { name: 'Bounce' })
    expect(await sorted.getAttribute('aria-sort')).toBe('descending')
    const { rows } = api.answer({
      site: SITE,
      period: '7d',
      breakdown: 'source',
      metrics: ['bounceRate', 'visitors'],
      limit: 50,
    })
    const names = (await rowsOf(panel(page, 'Source'))).map(([name]) => name)
    expect(names).toEqual(rows.map((row) => row['source']))
    await page.getByRole('searchbox', { name: 'Search Source' }).fill('news')
    await soon(() => new URL(page.url()).searchParams.get('search')).toBe('news')
    await settled(page)
    const found = (await rowsOf(panel(page, 'Source'))).map(([name]) => name)
    expect(new Set(found)).toEqual(new Set(['Hacker News', 'Newsletter']))
  })

  it('are turned page by page', async () => {
    const { page } = await dashboards.open('?show=details&of=page', {
      prepare: (api) => {
        const { answer } = api
        api.answer = (query) => {
          const offset = 'offset' in query ? (query.offset ?? 0) : 0
          const answered = answer(query)
          const rows = Array.from({ length: 50 }, (_, index) => ({
            page: `/p${offset + index}`,
            visitors: 9,
          }))
          return { ...answered, rows, meta: { ...answered.meta, rowCount: 120 } }
        }
      },
    })
    await settled(page)
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('Rows 51 to 100 of 120').waitFor()
    await settled(page)
    expect((await rowsOf(panel(page, 'Page')))[0]?.[0]).toBe('/p50')
    expect(new URL(page.url()).searchParams.get('page')).toBe('2')
    const back = page.getByRole('button', { name: 'Back' })
    await back.press('Enter')
    await page.getByText('Rows 1 to 50 of 120').waitFor()
    await settled(page)
    expect(await back.getAttribute('aria-disabled')).toBe('true')
    // Where it would be disabled the keyboard would begin at the top of the page again.
    expect(await back.evaluate((button) => button === document.activeElement)).toBe(true)
    await page.keyboard.press('Enter')
    expect(new URL(page.url()).searchParams.get('page')).toBeNull()
  })
})

const EVERY_VIEW: [name: string, search: string][] = [
  ['places', '?show=places'],
  ['times', '?show=times'],
  ['goals', FUNNEL + '&by=device'],
  ['journeys', '?show=journeys'],
  ['retention', '?show=returning&period=90d'],
  ['details', '?show=details&of=source'],
]

describe('every view', () => {
  it('breaks no rule of accessibility, in light and dark', { timeout: 240_000 }, async () => {
    const { page, faults, foreign } = await dashboards.open('', { browser: { reducedMotion: 'reduce' } })
    for (const [name, search] of EVERY_VIEW) {
      await turnTo(page, search)
      expect(await breachesIn(page, TWO_LOOKS), name).toEqual([])
    }
    expect(faults).toEqual([])
    expect(foreign).toEqual([])
  })

  it('says what to do where there is nothing', { timeout: 240_000 }, async () => {
    const { page, faults } = await dashboards.open(EVERY_VIEW[0]?.[1], {
      sites: { 'example.com': 'none' },
      browser: { reducedMotion: 'reduce' },
    })
    for (const [rank, [name, search]] of EVERY_VIEW.entries()) {
      if (rank > 0) await turnTo(page, search)
      expect(await page.locator('.notice-title').count(), name).toBeGreaterThan(0)
      expect(await breachesIn(page, TWO_LOOKS), name).toEqual([])
    }
    expect(faults).toEqual([])
  })

  it.each(EVERY_VIEW)('%s says that it could not be loaded, and tries again', async (_, search) => {
    const { page, api } = await dashboards.open(search, {
      prepare: (one) => {
        one.behave = () => ({ status: 503 })
      },
    })
    await page.getByRole('heading', { level: 1 }).waitFor()
    await settled(page)
    const alerts = page.getByRole('alert')
    expect(await alerts.first().textContent()).toContain('too much to do')
    api.behave = () => undefined
    while ((await alerts.count()) > 0) {
      await alerts.first().getByRole('button', { name: 'Try again' }).click()
      await settled(page)
    }
    expect(await page.getByRole('table').or(page.getByRole('list')).count()).toBeGreaterThan(0)
  })
})
