import { describe, expect, it } from 'vitest'
import type { WireBatch } from '../../../schema/event.ts'
import { readStorage } from '../../support/browser.ts'
import { answer, loaded, useConsentStage } from '../consent/consent-stage.ts'
import { JSON_HEADERS } from '../fake-collector.ts'
import { GRANTED, measured, more, told, type Measured } from './events-stage.ts'

const stage = useConsentStage()

const granting = (...categories: ('functionality' | 'targeting')[]): Promise<Measured> =>
  measured(stage, '', '', { record: { ...GRANTED, categories: ['essential', ...categories] } })

describe('R2.3 R6.3 preferences', () => {
  it('are kept across pages, whatever JSON they are, under any name', async () => {
    const { visitor } = await granting('functionality')
    const values = {
      theme: 'dark',
      size: 1.5,
      list: [1, 'two'],
      constructor: 'own',
      ['__proto__']: 'odd',
      no: false,
    }
    for (const [key, value] of Object.entries(values))
      expect(
        await visitor.page.evaluate(
          ([name, kept]) => window.sluice?.preferences?.set(name as string, kept),
          [key, value],
        ),
      ).toBe(true)
    await visitor.page.goto(`${stage.site}/other`)
    await visitor.page.waitForFunction(() => window.sluice?.preferences)
    for (const [key, value] of Object.entries(values))
      expect(await visitor.page.evaluate((name) => window.sluice?.preferences?.get(name), key)).toEqual(value)
    await visitor.page.evaluate(() => window.sluice?.preferences?.set('theme', undefined))
    expect(
      await visitor.page.evaluate(() =>
        Promise.all(['theme', 'valueOf'].map(async (name) => window.sluice?.preferences?.get(name))),
      ),
    ).toEqual([undefined, undefined])
    expect((await readStorage(visitor)).localStorage).toEqual(['sluice_preferences'])
  })

  it('that are too much, or no JSON, are not kept, and nothing is thrown', async () => {
    const { visitor } = await granting('functionality')
    const answers = await visitor.page.evaluate(async () => {
      const circle: Record<string, unknown> = {}
      circle['self'] = circle
      const kept = []
      for (const value of ['x'.repeat(20_000), circle, 1n])
        kept.push(await window.sluice?.preferences?.set('x', value))
      return [...kept, await window.sluice?.preferences?.get('x')]
    })
    expect(answers).toEqual([false, false, false, undefined])
  })

  it('R6.5 are neither kept nor read without the consent, and go with it', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit()
    await visitor.page.locator('.cm').waitFor()
    const set = (): Promise<unknown> =>
      visitor.page.evaluate(() => window.sluice?.preferences?.set('theme', 'dark'))
    const get = (): Promise<unknown> => visitor.page.evaluate(() => window.sluice?.preferences?.get('theme'))
    expect(await set()).toBe(false)
    expect((await readStorage(visitor)).localStorage).toEqual([])
    await answer(visitor, 'all')
    await visitor.settle()
    expect(await set()).toBe(true)
    await visitor.page.evaluate(() => window.sluice?.consent?.withdraw())
    await visitor.settle()
    expect(await get()).toBeUndefined()
    expect(await set()).toBe(false)
    expect((await readStorage(visitor)).localStorage).toEqual([])
    expect(JSON.stringify(collector.received)).not.toContain('theme')
  })

  it('cost nothing on a page that asks for none', async () => {
    const { collector, visitor } = await granting('functionality', 'targeting')
    expect(loaded(visitor, collector)).not.toContain('sluice-memory.js')
  })
})

