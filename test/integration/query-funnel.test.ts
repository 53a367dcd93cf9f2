import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FunnelQuery, QueryAnswer, Step } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { parseQuestion } from '../../server/query/parse.ts'
import { createQueries } from '../../server/query/run.ts'
import { rollupRows } from '../../server/query/rollup-rows.ts'
import { sealDays } from '../../server/seal/seal-days.ts'
import { silentLog } from '../../server/log.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { makeSite } from '../support/facts.ts'
import { askFunnelOracle } from '../support/oracle-funnel.ts'
import { storeEvents } from '../support/stored-events.ts'
import { eventsOf, filter, history, PAGES, walk } from '../support/walks.ts'

let engine: TestEngine
beforeAll(async () => {
  engine = await startTestEngine()
})
afterAll(async () => {
  await engine.stop()
})

/** Histories to try, each with a handful of funnels, and how long to go on trying. */
const RUNS = Number(process.env['SLUICE_QUERY_RUNS'] ?? 8)
const TRY_MS = RUNS * 3_000

let latestSite = 9_000

async function ask(site: Site, query: Omit<FunnelQuery, 'site'>): Promise<QueryAnswer> {
  const queries = createQueries({
    read: engine.clickhouse.read,
    clock: { now: () => Date.parse('2026-11-24T12:00:00Z'), monotonic: () => performance.now() },
    freshness: () => '2026-11-24T12:00:00.000Z',
  })
  return queries.run(site, parseQuestion({ site: site.domain, ...query }))
}

const DAY = { from: '2026-11-20', to: '2026-11-20' }

describe('a funnel', () => {
  it('R8.6 a planted sequence comes back exactly, whatever happens between its steps', async () => {
    const site = makeSite({ id: ++latestSite, timezone: 'UTC', minimumGroup: 1 })
    await storeEvents(engine.clickhouse.write, [
      ...walk(site, 1, ['/a', '/b', '/c']),
      ...walk(site, 2, ['/a', '/x', '/b', '/a', '/y', '/c', '/c']),
      ...walk(site, 3, ['/a', '/c', '/b']),
      ...walk(site, 4, ['/b', '/c', '/a']),
      ...walk(site, 5, ['/a', '/b']),
      // Two visits of one visitor: the second goes on where the first one ended, and is another.
      ...walk(site, 6, ['/a', '/b']),
      ...walk(site, 6, ['/c'], '2026-11-20', 11),
      ...walk(site, 7, ['/x']),
    ])
    const { rows, totals, meta } = await ask(site, { period: DAY, funnel: ['/a', { page: '/b' }, '/c'] })
    expect(rows).toEqual([
      { step: 1, name: '/a', visitors: 6, visits: 6, rate: 1, stepRate: null, dropOff: null },
      { step: 2, name: '/b', visitors: 5, visits: 5, rate: 5 / 6, stepRate: 5 / 6, dropOff: 1 },
      { step: 3, name: '/c', visitors: 2, visits: 2, rate: 2 / 6, stepRate: 2 / 5, dropOff: 3 },
    ])
    expect(totals).toEqual({ visitors: 7, visits: 8 })
    expect(meta).toMatchObject({ source: 'events', foldedRows: 0, rowCount: 3 })
  })

  it('counts a page twice where it is two steps, and a star as any characters', async () => {
    const site = makeSite({ id: ++latestSite, timezone: 'UTC', minimumGroup: 1 })
    await storeEvents(engine.clickhouse.write, [
      ...walk(site, 1, ['/docs/a', '/docs/a/b']),
      ...walk(site, 2, ['/docs/a']),
    ])
    const visits = async (funnel: Step[]): Promise<unknown> =>
      (await ask(site, { period: DAY, funnel })).rows.map((row) => row['visits'])
    expect(await visits(['/docs/**', '/docs/**'])).toEqual([2, 1])
    expect(await visits(['/docs/*', '/docs/*'])).toEqual([2, 0])
  })

  it('that nobody entered has no rates', async () => {
    const site = makeSite({ id: ++latestSite, timezone: 'UTC', minimumGroup: 1 })
    const { rows } = await ask(site, { period: DAY, funnel: ['/a', '/b'] })
    expect(rows).toEqual([
      { step: 1, name: '/a', visitors: 0, visits: 0, rate: null, stepRate: null, dropOff: null },
      { step: 2, name: '/b', visitors: 0, visits: 0, rate: null, stepRate: null, dropOff: 0 },
    ])
  })
})

const asked = fc.record(
  {
    funnel: fc.array(fc.constantFrom<Step>(...PAGES, { page: '/b**' }, '/*'), { minLength: 2, maxLength: 5 }),
    filters: fc.array(filter, { maxLength: 2 }),
    compare: fc.constantFrom('previous' as const, 'year' as const),
  },
  { requiredKeys: ['funnel'] },
)

it(
  'R8.6 R9.1 every funnel is answered as the model does, to the last digit',
  async () => {
    let told = 0
    let folded = 0
    await fc.assert(
      fc.asyncProperty(history, fc.array(asked, { minLength: 3, maxLength: 5 }), async (past, questions) => {
        const { events, timezone, day } = eventsOf(past, ++latestSite)
        const site = makeSite({ id: latestSite, timezone, minimumGroup: 1 })
        await storeEvents(engine.clickhouse.write, events)
        for (const shape of questions) {
          const query = { ...shape, site: site.domain, period: { from: day(-1), to: day(1) } }
          for (const minimumGroup of [1, 2, 3]) {
            const conditions = query.funnel.length + (query.filters?.length ?? 0)
            // Two steps without a filter are told as they are.
            const minimum = minimumGroup > 1 && conditions >= 3 ? minimumGroup : undefined
            const { rows, totals, comparison, meta } = await ask({ ...site, minimumGroup }, query)
            const expected = askFunnelOracle(events, query, { timezone, minimum })
            expect({ query, minimum, rows, totals, comparison }).toEqual({ query, minimum, ...expected })
            if (minimum !== undefined) {
              told += rows.filter((row) => row['visits'] !== 0).length
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

it('R8.6 an event that was delivered twice is one step', async () => {
  const site = makeSite({ id: ++latestSite, timezone: 'UTC', minimumGroup: 1 })
  const first = walk(site, 1, ['/a', '/b'], '2026-09-20')
  const again = first.map((one) => ({ ...one, batchId: 7_777n }))
  await storeEvents(engine.clickhouse.write, [...first, ...again])
  const parts = { write: engine.clickhouse.write, rows: rollupRows, timezoneOf: () => 'UTC', log: silentLog }
  await sealDays(parts, ['2026-09-20'])
  const period = { from: '2026-09-20', to: '2026-09-20' }
  const { rows } = await ask(site, { period, funnel: ['/a', '/a', '/b'] })
  expect(rows.map((row) => row['visits'])).toEqual([1, 0, 0])
})
