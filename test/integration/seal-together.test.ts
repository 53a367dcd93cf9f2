import { afterAll, beforeAll, expect, it } from 'vitest'
import { silentLog } from '../../server/log.ts'
import { parseQuery } from '../../server/query/parse.ts'
import { rollupRows } from '../../server/query/rollup-rows.ts'
import { createQueries } from '../../server/query/run.ts'
import { auditDay } from '../../server/seal/audit.ts'
import type { DraftParts } from '../../server/seal/draft.ts'
import { createSealer } from '../../server/seal/sealer.ts'
import { sealDays } from '../../server/seal/seal-days.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { makeSite } from '../support/facts.ts'
import type { OracleEvent } from '../support/oracle.ts'
import { storedEvent, storeEvents } from '../support/stored-events.ts'

/** Small days of one month are sealed together: each must be what it is by itself. */

const [JULY_30, JULY_31, AUGUST_1] = ['2026-07-30', '2026-07-31', '2026-08-01'] as const
const DAYS = [JULY_30, JULY_31, AUGUST_1]
/** Of which the tracker saw all; logs what was before the tracker; the third by a clock of its own. */
const [TRACKED, LOGGED, OF_KOLKATA] = [20, 21, 22]

let engine: TestEngine
let parts: DraftParts
beforeAll(async () => {
  engine = await startTestEngine()
  parts = {
    write: engine.clickhouse.write,
    rows: rollupRows,
    timezoneOf: (site) => (site === String(OF_KOLKATA) ? 'Asia/Kolkata' : 'UTC'),
  }
})
afterAll(() => engine.stop())

let second = 0n
/** Page views that came in a second of their own, of up to five visitors in several visits. */
function views(
  site: number,
  day: string,
  count: number,
  collector: 'tracker' | 'log' = 'tracker',
): OracleEvent[] {
  const batch = ++second << 32n
  return Array.from({ length: count }, (_, row) =>
    storedEvent(site, batch, row, {
      day,
      collector,
      visitor: BigInt((row % 5) + 1),
      timeMs: Date.parse(`${day}T09:00:00Z`) + row * 1_000_000,
      page: `/${row % 3}`,
    }),
  )
}

/** Page views of each day, and where they are told from. */
async function told(site: number): Promise<unknown> {
  const queries = createQueries({
    read: engine.clickhouse.read,
    clock: { now: () => Date.parse('2026-11-24T13:00:00Z'), monotonic: () => 0 },
    freshness: () => '2026-11-24T13:00:00.000Z',
  })
  const period = { from: JULY_30, to: AUGUST_1 }
  const { rows, meta } = await queries.run(
    makeSite({ id: site, timezone: 'UTC' }),
    parseQuery({ site: 'example.com', period, metrics: ['pageviews'], interval: 'day' }),
  )
  return [meta.source, rows.map((row) => row['pageviews'])]
}

it('several days at once are what each is by itself, in one statement for each month', async () => {
  await storeEvents(engine.clickhouse.write, [
    ...DAYS.flatMap((day) => views(LOGGED, day, 4, 'log')),
    ...[JULY_31, AUGUST_1].flatMap((day) => views(LOGGED, day, 11)),
    ...DAYS.flatMap((day, at) => [...views(TRACKED, day, 6 + at), ...views(OF_KOLKATA, day, 3 + at)]),
  ])
  const published: string[] = []
  const write: DraftParts['write'] = {
    query: parts.write.query.bind(parts.write),
    command: (given) => {
      if (given.query.startsWith('ALTER TABLE rollup')) published.push(given.query)
      return parts.write.command(given)
    },
  }
  const sealed = await sealDays({ ...parts, write, log: silentLog }, DAYS)
  expect([sealed.days, published.length]).toEqual([DAYS, 2])
  expect([await auditDay(parts, JULY_30), await auditDay(parts, JULY_31)]).toEqual([0, 0])
  expect(await told(TRACKED)).toEqual(['rollup', [6, 7, 8]])
  // The tracker's first day is told by the logs that were there before.
  expect(await told(LOGGED)).toEqual(['rollup', [4, 4, 11]])
  expect(await told(OF_KOLKATA)).toEqual(['rollup', [3, 4, 5]])
})

