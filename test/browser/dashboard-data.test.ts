import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { QueryAnswer } from '../../schema/query.ts'
import { startApp, type App } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { DEMO_SITE, seedDemo } from '../../server/demo/seed.ts'
import { silentLog } from '../../server/log.ts'
import { breachesIn, TWO_LOOKS } from '../support/breaches.ts'
import { sharedBrowser } from '../support/browser.ts'
import { settled, soon, turnTo } from '../support/dashboard.ts'
import { ask, freePort } from '../support/product.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

/** The views of data, on the demo's own, all of it real. */
const VIEWS = {
  realtime: 'Realtime',
  clicks: 'Clicks',
  email: 'E-mail',
  calls: 'Calls',
  requests: 'Requests',
  errors: 'Errors',
  vitals: 'Web vitals',
  consent: 'Consent',
  quality: 'Data quality',
} as const
const GERMAN = {
  realtime: 'Echtzeit',
  clicks: 'Klicks',
  email: 'E-Mail',
  calls: 'Anrufe',
  requests: 'Anfragen',
  errors: 'Fehler',
  vitals: 'Web Vitals',
  consent: 'Einwilligung',
  quality: 'Datenqualität',
} as const
type Name = keyof typeof VIEWS
const NAMES = Object.keys(VIEWS) as Name[]

