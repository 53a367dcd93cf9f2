import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { isSettingsPage, PAGES } from '../../dashboard/registry.ts'
import type { FlowQuery, FunnelQuery, QueryAnswer, QueryRow } from '../../schema/query.ts'
import { corpus, corpusLines } from '../support/corpora.ts'
import {
  follow,
  panel,
  rowsOf,
  settled,
  soon,
  startDashboards,
  turnTo,
  type Dashboards,
} from '../support/dashboard.ts'
import type { FakeApi } from '../support/fake-api.ts'

let dashboards: Dashboards
beforeAll(async () => {
  dashboards = await startDashboards()
})

const OWN_PAYLOADS = [
  '<script>window.wasRun=true</script>',
  '<img src=x onerror="window.wasRun=true">',
  '"><svg/onload=window.wasRun=true>',
  'javascript:window.wasRun=true',
  "'-window.wasRun=true-'",
  '{{constructor.constructor("window.wasRun=true")()}}',
  '</title></textarea><iframe srcdoc="<script>parent.wasRun=true</script>">',
  '<style>*{display:none}</style>',
  'constructor',
  '__proto__',
]

/** Naughty strings that a row may hold: the collector takes control characters out. */
const NAUGHTY = (JSON.parse(corpus('hostile/blns.json') ?? '[]') as string[]).filter((text) => text !== '')

const FIGURES = {
  visitors: 7,
  visits: 7,
  pageviews: 7,
  events: 7,
  errors: 7,
  p50: 1,
  p75: 2,
  p95: 3,
  requests: 7,
  calls: 7,
  callMinutes: 7,
  choices: 7,
  drops: 7,
  late: 7,
  scrubbed: 7,
  sends: 7,
  fetches: 7,
  likelyHuman: 7,
  follows: 7,
} as const

/** Puts values into every breakdown, in front of what there is. */
function plant(api: Pick<FakeApi, 'answer'>, values: readonly string[]): void {
  const { answer } = api
  api.answer = (query): QueryAnswer => {
    const answered = answer(query)
    if ('flow' in query || 'funnel' in query) return plantSteps(query, answered, values)
    if ('bursts' in query) {
      const rows = values.map((network): QueryRow => ({ time: '2026-11-24T03:00', network, requests: 7 }))
      return { ...answered, rows }
    }
    const breakdown = 'breakdown' in query ? query.breakdown : undefined
    if (!breakdown) return { ...answered, totals: { ...answered.totals, ...FIGURES } }
    const rows = values.map((value): QueryRow => ({ time: '2026-11-24', [breakdown]: value, ...FIGURES }))
    return { ...answered, rows, totals: FIGURES, meta: { ...answered.meta, rowCount: rows.length } }
  }
}

/** The same as pages that visits went to, and as names of steps. */
function plantSteps(
  query: FunnelQuery | FlowQuery,
  answered: QueryAnswer,
  values: readonly string[],
): QueryAnswer {
  const rows: QueryRow[] =
    'flow' in query
      ? values.map((value) => ({ step: 1, from: '/', to: value, visits: 7 }))
      : query.funnel.map((_, index) => ({
          step: index + 1,
          name: values[index % values.length] ?? '',
          visits: 7,
          visitors: 7,
          rate: 1,
          stepRate: index === 0 ? null : 1,
          dropOff: index === 0 ? null : 0,
        }))
  return { ...answered, rows }
}

/**
 * Deals values out, as many to each question as it asks for rows: over all views every value comes up, and no page has to
 * draw hundreds in each of its lists, which the server never answers.
 */
function deal(api: FakeApi, first: string, values: readonly string[]): { dealt: () => number } {
  const { answer } = api
  let count = 0
  api.answer = (query) => {
    const limit = Math.min(MOST_ROWS, ('limit' in query ? query.limit : undefined) ?? MOST_ROWS)
    const next = Array.from({ length: limit - 1 }, () => values[count++ % values.length] ?? '')
    const dealt: Pick<FakeApi, 'answer'> = { answer }
    plant(dealt, [...new Set([first, ...next])])
    return dealt.answer(query)
  }
  return { dealt: () => count }
}

