import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Query, QueryAnswer } from '../../schema/query.ts'
import { openFoldedSites, type FoldedSites, type Told } from '../support/folded-sites.ts'

let sites: FoldedSites
beforeAll(async () => {
  sites = await openFoldedSites()
})
afterAll(async () => {
  await sites.stop()
})

/** One page view by each of `count` visitors, who are numbered from `first`. */
function crowd(day: string, count: number, more: Partial<Told>, first = 1): Told[] {
  return Array.from({ length: count }, (_, index) => ({ ...more, day, visitor: BigInt(first + index) }))
}

function seen(visitor: number, page: string, hour: number): Told {
  return { day: '2026-11-01', visitor: BigInt(visitor), page, hour }
}

describe('R1.5 groups below the minimum', () => {
  it('R1.5 fold into (other) by day, and longer periods sum what was released', async () => {
    const site = sites.site(5)
    await sites.store(site, [
      ...crowd('2026-11-01', 10, { city: 'Aachen' }, 1),
      ...crowd('2026-11-01', 6, { city: 'Bonn' }, 20),
      ...crowd('2026-11-01', 4, { city: 'Calw' }, 30),
      ...crowd('2026-11-01', 3, { city: 'Daun' }, 40),
      ...crowd('2026-11-02', 7, { city: 'Calw' }, 1),
      ...crowd('2026-11-02', 8, { city: 'Bonn' }, 20),
    ])
    const answer = await sites.ask(site, { breakdown: 'city' })
    expect(answer.rows).toEqual([
      { city: 'Bonn', visitors: 14, pageviews: 14 },
      { city: 'Aachen', visitors: 10, pageviews: 10 },
      { city: 'Calw', visitors: 7, pageviews: 7 },
      { city: '(other)', visitors: 7, pageviews: 7 },
    ])
    expect(answer.totals).toEqual({ visitors: 38, pageviews: 38 })
    expect(answer.meta).toMatchObject({ foldedRows: 2, rowCount: 4, minimumGroup: 5 })
  })

  it('R1.5 a single small group takes the smallest released one with it', async () => {
    const site = sites.site(5)
    await sites.store(site, [
      ...crowd('2026-11-01', 10, { city: 'Aachen' }, 1),
      ...crowd('2026-11-01', 6, { city: 'Bonn' }, 20),
      ...crowd('2026-11-01', 1, { city: 'Calw', hour: 1 }, 30),
    ])
    const { rows, meta } = await sites.ask(site, { breakdown: 'city' })
    expect(rows).toEqual([
      { city: 'Aachen', visitors: 10, pageviews: 10 },
      { city: '(other)', visitors: 7, pageviews: 7 },
    ])
    expect(meta.foldedRows).toBe(2)
    // The one that went with it is not told by a filter either, or its difference would be the small one.
    const filtered = await sites.ask(site, { filters: [{ dimension: 'city', is: ['Bonn'] }] })
    expect(filtered.totals).toEqual({ visitors: 0, pageviews: 0 })
  })

  it('R1.5 small groups that are too few together take one with them', async () => {
    const site = sites.site(5)
    await sites.store(site, [
      ...crowd('2026-11-01', 10, { city: 'Aachen' }, 1),
      ...crowd('2026-11-01', 6, { city: 'Bonn' }, 20),
      ...crowd('2026-11-01', 2, { city: 'Calw' }, 30),
      // The same two people: together still two.
      ...crowd('2026-11-01', 2, { city: 'Daun' }, 30),
    ])
    const { rows } = await sites.ask(site, { breakdown: 'city' })
    expect(rows).toEqual([
      { city: 'Aachen', visitors: 10, pageviews: 10 },
      { city: '(other)', visitors: 8, pageviews: 10 },
    ])
  })

  it('R1.5 page views without a visitor key are nobody', async () => {
    const site = sites.site(5)
    await sites.store(site, [
      ...crowd('2026-11-01', 10, { city: 'Aachen' }),
      ...Array.from({ length: 50 }, () => ({ day: '2026-11-01', visitor: 0n, city: 'Bonn' })),
      ...Array.from({ length: 50 }, () => ({ day: '2026-11-01', visitor: 0n, city: 'Calw' })),
    ])
    const { rows } = await sites.ask(site, { breakdown: 'city' })
    expect(rows).toEqual([{ city: '(other)', visitors: 10, pageviews: 110 }])
  })

  it('R1.5 a filter that leaves a few out is not told, nor one that finds a few', async () => {
    const site = sites.site(5)
    await sites.store(site, [
      ...crowd('2026-11-01', 10, { city: 'Aachen', browser: 'Chrome' }, 1),
      ...crowd('2026-11-01', 5, { city: 'Aachen', browser: 'Safari' }, 20),
      ...crowd('2026-11-01', 3, { city: 'Aachen', browser: 'Firefox' }, 30),
      ...crowd('2026-11-01', 9, { city: 'Bonn', browser: 'Chrome' }, 40),
    ])
    const among = (browser: string[]): Promise<QueryAnswer> =>
      sites.ask(site, {
        filters: [
          { dimension: 'city', is: ['Aachen'] },
          { dimension: 'browser', is: browser },
        ],
      })
    expect((await among(['Firefox'])).totals.visitors).toBe(0)
    expect((await among(['Chrome', 'Safari'])).totals.visitors).toBe(0)
    // Nine others use Chrome, eight in Aachen do not.
    const told = await among(['Chrome'])
    expect(told.totals).toEqual({ visitors: 10, pageviews: 10 })
    expect(told.meta.foldedRows).toBe(0)
    expect((await among(['Firefox'])).meta.foldedRows).toBe(1)
  })

  it('R1.5 somebody and nobody look the same', async () => {
    const site = sites.site(5)
    await sites.store(site, [
      ...crowd('2026-11-01', 10, { city: 'Aachen' }, 1),
      ...crowd('2026-11-01', 3, { city: 'Bonn' }, 20),
      ...crowd('2026-11-01', 3, { city: 'Calw' }, 30),
    ])
    const some = await sites.ask(site, { filters: [{ dimension: 'city', is: ['Bonn'] }] })
    const none = await sites.ask(site, { filters: [{ dimension: 'city', is: ['Nowhere'] }] })
    expect(some).toEqual(none)
    const both = await sites.ask(site, { filters: [{ dimension: 'city', is: ['Aachen', 'Bonn'] }] })
    const one = await sites.ask(site, { filters: [{ dimension: 'city', is: ['Aachen'] }] })
    expect(both).toEqual(one)
  })

  it('R1.5 plain questions of up to two filters are told; a third folds', async () => {
    const site = sites.site(5)
    await sites.store(site, [
      ...crowd('2026-11-01', 3, { page: '/a', browser: 'Chrome', country: 'DE' }, 1),
      ...crowd('2026-11-01', 20, { page: '/b', browser: 'Chrome', country: 'DE' }, 10),
    ])
    const two: Query['filters'] = [
      { dimension: 'page', is: ['/a'] },
      { dimension: 'country', is: ['DE'] },
    ]
    expect((await sites.ask(site, { filters: two })).totals.visitors).toBe(3)
    expect((await sites.ask(site, { breakdown: 'page' })).rows).toHaveLength(2)
    const three: Query['filters'] = [...two, { dimension: 'browser', is: ['Chrome'] }]
    expect((await sites.ask(site, { filters: three })).totals.visitors).toBe(0)
    const off = { ...site, minimumGroup: 1 }
    expect((await sites.ask(off, { filters: three })).totals.visitors).toBe(3)
  })

  it('R1.5 the strict scope folds everything but unfiltered totals of days', async () => {
    const site = sites.site(5, 'all')
    await sites.store(site, [
      ...crowd('2026-11-01', 8, { page: '/a', source: 'News', hour: 9 }, 1),
      ...crowd('2026-11-01', 6, { page: '/b', source: 'Search', hour: 9 }, 10),
      ...crowd('2026-11-01', 2, { page: '/c', source: 'Chat', hour: 12 }, 20),
      ...crowd('2026-11-02', 2, { page: '/c', source: 'Chat', hour: 12 }, 20),
    ])
    const days = await sites.ask(site, { interval: 'day' })
    expect(days.rows.filter((row) => row['visitors'] !== 0)).toEqual([
      { time: '2026-11-01', visitors: 16, pageviews: 16 },
      { time: '2026-11-02', visitors: 2, pageviews: 2 },
    ])
    const sources = await sites.ask(site, {
      breakdown: 'source',
      metrics: ['visitors', 'visits', 'bounceRate'],
    })
    expect(sources.rows).toEqual([
      { source: 'News', visitors: 8, visits: 8, bounceRate: 1 },
      { source: '(other)', visitors: 10, visits: 10, bounceRate: 1 },
    ])
    // Two hours with people, one of them below the minimum: neither is told.
    const hours = await sites.ask(site, {
      interval: 'hour',
      period: { from: '2026-11-01', to: '2026-11-01' },
    })
    expect(hours.rows).toHaveLength(24)
    expect(hours.rows.every((row) => row['visitors'] === 0)).toBe(true)
    expect(hours.totals.visitors).toBe(16)
    expect(hours.meta.foldedRows).toBe(2)
    const filtered = await sites.ask(site, { filters: [{ dimension: 'page', is: ['/a'] }] })
    expect(filtered.totals.visitors).toBe(8)
    expect((await sites.ask(site, { filters: [{ dimension: 'page', isNot: ['/a'] }] })).totals.visitors).toBe(
      8,
    )
    expect((await sites.ask(site, { filters: [{ dimension: 'page', is: ['/c'] }] })).totals.visitors).toBe(0)
  })

  it('R1.5 a rate over a few of a group is withheld', async () => {
    const site = sites.site(5, 'all')
    await sites.store(site, [
      ...Array.from({ length: 6 }, (_, index) => seen(index + 1, '/a', 10)),
      ...Array.from({ length: 6 }, (_, index) => seen(index + 1, '/b', 10.1)),
      // Only one came in by /b.
      seen(20, '/b', 11),
      { ...seen(1, '/a', 10.05), type: 'engagement', visibleMs: 5_000 },
    ])
    const { rows } = await sites.ask(site, {
      breakdown: 'page',
      metrics: ['visitors', 'bounceRate', 'timeOnPage'],
    })
    expect(rows).toEqual([
      { page: '/b', visitors: 7, bounceRate: null, timeOnPage: null },
      { page: '/a', visitors: 6, bounceRate: 0, timeOnPage: null },
    ])
  })

  it('R1.5 a period compared with is folded as the question is', async () => {
    const site = sites.site(5)
    await sites.store(site, [
      ...crowd('2026-11-02', 8, { city: 'Aachen', country: 'DE' }, 1),
      ...crowd('2026-11-02', 2, { city: 'Basel', country: 'CH' }, 20),
      ...crowd('2026-11-03', 8, { city: 'Aachen', country: 'DE' }, 1),
      ...crowd('2026-11-03', 2, { city: 'Basel', country: 'CH' }, 20),
    ])
    const answer = await sites.ask(site, {
      period: { from: '2026-11-03', to: '2026-11-03' },
      breakdown: 'city',
      filters: [{ dimension: 'country', is: ['DE'] }],
      compare: 'previous',
    })
    // Two are left out by the filter, on both days.
    expect(answer.totals).toEqual({ visitors: 0, pageviews: 0 })
    expect(answer.comparison).toEqual({
      totals: { visitors: 0, pageviews: 0 },
      from: '2026-11-02',
      to: '2026-11-02',
    })
  })

  it('refuses hours of a folded breakdown', async () => {
    await expect(
      sites.ask(sites.site(5), {
        breakdown: 'city',
        interval: 'hour',
        period: { from: '2026-11-01', to: '2026-11-01' },
      }),
    ).rejects.toThrow(/below the site's minimum of 5; ask by day, week or month/)
  })
})