describe('R6.4 R2.4 campaigns', () => {
  it('are shown as often as the limit says, within days of the visitor’s calendar', async () => {
    const { collector, visitor } = await granting('targeting')
    const show = (day: string): Promise<boolean[]> =>
      visitor.page.clock.setFixedTime(`${day}T12:00:00Z`).then(() =>
        visitor.page.evaluate(async () => {
          const seen = []
          for (let time = 0; time < 4; time++) {
            const may = (await window.sluice?.ads?.shouldShow('spring', { max: 2, perDays: 7 })) ?? false
            if (may) await window.sluice?.ads?.shown('spring')
            seen.push(may)
          }
          return seen
        }),
      )
    expect(await show('2026-08-05')).toEqual([true, true, false, false])
    expect(await show('2026-08-11')).toEqual([false, false, false, false])
    expect(await show('2026-08-12')).toEqual([true, true, false, false])
    await visitor.page.evaluate(() => window.sluice?.ads?.clicked('spring'))
    expect(await visitor.page.evaluate(() => window.sluice?.ads?.shouldShow('autumn', { max: 1 }))).toBe(true)
    expect((await readStorage(visitor)).localStorage).toEqual(['sluice_ads'])
    // Told is that they were seen and followed, of nobody and no page.
    await visitor.settle()
    const ads = told(collector, 'ad').map(({ action, campaign }) => `${action} ${campaign}`)
    expect(ads.toSorted()).toEqual(['click spring', ...Array<string>(4).fill('impression spring')])
    for (const { url } of told(collector, 'ad')) expect(url).toBe(stage.site)
    expect(more(collector).every(({ type }) => type === 'ad')).toBe(true)
    expect(collector.events().some(({ type }) => type === 'pageview')).toBe(false)
  })

  it('are told to have had their effect when something is tracked, the one that was touched last', async () => {
    const { collector, visitor } = await granting('targeting')
    const track = (name: string): Promise<void> =>
      visitor.page.evaluate((event) => window.sluice?.track?.(event), name)
    await visitor.page.clock.setFixedTime('2026-08-05T12:00:00Z')
    await track('Too early')
    await visitor.page.evaluate(async () => {
      await window.sluice?.ads?.shown('spring')
      await window.sluice?.ads?.shown('autumn')
      await window.sluice?.ads?.clicked('spring')
    })
    await visitor.page.clock.setFixedTime('2026-08-08T12:00:00Z')
    await track('Signup')
    await expect
      .poll(() => told(collector, 'ad').filter(({ action }) => action === 'conversion'))
      .toEqual([
        { action: 'conversion', campaign: 'spring', event: 'Signup', touches: 2, days: 3, url: stage.site },
      ])
    // It is no custom event: those need another category.
    expect(told(collector, 'event')).toEqual([])
    // Noted once it was answered.
    await expect
      .poll(async () => {
        const sent = await visitor.page.evaluate(() => window.sluice?.inspect?.() ?? [])
        return sent.filter(({ basis }) => basis === 'targeting').length
      })
      .toBe(4)
    // After ninety days nothing is left that could have had it.
    await visitor.page.clock.setFixedTime('2026-12-01T12:00:00Z')
    await track('Signup')
    await visitor.settle()
    expect(told(collector, 'ad').filter(({ action }) => action === 'conversion')).toHaveLength(1)
  })

  it('that led here by their link count as followed, once a day, and not before the consent', async () => {
    const collector = await stage.collect()
    const visitor = await stage.visit('/page?utm_campaign=spring')
    await visitor.page.locator('.cm').waitFor()
    expect((await readStorage(visitor)).localStorage).toEqual([])
    await answer(visitor, 'all')
    // The token is still on its way.
    await expect.poll(() => told(collector, 'ad').length, { timeout: 20_000 }).toBe(1)
    await visitor.page.reload()
    await visitor.page.waitForFunction(() => window.sluice?.ads)
    await visitor.settle()
    expect(told(collector, 'ad')).toEqual([{ action: 'click', campaign: 'spring', url: stage.site }])
  })

  it('wait for a collector that is away, and count once', async () => {
    const { collector, visitor } = await granting('targeting')
    let tries = 0
    collector.route('/e', ({ body }) => {
      const { events } = JSON.parse(body) as WireBatch
      if (events[0]?.type === 'ad' && ++tries < 3) return { status: 503, headers: JSON_HEADERS }
      return { status: 202, headers: JSON_HEADERS, body: '{"accepted":1,"dropped":0}' }
    })
    await visitor.page.evaluate(() => window.sluice?.ads?.shown('spring'))
    await expect.poll(() => tries, { timeout: 20_000 }).toBe(3)
    await visitor.settle()
    // The same event each time, and no more of it once it was taken.
    expect(tries).toBe(3)
    expect(told(collector, 'ad')).toHaveLength(1)
  })

  it('are remembered within bounds', async () => {
    const { visitor } = await granting('targeting')
    await visitor.page.evaluate(async () => {
      for (let rank = 0; rank < 120; rank++) await window.sluice?.ads?.shown(`campaign ${rank}`)
      for (let time = 0; time < 150; time++) await window.sluice?.ads?.shown('often')
    })
    const kept = await visitor.page.evaluate(
      () => JSON.parse(localStorage.getItem('sluice_ads') ?? '{}') as Record<string, { shown: number[] }>,
    )
    expect(Object.keys(kept)).toHaveLength(100)
    expect(kept['often']?.shown).toHaveLength(100)
    expect(kept['campaign 119']).toBeDefined()
    await visitor.page.clock.setFixedTime('2099-01-01T12:00:00Z')
    await visitor.page.evaluate(() => window.sluice?.ads?.clicked('often'))
  })

  it('R6.5 are neither shown nor remembered without the consent, and forgotten with it', async () => {
    await stage.collect()
    const visitor = await stage.visit()
    await visitor.page.locator('.cm').waitFor()
    const show = (): Promise<unknown> =>
      visitor.page.evaluate(async () => {
        await window.sluice?.ads?.shown('spring')
        return window.sluice?.ads?.shouldShow('spring', { max: 9 })
      })
    expect(await show()).toBe(false)
    expect((await readStorage(visitor)).localStorage).toEqual([])
    await answer(visitor, 'all')
    await visitor.settle()
    expect(await show()).toBe(true)
    await visitor.page.evaluate(() => window.sluice?.consent?.withdraw())
    await visitor.settle()
    expect(await show()).toBe(false)
    expect((await readStorage(visitor)).localStorage).toEqual([])
  })
})

