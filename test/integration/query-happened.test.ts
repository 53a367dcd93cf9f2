import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Query } from '../../schema/query.ts'
import type { EventDetail } from '../../schema/rows.ts'
import type { Goal, Site } from '../../schema/site.ts'
import { openFoldedSites, type FoldedSites, type Told } from '../support/folded-sites.ts'

let sites: FoldedSites
beforeAll(async () => {
  sites = await openFoldedSites()
})
afterAll(async () => {
  await sites.stop()
})

const DAY = '2026-11-01'
const GOALS: readonly Goal[] = [
  { name: 'Signed up', event: 'Signup' },
  { name: 'Bought', event: 'Bought' },
  { name: 'Read', page: '/docs/**' },
]

function siteOf(scope: Site['minimumGroupScope'] = 'close'): Site {
  return { ...sites.site(5, scope), properties: ['plan'], goals: GOALS }
}

/** One thing done by each of `count` visitors, who are numbered from `first`. */
function done(
  type: string,
  detail: Partial<EventDetail>,
  count: number,
  first = 1,
  more: Partial<Told> = {},
): Told[] {
  return Array.from({ length: count }, (_, index) => ({
    ...more,
    day: DAY,
    visitor: BigInt(first + index),
    type,
    detail: { name: '', value: 0, revenue: '0', currency: '', props: {}, status: 0, ...detail },
  }))
}

function views(count: number, more: Partial<Told> = {}, first = 1): Told[] {
  return Array.from({ length: count }, (_, index) => ({ ...more, day: DAY, visitor: BigInt(first + index) }))
}

describe('R1.2 what visitors did, under the minimum group', () => {
  it('R1.5 is told by event and goal on a small site, and folded by property', async () => {
    const site = siteOf()
    await sites.store(site, [
      ...views(9),
      ...done('event', { name: 'Signup', props: { plan: 'pro' } }, 6),
      ...done('event', { name: 'Bought', props: { plan: 'free' } }, 2, 7),
    ])
    const metrics: Query['metrics'] = ['visitors', 'events', 'conversionRate']
    expect((await sites.ask(site, { breakdown: 'goal', metrics })).rows).toEqual([
      { goal: 'Signed up', visitors: 6, events: 6, conversionRate: 6 / 9 },
      { goal: 'Bought', visitors: 2, events: 2, conversionRate: 2 / 9 },
    ])
    // A single small group takes the other with it.
    expect((await sites.ask(site, { breakdown: 'prop:plan', metrics })).rows).toEqual([
      { 'prop:plan': '(other)', visitors: 8, events: 8, conversionRate: 8 / 9 },
    ])
    const pro: Query['filters'] = [{ dimension: 'prop:plan', is: ['pro'] }]
    expect((await sites.ask(site, { filters: pro, metrics })).totals).toEqual({
      visitors: 0,
      events: 0,
      conversionRate: 0,
    })
  })

  it('R1.5 is told by goal in the strict scope where enough reached it, and by a filter that leaves enough out', async () => {
    const site = siteOf('all')
    await sites.store(site, [
      ...views(20),
      ...views(6, { page: '/docs/a' }, 30),
      ...done('event', { name: 'Signup' }, 12),
      ...done('event', { name: 'Bought' }, 2),
    ])
    expect((await sites.ask(site, { breakdown: 'goal' })).rows).toEqual([
      { goal: 'Signed up', visitors: 12, pageviews: 0 },
      // The two that bought signed up too; alone they are too few, so the smallest told goal went with them.
      { goal: '(other)', visitors: 8, pageviews: 6 },
    ])
    const by = async (...is: string[]): Promise<unknown> =>
      (await sites.ask(site, { filters: [{ dimension: 'goal', is }], metrics: ['visitors'] })).totals.visitors
    expect([await by('Signed up'), await by('Bought'), await by('Read')]).toEqual([12, 0, 0])
    // What may not be told adds nothing to what may.
    expect(await by('Signed up', 'Bought')).toBe(12)
    const others = await sites.ask(site, {
      filters: [{ dimension: 'goal', isNot: ['Signed up'] }],
      metrics: ['visitors'],
    })
    expect(others.totals.visitors).toBe(8)
  })

  it('R1.5 is no figure of a few within a group that is large enough', async () => {
    const site = siteOf()
    await sites.store(site, [
      ...views(8, { city: 'Aachen' }),
      ...views(8, { city: 'Bonn' }, 20),
      ...done('error', { name: 'TypeError' }, 1, 1, { city: 'Aachen' }),
      ...done('error', { name: 'TypeError' }, 6, 20, { city: 'Bonn' }),
      ...done('event', { name: 'Bought', revenue: '1000', currency: 'EUR' }, 2, 1, { city: 'Aachen' }),
      ...done('event', { name: 'Bought', revenue: '-0.5', currency: 'EUR' }, 5, 20, { city: 'Bonn' }),
    ])
    const { rows } = await sites.ask(site, {
      breakdown: 'city',
      metrics: ['visitors', 'errors', 'events', 'revenue'],
    })
    expect(rows).toEqual([
      { city: 'Aachen', visitors: 8, errors: 0, events: 0, revenue: '0.00' },
      { city: 'Bonn', visitors: 8, errors: 6, events: 5, revenue: '-2.50' },
    ])
  })
})

