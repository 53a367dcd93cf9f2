import { describe, expect, it } from 'vitest'
import { readStorage } from '../../support/browser.ts'
import { answer, loaded, useConsentStage } from '../consent/consent-stage.ts'
import { GRANTED, measured, type Measured } from './events-stage.ts'

const stage = useConsentStage()

const granting = (...categories: ('functionality' | 'targeting')[]): Promise<Measured> =>
  measured(stage, '', '', { record: { ...GRANTED, categories: ['essential', ...categories] } })

describe('R6.4 preferences', () => {
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

describe('R6.4 campaigns', () => {
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
    // No server hears of it.
    expect(JSON.stringify(collector.received)).not.toContain('spring')
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
