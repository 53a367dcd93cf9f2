import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FlowQuery, QueryAnswer, QueryRow, Step } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { parseQuestion } from '../../server/query/parse.ts'
import { createQueries, type Queries } from '../../server/query/run.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { makeSite } from '../support/facts.ts'
import { askFlowOracle } from '../support/oracle-flow.ts'
import { storeEvents } from '../support/stored-events.ts'
import { eventsOf, filter, history, PAGES, walk, actions } from '../support/walks.ts'

let engine: TestEngine
beforeAll(async () => {
  engine = await startTestEngine()
})
afterAll(async () => {
  await engine.stop()
})

const RUNS = Number(process.env['SLUICE_QUERY_RUNS'] ?? 8)
const TRY_MS = RUNS * 3_000

let latestSite = 9_000

function queriesNow(): Queries {
  return createQueries({
    read: engine.clickhouse.read,
    clock: { now: () => Date.parse('2026-11-24T12:00:00Z'), monotonic: () => performance.now() },
    freshness: () => '2026-11-24T12:00:00.000Z',
  })
}

function ask(site: Site, query: Omit<FlowQuery, 'site'>): Promise<QueryAnswer> {
  return queriesNow().run(site, parseQuestion({ site: site.domain, ...query }))
}

function walkThrough(site: Site, funnel: Step[]): Promise<QueryAnswer> {
  return queriesNow().run(site, parseQuestion({ site: site.domain, period: DAY, funnel }))
}

const DAY = { from: '2026-11-20', to: '2026-11-20' }

