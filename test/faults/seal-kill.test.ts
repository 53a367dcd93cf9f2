import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { silentLog } from '../../server/log.ts'
import { parseQuery } from '../../server/query/parse.ts'
import { rollupRows } from '../../server/query/rollup-rows.ts'
import { createQueries } from '../../server/query/run.ts'
import { auditDay } from '../../server/seal/audit.ts'
import type { DraftParts } from '../../server/seal/draft.ts'
import { isWaiting, readMarks } from '../../server/seal/marks.ts'
import { sealDays } from '../../server/seal/seal-days.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { makeSite } from '../support/facts.ts'
import { storedEvent, storeEvents } from '../support/stored-events.ts'

/** So many times the engine is killed while it seals. */
const KILLS = Number(process.env['SLUICE_SEAL_KILLS'] ?? 2)
const DAYS = ['2026-11-01', '2026-11-02', '2026-11-03']

let engine: TestEngine
let parts: DraftParts
beforeAll(async () => {
  engine = await startTestEngine({ backoffMs: { first: 20, most: 100 } })
  parts = { write: engine.clickhouse.write, rows: rollupRows, timezoneOf: () => 'UTC' }
})
afterAll(() => engine.stop())

async function addEvents(batch: number): Promise<void> {
  const events = DAYS.flatMap((day, which) =>
    Array.from({ length: 50 }, (_, row) =>
      storedEvent(1, BigInt(batch), which * 1_000 + row, {
        day,
        visitor: BigInt((row * batch) % 40),
        timeMs: Date.parse(day) + row * 900_000 + batch * 1_000,
        page: `/${row % 7}`,
        source: `from ${row % 5}`,
      }),
    ),
  )
  await storeEvents(engine.clickhouse.write, events)
}

/** What the rollup of a day holds, as a number. */
async function contents(day: string): Promise<unknown> {
  const answer = await engine.clickhouse.write.query({
    query: 'SELECT count() AS rows, toString(sum(cityHash64(*))) AS hash FROM rollup WHERE day = {day:Date}',
    query_params: { day },
    format: 'JSONEachRow',
  })
  return answer.json()
}

/** Visitors of two pages, summed over days: as a question with a filter is answered, and as the events say. */
async function visitorsOfPages(): Promise<[answered: unknown, counted: unknown]> {
  const { read } = engine.clickhouse
  const queries = createQueries({
    read,
    clock: { now: () => Date.parse('2026-12-01T13:00:00Z'), monotonic: () => performance.now() },
    freshness: () => '2026-12-01T13:00:00.000Z',
  })
  const { totals } = await queries.run(
    makeSite({ id: 1, timezone: 'UTC' }),
    parseQuery({
      site: 'example.com',
      period: { from: DAYS[0] ?? '', to: DAYS.at(-1) ?? '' },
      metrics: ['visitors'],
      filters: [{ dimension: 'page', is: ['/1', '/2'] }],
    }),
  )
  const answer = await read.query({
    query: `SELECT sum(people) AS visitors FROM (
      SELECT uniqExactIf(visitor, visitor != 0) AS people FROM events
      WHERE site = 1 AND page IN ('/1', '/2') GROUP BY day)`,
    format: 'JSONEachRow',
  })
  const [counted] = await answer.json<{ visitors: number }>()
  return [totals.visitors, counted?.visitors]
}

async function eventually(isThere: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await isThere()
      return
    } catch {
      // The engine is being started again.
      await sleep(50)
    }
  }
}

it(
  'a day is sealed in full or as it was, whenever the engine is killed, and sealing goes on from there',
  async () => {
    await addEvents(1)
    const from = performance.now()
    await sealDays({ ...parts, log: silentLog }, DAYS)
    let usualMs = performance.now() - from
    const met = { old: 0, new: 0 }
    for (let kill = 1; kill <= KILLS; kill++) {
      await addEvents(kill + 1)
      const before = new Map<string, unknown>()
      for (const day of DAYS) before.set(day, await contents(day))
      const sealing = sealDays({ ...parts, log: silentLog }, DAYS).then(
        () => 'done',
        () => 'cut off',
      )
      await sleep(Math.random() * usualMs)
      process.kill(engine.engine.pid ?? 0, 'SIGKILL')
      await sealing
      await eventually(() => readMarks(engine.clickhouse.write, '2026-12-01'))
      for (const mark of await readMarks(engine.clickhouse.write, '2026-12-01')) {
        if (isWaiting(mark)) {
          expect(await contents(mark.day)).toEqual(before.get(mark.day))
          met.old++
        } else {
          expect(await auditDay(parts, mark.day)).toBe(0)
          met.new++
        }
      }
      const [answered, counted] = await visitorsOfPages()
      expect(answered).toBe(counted)
      const again = performance.now()
      await sealDays({ ...parts, log: silentLog }, DAYS)
      usualMs = performance.now() - again
      const last = DAYS.at(-1) ?? ''
      expect([await auditDay(parts, last), await auditDay(parts, DAYS[0] ?? '')]).toEqual([0, 0])
    }
    expect(met.old + met.new).toBe(KILLS * DAYS.length)
  },
  60_000 + KILLS * 60_000,
)
