import { describe, expect, it } from 'vitest'
import { NOTHING_STORED, readStorage, type Visitor } from '../../support/browser.ts'
import { hold } from '../stage.ts'
import { SITE, JSON_HEADERS } from '../fake-collector.ts'
import { answer, asked, choiceOf, html, kept, useConsentStage } from './consent-stage.ts'

const stage = useConsentStage()

const REFUSAL = { ...NOTHING_STORED, cookies: [`cc_cookie of ${SITE}`] }

/** What a site's tools leave behind, in every variant that a page can write; `own` is the site's own and stays. */
const leave = ({ page }: Visitor): Promise<void> =>
  page.evaluate(async () => {
    document.cookie = '_stat=1; path=/'
    document.cookie = '_stat_page=1; path=/shop'
    document.cookie = '_stat_deep=1; path=/shop/bikes/'
    document.cookie = `_stat_domain=1; path=/; domain=${location.hostname}`
    document.cookie = `_ad=1; path=/shop; domain=.${location.hostname}`
    document.cookie = 'own=1; path=/'
    for (const storage of [localStorage, sessionStorage]) {
      storage.setItem('stat_visits', '1')
      storage.setItem('own', '1')
    }
    localStorage.setItem('chat', '1')
    localStorage.setItem('ad_last', '1')
    for (const name of ['stat', 'ads', 'own']) {
      await new Promise((resolve) => {
        indexedDB.open(name).addEventListener('success', ({ target }) => {
          ;(target as IDBOpenDBRequest).result.close()
          resolve(undefined)
        })
      })
    }
  })

const OWN = {
  ...NOTHING_STORED,
  cookies: [`cc_cookie of ${SITE}`, `own of ${SITE}`],
  localStorage: ['own'],
  sessionStorage: ['own'],
  databases: ['own'],
}

describe('withdrawal', () => {
  it('R6.5 clears in the same page what was granted, in every variant, and sends nothing more but itself', async () => {
    const collector = await stage.collect()
    stage.pages.route('/shop/bikes/one', html(collector.tag()))
    stage.pages.route('/shop/bikes/two', html(collector.tag()))
    const visitor = await stage.visit('/shop/bikes/one')
    await answer(visitor, 'all')
    await visitor.settle()
    await leave(visitor)
    const before = visitor.requests.length
    await visitor.page.evaluate(() => window.sluice?.consent?.withdraw())
    await visitor.settle()
    await visitor.page.evaluate(() => history.pushState({}, '', '/shop/bikes/two'))
    await visitor.settle()
    const stored = await readStorage(visitor)
    expect({ ...stored, cookies: stored.cookies.toSorted() }).toEqual(OWN)
    visitor.requests.splice(0, before)
    expect(asked(visitor, collector)).toEqual(['POST /c'])
    expect(collector.choices().at(-1)).toMatchObject({
      action: 'withdraw',
      granted: [],
      receipt: 'receipt-1',
    })
    expect((await kept(visitor))?.pending).toBeUndefined()
    await visitor.page.reload()
    await visitor.settle()
    expect(asked(visitor, collector)).toEqual(['POST /c'])
    expect(visitor.complaints).toEqual([])
  })

  it('leaves the same as a refusal leaves', async () => {
    await stage.collect()
    const visitor = await stage.visit()
    await answer(visitor, 'all')
    await visitor.settle()
    await visitor.page.click('[data-sluice-open]')
    await visitor.page.locator('.pm__btn[data-role="necessary"]').click()
    await visitor.settle()
    expect(await readStorage(visitor)).toEqual(REFUSAL)
    const refused = await stage.visit()
    await answer(refused, 'necessary')
    await refused.settle()
    expect((await visitor.context.cookies())[0]?.value).toBe((await refused.context.cookies())[0]?.value)
  })

  it('clears again what a script writes after it', async () => {
    await stage.collect()
    const visitor = await stage.visit()
    await answer(visitor, 'all')
    await visitor.settle()
    const isWritten = await visitor.page.evaluate(
      () =>
        new Promise((resolve) => {
          addEventListener('pagehide', () => localStorage.setItem('stat_end', '1'), { capture: true })
          addEventListener('sluice:consent', () => {
            // After the first sweep, as the answer to a timer that ran already.
            setTimeout(() => {
              document.cookie = '_stat=late; path=/'
              resolve(document.cookie.includes('_stat=late'))
            }, 100)
          })
          window.sluice?.consent?.withdraw()
        }),
    )
    expect(isWritten).toBe(true)
    await expect.poll(() => visitor.page.evaluate(() => document.cookie.includes('_stat'))).toBe(false)
    await visitor.page.goto(`${stage.site}/plain`)
    expect(await readStorage(visitor)).toEqual(REFUSAL)
  })

  it('of one category clears that category alone', async () => {
    const collector = await stage.collect()
    stage.pages.route('/shop/bikes/one', html(collector.tag()))
    const visitor = await stage.visit('/shop/bikes/one')
    await answer(visitor, 'all')
    await visitor.settle()
    await leave(visitor)
    await visitor.page.evaluate(() => window.sluice?.consent?.accept(['performance', 'functionality']))
    await visitor.settle()
    const { cookies, localStorage } = await readStorage(visitor)
    expect(localStorage.toSorted()).toEqual([
      'chat',
      'own',
      'sluice_receipt',
      'sluice_sweep',
      'sluice_visit',
      'stat_visits',
    ])
    expect(cookies.some((cookie) => cookie.startsWith('_ad'))).toBe(false)
    expect(cookies.some((cookie) => cookie.startsWith('_stat'))).toBe(true)
  })

  it('works while the collector is gone, by the lists that the device keeps', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit()
    await answer(visitor, 'all')
    await visitor.settle()
    await visitor.page.reload()
    await visitor.settle()
    await leave(visitor)
    await visitor.context.route(`${collector.url}/**`, (route) => route.abort())
    await visitor.page.evaluate(() => window.sluice?.consent?.withdraw())
    await expect.poll(async () => (await readStorage(visitor)).localStorage).toEqual(['own'])
    expect(await choiceOf(visitor)).toMatchObject({ granted: ['essential'], decided: true })
    expect(collector.choices()).toHaveLength(1)
  })

  it('made where no script ran clears with the next page', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit()
    await answer(visitor, 'all')
    await visitor.settle()
    await leave(visitor)
    // As the choices page does it: another record, and nothing else.
    const record = { categories: ['essential'], revision: 1, day: '2026-11-24', until: '2099-01-01' }
    await visitor.context.addCookies([
      { name: 'cc_cookie', value: encodeURIComponent(JSON.stringify(record)), url: stage.site },
    ])
    await visitor.page.goto(`${stage.site}/other`)
    await expect.poll(async () => (await readStorage(visitor)).localStorage).toEqual(['own'])
    expect(collector.choices()).toHaveLength(1)
  })
})

