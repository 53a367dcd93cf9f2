import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { READ_WIDTH } from '../../server/clickhouse/engine/limits.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'

// Engines are started and killed here; on a busy machine each start takes seconds.
vi.setConfig({ testTimeout: 120_000 })

/** A busy machine takes its time; what is waited for comes or the test fails. */
const SOON = { timeout: 10_000 }
let engine: TestEngine
let read: ClickHouseClient
let write: ClickHouseClient
beforeAll(async () => {
  engine = await startTestEngine({ migrated: false })
  read = engine.clickhouse.read
  write = engine.clickhouse.write
  await write.command({ query: 'CREATE TABLE things (id UInt64) ENGINE = MergeTree ORDER BY id' })
})
afterAll(async () => {
  await engine.stop()
})

/** A change that hangs where rows wait for it. */
const STUCK = 'CREATE TABLE'
const SLEEPING = 'ENGINE = MergeTree ORDER BY id AS SELECT toUInt64(sleepEachRow(1)) AS id FROM numbers(60)'

const controllers: AbortController[] = []
afterEach(async () => {
  for (const controller of controllers.splice(0)) controller.abort()
  await vi.waitUntil(async () => (await running()).length === 0, SOON)
})

/** A query that would run for a minute, and what ends it. */
function slowQuery(
  client: ClickHouseClient,
  comment: string,
): { done: Promise<unknown>; cancel: () => void } {
  const controller = new AbortController()
  controllers.push(controller)
  const done = client
    .query({
      query: 'SELECT sum(sleepEachRow(1)) FROM numbers(60)',
      clickhouse_settings: { log_comment: comment, max_block_size: '1' },
      abort_signal: controller.signal,
      format: 'JSONEachRow',
    })
    .then(
      () => 'answered',
      () => 'ended',
    )
  return { done, cancel: () => controller.abort() }
}

/** Comments of the queries that run now, but for this one. */
async function running(): Promise<string[]> {
  const answer = await write.query({
    query: `SELECT Settings['log_comment'] AS comment FROM system.processes WHERE comment != 'watch' ORDER BY comment`,
    clickhouse_settings: { log_comment: 'watch' },
    format: 'JSONEachRow',
  })
  return (await answer.json<{ comment: string }>()).map(({ comment }) => comment)
}

describe('queries side by side', () => {
  it('a slow one does not hold up a light one, an insert, or a question of the writer', async () => {
    const slow = [1, 2, 3].map((turn) => slowQuery(read, `slow ${turn}`))
    await expect.poll(running, SOON).toEqual(['slow 1', 'slow 2', 'slow 3'])
    const begun = performance.now()
    const light = await read.query({
      query: 'SELECT {n:UInt8} AS n',
      query_params: { n: 1 },
      format: 'JSONEachRow',
    })
    expect(await light.json()).toEqual([{ n: 1 }])
    await write.insert({ table: 'things', values: [{ id: 1 }], format: 'JSONEachRow' })
    expect(await running()).toHaveLength(3)
    expect(performance.now() - begun).toBeLessThan(5_000)
    for (const { cancel } of slow) cancel()
    await Promise.all(slow.map(({ done }) => done))
    await expect.poll(running, SOON).toEqual([])
  })

  it('one more than there are lanes waits its turn and is dropped when its caller goes', async () => {
    const slow = Array.from({ length: READ_WIDTH }, (_, turn) => slowQuery(read, `slow ${turn + 1}`))
    await expect.poll(running, SOON).toHaveLength(READ_WIDTH)
    const waiting = slowQuery(read, 'waiting')
    const next = read.query({ query: 'SELECT 6 AS n', format: 'JSONEachRow' })
    // Long enough for both to have arrived; if they had not, the test would prove less and still pass.
    await sleep(100)
    expect(await running()).not.toContain('waiting')
    waiting.cancel()
    slow[0]?.cancel()
    expect(await (await next).json()).toEqual([{ n: 6 }])
    await expect.poll(running, SOON).toEqual(slow.slice(1).map((_, turn) => `slow ${turn + 2}`))
    for (const { cancel } of slow) cancel()
    await expect.poll(running, SOON).toEqual([])
  })

  it('rows are kept while a statement works on others for minutes', async () => {
    const controller = new AbortController()
    controllers.push(controller)
    const copying = write
      .command({
        query: 'INSERT INTO things SELECT sleepEachRow(1) + 100 FROM numbers(60)',
        clickhouse_settings: { log_comment: 'copying', max_block_size: '1' },
        abort_signal: controller.signal,
      })
      .catch(() => 'ended')
    await expect.poll(running, SOON).toEqual(['copying'])
    await write.insert({ table: 'things', values: [{ id: 5 }], format: 'JSONEachRow' })
    await write.command({ query: 'CREATE TABLE others (id UInt64) ENGINE = MergeTree ORDER BY id' })
    expect(await running()).toEqual(['copying'])
    controller.abort()
    expect(await copying).toBe('ended')
  })

  it('statements that change data run one after the other, in the order they came', async () => {
    await write.command({ query: 'CREATE TABLE steps (n UInt32, seen UInt64) ENGINE = MergeTree ORDER BY n' })
    // Each counts what is there: any overlap would show as a gap or a repetition.
    const inserts: Promise<unknown>[] = []
    for (let n = 0; n < 12; n++) {
      inserts.push(write.command({ query: `INSERT INTO steps SELECT ${n}, count() FROM steps` }))
    }
    await Promise.all(inserts)
    const answer = await read.query({
      query: 'SELECT seen FROM steps ORDER BY seen',
      format: 'JSONCompactEachRow',
    })
    expect((await answer.json<[string]>()).map(([seen]) => Number(seen))).toEqual([...Array(12).keys()])
  })
})

describe('a query whose caller has gone', () => {
  it('ends', async () => {
    const slow = slowQuery(read, 'left alone')
    await expect.poll(running, SOON).toEqual(['left alone'])
    slow.cancel()
    expect(await slow.done).toBe('ended')
    await expect.poll(running, SOON).toEqual([])
  })

  it('ends without taking another of the same comment with it', async () => {
    const gone = slowQuery(read, 'same')
    const stays = slowQuery(read, 'same')
    await expect.poll(running, SOON).toEqual(['same', 'same'])
    gone.cancel()
    await expect.poll(running, SOON).toEqual(['same'])
    stays.cancel()
    await expect.poll(running, SOON).toEqual([])
  })

  it('ends when rows wait behind it, and they are kept', async () => {
    const controller = new AbortController()
    controllers.push(controller)
    const insert = write.command({
      query: `${STUCK} stuck_1 ${SLEEPING}`,
      clickhouse_settings: { log_comment: 'stuck', max_block_size: '1' },
      abort_signal: controller.signal,
    })
    await expect.poll(running, SOON).toEqual(['stuck'])
    const next = write.insert({ table: 'things', values: [{ id: 7 }], format: 'JSONEachRow' })
    controller.abort()
    await expect(insert).rejects.toThrow('aborted')
    await next
    await expect.poll(running, SOON).toEqual([])
  })

  it('can be killed by its comment, past a change that hangs', async () => {
    const insert = write
      .command({
        query: `${STUCK} stuck_2 ${SLEEPING}`,
        clickhouse_settings: { log_comment: 'batch 9', max_block_size: '1' },
      })
      .catch((error: unknown) => error)
    await expect.poll(running, SOON).toEqual(['batch 9'])
    await write.command({ query: "KILL QUERY WHERE Settings['log_comment'] = 'batch 9' ASYNC" })
    expect(await insert).toMatchObject({ code: '394' })
  })
})
