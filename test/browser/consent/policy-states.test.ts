import { describe, expect, it } from 'vitest'
import { NOTHING_STORED, readStorage, type Visitor } from '../../support/browser.ts'
import { SITE } from '../fake-collector.ts'
import {
  answer,
  asked,
  choiceOf,
  holding,
  html,
  isBannerSeen,
  kept,
  loaded,
  useConsentStage,
  withSignal,
} from './consent-stage.ts'

const stage = useConsentStage()

const CONFIG = `GET /s/${SITE}.json`
const NOTICE = `GET /s/${SITE}/notice.json?language=en`
const WEEK_MS = 7 * 86_400_000
const dayIn = (ms: number): string => new Date(Date.now() + ms).toISOString().slice(0, 10)

describe('S4, Global Privacy Control', () => {
  it.each(['none', 'anonymous'] as const)('%s: nothing is measured before a choice', async (preConsent) => {
    const collector = await stage.collect({ preConsent })
    const visitor = await stage.visit('/page', {}, withSignal)
    await visitor.page.locator('.cm').waitFor()
    await visitor.settle()
    expect(asked(visitor, collector)).toEqual([CONFIG, NOTICE])
    expect(await visitor.page.locator('.cm .sluice-signal').textContent()).toContain('Global Privacy Control')
    expect(await readStorage(visitor)).toEqual(NOTHING_STORED)
    expect(await choiceOf(visitor)).toMatchObject({ decided: false, gpc: true, granted: ['essential'] })
  })

  it('where it stands for everything, nobody is asked, and who wants something else finds the way', async () => {
    const collector = await stage.collect({ preConsent: 'anonymous', gpc: 'all' })
    const visitor = await stage.visit('/page', {}, withSignal)
    await visitor.page.locator('[data-sluice-open]').waitFor()
    await visitor.settle()
    expect(loaded(visitor, collector)).not.toContain('sluice-ui.js')
    expect(collector.batches()).toEqual([])
    await visitor.page.click('[data-sluice-open]')
    await visitor.page.locator('.pm .sluice-signal').waitFor()
    await visitor.page.locator('.section__toggle[value="performance"]').check()
    await visitor.page.locator('.pm__btn[data-role="save"]').click()
    await visitor.settle()
    expect(collector.choices()).toMatchObject([
      { granted: ['performance'], gpc: true, source: 'preferences' },
    ])
    expect(collector.pages()).toHaveLength(1)
  })

  it('an explicit choice stands over the signal; one by the page’s own code does not', async () => {
    const collector = await stage.collect()
    const explicit = await stage.visit('/page', {}, withSignal)
    await answer(explicit, 'all')
    await explicit.settle()
    expect(await choiceOf(explicit)).toMatchObject({
      granted: ['essential', 'performance', 'functionality', 'targeting'],
      gpc: true,
    })
    const byCode = await stage.visit('/page', {}, withSignal)
    await byCode.page.locator('.cm').waitFor()
    await byCode.page.evaluate(() => window.sluice?.consent?.accept('all'))
    await byCode.settle()
    expect((await choiceOf(byCode))?.granted).toEqual(['essential', 'performance', 'functionality'])
    expect(collector.choices()).toMatchObject([
      { granted: ['performance', 'functionality', 'targeting'], gpc: true },
      { granted: ['performance', 'functionality'], gpc: true, source: 'api' },
    ])
  })
})

describe('S5, run out', () => {
  it('is undecided at once, and what was granted is cleared', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit(
      '/plain',
      {},
      holding(stage.site, {
        categories: ['essential', 'performance'],
        revision: 1,
        day: dayIn(-WEEK_MS),
        until: dayIn(0),
        token: 'old',
      }),
    )
    await visitor.page.evaluate(() => {
      localStorage.setItem(
        'sluice_sweep',
        JSON.stringify([
          {
            category: 'performance',
            cookies: ['_stat'],
            localStorage: ['stat_*'],
            sessionStorage: [],
            indexedDB: [],
            caches: [],
          },
        ]),
      )
      localStorage.setItem('sluice_receipt', 'old-receipt')
      localStorage.setItem('stat_1', 'x')
      document.cookie = '_stat=1'
    })
    await visitor.page.goto(`${stage.site}/page`)
    await visitor.page.locator('.cm').waitFor()
    await visitor.settle()
    expect(collector.batches()).toEqual([])
    expect((await choiceOf(visitor))?.decided).toBe(false)
    expect(await readStorage(visitor)).toEqual({ ...NOTHING_STORED })
  })
})

