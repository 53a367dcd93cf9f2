import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { QueryAnswer, QueryRow } from '../../schema/query.ts'
import { corpusLines } from '../support/corpora.ts'
import { panel, rowsOf, settled, startDashboards, type Dashboards } from '../support/dashboard.ts'
import type { FakeApi } from '../support/fake-api.ts'

let dashboards: Dashboards
beforeAll(async () => {
  dashboards = await startDashboards()
})
afterAll(() => dashboards.close())

const OWN_PAYLOADS = [
  '<script>window.wasRun=true</script>',
  '<img src=x onerror="window.wasRun=true">',
  '"><svg/onload=window.wasRun=true>',
  'javascript:window.wasRun=true',
  "'-window.wasRun=true-'",
  '{{constructor.constructor("window.wasRun=true")()}}',
  '</title></textarea><iframe srcdoc="<script>parent.wasRun=true</script>">',
  '<style>*{display:none}</style>',
]

/** Puts values into every breakdown, in front of what there is. */
function plant(api: FakeApi, values: readonly string[]): void {
  const { answer } = api
  api.answer = (query): QueryAnswer => {
    const answered = answer(query)
    const { breakdown } = query
    if (!breakdown) return answered
    const rows = values.map((value): QueryRow => ({
      [breakdown]: value,
      visitors: 7,
      visits: 7,
      pageviews: 7,
    }))
    return { ...answered, rows, meta: { ...answered.meta, rowCount: rows.length } }
  }
}

function wasRun(page: Page): Promise<unknown> {
  return page.evaluate(() => (window as unknown as { wasRun?: unknown }).wasRun)
}

describe('hostile values', () => {
  it('R5.2 are shown as text, run nothing, breach no policy and send no request to anybody else', async () => {
    const payloads = [
      ...OWN_PAYLOADS,
      ...corpusLines<{ payload: string }>('hostile/xss.jsonl').map((one) => one.payload),
    ]
    const { page, faults, foreign } = await dashboards.open('', { prepare: (api) => plant(api, payloads) })
    const shown = (await rowsOf(panel(page, 'Pages'))).map(([name]) => name)
    expect(shown).toEqual(payloads)
    expect(await wasRun(page)).toBeUndefined()
    expect(await page.locator('iframe, img, svg[onload], [onerror]').count()).toBe(0)
    expect(faults).toEqual([])
    expect(foreign).toEqual([])
  })

  it('can be filtered by', async () => {
    const { page, api, faults } = await dashboards.open('', { prepare: (one) => plant(one, OWN_PAYLOADS) })
    const links = panel(page, 'Pages').locator('a.row-name')
    const addresses = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))
    expect(addresses).toHaveLength(OWN_PAYLOADS.length)
    for (const [index, payload] of OWN_PAYLOADS.entries()) {
      await page.goto(api.url + (addresses[index] ?? ''))
      await settled(page)
      expect(await page.getByRole('list', { name: 'Filters' }).textContent()).toContain(`Page is ${payload}`)
      expect(api.queries.at(-1)?.filters).toEqual([{ dimension: 'page', is: [payload] }])
    }
    expect(await wasRun(page)).toBeUndefined()
    expect(faults).toEqual([])
  })

  it('in the address do no harm either', async () => {
    const search = `?site=${encodeURIComponent(OWN_PAYLOADS[1] ?? '')}&period=%00&filter=page=${encodeURIComponent('<b>')}&filter=%FF&metric=__proto__`
    const { page, faults, foreign } = await dashboards.open(search)
    expect(await page.getByRole('main').textContent()).toContain('There is no site <img')
    expect(await wasRun(page)).toBeUndefined()
    expect(faults).toEqual([])
    expect(foreign).toEqual([])
  })

  it('of the made-up hostile site keep every panel in its shape', async () => {
    const { page, faults } = await dashboards.open('', {
      sites: { 'example.com': 'hostile' },
      browser: { viewport: { width: 320, height: 900 } },
    })
    const sizes = await page
      .locator('section.panel')
      .evaluateAll((panels) => panels.map((one) => [one.scrollWidth <= one.clientWidth, one.clientHeight]))
    expect(new Set(sizes.map(([fits]) => fits))).toEqual(new Set([true]))
    const rows = await panel(page, 'Pages')
      .locator('tbody tr')
      .evaluateAll((all) => all.map((row) => row.getBoundingClientRect().height))
    expect(new Set(rows)).toEqual(new Set([44]))
    expect(faults).toEqual([])
  })

  it('that read from right to left stay within their row', async () => {
    const { page } = await dashboards.open('', { prepare: (api) => plant(api, ['/\u202Egnp.exe', '/مرحبا']) })
    const row = panel(page, 'Pages').getByRole('row').nth(1)
    // An override that is not closed would turn the number beside it around as well.
    expect(await row.locator('bdi').first().textContent()).toBe('/\u202Egnp.exe')
    expect(
      await row
        .locator('bdi')
        .first()
        .evaluate((name) => getComputedStyle(name).unicodeBidi),
    ).toBe('isolate')
  })

  it('too long or too odd to be asked for are shown without a link', async () => {
    const { page } = await dashboards.open('', {
      prepare: (api) => plant(api, [`/${'x'.repeat(2_000)}`, '/\u0007bell', '/plain']),
    })
    const pages = panel(page, 'Pages')
    expect((await rowsOf(pages)).map(([name]) => name?.length)).toEqual([2_001, 6, 6])
    expect(await pages.getByRole('link').count()).toBe(2)
  })
})
