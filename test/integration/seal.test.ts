import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Query, QueryAnswer } from '../../schema/query.ts'
import { silentLog } from '../../server/log.ts'
import { parseQuery } from '../../server/query/parse.ts'
import { rollupRows } from '../../server/query/rollup-rows.ts'
import { createQueries } from '../../server/query/run.ts'
import type { SealClient } from '../../server/seal/ask.ts'
import { auditDay } from '../../server/seal/audit.ts'
import type { DraftParts } from '../../server/seal/draft.ts'
import { isUnsealed, isWaiting, readMarks } from '../../server/seal/marks.ts'
import { createSealer, type Sealer } from '../../server/seal/sealer.ts'
import { sealDays } from '../../server/seal/seal-days.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { makeSite } from '../support/facts.ts'
import { storedEvent, storeEvents } from '../support/stored-events.ts'

let engine: TestEngine
let parts: DraftParts
beforeAll(async () => {
  engine = await startTestEngine()
  parts = { write: engine.clickhouse.write, rows: rollupRows, timezoneOf: () => 'UTC' }
})
afterAll(() => engine.stop())

let latestBatch = 0n
/** Page views of so many visitors, at a minute's distance. */
async function view(site: number, day: string, visitors: number): Promise<void> {
  const batch = ++latestBatch
  const events = Array.from({ length: visitors }, (_, row) =>
    storedEvent(site, batch, row, {
      day,
      visitor: BigInt(row + 1),
      timeMs: Date.parse(`${day}T09:00:00Z`) + row * 60_000,
      page: `/${row % 3}`,
    }),
  )
  await storeEvents(engine.clickhouse.write, events)
}

/** Of one day, or of several. */
async function ask(
  site: number,
  from: string,
  to = from,
  query: Omit<Query, 'site'> = {},
): Promise<QueryAnswer> {
  const queries = createQueries({
    read: engine.clickhouse.read,
    clock: { now: () => Date.parse('2026-11-24T13:00:00Z'), monotonic: () => 0 },
    freshness: () => '2026-11-24T13:00:00.000Z',
  })
  const period = { from, to }
  return queries.run(
    makeSite({ id: site, timezone: 'UTC' }),
    parseQuery({ period, metrics: ['visitors'], ...query, site: 'example.com' }),
  )
}

async function rows(statement: string): Promise<Record<string, unknown>[]> {
  const answer = await engine.clickhouse.write.query({ query: statement, format: 'JSONEachRow' })
  return answer.json()
}

interface Rig {
  sealer: Sealer
  at(time: string): Promise<void>
  reading(name: string): number | undefined
}

function startSealer(
  windows: Readonly<Record<string, string>> = {},
  write: SealClient = engine.clickhouse.write,
): Rig {
  let now = 0
  const sealer = createSealer({
    write,
    rows: rollupRows,
    sites: () => Object.entries(windows).map(([site, firstDay]) => ({ site, firstDay, timezone: 'UTC' })),
    clock: { now: () => now, monotonic: () => now },
    log: silentLog,
    random: () => 0,
  })
  return {
    sealer,
    at: (time) => {
      now = Date.parse(time)
      return sealer.look()
    },
    reading: (name) =>
      sealer
        .readings()
        .find((one) => one.name === name)
        ?.read(),
  }
}