describe('R1.6 traits', () => {
  const set = (page: Measured['visitor']['page'], values: object): Promise<void> =>
    page.evaluate((given) => window.sluice?.traits?.set(given), values)

  it('are told once a day each, of nobody, and only in words of the lists', async () => {
    const { collector, visitor } = await granting('targeting')
    const { page } = visitor
    await page.clock.setFixedTime('2026-08-05T12:00:00Z')
    await set(page, { age: '25-34', gender: 'female', name: 'Jane', occupation: 'Jane', constructor: 'x' })
    await set(page, { age: '25-34' })
    await set(page, { age: '35-44' })
    await page.reload()
    await page.waitForFunction(() => window.sluice?.traits)
    await set(page, { age: '35-44', gender: 'female' })
    await visitor.settle()
    const values = (): string[] => told(collector, 'trait').map(({ trait, value }) => `${trait} ${value}`)
    expect(values().toSorted()).toEqual(['age 25-34', 'age 35-44', 'gender female'])
    await page.clock.setFixedTime('2026-08-06T12:00:00Z')
    await set(page, { gender: 'female' })
    await expect.poll(() => values().length).toBe(4)
    for (const { url } of told(collector, 'trait')) expect(url).toBe(stage.site)
    expect(JSON.stringify(collector.received)).not.toContain('Jane')
    expect((await readStorage(visitor)).localStorage).toEqual(['sluice_traits'])
  })

  it('R6.5 are neither kept nor told without the consent', async () => {
    const { collector, visitor } = await granting('functionality')
    await set(visitor.page, { age: '25-34' })
    await visitor.settle()
    expect(more(collector)).toEqual([])
    expect((await readStorage(visitor)).localStorage).toEqual([])
  })
})
