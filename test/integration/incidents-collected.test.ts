import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { corpusLines } from '../support/corpora.ts'
import { rowsOf, settled } from '../support/dashboard.ts'
import { pageview } from '../support/product.ts'
import { network, startVictim, VICTIM, type Victim } from '../support/victim.ts'

/** What strangers sent to other products of this kind and did harm there, sent to this one as it runs. */
let victim: Victim
beforeAll(async () => {
  victim = await startVictim()
}, 120_000)
afterAll(() => victim.product.dispose())

describe('what was collected ran in the dashboard (OpenReplay CVE-2026-55879, Mautic CVE-2022-25772, CVE-2024-47050)', () => {
  const OWN = [
    '<script>window.wasRun=1</script>',
    '"><img src=x onerror=window.wasRun=1>',
    'javascript:window.wasRun=1',
    '{{constructor.constructor("window.wasRun=1")()}}',
  ]
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  it('hostile referrers, campaigns, paths, agents and languages are shown as text and do nothing', async () => {
    const hostile = [
      ...OWN,
      ...corpusLines<{ payload: string }>('hostile/xss.jsonl').map(({ payload }) => payload),
    ]
    for (const [index, text] of hostile.entries()) {
      const query = new URLSearchParams({ utm_source: text, utm_medium: text, utm_campaign: text })
      const event = pageview(VICTIM, `/x/${index % 7}/${encodeURIComponent(text)}?${query}`, {
        referrer: index % 2 === 0 ? `https://news.example/${text}` : text,
        title: text,
        screen: text,
        language: text,
      })
      await victim.sendViews([event], { address: network(index) })
      // In headers too, as far as a header can hold it; who does not look like a person is not counted.
      const header = text.replaceAll(/[^\x20-\x7e]/g, '')
      await victim.offer([pageview(VICTIM, '/agent')], {
        agent: `Mozilla/5.0 (X11; ${header}) Chrome/142.0.0.0 Safari/537.36`,
        address: network(index),
        headers: { 'accept-language': header, 'sec-ch-ua-platform': `"${header}"` },
      })
    }
    const campaigns = await victim.stored('utmCampaign')
    expect(Object.keys(campaigns)).toContain(OWN[0])

    const context = await browser.newContext()
    const [name = '', value = ''] = victim.ownerCookie.split('=')
    await context.addCookies([{ name, value, url: victim.product.url, httpOnly: true, sameSite: 'Strict' }])
    const page = await context.newPage()
    const faults: string[] = []
    const foreign: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('dialog', (dialog) => {
      faults.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== victim.product.url) foreign.push(request.url())
    })
    await page.exposeFunction('tellBreach', (breach: string) => faults.push(breach))
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        (window as unknown as { tellBreach(breach: string): void }).tellBreach(
          `${violatedDirective} ${blockedURI}`,
        ),
      )
    })
    await page.goto(`${victim.product.url}/?site=${VICTIM}&period=today`)
    await settled(page)
    const shown = new Set<string>()
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click()
      await settled(page)
      for (const row of await rowsOf(page.getByRole('main'))) for (const cell of row) shown.add(cell)
    }
    expect([...shown].some((cell) => cell.includes('<script>') || cell.includes('onerror='))).toBe(true)
    expect(await page.evaluate(() => (window as { wasRun?: unknown }).wasRun)).toBeUndefined()
    expect(
      await page.locator('main iframe, main object, [onerror], [onload], a[href^="javascript:"]').count(),
    ).toBe(0)
    expect(faults).toEqual([])
    expect(foreign).toEqual([])
    await context.close()
  }, 120_000)
})

describe('an export ran in a spreadsheet (CSV formulas)', () => {
  it('no cell begins like a formula, in the download and in the terminal', async () => {
    const formulas = [
      '=HYPERLINK("https://evil.example")',
      '+cmd',
      '-2+3',
      '@SUM(A1)',
      '\t=1+1',
      '\r=1+1',
      '=',
    ]
    for (const [index, formula] of formulas.entries()) {
      const query = new URLSearchParams({ utm_campaign: formula, utm_source: formula })
      await victim.sendViews([pageview(VICTIM, `/csv?${query}`)], { address: network(1_000 + index) })
    }
    expect(Object.keys(await victim.stored('utmCampaign'))).toContain(formulas[0])
    const question = { site: VICTIM, period: 'today', metrics: ['pageviews'], breakdown: 'utmCampaign' }
    const query = new URLSearchParams({ query: JSON.stringify({ ...question, limit: 1000 }) })
    const answer = await fetch(`${victim.product.url}/api/query.csv?${query}`, {
      headers: { authorization: `Bearer ${victim.key}` },
    })
    expect(answer.headers.get('content-type')).toContain('text/csv')
    expect(answer.headers.get('content-disposition')).toContain('attachment')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    const words = ['--site', VICTIM, '--period', 'today', '--breakdown', 'utmCampaign', '--csv']
    for (const csv of [await answer.text(), await victim.product.cli('query', ...words)]) {
      expect(csv).toContain(`"'=HYPERLINK(""https://evil.example"")"`)
      expect(csv).toContain(`"'@SUM(A1)"`)
      const cells = [...csv.matchAll(/"((?:[^"]|"")*)"/g)].map(([, cell = '']) => cell)
      expect(cells.length).toBeGreaterThan(formulas.length)
      expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([])
    }
  })
})

describe('a user agent kept the processor busy (ua-parser-js CVE-2020-7733, -7793, CVE-2021-27292, CVE-2022-25927)', () => {
  it('agents that made expressions run for minutes are answered like any other', async () => {
    const long = (text: string): string => text.repeat(Math.ceil(8_000 / text.length)).slice(0, 8_000)
    const agents = [
      `Mozilla/5.0 (Linux; Android 10; ${long('A ')})`,
      `iphone;${long(' ')}os ${long('1_')}`,
      `Mozilla/5.0 ${long('(')}${'x'.repeat(10)}`,
      `SmartTV${long(' ')}`,
      `hbbtv/${long('1.')}(${long(';')})`,
      `Sprint ${long('\\w')}`,
      `Mozilla/5.0 (Windows NT ${long('10.0 ')})`,
      `Version/${long('0.')} Mobile/ Safari/`,
      long('Chrome/'),
      long('ab'),
    ]
    const before = victim.sent()
    for (const agent of agents) await victim.offer([pageview(VICTIM, '/agent')], { agent })
    // Those that looked like people were counted, and everybody else still is.
    expect(victim.sent()).toBeGreaterThan(before)
    await victim.sendViews([pageview(VICTIM, '/after')])
    expect(await victim.stored('page')).toMatchObject({ '/after': 1 })
  })
})