it('a day of which the events are gone keeps its numbers beside one that is counted anew', async () => {
  await engine.clickhouse.write.command({
    query: `ALTER TABLE events DELETE WHERE site = ${TRACKED} AND day = '${JULY_31}'`,
    clickhouse_settings: { mutations_sync: '1' },
  })
  await storeEvents(
    engine.clickhouse.write,
    [JULY_30, JULY_31].flatMap((day) => [...views(TRACKED, day, 1), ...views(OF_KOLKATA, day, 2)]),
  )
  await sealDays({ ...parts, log: silentLog }, [JULY_30, JULY_31])
  expect(await told(TRACKED)).toEqual(['rollup', [7, 7, 8]])
  expect(await told(OF_KOLKATA)).toEqual(['rollup', [5, 6, 5]])
})

/** Days of three months, two of each. */
const OF_MONTHS = ['2026-03-01', '2026-03-02', '2026-04-01', '2026-04-02', '2026-05-01', '2026-05-02']

/** The database as it is, but for what happens at an insert; tells how many of them there were. */
function troubled(atInsert: () => void): { write: DraftParts['write']; inserts: () => number } {
  let inserts = 0
  const write: DraftParts['write'] = {
    query: parts.write.query.bind(parts.write),
    command: (given) => {
      if (!given.query.startsWith('INSERT')) return parts.write.command(given)
      inserts++
      atInsert()
      return parts.write.command(given)
    },
  }
  return { write, inserts: () => inserts }
}

it('a stop ends all months, and not the days of one', async () => {
  await storeEvents(
    engine.clickhouse.write,
    OF_MONTHS.flatMap((day) => views(TRACKED, day, 2)),
  )
  const stopping = new AbortController()
  const { write, inserts } = troubled(() => stopping.abort())
  const sealed = await sealDays({ ...parts, write, signal: stopping.signal, log: silentLog }, OF_MONTHS)
  expect([sealed.days, inserts()]).toEqual([[], 1])
})

it('a database that takes nothing is not asked for every month', async () => {
  const { write, inserts } = troubled(() => {
    throw new Error('no room is left')
  })
  await expect(sealDays({ ...parts, write, log: silentLog }, OF_MONTHS)).rejects.toThrow('no room is left')
  // March together and each of its days, April together and one day.
  expect(inserts()).toBe(5)
})

it('R4.5 makes visits that are missing for some days at a look, the latest first, and seals what is over before', async () => {
  const june = Array.from({ length: 12 }, (_, index) => `2026-06-${String(index + 10)}`)
  await storeEvents(
    engine.clickhouse.write,
    june.flatMap((day) => views(TRACKED, day, 2)),
  )
  await sealDays({ ...parts, log: silentLog }, june)
  await engine.clickhouse.write.command({ query: 'TRUNCATE TABLE visits' })
  const over = '2026-06-22'
  await storeEvents(engine.clickhouse.write, views(TRACKED, over, 2))
  let now = Date.parse('2026-06-23T12:00:00Z')
  const sealer = createSealer({
    write: engine.clickhouse.write,
    rows: rollupRows,
    sites: () => [],
    clock: { now: () => now, monotonic: () => now },
    log: silentLog,
  })
  const waiting = (): unknown =>
    sealer
      .readings()
      .find(({ name }) => name === 'sluice_seal_waiting_days')
      ?.read()
  const kept = async (): Promise<string[]> => {
    const answer = await engine.clickhouse.write.query({
      query:
        "SELECT DISTINCT toString(day) AS day FROM visits WHERE day BETWEEN '2026-06-01' AND '2026-06-30' ORDER BY day",
      format: 'JSONEachRow',
    })
    return (await answer.json<{ day: string }>()).map(({ day }) => day)
  }
  await sealer.look()
  expect([await kept(), waiting()]).toEqual([[...june.slice(2), over], 0])
  now += 60_000
  await sealer.look()
  expect(await kept()).toEqual([...june, over])
  await sealer.close()
})