describe('a flow', () => {
  let site: Site
  beforeAll(async () => {
    site = makeSite({ id: ++latestSite, timezone: 'UTC', minimumGroup: 1 })
    await storeEvents(engine.clickhouse.write, [
      ...walk(site, 1, ['/a', '/b', '/c']),
      ...walk(site, 2, ['/a', '/b', '/c']),
      // A page that is seen again at once was reloaded; one that is seen again later is a way back.
      ...walk(site, 3, ['/x', '/a', '/a', '/b', '/b', '/a']),
      ...walk(site, 4, ['/a', '/d']),
      ...walk(site, 5, ['/a']),
      // Two visits.
      ...walk(site, 6, ['/a']),
      ...walk(site, 6, ['/a', '/b'], '2026-11-20', 12),
      ...walk(site, 7, ['/c', '/b']),
    ])
  })
  const row = (step: number, from: string | null, to: string | null, visits: number): QueryRow => ({
    step,
    from,
    to,
    visits,
  })

  it('R1.4 R8.6 a planted sequence comes back exactly, page by page, with where visits ended', async () => {
    const { rows, totals, meta } = await ask(site, { period: DAY, flow: { from: '/a', steps: 3 } })
    expect(rows).toEqual([
      row(1, '/a', '/b', 4),
      row(1, '/a', null, 2),
      row(1, '/a', '/d', 1),
      row(2, '/b', '/c', 2),
      row(2, '/b', '/a', 1),
      row(2, '/b', null, 1),
      row(2, '/d', null, 1),
      row(3, '/c', null, 2),
      row(3, '/a', null, 1),
    ])
    expect(totals).toEqual({ visitors: 7, visits: 8 })
    expect(meta).toMatchObject({ source: 'events', foldedRows: 0, rowCount: 9 })
  })

  it('R8.6 goes back to where visits came from', async () => {
    const { rows } = await ask(site, { period: DAY, flow: { to: '/c', steps: 2 } })
    expect(rows).toEqual([row(1, '/b', '/c', 2), row(1, null, '/c', 1), row(2, '/a', '/b', 2)])
  })

  it('R8.6 begins and ends at an element, an event, a link or a file', async () => {
    const shop = makeSite({ id: ++latestSite, timezone: 'UTC', minimumGroup: 1 })
    const buy = { element: 'button Buy' }
    await storeEvents(engine.clickhouse.write, [
      ...actions(shop, 1, ['/', '/shop', buy, '/basket', { event: 'Order' }, { download: '/bill.pdf' }]),
      ...actions(shop, 2, ['/shop', buy, buy, '/basket', '/help', { outbound: 'bank.example/pay' }]),
      ...actions(shop, 3, ['/shop', { element: 'button Help' }, '/help', { form: 'question' }]),
    ])
    const of = async (flow: FlowQuery['flow']): Promise<QueryRow[]> =>
      (await ask(shop, { period: DAY, flow })).rows
    expect(await of({ from: buy })).toEqual([row(1, 'button Buy', '/basket', 2)])
    expect(await of({ to: { element: 'button *' }, steps: 2 })).toEqual([
      row(1, '/shop', 'button *', 3),
      row(2, null, '/shop', 2),
      row(2, '/', '/shop', 1),
    ])
    expect(await of({ to: { event: 'Order' } })).toEqual([row(1, '/basket', 'Order', 1)])
    expect(await of({ to: { outbound: 'bank.example/**' } })).toEqual([row(1, '/help', 'bank.example/**', 1)])
    expect(await of({ from: { form: 'question' } })).toEqual([row(1, 'question', null, 1)])
    const visits = async (funnel: Step[]): Promise<unknown[]> =>
      (await walkThrough(shop, funnel)).rows.map((one) => one['visits'])
    expect(await visits(['/shop', buy, { event: 'Order' }, { download: '/bill*' }])).toEqual([3, 2, 1, 1])
    expect(await visits([buy, buy])).toEqual([2, 1])
  })

  it('tells the pages of most visits by name, and the others together', async () => {
    const { rows } = await ask(site, { period: DAY, flow: { from: '/a', steps: 2 }, limit: 1 })
    expect(rows).toEqual([
      row(1, '/a', '/b', 4),
      row(1, '/a', null, 2),
      row(1, '/a', '(other)', 1),
      row(2, '/b', '/c', 2),
      row(2, '/b', '(other)', 1),
      row(2, '/b', null, 1),
      row(2, '(other)', null, 1),
    ])
  })

  it('of a step that nobody took is empty', async () => {
    const { rows, meta } = await ask(site, { period: DAY, flow: { from: '/nowhere' } })
    expect([rows, meta.rowCount, meta.foldedRows]).toEqual([[], 0, 0])
  })

  it('R1.5 a page that few went on to is not told, nor found by subtraction', async () => {
    const folded = makeSite({ id: ++latestSite, timezone: 'UTC', minimumGroup: 3 })
    const many = (first: number, count: number, pages: string[]): ReturnType<typeof walk> =>
      Array.from({ length: count }, (_, index) => walk(folded, first + index, pages)).flat()
    await storeEvents(engine.clickhouse.write, [
      ...many(1, 6, ['/a', '/b', '/c']),
      ...many(10, 4, ['/a', '/d']),
      ...many(20, 2, ['/a', '/e', '/f']),
      ...many(30, 5, ['/x']),
    ])
    const { rows, meta } = await ask(folded, { period: DAY, flow: { from: '/a', steps: 2 } })
    // Of two conditions everything is told.
    expect((await ask(folded, { period: DAY, flow: { from: '/a' } })).rows).toHaveLength(3)
    expect(rows).toEqual([
      row(1, '/a', '/b', 6),
      // The two of /e and the four of /d, which is the smallest that could have been told.
      row(1, '/a', '(other)', 6),
      row(2, '/b', '/c', 6),
      // Those who ended, and the two of /f: all of them.
      row(2, '(other)', '(other)', 6),
    ])
    expect(meta.foldedRows).toBe(4)
  })

  it('R1.5 a page is told under a filter only where it leaves nobody or enough out', async () => {
    const folded = makeSite({ id: ++latestSite, timezone: 'UTC', minimumGroup: 3 })
    const many = (first: number, count: number, pages: string[], browser: string): ReturnType<typeof walk> =>
      Array.from({ length: count }, (_, index) => walk(folded, first + index, pages))
        .flat()
        .map((event) => ({ ...event, browser }))
    await storeEvents(engine.clickhouse.write, [
      ...many(1, 4, ['/a', '/b'], 'Chrome'),
      // Two others: the row of /b is told by questions without the filter.
      ...many(10, 2, ['/a', '/b'], 'Safari'),
      ...many(20, 5, ['/a', '/c'], 'Chrome'),
      ...many(30, 3, ['/a', '/c'], 'Safari'),
      ...many(40, 6, ['/a', '/d'], 'Chrome'),
      ...many(50, 3, ['/x'], 'Chrome'),
      ...many(60, 3, ['/x'], 'Safari'),
    ])
    const filters = [{ dimension: 'browser' as const, is: ['Chrome'] }]
    const { rows, meta } = await ask(folded, { period: DAY, flow: { from: '/a', steps: 2 }, filters })
    expect(rows).toEqual([
      // /b, and the smallest that could have been told.
      row(1, '/a', '(other)', 9),
      row(1, '/a', '/d', 6),
      row(2, '(other)', null, 9),
      row(2, '/d', null, 6),
    ])
    expect(meta.foldedRows).toBe(2)
    const too = Array.from({ length: 5 }, () => filters).flat()
    await expect(ask(folded, { period: DAY, flow: { from: '/a' }, filters: too })).rejects.toThrow(
      "A flow with 5 filters has too many under the site's minimum group of 3; ask with at most 4.",
    )
  })

  it('R1.5 in the strict scope a page that few saw is told nowhere', async () => {
    const strict = makeSite({ id: ++latestSite, timezone: 'UTC', minimumGroup: 3, minimumGroupScope: 'all' })
    const many = (first: number, count: number, pages: string[]): ReturnType<typeof walk> =>
      Array.from({ length: count }, (_, index) => walk(strict, first + index, pages)).flat()
    await storeEvents(engine.clickhouse.write, [
      ...many(1, 5, ['/a', '/b']),
      ...many(10, 3, ['/a', '/c']),
      ...many(20, 4, ['/d', '/e']),
      // By itself /z would be found by subtraction, so /c, the smallest, is not told as a page either.
      ...many(30, 1, ['/z']),
    ])
    const of = async (flow: FlowQuery['flow']): Promise<QueryRow[]> =>
      (await ask(strict, { period: DAY, flow })).rows
    expect(await of({ from: '/a' })).toEqual([row(1, '/a', '(other)', 8)])
    expect(await of({ from: '/d' })).toEqual([row(1, '/d', '/e', 4)])
    expect(await of({ from: '/c' })).toEqual([])
    expect(await of({ from: '/z' })).toEqual([])
  })

  it('R1.5 a step of few, and a step that few did not take, tell nothing of the day', async () => {
    const folded = makeSite({ id: ++latestSite, timezone: 'UTC', minimumGroup: 3 })
    await storeEvents(
      engine.clickhouse.write,
      [1, 2, 3, 4, 5, 6, 7, 8].flatMap((visitor) =>
        walk(folded, visitor, visitor < 7 ? ['/a', '/b'] : ['/b']),
      ),
    )
    const { rows, meta } = await ask(folded, { period: DAY, flow: { from: '/a', steps: 2 } })
    expect([rows, meta.foldedRows]).toEqual([[], 1])
    const off = await ask({ ...folded, minimumGroup: 1 }, { period: DAY, flow: { from: '/a', steps: 2 } })
    expect(off.rows).toEqual([row(1, '/a', '/b', 6), row(2, '/b', null, 6)])
  })
})