describe('a second tab', () => {
  it('R6.5 follows within a second: grants, then withdraws and clears what its own scripts write', async () => {
    const collector = await stage.collect()
    const waiting = '<script type="text/plain" data-category="performance">document.title = "awake"</script>'
    stage.pages.route('/second', html(collector.tag(), waiting))
    const visitor = await stage.visit()
    const second = await visitor.context.newPage()
    await second.goto(`${stage.site}/second`)
    await second.locator('.cm').waitFor()
    await second.evaluate(() => {
      addEventListener('sluice:consent', (event) => {
        const { granted } = (event as CustomEvent<{ granted: string[] }>).detail
        ;(window as unknown as { told: [number, number][] }).told ??= []
        ;(window as unknown as { told: [number, number][] }).told.push([granted.length, Date.now()])
      })
    })
    const told = (): Promise<[number, number][]> =>
      second.evaluate(() => (window as unknown as { told?: [number, number][] }).told ?? [])
    await answer(visitor, 'all')
    await second.waitForFunction(() => document.title === 'awake')
    await visitor.settle()
    expect(await second.locator('.cm').isVisible()).toBe(false)
    await second.evaluate(() => {
      setInterval(() => localStorage.setItem('stat_timer', '1'), 50)
    })
    const from = await visitor.page.evaluate(() => {
      window.sluice?.consent?.withdraw()
      return Date.now()
    })
    await expect.poll(async () => (await told()).at(-1)?.[0]).toBe(1)
    expect(((await told()).at(-1)?.[1] ?? 0) - from).toBeLessThan(1_000)
    await second.close()
    expect((await readStorage(visitor)).localStorage).not.toContain('sluice_sweep')
    expect(collector.choices()).toMatchObject([{ action: 'accept_all' }, { action: 'withdraw' }])
  })
})

describe('the back/forward cache', () => {
  it('gives back a page that learns of a choice made meanwhile', async () => {
    const collector = await stage.collect({ preConsent: 'anonymous' })
    const visitor = await stage.visitWhole()
    await visitor.page.locator('.cm').waitFor()
    await visitor.page.evaluate(() => {
      addEventListener('pageshow', ({ persisted }) => (document.title = `persisted ${persisted}`))
    })
    await visitor.settle()
    await visitor.page.goto(`${stage.site}/plain`)
    // As the choices page does it: a record, and no word to other pages.
    const record = { categories: ['essential'], revision: 1, day: '2026-11-24', until: '2099-01-01' }
    await visitor.context.addCookies([
      { name: 'cc_cookie', value: encodeURIComponent(JSON.stringify(record)), url: stage.site },
    ])
    const views = collector.events().length
    await visitor.page.goBack({ waitUntil: 'commit' })
    await visitor.page.waitForFunction(() => document.title === 'persisted true')
    await expect.poll(() => visitor.page.locator('.cm').isVisible()).toBe(false)
    await visitor.settle()
    expect(await choiceOf(visitor)).toMatchObject({ decided: true })
    expect(collector.events()).toHaveLength(views)
    expect(visitor.complaints).toEqual([])
  })
})

describe('a choice that the server cannot take', () => {
  it('R6.5 holds at once, is told when it can be, and nothing that needs a token leaves before', async () => {
    const collector = await stage.collect()
    const { held, release } = hold()
    collector.route('/c', () =>
      held.then(() => ({ status: 503, headers: { ...JSON_HEADERS, 'retry-after': '600' } })),
    )
    const awake = '<script type="text/plain" data-category="performance">document.title = "awake"</script>'
    stage.pages.route('/page', html(collector.tag(), awake))
    const visitor = await stage.visit()
    await answer(visitor, 'all')
    await visitor.page.waitForFunction(() => document.title === 'awake')
    await visitor.page.evaluate(() => history.pushState({}, '', '/page/2'))
    expect(await choiceOf(visitor)).toMatchObject({ decided: true })
    release()
    await visitor.settle()
    expect(collector.batches()).toEqual([])
    const record = await kept(visitor)
    expect(record?.token).toBeUndefined()
    expect(record?.pending).toMatchObject({ action: 'accept_all', source: 'banner' })
    expect(record?.until).toMatch(/^\d{4}-\d\d-\d\d$/)

    // The next page finds the collector well.
    const well = await stage.collect()
    await visitor.page.goto(`${stage.site}/other`)
    await expect.poll(() => well.pages().length).toBe(1)
    expect(well.choices()).toEqual([record?.pending])
    expect((await kept(visitor))?.pending).toBeUndefined()
    expect(well.batches()[0]?.consent).toBe((await kept(visitor))?.token)
  })
})