describe('a cookie of that name from another consent tool', () => {
  const foreign = { revision: 0, data: null, consentId: 'c0ffee', languageCode: 'en' }
  const put =
    (categories: string[]) =>
    ({ context }: Visitor) =>
      context.addCookies([
        {
          name: 'cc_cookie',
          value: encodeURIComponent(JSON.stringify({ ...foreign, categories })),
          domain: `.${SITE}`,
          path: '/',
        },
      ])

  it('that grants counts for nothing, and goes for the choice that is made now', async () => {
    await stage.collect()
    const visitor = await stage.visit('/page', {}, put(['essential', 'performance']))
    await answer(visitor, 'all')
    await visitor.settle()
    expect((await visitor.context.cookies()).map(({ name, domain }) => [name, domain])).toEqual([
      ['cc_cookie', SITE],
    ])
    expect((await kept(visitor))?.token).toBeDefined()
  })

  it('that refuses is a refusal, until the visitor says otherwise', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit('/page', {}, put(['essential']))
    await visitor.page.locator('[data-sluice-open]').waitFor()
    await visitor.settle()
    expect(asked(visitor, collector)).toEqual([])
    await visitor.page.click('[data-sluice-open]')
    await visitor.page.locator('.pm__btn[data-role="all"]').click()
    await visitor.settle()
    expect((await choiceOf(visitor))?.granted).toHaveLength(4)
    expect(await visitor.context.cookies()).toHaveLength(1)
  })
})

describe('a choice for all subdomains', () => {
  it('is one record for the domain of the policy', async () => {
    await stage.collect({ cookieDomain: SITE })
    const visitor = await stage.visit()
    await answer(visitor, 'all')
    await visitor.settle()
    expect((await visitor.context.cookies()).map(({ domain }) => domain)).toEqual([`.${SITE}`])
    await visitor.page.reload()
    await visitor.page.waitForFunction(() => window.sluice?.consent)
    await visitor.page.evaluate(() => window.sluice?.consent?.withdraw())
    await visitor.settle()
    expect((await visitor.context.cookies()).map(({ name, domain }) => `${name} of ${domain}`)).toEqual([
      `cc_cookie of .${SITE}`,
    ])
    expect((await kept(visitor))?.categories).toEqual(['essential'])
  })
})

describe('S6, a wider policy', () => {
  it('keeps what was not widened, asks for the rest, and never asks who refused', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit()
    await answer(visitor, 'all')
    await visitor.settle()
    collector.policy.revision = 2
    collector.policy.since.targeting = 2
    // The collector knows the old token no more.
    collector.tokens.clear()
    await visitor.page.click('#other')
    await visitor.page.waitForURL('**/other')
    await visitor.page.locator('.cm').waitFor()
    expect(await choiceOf(visitor)).toMatchObject({
      granted: ['essential', 'performance', 'functionality'],
      decided: false,
    })
    // Still asked, page after page, until it is answered.
    await visitor.page.goto(`${stage.site}/page`)
    await visitor.page.locator('.cm').waitFor()
    await answer(visitor, 'necessary')
    await visitor.settle()
    expect((await choiceOf(visitor))?.decided).toBe(true)
    collector.policy.revision = 3
    await visitor.page.reload()
    await visitor.settle()
    expect(await isBannerSeen(visitor.page)).toBe(false)
  })

  it('asks anew where nothing of the choice is left', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit()
    await answer(visitor, 'all')
    await visitor.settle()
    collector.policy.revision = 2
    for (const name of ['performance', 'functionality', 'targeting'] as const)
      collector.policy.since[name] = 2
    collector.tokens.clear()
    await visitor.page.click('#other')
    await visitor.page.waitForURL('**/other')
    await visitor.page.locator('.cm').waitFor()
    expect(await choiceOf(visitor)).toMatchObject({ granted: ['essential'], decided: false })
    await visitor.settle()
    expect(await readStorage(visitor)).toEqual(NOTHING_STORED)
    expect(await visitor.page.evaluate(() => document.documentElement.className)).toBe('show--consent')
  })
})

describe('S7 and S8', () => {
  it('S7 without JavaScript nothing is asked, kept or sent', async () => {
    const collector = await stage.collect({ preConsent: 'anonymous' })
    stage.pages.route(
      '/page',
      html(collector.tag(), '<img data-category="performance" data-src="/pixel.gif" alt="">'),
    )
    const visitor = await stage.visit('/page', { javaScriptEnabled: false })
    await visitor.page.waitForLoadState('networkidle')
    expect(asked(visitor, collector)).toEqual([])
    expect(visitor.requests.map(({ url }) => url)).not.toContain(`${stage.site}/pixel.gif`)
  })

  it('S8 a driven browser is asked like any other: a choice is a right, not a measurement', async () => {
    await stage.collect()
    const visitor = await stage.visit('/page', { userAgent: 'Mozilla/5.0 (compatible; SomeBot/1.0)' })
    expect(await visitor.page.evaluate(() => navigator.webdriver)).toBe(true)
    await answer(visitor, 'necessary')
    expect((await kept(visitor))?.categories).toEqual(['essential'])
  })
})