describe('sealing', () => {
  it('seals a day at noon UTC of the next, and again when events came', async () => {
    const { at, reading } = startSealer()
    await view(1, '2026-11-02', 10)
    await at('2026-11-03T11:59:59Z')
    expect((await ask(1, '2026-11-02', '2026-11-03')).meta.source).toBe('events')
    await at('2026-11-03T12:00:00Z')
    expect(await ask(1, '2026-11-02', '2026-11-03')).toMatchObject({
      totals: { visitors: 10 },
      meta: { source: 'rollup' },
    })
    await view(1, '2026-11-02', 12)
    await view(1, '2026-11-03', 3)
    expect(await ask(1, '2026-11-02', '2026-11-03')).toMatchObject({
      totals: { visitors: 15 },
      meta: { source: 'events' },
    })
    await at('2026-11-03T12:01:00Z')
    expect(await ask(1, '2026-11-02', '2026-11-03')).toMatchObject({
      totals: { visitors: 15 },
      meta: { source: 'both' },
    })
    expect([reading('sluice_sealed_days'), reading('sluice_seal_waiting_days')]).toEqual([1, 0])
  })

  it('R1.2 holds the largest amounts that are taken, of visitors and of what a server tells of nobody', async () => {
    const day = '2026-11-09'
    const revenue = '999999999999.9999'
    const detail = { name: 'Bought', value: 0, revenue, currency: 'EUR', props: {}, status: 0 }
    const batch = ++latestBatch
    const timeMs = Date.parse(`${day}T09:00:00Z`)
    const bought = [0n, 1n, 1n].map((visitor, row) =>
      storedEvent(11, batch, row, { day, timeMs, visitor, type: 'event', detail }),
    )
    await storeEvents(engine.clickhouse.write, bought)
    const before = await ask(11, day, day, { metrics: ['revenue'] })
    expect(before.totals).toEqual({ revenue: '2999999999999.9997' })
    await sealDays({ ...parts, log: silentLog }, [day])
    const sealed = await ask(11, day, day, { metrics: ['revenue'] })
    expect([sealed.totals, sealed.meta.source]).toEqual([before.totals, 'rollup'])
  })

  it('keeps the days of other sites where events of one come late', async () => {
    await view(2, '2026-11-05', 8)
    await view(3, '2026-11-05', 8)
    await sealDays({ ...parts, log: silentLog }, ['2026-11-05'])
    await view(3, '2026-11-05', 9)
    expect((await ask(2, '2026-11-05')).meta.source).toBe('rollup')
    expect(await ask(3, '2026-11-05')).toMatchObject({ totals: { visitors: 9 }, meta: { source: 'events' } })
  })

  it('gives one whole day where several seal it at once', async () => {
    await view(4, '2026-11-06', 20)
    await Promise.all([1, 2, 3].map(() => sealDays({ ...parts, log: silentLog }, ['2026-11-06'])))
    expect(await ask(4, '2026-11-06')).toMatchObject({ totals: { visitors: 20 }, meta: { source: 'rollup' } })
    expect(await auditDay(parts, '2026-11-06')).toBe(0)
    expect(await rows("SELECT name FROM system.tables WHERE startsWith(name, 'rollup_draft_')")).toEqual([])
  })

  it('counts a day of many events in parts, some visitors after the others, to the same rollup', async () => {
    const batch = ++latestBatch
    const events = Array.from({ length: 12 }, (_, row) =>
      storedEvent(8, batch, row, {
        day: '2026-11-05',
        // All over the numbers there are, each on two pages in turn; and nobody.
        visitor: BigInt(row % 6) * (2n ** 64n / 6n),
        timeMs: Date.parse('2026-11-05T09:00:00Z') + row * 60_000,
        page: `/${row % 4}`,
      }),
    )
    await storeEvents(engine.clickhouse.write, events)
    await sealDays({ ...parts, log: silentLog }, ['2026-11-05'])
    const inParts: DraftParts['rows'] = {
      ...rollupRows,
      steps: (given) => rollupRows.steps({ ...given, events: 5_000_000 }),
    }
    expect(await auditDay({ ...parts, rows: inParts }, '2026-11-05')).toBe(0)
  })

  it('R4.5 finds a rollup that is not what its events give', async () => {
    await view(5, '2026-10-01', 6)
    const { at, reading } = startSealer()
    await at('2026-10-02T12:00:00Z')
    expect([reading('sluice_rollup_audits_total'), reading('sluice_rollup_differences_total')]).toEqual([
      1, 0,
    ])
    // A row that is there twice, and one that is gone.
    await engine.clickhouse.write.command({
      query:
        "INSERT INTO rollup SELECT * FROM rollup WHERE day = '2026-10-01' AND dimension = 'total' AND site = 5",
    })
    expect(await auditDay(parts, '2026-10-01')).toBe(1)
    await sealDays({ ...parts, log: silentLog }, ['2026-10-01'])
    expect(await auditDay(parts, '2026-10-01')).toBe(0)
    await engine.clickhouse.write.command({
      query: "ALTER TABLE rollup DELETE WHERE day = '2026-10-01' AND dimension = 'page' AND value = '/1'",
      clickhouse_settings: { mutations_sync: '1' },
    })
    expect(await auditDay(parts, '2026-10-01')).toBe(1)
    // A visit that is gone.
    await engine.clickhouse.write.command({
      query: "ALTER TABLE visits DELETE WHERE day = '2026-10-01' AND site = 5 AND visitor = 2",
      clickhouse_settings: { mutations_sync: '1' },
    })
    expect(await auditDay(parts, '2026-10-01')).toBe(2)
  })

  it('R8.5 answers filters from visits, and from events until they are kept', async () => {
    const about: Omit<Query, 'site'> = { filters: [{ dimension: 'page', is: ['/1', '/2'] }] }
    const seen = async (): Promise<unknown> => (await ask(6, '2026-10-03', '2026-10-04', about)).totals
    await view(6, '2026-10-03', 6)
    // Of nobody, so that the day has no visits.
    await storeEvents(engine.clickhouse.write, [
      storedEvent(7, ++latestBatch, 0, {
        day: '2026-10-04',
        visitor: 0n,
        timeMs: Date.parse('2026-10-04T09:00:00Z'),
        type: 'request',
        collector: 'log',
      }),
    ])
    const { at } = startSealer()
    await at('2026-10-05T12:00:00Z')
    expect(await seen()).toEqual({ visitors: 4 })
    expect((await readMarks(parts.write, '2026-10-04', '2026-10-03')).map(isWaiting)).toEqual([false, false])
    await engine.clickhouse.write.command({
      query: "ALTER TABLE visits DELETE WHERE day = '2026-10-03' AND visitor = 2",
      clickhouse_settings: { mutations_sync: '1' },
    })
    expect(await seen()).toEqual({ visitors: 3 })
    await engine.clickhouse.write.command({ query: "ALTER TABLE visits DROP PARTITION '2026-10-03'" })
    expect(await seen()).toEqual({ visitors: 4 })
    // It is to be done, and nothing is wrong.
    const [mark] = await readMarks(parts.write, '2026-10-03', '2026-10-03')
    expect(mark && [isWaiting(mark), isUnsealed(mark)]).toEqual([true, false])
    expect(await auditDay(parts, '2026-10-03')).toBeUndefined()
    await at('2026-10-05T12:01:00Z')
    expect(await rows("SELECT count() AS visits FROM visits WHERE day = '2026-10-03'")).toEqual([
      { visits: 6 },
    ])
    expect(await seen()).toEqual({ visitors: 4 })
  })

  it('tells of what it could not do, and does it the next time', async () => {
    await view(6, '2026-10-02', 6)
    const failing = createSealer({
      write: {
        query: () => Promise.reject(new Error('away')),
        command: () => Promise.reject(new Error('away')),
      },
      rows: rollupRows,
      sites: () => [],
      clock: { now: () => Date.parse('2026-10-03T12:00:00Z'), monotonic: () => 0 },
      log: silentLog,
    })
    await failing.look()
    expect(
      failing
        .readings()
        .find(({ name }) => name === 'sluice_seal_failures_total')
        ?.read(),
    ).toBe(3)
  })
})

