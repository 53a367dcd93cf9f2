import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'
import { openCursor } from '../../server/load/cursor.ts'
import { clickHouseEventTable } from '../../server/load/event-table.ts'
import { startLoader, type Loader } from '../../server/load/loader.ts'
import { InsertRejected, type EncodedRows, type EventTable } from '../../server/load/table.ts'
import { createThreadedBuild, type ThreadedBuild } from '../../server/load/threaded-build.ts'
import { nodeFs } from '../../server/spool/fs.ts'
import { openSpool, type Spool } from '../../server/spool/spool.ts'
import { batchThreadEntry, startTestEngine, type TestEngine } from '../support/engine.ts'
import { KEY, recordOf } from '../unit/spool/rig.ts'

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index)
const never = new AbortController().signal
const oneLine = (line: string): EncodedRows => ({
  format: 'TabSeparated',
  bytes: Buffer.from(line),
  count: 1,
})

let engine: TestEngine
let nextFolder = 0
let thread: ThreadedBuild

beforeAll(async () => {
  engine = await startTestEngine({ backoffMs: { first: 50, most: 200 } })
  thread = createThreadedBuild(await batchThreadEntry())
})
afterAll(async () => {
  await thread.close()
  await engine.stop()
})

interface Rig {
  spool: Spool
  loader: Loader
  close(): Promise<void>
}

/** Spool and loader on the real engine; `wrap` puts its failures in front of the table. */
async function start(wrap: (table: EventTable) => EventTable, maxRows = 50_000): Promise<Rig> {
  const folder = path.join(engine.folder, `spool-${nextFolder++}`)
  const cursor = await openCursor({ folder, fs: nodeFs })
  const spool = await openSpool({ folder, key: KEY, clock: systemClock, log: silentLog })
  const loader = startLoader({
    spool,
    cursor,
    table: wrap(clickHouseEventTable(engine.clickhouse.write)),
    build: thread.build,
    clock: systemClock,
    log: silentLog,
    limits: { maxRows, maxWaitMs: 20, firstBackOffMs: 20, maxBackOffMs: 500 },
  })
  return {
    spool,
    loader,
    async close() {
      await loader.stop()
      await spool.close()
      await cursor.close()
    },
  }
}

/** Appends events of a site in blocks of ten, over three days. */
async function append(spool: Spool, site: number, ids: readonly number[]): Promise<void> {
  for (let at = 0; at < ids.length; at += 10) {
    const block = ids.slice(at, at + 10)
    const day = `2026-11-2${(at / 10) % 3}`
    await spool.append(block.map((id) => recordOf(id, { site, day })).join(''), block.length)
  }
}

async function stored(site: number): Promise<number[]> {
  const answer = await engine.clickhouse.write.query({
    query: 'SELECT event_id AS id FROM events WHERE site = {site:UInt64} ORDER BY id',
    query_params: { site },
    format: 'JSONEachRow',
  })
  return (await answer.json<{ id: string }>()).map(({ id }) => Number(id))
}