describe('R1.2 money', () => {
  it('in one currency is a sum, in several only by currency', async () => {
    const site = siteOf()
    const euros = done('event', { name: 'Bought', revenue: '0.1', currency: 'EUR' }, 3)
    await sites.store(site, euros)
    const question: Omit<Query, 'site'> = { metrics: ['revenue'] }
    const before = await sites.ask(site, question)
    expect([before.totals.revenue, before.meta.currencies]).toEqual(['0.30', ['EUR']])

    const other = siteOf()
    await sites.store(other, [
      ...euros,
      ...done('event', { name: 'Bought', revenue: '500', currency: 'JPY' }, 2),
    ])
    const both = await sites.ask(other, { ...question, breakdown: 'currency' })
    expect(both.meta.currencies).toEqual(['EUR', 'JPY'])
    expect(both.totals.revenue).toBeNull()
    expect(both.rows).toEqual([
      { currency: 'JPY', revenue: '1000' },
      { currency: 'EUR', revenue: '0.30' },
    ])
    const yen = await sites.ask(other, { ...question, filters: [{ dimension: 'currency', is: ['JPY'] }] })
    expect([yen.totals.revenue, yen.meta.currencies]).toEqual(['1000', ['JPY']])
  })

  it('is exact beyond what a double holds, and absent where nothing is asked of it', async () => {
    const site = siteOf()
    await sites.store(
      site,
      done('event', { name: 'Bought', revenue: '90071992547409.9301', currency: 'EUR' }, 2),
    )
    expect((await sites.ask(site, { metrics: ['revenue'] })).totals.revenue).toBe('180143985094819.8602')
    expect((await sites.ask(site, {})).meta).not.toHaveProperty('currencies')
  })
})

describe('weekly and monthly visitors', () => {
  const visit = (day: string, bits: number, visitor: number): Told => ({
    ...done('visit', { name: '2026-10-26', value: bits }, 1, visitor)[0],
    day,
    visitor: BigInt(visitor),
  })
  it('are exact for whole weeks and months, and never added up', async () => {
    const site = siteOf()
    await sites.store(site, [
      // Monday the 2nd begins a week; the month began the day before.
      ...[1, 2, 3].map((one) => visit('2026-11-01', 15, one)),
      ...[1, 2].map((one) => visit('2026-11-03', 3, one)),
      visit('2026-11-03', 15, 3),
      visit('2026-11-04', 1, 1),
      ...[1, 2].map((one) => visit('2026-11-09', 3, one)),
    ])
    const weeks = { period: { from: '2026-11-02', to: '2026-11-15' }, metrics: ['weeklyVisitors'] } as const
    const series = await sites.ask(site, { ...structuredClone(weeks), interval: 'week' } as never)
    expect(series.rows).toEqual([
      { time: '2026-11-02', weeklyVisitors: 3 },
      { time: '2026-11-09', weeklyVisitors: 2 },
    ])
    expect(series.totals).toEqual({ weeklyVisitors: null })
    const month = await sites.ask(site, {
      period: { from: '2026-11-01', to: '2026-11-20' },
      metrics: ['monthlyVisitors', 'newVisitors', 'visitors'],
    })
    expect(month.totals).toEqual({ monthlyVisitors: 4, newVisitors: 4, visitors: 9 })
  })

  it.each<[Omit<Query, 'site'>, string]>([
    [
      { period: { from: '2026-11-03', to: '2026-11-08' } },
      'is about whole weeks, and 2026-11-03 to 2026-11-08 is none',
    ],
    [{ period: { from: '2026-11-02', to: '2026-11-07' } }, 'is about whole weeks'],
    [
      { period: { from: '2026-11-02', to: '2026-11-15' } },
      'does not add up over several weeks: ask with interval "week"',
    ],
    [{ period: { from: '2026-11-02', to: '2026-11-08' }, interval: 'day' }, 'ask with interval "week"'],
    [{ period: { from: '2026-11-02', to: '2026-11-08' }, breakdown: 'page' }, 'leave out breakdown, filters'],
    [
      { period: { from: '2026-11-02', to: '2026-11-08' }, filters: [{ dimension: 'page', is: ['/'] }] },
      'leave out breakdown, filters',
    ],
    [{ period: 'realtime' }, 'leave out breakdown, filters and realtime'],
  ])('are refused for %j', async (question, why) => {
    await expect(sites.ask(siteOf(), { ...question, metrics: ['weeklyVisitors'] })).rejects.toThrow(why)
  })
})

describe('questions about properties', () => {
  it('are refused with those that the site has declared', async () => {
    await expect(sites.ask(siteOf(), { breakdown: 'prop:size' })).rejects.toThrow(
      'Unknown property "size"; properties of example.com are plan, and `sluice site set --properties` declares them.',
    )
  })
})
