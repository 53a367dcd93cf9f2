import { calendarOf } from '../../../server/sites/site-day.ts'
import { describe, expect, it } from 'vitest'
import { NOTHING_STORED, readStorage } from '../../support/browser.ts'
import { SITE } from '../fake-collector.ts'
import { answer, asked, choiceOf, isBannerSeen, kept, loaded, useConsentStage } from './consent-stage.ts'

const stage = useConsentStage()

const CONFIG = `GET /s/${SITE}.json`
const NOTICE = `GET /s/${SITE}/notice.json?language=en`
/** What every page loads. */
const FOLLOWED = ['sluice.js', 'sluice-choice.js']
/** What it loads where statistics were allowed before. */
const MEASURING = ['sluice.js', 'sluice-measured.js']
const UI = [...FOLLOWED, 'sluice-ui.js', 'sluice-ui.css']
const REFUSAL = { ...NOTHING_STORED, cookies: [`cc_cookie of ${SITE}`] }
/** What stands on the device while something is granted. */
const GRANT = { ...REFUSAL, localStorage: ['sluice_receipt', 'sluice_sweep', 'sluice_visit'] }
const today = (): string => new Date().toISOString().slice(0, 10)

describe('S0, before a choice', () => {
  it.each([
    ['none', []],
    ['anonymous', ['POST /e']],
  ] as const)(
    'R6.1 %s: asks what there is to choose, shows it, and keeps nothing',
    async (preConsent, sent) => {
      const collector = await stage.collect({ preConsent })
      const visitor = await stage.visit()
      await visitor.page.locator('.cm').waitFor()
      await visitor.settle()
      expect(asked(visitor, collector).toSorted()).toEqual([CONFIG, NOTICE, ...sent].toSorted())
      expect(loaded(visitor, collector).toSorted()).toEqual(UI.toSorted())
      expect(await readStorage(visitor)).toEqual(NOTHING_STORED)
      expect(visitor.requests.filter(({ headers }) => 'cookie' in headers)).toEqual([])
      expect(await choiceOf(visitor)).toEqual({
        granted: ['essential'],
        denied: ['performance', 'functionality', 'targeting'],
        decided: false,
        gpc: false,
      })
      expect(visitor.complaints).toEqual([])
    },
  )

  it('is the same after a reload and in another tab: no trace that it was shown', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit()
    await visitor.page.locator('.cm').waitFor()
    await visitor.page.reload()
    await visitor.page.locator('.cm').waitFor()
    const other = await visitor.context.newPage()
    await other.goto(`${stage.site}/other`)
    await other.locator('.cm').waitFor()
    expect(await readStorage(visitor)).toEqual(NOTHING_STORED)
    expect(collector.choices()).toEqual([])
  })

  it('asks nothing where there is nothing to choose', async () => {
    const collector = await stage.collect({ choice: false })
    const visitor = await stage.visit()
    await visitor.settle()
    expect(asked(visitor, collector)).toEqual([CONFIG])
    expect(loaded(visitor, collector)).toEqual(FOLLOWED)
  })

  it('waits without end while it is not answered: nothing measured, nothing kept, page after page', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit()
    await visitor.page.locator('.cm').waitFor()
    await visitor.page.click('#other')
    await visitor.page.locator('.cm').waitFor()
    await visitor.settle()
    expect(collector.batches()).toEqual([])
    expect(await readStorage(visitor)).toEqual(NOTHING_STORED)
  })
})

