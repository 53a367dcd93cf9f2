import { describe, expect, it } from 'vitest'
import { createCounts } from '../../../server/consent/counts.ts'
import { knownLanguage } from '../../../server/consent/known-language.ts'
import { createWriter } from '../../../server/consent/writer.ts'
import { serve } from './asked.ts'
import { rowsOf } from '../store/opened.ts'
import { decisionOf, REFUSAL, rig, WITHDRAWAL } from './rig.ts'

describe('counts of choices', () => {
  it('R6.5 say how often was chosen what, by day of the site, language and country, and hold no id', async () => {
    const { consent, site, clock, facts, store } = await rig()
    const ask = await serve(consent.route)
    const DE = { country: 'DE', language: 'de-AT,en' }
    for (let count = 0; count < 5; count++) consent.counts.shown(site, DE)
    consent.counts.shown(site, { country: 'FR', language: 'fr' })
    const { json } = await ask({ body: decisionOf() })
    await ask({ body: decisionOf({ action: 'custom', granted: ['performance'] }) })
    await ask({ body: decisionOf({ action: 'custom', granted: [] }) })
    Object.assign(facts, { country: 'FR', language: 'fr' })
    await ask({ body: decisionOf(REFUSAL) })
    await ask({ body: decisionOf({ action: 'object', granted: [] }) })
    // In Berlin the next day has begun.
    clock.pass(9.5 * 3_600_000)
    await ask({ body: decisionOf({ ...WITHDRAWAL, receipt: String(json['receipt']) }) })
    const read = (by: ('consentState' | 'language' | 'country')[]): Promise<unknown> =>
      consent.counts.read({ site, from: '2026-11-24', to: '2026-11-25', by })
    expect(await read([])).toEqual([
      { day: '2026-11-24', count: 11 },
      { day: '2026-11-25', count: 1 },
    ])
    expect(await read(['consentState', 'country'])).toEqual(
      expect.arrayContaining([
        { day: '2026-11-24', consentState: 'shown', country: 'DE', count: 5 },
        { day: '2026-11-24', consentState: 'shown', country: 'FR', count: 1 },
        { day: '2026-11-24', consentState: 'accepted', country: 'DE', count: 1 },
        { day: '2026-11-24', consentState: 'custom', country: 'DE', count: 1 },
        { day: '2026-11-24', consentState: 'rejected', country: 'DE', count: 1 },
        { day: '2026-11-24', consentState: 'rejected', country: 'FR', count: 1 },
        { day: '2026-11-24', consentState: 'objected', country: 'FR', count: 1 },
        { day: '2026-11-25', consentState: 'withdrawn', country: 'FR', count: 1 },
      ]) as unknown,
    )
    expect(await read(['language'])).toContainEqual({ day: '2026-11-24', language: 'de', count: 8 })
    expect(await consent.counts.read({ site, from: '2026-11-25', to: '2026-11-25', by: [] })).toHaveLength(1)
    const [row] = await rowsOf(store, 'consent_count')
    expect(Object.keys(row ?? {})).toEqual(['site_id', 'day', 'language', 'country', 'outcome', 'count'])
  })

  it('R6.5 R9.1 say what was granted and under which signal, of no country and no language', async () => {
    const { consent, site, facts, store } = await rig()
    const ask = await serve(consent.route)
    Object.assign(facts, { country: 'DE', language: 'de' })
    const { json } = await ask({ body: decisionOf() })
    await ask({ body: decisionOf({ action: 'custom', granted: ['performance'] }) })
    Object.assign(facts, { gpc: true })
    await ask({ body: decisionOf({ action: 'custom', granted: ['performance'] }) })
    await ask({ body: decisionOf(REFUSAL) })
    await ask({ body: decisionOf({ ...WITHDRAWAL, receipt: String(json['receipt']) }) })
    const read = (by: ('consentState' | 'consentGranted' | 'gpc')[]): Promise<unknown> =>
      consent.counts.read({ site, from: '2026-11-24', to: '2026-11-24', by })
    const of = (consentState: string, consentGranted: string, gpc: string) => ({
      day: '2026-11-24',
      consentState,
      consentGranted,
      gpc,
      count: 1,
    })
    const all = (await read(['consentState', 'consentGranted', 'gpc'])) as object[]
    expect(all).toHaveLength(5)
    expect(all).toEqual(
      expect.arrayContaining([
        of('accepted', 'performance+functionality+targeting', 'off'),
        of('custom', 'performance', 'off'),
        of('custom', 'performance', 'on'),
        of('rejected', 'none', 'on'),
        of('withdrawn', 'none', 'on'),
      ]) as unknown,
    )
    expect(await read(['gpc'])).toEqual(
      expect.arrayContaining([
        { day: '2026-11-24', gpc: 'on', count: 3 },
        { day: '2026-11-24', gpc: 'off', count: 2 },
      ]) as unknown,
    )
    const [row] = await rowsOf(store, 'consent_granted_count')
    expect(Object.keys(row ?? {})).toEqual(['site_id', 'day', 'outcome', 'granted', 'gpc', 'count'])
  })

  it('are written when the server stops, and within a second before', async () => {
    const { consent, site, store } = await rig()
    consent.counts.shown(site, { country: '', language: '' })
    expect(await rowsOf(store, 'consent_count')).toEqual([])
    await expect.poll(() => rowsOf(store, 'consent_count'), { timeout: 5_000 }).toHaveLength(1)
    consent.counts.shown(site, { country: '', language: '' })
    await consent.close()
    expect((await rowsOf(store, 'consent_count')).map(({ count }) => count)).toEqual([2])
  })

  it('that could not be written are kept for the next time', async () => {
    const { store, clock, site } = await rig()
    const writer = createWriter(store)
    let isFull = true
    const counts = createCounts({
      store,
      clock,
      log: { warn: () => undefined },
      writer: {
        write: (task) => (isFull ? Promise.reject(new Error('the disk is full')) : writer.write(task)),
      },
    })
    counts.shown(site, { country: 'DE', language: 'de' })
    await expect(counts.flush()).rejects.toThrow('the disk is full')
    counts.shown(site, { country: 'DE', language: 'de' })
    isFull = false
    await counts.stop()
    expect((await rowsOf(store, 'consent_count')).map(({ count }) => count)).toEqual([2])
  })

  it.each([
    ['de-DE,de;q=0.9,en;q=0.8', 'de'],
    ['fil', 'fil'],
    [' EN_us', ''],
    ['EN', 'en'],
    ['zz', ''],
    ['xq-DE', ''],
    ['*', ''],
    ['', ''],
    ['english', ''],
    ['de\0', ''],
  ])('know the language %j as %j', (header, language) => {
    expect(knownLanguage(header)).toBe(language)
  })
})