const asked = fc.record(
  {
    step: fc.constantFrom<Step>(...PAGES, { page: '/b**' }, '/*'),
    direction: fc.constantFrom('from', 'to'),
    steps: fc.integer({ min: 1, max: 3 }),
    filters: fc.array(filter, { maxLength: 2 }),
    limit: fc.constantFrom(1, 2, 10),
  },
  { requiredKeys: ['step', 'direction'] },
)

it(
  'R1.4 R8.6 R9.1 every flow is answered as the model does, to the last digit',
  async () => {
    let told = 0
    let folded = 0
    await fc.assert(
      fc.asyncProperty(history, fc.array(asked, { minLength: 3, maxLength: 6 }), async (past, questions) => {
        const { events, timezone, day } = eventsOf(past, ++latestSite)
        const site = makeSite({ id: latestSite, timezone, minimumGroup: 1 })
        await storeEvents(engine.clickhouse.write, events)
        for (const { step, direction, steps, ...shape } of questions) {
          const end = direction === 'from' ? { from: step } : { to: step }
          const query: FlowQuery = {
            ...shape,
            site: site.domain,
            period: { from: day(-1), to: day(1) },
            flow: { ...end, ...(steps !== undefined && { steps }) },
          }
          for (const minimumGroup of [1, 2, 3]) {
            const conditions = 1 + (steps ?? 1) + (shape.filters?.length ?? 0)
            const minimum = minimumGroup > 1 && conditions >= 3 ? minimumGroup : undefined
            const { rows, totals, meta } = await ask({ ...site, minimumGroup }, query)
            const expected = askFlowOracle(events, query, { timezone, minimum })
            const { totals: all, ...rest } = expected
            expect({ query, minimum, rows, folded: meta.foldedRows }).toEqual({ query, minimum, ...rest })
            if (minimum === undefined) expect(totals).toEqual(all)
            else {
              told += rows.length
              folded += meta.foldedRows
            }
          }
        }
      }),
      { numRuns: RUNS, endOnFailure: true, interruptAfterTimeLimit: TRY_MS },
    )
    expect(told).toBeGreaterThan(0)
    expect(folded).toBeGreaterThan(0)
  },
  TRY_MS + 60_000,
)
