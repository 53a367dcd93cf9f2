import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseQuestion } from '../../server/query/parse.ts'
import { openFoldedSites, type FoldedSites, type Told } from '../support/folded-sites.ts'

let sites: FoldedSites
beforeAll(async () => {
  sites = await openFoldedSites()
})
afterAll(async () => {
  await sites.stop()
})

let nextVisitor = 1n

/** What browsers that were first here in the week of `cohort` tell on a day: that they are here first this week. */
function told(day: string, cohort: string, count: number, value = 3): Told[] {
  return Array.from({ length: count }, () => ({
    day,
    visitor: nextVisitor++,
    type: 'visit',
    detail: { name: cohort, value, revenue: '0', currency: '', props: {}, status: 0 },
  }))
}

const [FIRST, SECOND, THIRD] = ['2026-11-02', '2026-11-09', '2026-11-16']
const WEEKS = { from: '2026-11-03', to: '2026-11-20' }

describe('R1.2 R9.1 who came back', () => {
  it('is told by week and cohort, whether anybody did or not', async () => {
    const site = sites.site(1)
    await sites.store(site, [
      ...told('2026-11-03', FIRST, 10, 15),
      ...told('2026-11-08', FIRST, 2, 15),
      // Seen on other days of the same week too: not first of the week.
      ...told('2026-11-06', FIRST, 4, 1),
      ...told('2026-11-10', FIRST, 6),
      ...told('2026-11-12', SECOND, 5, 15),
      ...told('2026-11-16', FIRST, 3),
      ...told('2026-11-17', '2026-10-26', 9),
      // What a page makes up: a cohort that is yet to come, and one that is no week.
      ...told('2026-11-17', '2027-01-04', 2),
      ...told('2026-11-17', '2026-11-18', 1),
    ])
    const { rows, totals, meta } = await sites.walk(site, { retention: 'week', period: WEEKS })
    expect(rows).toEqual([
      { cohort: FIRST, week: 0, visitors: 12, rate: 1 },
      { cohort: FIRST, week: 1, visitors: 6, rate: 0.5 },
      { cohort: FIRST, week: 2, visitors: 3, rate: 0.25 },
      { cohort: SECOND, week: 0, visitors: 5, rate: 1 },
      { cohort: SECOND, week: 1, visitors: 0, rate: 0 },
      { cohort: THIRD, week: 0, visitors: 0, rate: null },
    ])
    expect(totals).toEqual({})
    expect(meta).toMatchObject({ from: FIRST, to: '2026-11-20', foldedRows: 0, rowCount: 6 })
  })

  it('R1.5 is kept back where so few came back that they could be picked out, whatever weeks are asked about', async () => {
    const site = sites.site(5)
    await sites.store(site, [
      ...told('2026-11-03', FIRST, 20, 15),
      ...told('2026-11-10', FIRST, 3),
      ...told('2026-11-10', SECOND, 8, 15),
      ...told('2026-11-17', FIRST, 7),
      ...told('2026-11-17', SECOND, 6),
    ])
    // The three would be all of the second week less the eight.
    const whole = await sites.walk(site, { retention: 'week', period: WEEKS })
    expect(whole.rows.map(({ visitors }) => visitors)).toEqual([20, null, 7, null, 6, 0])
    expect(whole.rows.map(({ rate }) => rate)).toEqual([1, null, 0.35, null, null, null])
    expect(whole.meta.foldedRows).toBe(2)
    const later = await sites.walk(site, { retention: 'week', period: { from: SECOND, to: '2026-11-15' } })
    expect(later.rows).toEqual([{ cohort: SECOND, week: 0, visitors: null, rate: null }])
  })

  it('ends today', async () => {
    const site = sites.site(1)
    await sites.store(site, told('2026-11-18', THIRD, 4, 15))
    const { rows, meta } = await sites.walk(site, { retention: 'week', period: '7d' })
    expect(rows.at(-1)).toEqual({ cohort: THIRD, week: 0, visitors: 4, rate: 1 })
    expect([meta.from, meta.to]).toEqual([SECOND, '2026-11-20'])
  })

  it.each([
    [{ retention: 'month' }, 'retention is by week'],
    [{ retention: 'week', breakdown: 'page' }, 'nknown field "breakdown"'],
    [{ retention: 'week', period: 'realtime' }, 'nknown period "realtime"'],
  ])('is refused for %j', (question, why) => {
    expect(() => parseQuestion({ site: 'example.com', ...question })).toThrow(why)
  })
})