describe('loading into a real engine', () => {
  it('stores every record as it was, text of any script and all', async () => {
    const { spool, loader, close } = await start((table) => table)
    const pages = [
      '/',
      '/übersicht/概要/🎈',
      '/tab\tline\nback\\slash',
      '/quote\'"`',
      '/nul\0',
      `/${'x'.repeat(2000)}`,
    ]
    await spool.append(
      pages
        .map((page, id) =>
          recordOf(id, { site: 1, page, visitor: 2n ** 64n - 1n - BigInt(id), visibleMs: 4_000_000_000 }),
        )
        .join(''),
      pages.length,
    )
    await loader.drained()
    const answer = await engine.clickhouse.write.query({
      query:
        'SELECT page, toString(visitor) AS visitor, visible_ms, toUnixTimestamp(time) AS time FROM events WHERE site = 1 ORDER BY event_id',
      format: 'JSONEachRow',
    })
    const rows = await answer.json<{ page: string; visitor: string; visible_ms: number; time: number }>()
    expect(rows.map(({ page }) => page)).toEqual(pages)
    expect(rows[5]?.visitor).toBe(String(2n ** 64n - 6n))
    expect(rows[0]).toMatchObject({ visible_ms: 4_000_000_000, time: Date.UTC(2026, 10, 24, 12) / 1000 })
    await close()
  })

  it('stores once what was kept and not answered, cut off, or never sent', { timeout: 120_000 }, async () => {
    let calls = 0
    const { spool, loader, close } = await start(
      (table) => ({
        ...table,
        async insert(day, rows, batchId, signal) {
          calls++
          if (calls % 4 === 1) throw new Error('the connection is gone before anything was sent')
          if (calls % 4 === 2 && rows.format === 'Native') {
            await table.insert(day, rows, batchId, signal)
            throw new Error('timed out after it was kept')
          }
          if (calls % 4 === 2) {
            const [first = '', ...rest] = rows.bytes.toString().split(/(?<=\n)/)
            await table.insert(day, oneLine(first), batchId, signal)
            throw new Error(`${rest.length} rows are missing`)
          }
          const cut = new AbortController()
          if (calls % 4 === 3) setTimeout(() => cut.abort(), Math.random() * 20)
          await table.insert(day, rows, batchId, calls % 4 === 3 ? cut.signal : signal)
          if (calls % 4 === 0 && calls % 8 === 0) throw new Error('timed out after it was kept')
        },
      }),
      60,
    )
    await append(spool, 2, range(0, 240))
    await loader.drained()
    expect(await stored(2)).toEqual(range(0, 240))
    expect(loader.stats()).toMatchObject({ rows: 240, surplusRows: 0 })
    expect(loader.stats().retries).toBeGreaterThan(5)
    await close()
  })

  it('sets aside rows that the engine cannot take, and stores the others', async () => {
    const { spool, loader, close } = await start((table) => table)
    const bad = recordOf(1000, { site: 3 }).replace('\tpageview\t', '\tpageview\tone column too many\t')
    const worse = recordOf(1001, { site: 3 }).replace(/\t0\t0\n$/, '\tnot a number\t0\n')
    await append(spool, 3, range(0, 50))
    await spool.append(recordOf(50, { site: 3 }) + bad + recordOf(51, { site: 3 }) + worse, 4)
    await append(spool, 3, range(52, 60))
    await loader.drained()
    expect(loader.stats()).toMatchObject({ deadRows: 2 })
    expect(await stored(3)).toEqual(range(0, 60))
    await close()
  })

  it('tells refused content from other faults', async () => {
    const table = clickHouseEventTable(engine.clickhouse.write)
    await expect(table.insert('2026-11-24', oneLine('7\tx\n'), '7', never)).rejects.toBeInstanceOf(
      InsertRejected,
    )
    const cut = new AbortController()
    cut.abort()
    await expect(table.insert('2026-11-24', oneLine('7\tx\n'), '7', cut.signal)).rejects.not.toBeInstanceOf(
      InsertRejected,
    )
    expect(await table.rowsOf('7', ['2026-11-24'], never)).toEqual(new Map())
    expect(await table.rowNumbers('7', '2026-11-24', never)).toEqual(new Set())
  })

  it('ends an insert of the batch that is still under way before it looks', async () => {
    const table = clickHouseEventTable(engine.clickhouse.write)
    const slow = engine.clickhouse.write
      .command({
        query: `INSERT INTO events (batch_id, row, day, site) SELECT 99, number, '2026-11-24', 4 FROM numbers(100)
          WHERE sleepEachRow(0.1) = 0 SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 0`,
        clickhouse_settings: { log_comment: 'load 99' },
      })
      .then(
        () => 'ended',
        () => 'killed',
      )
    for (;;) {
      const answer = await engine.clickhouse.write.query({
        query: "SELECT count() AS n FROM system.processes WHERE Settings['log_comment'] = 'load 99'",
        format: 'JSONEachRow',
      })
      const [found] = await answer.json<{ n: string }>()
      if (Number(found?.n) > 0) break
    }
    await table.settle('99', never)
    expect(await slow).toBe('killed')
    expect(await table.rowsOf('99', ['2026-11-24'], never)).toEqual(new Map())
    await table.settle('98', never)
  })

  it('goes on when the engine is killed in the middle of it', { timeout: 120_000 }, async () => {
    const { spool, loader, close } = await start((table) => table, 500)
    let kills = 0
    for (let round = 0; round < 4; round++) {
      await append(spool, 5, range(round * 2000, round * 2000 + 2000))
      const { pid } = engine.engine
      if (pid !== undefined) process.kill(pid, 'SIGKILL')
      kills += Number(pid !== undefined)
    }
    await loader.drained()
    expect(kills).toBeGreaterThan(0)
    expect(await stored(5)).toEqual(range(0, 8000))
    expect(loader.stats().surplusRows).toBe(0)
    await close()
  })
})