describe('S1, granted', () => {
  it('R6.2 R6.5 all: one choice goes out, then the view on which it was made, with the token', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit()
    await visitor.page.evaluate(() => history.pushState({}, '', '/page/2'))
    await answer(visitor, 'all')
    await visitor.settle()
    expect([...new Set(asked(visitor, collector).slice(2))]).toEqual(['POST /c', 'POST /e'])
    expect(collector.choices()).toEqual([
      {
        version: 1,
        site: SITE,
        action: 'accept_all',
        granted: ['performance', 'functionality', 'targeting'],
        revision: 1,
        source: 'banner',
        notice: 'notice-of-en-1',
        gpc: false,
      },
    ])
    const record = await kept(visitor)
    expect(record).toEqual({
      categories: ['essential', 'performance', 'functionality', 'targeting'],
      revision: 1,
      day: today(),
      until: '2027-05-25',
      reopen: 'Privacy choices',
      token: [...collector.tokens][0],
      hour: expect.any(Number) as number,
      calendar: calendarOf('UTC', Date.now()),
    })
    // The earlier view of this page never leaves.
    expect(collector.pages().map(({ consent, events }) => [consent, events.map(({ url }) => url)])).toEqual([
      [record?.token, [`${stage.site}/page/2`]],
    ])
    const stored = await readStorage(visitor)
    expect({ ...stored, localStorage: stored.localStorage.toSorted() }).toEqual(GRANT)
    expect(visitor.complaints).toEqual([])
  })

  it('R6.2 the next pages ask for no configuration and no byte of the UI, and send with the token', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit()
    await answer(visitor, 'all')
    await visitor.settle()
    const before = visitor.requests.length
    await visitor.page.click('#other')
    await visitor.page.waitForURL('**/other')
    await visitor.settle()
    visitor.requests.splice(0, before)
    expect(asked(visitor, collector)).toEqual(['POST /e'])
    expect(loaded(visitor, collector)).toEqual(MEASURING)
    expect(collector.batches().at(-1)?.consent).toBe((await kept(visitor))?.token)
    expect(
      visitor.requests.filter(({ method, headers }) => method === 'POST' && 'cookie' in headers),
    ).toEqual([])
  })

  it('anonymous: the view that was sent before the choice is not sent again with it', async () => {
    const collector = await stage.collect({ preConsent: 'anonymous' })
    const visitor = await stage.visit()
    await visitor.page.locator('.cm').waitFor()
    await visitor.settle()
    await answer(visitor, 'all')
    await visitor.settle()
    expect(collector.pages().map(({ consent, events }) => [consent, events.length])).toEqual([[undefined, 1]])
    await visitor.page.evaluate(() => history.pushState({}, '', '/page/2'))
    await visitor.settle()
    expect(collector.pages().map(({ consent, events }) => [consent !== undefined, events.length])).toEqual([
      [false, 1],
      [true, 1],
    ])
  })

  it.each(['none', 'anonymous'] as const)(
    '%s, functionality alone: nothing is measured',
    async (preConsent) => {
      const collector = await stage.collect({ preConsent })
      const visitor = await stage.visit()
      await visitor.page.locator('.cm').waitFor()
      await visitor.settle()
      const before = collector.batches().length
      await answer(visitor, 'show')
      await visitor.page.locator('.section__toggle[value="functionality"]').check()
      await visitor.page.locator('.pm__btn[data-role="save"]').click()
      await visitor.settle()
      await visitor.page.evaluate(() => history.pushState({}, '', '/page/2'))
      await visitor.settle()
      expect(collector.batches()).toHaveLength(before)
      expect(collector.choices()).toMatchObject([
        { action: 'custom', granted: ['functionality'], source: 'preferences' },
      ])
      expect((await choiceOf(visitor))?.granted).toEqual(['essential', 'functionality'])
    },
  )
})

describe('S2, refused', () => {
  it.each(['none', 'anonymous'] as const)(
    'R6.5 %s: one message without an id, then silence on this page, the next ones and in new tabs',
    async (preConsent) => {
      const collector = await stage.collect({ preConsent })
      const visitor = await stage.visitWhole()
      await visitor.page.locator('.cm').waitFor()
      await visitor.settle()
      const before = visitor.requests.length
      await answer(visitor, 'necessary')
      await visitor.page.evaluate(() => {
        history.pushState({}, '', '/page/2')
        window.sluice?.pageview?.()
      })
      await visitor.settle()
      await visitor.page.click('#other')
      await visitor.page.waitForURL('**/other')
      await visitor.settle()
      const tab = await visitor.context.newPage()
      await tab.goto(`${stage.site}/page`)
      await visitor.settle()
      await visitor.page.goBack({ waitUntil: 'commit' })
      await visitor.settle()
      visitor.requests.splice(0, before)
      expect(asked(visitor, collector)).toEqual(['POST /c'])
      expect(new Set(loaded(visitor, collector))).toEqual(new Set(FOLLOWED))
      expect(collector.choices()).toEqual([
        {
          version: 1,
          site: SITE,
          action: 'reject_all',
          granted: [],
          revision: 1,
          source: 'banner',
          notice: 'notice-of-en-1',
          gpc: false,
        },
      ])
      expect(await readStorage(visitor)).toEqual(REFUSAL)
      expect(visitor.complaints).toEqual([])
    },
  )

  it('R6.5 keeps the same text for everybody', async () => {
    await stage.collect()
    const one = await stage.visit()
    await answer(one, 'necessary')
    await one.settle()
    const other = await stage.visit()
    await answer(other, 'necessary')
    await other.settle()
    expect(await kept(one)).toEqual({
      categories: ['essential'],
      revision: 1,
      day: today(),
      until: '2027-05-25',
      reopen: 'Privacy choices',
    })
    expect((await other.context.cookies())[0]?.value).toBe((await one.context.cookies())[0]?.value)
  })

  it('an objection to anonymous statistics is the same refusal', async () => {
    const collector = await stage.collect({ preConsent: 'anonymous' })
    const visitor = await stage.visit()
    await visitor.page.locator('.cm [data-role="object"]').click()
    await visitor.settle()
    await visitor.page.evaluate(() => history.pushState({}, '', '/page/2'))
    await visitor.settle()
    expect(collector.choices()).toMatchObject([{ action: 'object', granted: [] }])
    expect(collector.events().map(({ url }) => url)).not.toContain(`${stage.site}/page/2`)
    expect(await readStorage(visitor)).toEqual(REFUSAL)
    expect(Object.keys((await kept(visitor)) ?? {})).not.toContain('action')
  })

  it('refusing by the page’s own code needs no banner', async () => {
    const collector = await stage.collect({ preConsent: 'anonymous' })
    const visitor = await stage.visit()
    await visitor.page.locator('.cm').waitFor()
    await visitor.page.evaluate(() => window.sluice?.consent?.rejectAll())
    await expect.poll(() => isBannerSeen(visitor.page)).toBe(false)
    await visitor.settle()
    expect(collector.choices()).toMatchObject([{ action: 'reject_all', source: 'api' }])
    expect(collector.choices()[0]).not.toHaveProperty('notice')
  })
})