const MOST_ROWS = 25

function wasRun(page: Page): Promise<unknown> {
  return page.evaluate(() => (window as unknown as { wasRun?: unknown }).wasRun)
}

/** Views whose rows are any values, each of which they name. */
const SHOWS = /=(realtime|clicks|email|calls|requests|errors|consent|quality|referrer|prop:plan)$/

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

  const written = (values: readonly string[]) =>
    values.map((value) => `&step=${encodeURIComponent(`event:${value}`)}`).join('')
  const hostile = encodeURIComponent(OWN_PAYLOADS[1] ?? '')
  /** What the address of a view may say besides, hostile as well. */
  const SEARCHES = [
    '?show=details&of=referrer',
    `?show=details&of=event&search=${hostile}`,
    '?show=details&of=prop:plan',
    `?show=details&of=${hostile}&sort=__proto__&page=-1`,
    `?show=funnels&by=utmCampaign${written(OWN_PAYLOADS)}`,
    `?show=journeys&from=${hostile}`,
    '?show=returning&as=__proto__',
    '?show=times&count=constructor',
  ]
  it('R5.2 in every view run nothing either, breach no policy and widen no page', async () => {
    const payloads = [
      ...new Set([
        ...OWN_PAYLOADS,
        ...corpusLines<{ payload: string }>('hostile/xss.jsonl').map((one) => one.payload),
        ...NAUGHTY,
      ]),
    ]
    let dealt = (): number => 0
    const views = PAGES.filter((view) => !isSettingsPage(view) && view !== 'details')
    const searches = [...views.map((view) => `?show=${view}`), ...SEARCHES]
    const { page, faults, foreign } = await dashboards.open(searches[0], {
      prepare: (one) => ({ dealt } = deal(one, OWN_PAYLOADS[0] ?? '', payloads)),
      browser: { viewport: { width: 320, height: 900 } },
    })
    const found: string[] = []
    for (const [rank, search] of searches.entries()) {
      if (rank > 0) await turnTo(page, search)
      const main = page.getByRole('main')
      const shown = (await main.textContent()) ?? ''
      // A map names countries only, a funnel and vitals what was asked for: the others show what came.
      if (SHOWS.test(search) && !shown.includes(OWN_PAYLOADS[0] ?? '')) found.push(`${search}: shows nothing`)
      if ((await wasRun(page)) !== undefined) found.push(`${search}: something was run`)
      const elements = await main.locator('iframe, img, script, [onerror], [onload]').count()
      if (elements > 0) found.push(`${search}: ${elements} elements`)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      if (wide !== 320) found.push(`${search}: ${wide} px wide`)
    }
    expect(found).toEqual([])
    expect(dealt()).toBeGreaterThan(payloads.length)
    expect(faults).toEqual([])
    expect(foreign).toEqual([])
  })

  it('can be filtered by', async () => {
    const { page, api, faults } = await dashboards.open('', { prepare: (one) => plant(one, OWN_PAYLOADS) })
    const links = panel(page, 'Pages').locator('a.row-name')
    const addresses = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))
    expect(addresses).toHaveLength(OWN_PAYLOADS.length)
    for (const [index, payload] of OWN_PAYLOADS.entries()) {
      await follow(page, addresses[index] ?? '')
      await soon(() => page.getByRole('list', { name: 'Filters' }).textContent()).toContain(
        `Page is ${payload}`,
      )
      await settled(page)
      await soon(() => api.queries.at(-1)?.filters).toEqual([{ dimension: 'page', is: [payload] }])
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
    expect(await pages.getByRole('table').getByRole('link').count()).toBe(2)
  })
})