describe('the views of data, with the demo’s', () => {
  const data = mkdtempSync(path.join(tmpdir(), 'sluice-views-'))
  let app: App
  let browser: Browser
  let key: string
  /** The session of a guest: the link to look is used up once. */
  let session: NonNullable<BrowserContextOptions['storageState']>

  beforeAll(async () => {
    const env = { PORT: String(await freePort()), SLUICE_DATA: data }
    app = await startApp({ config: readConfig(env), log: silentLog, demo: DEMO_SITE, prepare: seedDemo })
    key = (await app.keys.create({ siteId: app.sites.get(DEMO_SITE).id, scope: 'query' })).key
    browser = await sharedBrowser()
    const context = await browser.newContext({ locale: 'en-GB' })
    const page = await context.newPage()
    await page.goto(app.lookLink() ?? '')
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    session = await context.storageState()
    await context.close()
  })
  afterAll(async () => {
    await app.stop()
    rmSync(data, { recursive: true, force: true })
  })

  async function open(name: Name, search = '', options: BrowserContextOptions = {}): Promise<Opened> {
    const context = await browser.newContext({
      locale: 'en-GB',
      colorScheme: 'light',
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
      storageState: session,
      ...options,
    })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text())
    })
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== new URL(app.url).origin) faults.push(request.url())
    })
    await page.goto(`${app.url}/?show=${name}${search}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await settled(page)
    return { page, faults }
  }
  interface Opened {
    page: Page
    /** Errors, breaches of the policy, and requests to anybody else. */
    faults: string[]
  }

  const api = (question: object): Promise<QueryAnswer> =>
    ask(app.url, key, { site: DEMO_SITE, period: '30d', ...question })

  /** The number under a name. */
  const figure = (page: Page, name: string): Promise<string | null> =>
    page
      .getByRole('term')
      .filter({ hasText: new RegExp(`^${name}$`) })
      .locator('xpath=following-sibling::dd[1]')
      .textContent()
  /** The rows of a card, cell by cell, with what is only heard left out of their names. */
  const rowsOf = (page: Page, card: string): Promise<string[][]> =>
    page
      .getByRole('region', { name: card, exact: true })
      .locator('tbody tr')
      .evaluateAll((rows) =>
        rows.map((row) => [
          row.querySelector('th bdi')?.textContent ?? row.querySelector('th .row-name')?.textContent ?? '',
          ...[...row.querySelectorAll('td')].map((cell) => cell.textContent ?? ''),
        ]),
      )
  const count = (amount: unknown): string => Number(amount ?? 0).toLocaleString('en-GB')
  /** Rounded as decimals are, 2.925 to 2.93, which toFixed does not. */
  const seconds = (amount: unknown): string =>
    Number(amount).toLocaleString('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  const percent = (share: number): string => `${Math.round(share * 100)}%`

  it('no rule of accessibility is broken in any of them, in dark at 320 px and in light at 1440', async () => {
    const { page, faults } = await open('realtime')
    for (const name of NAMES) {
      if (name !== NAMES[0]) await turnTo(page, `?show=${name}`)
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(VIEWS[name])
      expect(
        await page.getByRole('link', { name: VIEWS[name], exact: true }).getAttribute('aria-current'),
      ).toBe('page')
      expect(await page.getByRole('alert').count(), name).toBe(0)
      expect(await breachesIn(page, TWO_LOOKS), name).toEqual([])
      expect(faults, name).toEqual([])
    }
  })

  it('each speaks German', async () => {
    const german = { locale: 'de-DE', viewport: { width: 320, height: 900 } }
    const { page, faults } = await open('realtime', '', german)
    for (const name of NAMES) {
      if (name !== NAMES[0]) await turnTo(page, `?show=${name}`)
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(GERMAN[name])
      expect(await page.evaluate(() => document.documentElement.lang)).toBe('de-DE')
      // Without the values, which are the site's own.
      const words = await page
        .getByRole('main')
        .evaluate((main) =>
          [...main.querySelectorAll('h1, h2, p, dt, dd, button, [scope=col], .check-told')]
            .map((part) => part.textContent)
            .join(' '),
        )
      expect(words.match(/\b(the|of|and|over time|Show|Nothing)\b/g), name).toBeNull()
      expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBe(320)
      expect(faults, name).toEqual([])
    }
  })

  it('R9.1 realtime shows who is here now, rests when it is told to, and goes on', async () => {
    const { page } = await open('realtime')
    await soon(async () => {
      await page.reload()
      await settled(page)
      const { totals } = await api({ period: 'realtime', metrics: ['visitors', 'pageviews'] })
      const shown = [
        await figure(page, 'Visitors in the last 30 minutes'),
        await figure(page, 'Page views in the last 30 minutes'),
      ]
      return shown.join() === [count(totals.visitors), count(totals.pageviews)].join() && shown[1] !== '0'
    }).toBe(true)
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText(/^Paused at/).waitFor()
    await page.getByRole('button', { name: 'Resume' }).click()
    await soon(() => page.getByRole('button', { name: 'Pause' }).count()).toBe(1)
    expect(await page.getByText(/^Paused at/).count()).toBe(0)
  })

  it('R6.2 R9.1 errors shows messages as the API tells them, and all else of the one that is chosen', async () => {
    const { page } = await open('errors')
    const { rows, totals } = await api({ breakdown: 'error', metrics: ['errors', 'visitors'] })
    expect(await figure(page, 'Errors')).toBe(count(totals.errors))
    const shown = await rowsOf(page, 'Messages')
    const told = rows.filter((row) => row['error'] !== '(other)')
    expect(shown.slice(0, told.length)).toEqual(
      told.map((row) => [row['error'], count(row.errors), count(row.visitors)]),
    )
    await page.getByRole('link', { name: /^Only TypeError/ }).click()
    await settled(page)
    await page.getByRole('button', { name: /^Remove filter: Error is TypeError/ }).waitFor()
    const chosen = told.find((row) => String(row['error']).startsWith('TypeError'))
    await soon(() => figure(page, 'Errors')).toBe(count(chosen?.errors))
  })

  it('R9.1 web vitals are judged by what three of four had, and looked at one by one, by keyboard alone', async () => {
    const { page } = await open('vitals')
    const { rows } = await api({ breakdown: 'vital', metrics: ['p75'] })
    const p75 = new Map(rows.map((row) => [String(row['vital']), Number(row.p75)]))
    const lcp = page.getByRole('row', { name: /^LCP/ })
    expect(await lcp.getByRole('cell').nth(0).textContent()).toBe(`${seconds(p75.get('LCP'))} s`)
    expect(await lcp.getByRole('cell').nth(1).textContent()).toBe('△ needs work')
    const inp = page.getByRole('link', { name: /^INP/ })
    await inp.focus()
    await page.keyboard.press('Enter')
    await settled(page)
    expect(new URL(page.url()).searchParams.get('vital')).toBe('INP')
    expect(await inp.getAttribute('aria-current')).toBe('page')
    const line = page.getByRole('slider', { name: /^INP over time/ })
    await line.focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowRight')
    expect(await line.getAttribute('aria-valuenow')).toBe('1')
    expect(await line.getAttribute('aria-valuetext')).toMatch(/: \d+ ms INP/)
    await page.keyboard.press('t')
    const table = page.getByRole('region', { name: 'Table of INP over time, 75th percentile' })
    await table.waitFor()
    expect(await table.getByRole('row').count()).toBe(31)
    await page.keyboard.press('Escape')
    await line.waitFor()
  })

  it('R1.4 clicks are told by element and page, as the API does', async () => {
    const { page } = await open('clicks')
    const { rows } = await api({
      breakdown: 'element',
      metrics: ['events', 'visitors'],
      limit: 10,
    })
    const told = rows.filter((row) => row['element'] !== '(other)')
    const shown = await rowsOf(page, 'Elements')
    expect(shown.slice(0, told.length)).toEqual(
      told.map((row) => [row['element'], count(row.events), count(row.visitors)]),
    )
    expect(await figure(page, 'Clicks')).not.toBe('0')
    expect((await rowsOf(page, 'Downloads')).map(([name]) => name)).toEqual(['/demo/catalogue.pdf'])
  })

  it('R6.5 R9.1 consent tells rates, by country too, and what was left out for want of it', async () => {
    const { page } = await open('consent')
    const { rows } = await api({ breakdown: 'consentState' })
    const states = new Map(rows.map((row) => [String(row['consentState']), Number(row.choices)]))
    const [shown = 0, accepted = 0, custom = 0, rejected = 0] = [
      'shown',
      'accepted',
      'custom',
      'rejected',
    ].map((state) => states.get(state))
    const answers = accepted + custom + rejected
    expect(await figure(page, 'Notice offered')).toBe(count(shown))
    expect(await figure(page, 'Answered')).toBe(percent(answers / shown))
    expect(await figure(page, 'Accepted all')).toBe(percent(accepted / answers))
    expect(await figure(page, 'Refused')).toBe(percent(rejected / answers))
    const countries = await api({
      metrics: ['choices'],
      breakdown: 'country',
      filters: [{ dimension: 'consentState', is: ['accepted', 'custom', 'rejected'] }],
    })
    expect((await rowsOf(page, 'Choices by country')).map(([, sum]) => sum)).toEqual(
      countries.rows.map((row) => count(row.choices)),
    )
    const answered = { dimension: 'consentState', is: ['accepted', 'custom', 'rejected'] }
    const signal = { dimension: 'gpc', is: ['on'] }
    const signalled = await api({ metrics: ['choices'], filters: [answered, signal] })
    const ofSignal = Number(signalled.totals.choices)
    expect(ofSignal).toBeGreaterThan(0)
    expect(await figure(page, 'With Global Privacy Control')).toBe(percent(ofSignal / answers))
    const allowed: string[][] = []
    for (const category of ['performance', 'functionality', 'targeting']) {
      const granting = { dimension: 'consentGranted', contains: [category] }
      const all = Number((await api({ metrics: ['choices'], filters: [answered, granting] })).totals.choices)
      const few = await api({ metrics: ['choices'], filters: [answered, granting, signal] })
      const name = `${category[0]?.toUpperCase()}${category.slice(1)}`
      const share = percent(Number(few.totals.choices) / ofSignal)
      allowed.push([name, count(all), percent(all / answers), share])
    }
    expect(await rowsOf(page, 'What choices allowed')).toEqual(allowed)
    const drops = await api({ breakdown: 'dropReason' })
    const gpc = drops.rows.find((row) => row['dropReason'] === 'gpc')
    const left = await rowsOf(page, 'Not measured for want of consent')
    expect(left.find(([name]) => name === 'Global Privacy Control')?.[1]).toBe(count(gpc?.drops))
    await page.getByLabel('Line', { exact: true }).selectOption({ label: 'Withdrawals' })
    await page.getByRole('region', { name: 'Withdrawals, over time' }).waitFor()
    expect(new URL(page.url()).searchParams.get('line')).toBe('withdrawn')
  })

  it('R2.6 R9.1 data quality tells every reason with its count, and whether the way to the numbers is clear', async () => {
    const { page } = await open('quality')
    const { rows, totals } = await api({ breakdown: 'dropReason' })
    expect(await figure(page, 'Not stored')).toBe(count(totals.drops))
    expect((await rowsOf(page, 'Why events were not stored')).map(([, drops]) => drops)).toEqual(
      rows.map((row) => count(row.drops)),
    )
    const scrubbed = await api({ metrics: ['scrubbed', 'late'] })
    expect(await figure(page, 'Values scrubbed')).toBe(count(scrubbed.totals.scrubbed))
    expect(await figure(page, 'Stored late')).toBe(count(scrubbed.totals.late))
    const checks = page.getByRole('region', { name: 'From the page to the numbers' }).getByRole('row')
    expect(await checks.count()).toBe(8)
    expect(await checks.nth(1).textContent()).toContain('✓ good')
  })

  it('R7.1 R9.1 e-mail tells people from machines, by campaign', async () => {
    const { page } = await open('email')
    const { rows, totals } = await api({
      breakdown: 'emailCampaign',
      metrics: ['sends', 'fetches', 'likelyHuman', 'follows'],
    })
    expect(await figure(page, 'Mails sent')).toBe(count(totals.sends))
    expect(await figure(page, 'Likely opened by people')).toBe(count(totals.likelyHuman))
    expect(await figure(page, 'Fetched by machines')).toBe(
      count((totals.fetches ?? 0) - (totals.likelyHuman ?? 0)),
    )
    expect((await rowsOf(page, 'Campaigns')).map((cells) => cells.slice(0, 3))).toEqual(
      rows.map((row) => [row['emailCampaign'], count(row.sends), count(row.likelyHuman)]),
    )
  })

  it('R1.3 R9.1 calls tells how many, how long, and what came of them', async () => {
    const { page } = await open('calls')
    const { rows, totals } = await api({
      breakdown: 'outcome',
      metrics: ['calls', 'callMinutes'],
    })
    expect(await figure(page, 'Calls')).toBe(count(totals.calls))
    expect(await figure(page, 'Minutes')).toBe(count(Math.round(totals.callMinutes ?? 0)))
    expect((await rowsOf(page, 'What came of them')).map(([, calls]) => calls)).toEqual(
      rows.map((row) => count(row.calls)),
    )
  })

  it('R8.7 R9.1 requests tells answers and the pages that fail', async () => {
    const { page } = await open('requests')
    const { rows, totals } = await api({ breakdown: 'status', metrics: ['requests'] })
    expect(await figure(page, 'Requests')).toBe(count(totals.requests))
    expect((await rowsOf(page, 'Answers')).map((cells) => cells.slice(0, 2))).toEqual(
      rows.map((row) => [row['status'], count(row.requests)]),
    )
    const failed = rows.filter((row) => /^[45]/.test(String(row['status'])))
    expect(await figure(page, 'Answered with an error')).toBe(
      count(failed.reduce((sum, row) => sum + Number(row.requests), 0)),
    )
  })

  it('R9.1 every card offers its answer as a file', async () => {
    const { page } = await open('quality')
    const links = page.getByRole('link', { name: /^CSV of / })
    expect(await links.count()).toBe(3)
    for (const link of await links.all()) {
      const file = await page.request.get(new URL((await link.getAttribute('href')) ?? '', page.url()).href)
      expect(file.status()).toBe(200)
      expect(await file.text()).toMatch(/^"(time|dropReason|scrubKind)",/)
    }
  })
})