/** The database as it is, but that statements about one day fail, or that something happens during the first insert. */
function troubled(of: { day?: string; duringInsert?: (done: Promise<unknown>) => void }): SealClient {
  const { write } = engine.clickhouse
  return {
    query: write.query.bind(write),
    command(given) {
      const days = given.query_params?.['days'] as readonly string[] | undefined
      const isBad = of.day !== undefined && days?.includes(of.day) === true
      if (isBad) return Promise.reject(new Error('this day cannot be sealed'))
      const done = write.command(given)
      if (given.query.startsWith('INSERT')) of.duringInsert?.(done)
      return done
    },
  }
}

describe('sealing in trouble', () => {
  it('seals the other days where one cannot be, and rests longer each time before it tries again', async () => {
    await view(7, '2026-09-01', 6)
    await view(7, '2026-09-02', 6)
    const write = troubled({ day: '2026-09-01' })
    const { at, reading } = startSealer({}, write)
    await at('2026-09-03T12:00:00Z')
    expect((await ask(7, '2026-09-01', '2026-09-02')).meta.source).toBe('both')
    expect([reading('sluice_seal_waiting_days'), reading('sluice_seal_failures_total')]).toEqual([1, 1])
    const failures: (number | undefined)[] = []
    for (const minute of ['12:00:30', '12:01:00', '12:02:00', '12:03:00', '12:06:00', '12:07:00']) {
      await at(`2026-09-03T${minute}Z`)
      failures.push(reading('sluice_seal_failures_total'))
    }
    expect(failures).toEqual([1, 2, 2, 3, 3, 4])
  })

  it('gives a day up when it is stopped, and leaves nothing behind', async () => {
    await view(8, '2026-09-05', 6)
    const inserts: Promise<string>[] = []
    const write = troubled({
      duringInsert(done) {
        void rig.sealer.close()
        inserts.push(
          done.then(
            () => 'done',
            () => 'given up',
          ),
        )
      },
    })
    const rig = startSealer({}, write)
    await rig.at('2026-09-06T12:00:00Z')
    await rig.sealer.close()
    expect(await Promise.all(inserts)).toEqual(['given up'])
    expect((await ask(8, '2026-09-05')).meta.source).toBe('events')
    expect(await rows("SELECT name FROM system.tables WHERE startsWith(name, 'rollup_draft_')")).toEqual([])
    expect(rig.reading('sluice_seal_failures_total')).toBe(0)
  })
})

describe('retention', () => {
  const kept = async (day: string): Promise<unknown[]> =>
    rows(
      `SELECT toUInt32(site) AS site, count() AS events FROM events WHERE day = '${day}' GROUP BY site ORDER BY site`,
    )

  it('R4.7 removes events of a site when its window has passed, and goes on answering from rollups', async () => {
    await view(10, '2026-11-10', 7)
    await view(11, '2026-11-10', 9)
    const { at, reading } = startSealer({ 10: '2026-11-11', 11: '2026-01-01' })
    await at('2026-11-11T12:00:00Z')
    // Sealed just now: another seal that is put in place at the same moment may undo it.
    expect(await kept('2026-11-10')).toHaveLength(2)
    await at('2026-11-11T13:00:00Z')
    expect(await kept('2026-11-10')).toEqual([{ site: 11, events: 9 }])
    expect(await rows("SELECT DISTINCT site FROM visits WHERE day = '2026-11-10'")).toEqual([{ site: 11 }])
    expect(reading('sluice_expired_events_total')).toBe(7)
    for (const [site, visitors] of [
      [10, 7],
      [11, 9],
    ] as const) {
      expect(await ask(site, '2026-11-10')).toMatchObject({
        totals: { visitors },
        meta: { source: 'rollup' },
      })
    }
    // What comes for a day whose events are gone does not take its numbers away.
    await view(10, '2026-11-10', 2)
    await view(11, '2026-11-10', 11)
    await at('2026-11-11T13:01:00Z')
    expect((await ask(10, '2026-11-10')).totals).toEqual({ visitors: 7 })
    expect(await ask(11, '2026-11-10')).toMatchObject({
      totals: { visitors: 11 },
      meta: { source: 'rollup' },
    })
    // Nor does a window that is made longer again.
    await startSealer({ 10: '2025-01-01' }).at('2026-11-12T12:01:00Z')
    expect((await ask(10, '2026-11-10')).totals).toEqual({ visitors: 7 })
  })

  it('R4.7 drops a day of which nothing is kept', async () => {
    await view(12, '2026-11-12', 7)
    const { at } = startSealer({ 12: '2026-11-13' })
    await at('2026-11-13T12:00:00Z')
    await at('2026-11-13T13:00:00Z')
    expect(
      await rows(
        "SELECT table FROM system.parts WHERE table IN ('events', 'visits') AND active AND partition = '2026-11-12'",
      ),
    ).toEqual([])
    expect(await ask(12, '2026-11-12')).toMatchObject({ totals: { visitors: 7 }, meta: { source: 'rollup' } })
  })

  it('R4.7 removes no events of a day that is not sealed, nor of sites it does not know', async () => {
    await view(13, '2026-11-20', 7)
    await view(14, '2026-11-18', 4)
    const { at } = startSealer({ 13: '2026-11-22' })
    await at('2026-11-21T10:00:00Z')
    await at('2026-11-21T11:00:00Z')
    expect(await kept('2026-11-20')).toEqual([{ site: 13, events: 7 }])
    expect(await kept('2026-11-18')).toEqual([{ site: 14, events: 4 }])
  })

  it('R4.7 drops rollups after 25 months', async () => {
    await view(15, '2024-09-01', 4)
    await view(15, '2024-09-02', 4)
    const { at } = startSealer({ 15: '2024-10-01' })
    const left =
      'SELECT DISTINCT toString(day) AS sealed FROM rollup WHERE toYYYYMM(day) = 202409 AND site = 15'
    await at('2026-10-03T12:00:00Z')
    expect(await rows(left)).toHaveLength(2)
    await at('2026-10-04T12:00:00Z')
    expect(await rows(left)).toEqual([{ sealed: '2024-09-02' }])
  })
})
