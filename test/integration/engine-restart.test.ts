import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { engineFilePath } from '../../server/clickhouse/engine/engine-file.ts'
import { EngineLockedError, startEngine } from '../../server/clickhouse/engine/supervisor.ts'
import { ENGINE_FOLDER } from '../../server/clickhouse/open.ts'
import { silentLog } from '../../server/log.ts'
import {
  engineEntry,
  engineParent,
  startTestEngine,
  temporaryFolder,
  type TestEngine,
} from '../support/engine.ts'

// Engines are started and killed here; on a busy machine each start takes seconds.
vi.setConfig({ testTimeout: 120_000 })

const SOON = { timeout: 20_000 }

/** Whether a process is there and not merely waiting to be collected. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('an engine that dies', () => {
  const ROWS = 50
  let test: TestEngine
  beforeAll(async () => {
    test = await startTestEngine({
      migrated: false,
      backoffMs: { first: 20, most: 100 },
      watchMs: { every: 100, timeout: 2_000 },
    })
    await test.clickhouse.write.command({
      query: `CREATE TABLE batches (batch UInt32, row UInt32) ENGINE = MergeTree ORDER BY (batch, row)
              SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
    })
  })
  afterAll(async () => {
    await test.stop()
  })

  async function insertBatch(batch: number): Promise<void> {
    const lines = Array.from({ length: ROWS }, (_, row) => `${batch}\t${row}\n`).join('')
    await test.clickhouse.write.insert({
      table: 'batches',
      format: 'TabSeparated',
      values: Readable.from([Buffer.from(lines)], { objectMode: false }),
    })
  }

  it('comes back at the same address each time, with every batch it acknowledged and none by half', async () => {
    const { engine, clickhouse } = test
    const { url, writer } = engine
    const acknowledged: number[] = []
    let batch = 0
    // The whole product is killed more often, under load: test/faults/kill.test.ts.
    const kills = 4
    for (let kill = 1; kill <= kills; kill++) {
      const target = acknowledged.length + 3
      while (acknowledged.length < target) {
        await insertBatch(batch)
        acknowledged.push(batch++)
      }
      // Killed at another moment of the next insert each time.
      const uncertain = insertBatch(batch++).then(
        () => acknowledged.push(batch - 1),
        () => undefined,
      )
      await new Promise((resolve) => setTimeout(resolve, kill * 8))
      if (engine.pid !== undefined) process.kill(engine.pid, 'SIGKILL')
      await uncertain
      await expect.poll(() => engine.restarts(), SOON).toBe(kill)
      await expect.poll(async () => (await clickhouse.write.ping({ select: true })).success, SOON).toBe(true)
    }
    expect({ url: engine.url, writer: engine.writer }).toEqual({ url, writer })
    expect(clickhouse.restarts()).toBe(kills)
    const answer = await clickhouse.read.query({
      query:
        'SELECT batch, count() AS rows, uniqExact(row) AS distinct FROM batches GROUP BY batch ORDER BY batch',
      format: 'JSONEachRow',
    })
    const stored = await answer.json<{ batch: number; rows: number; distinct: number }>()
    expect(stored.filter(({ rows, distinct }) => rows !== ROWS || distinct !== ROWS)).toEqual([])
    const batches = new Set(stored.map((one) => one.batch))
    expect(acknowledged.filter((one) => !batches.has(one))).toEqual([])
    expect(acknowledged.length).toBeGreaterThanOrEqual(3 * kills)
  })

  it('of a segmentation fault is one that dies', async () => {
    const { engine, clickhouse } = test
    const before = engine.restarts()
    process.kill(engine.pid ?? 0, 'SIGSEGV')
    await expect.poll(() => engine.restarts(), SOON).toBe(before + 1)
    await expect.poll(async () => (await clickhouse.read.ping({ select: true })).success, SOON).toBe(true)
  })

  it('is one that no longer answers, too', async () => {
    const watched = await startTestEngine({ migrated: false, watchMs: { every: 100, timeout: 3_000 } })
    process.kill(watched.engine.pid ?? 0, 'SIGSTOP')
    await expect.poll(() => watched.engine.restarts(), SOON).toBeGreaterThan(0)
    await expect
      .poll(async () => (await watched.clickhouse.read.ping({ select: true })).success, SOON)
      .toBe(true)
    await watched.stop()
  })

  it('tells who listens, after it answers again', async () => {
    const { engine, clickhouse } = test
    const answered = new Promise<boolean>((resolve) => {
      engine.onRestart(() => {
        void clickhouse.read.ping({ select: true }).then(({ success }) => resolve(success))
      })
    })
    process.kill(engine.pid ?? 0, 'SIGKILL')
    expect(await answered).toBe(true)
  })

  it('is not ended by a signal that is meant for the whole group of processes', async () => {
    const { engine, clickhouse } = test
    const { pid } = engine
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.kill(pid ?? 0, signal)
    await clickhouse.write.command({ query: 'INSERT INTO batches VALUES (0, 999)' })
    expect(engine.pid).toBe(pid)
  })

  it('knows nothing of the secrets of its parent, and its clock is UTC', async () => {
    process.env['SLUICE_KEY'] = 'a-secret-key'
    const other = await startTestEngine({ migrated: false })
    delete process.env['SLUICE_KEY']
    const { stream } = await other.clickhouse.write.exec({
      query: "SELECT timezone(), position(file('/proc/self/environ'), 'a-secret-key') FORMAT CSV",
    })
    expect((await stream.toArray()).join('')).toBe('"UTC",0\n')
    await other.stop()
  })
})

describe('a folder', () => {
  let dataDir = ''
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

  async function start(lockWaitMs: number): ReturnType<typeof startEngine> {
    const folder = path.join(dataDir, ENGINE_FOLDER)
    return startEngine({ folder, entry: await engineEntry(), log: silentLog, lockWaitMs })
  }

  it('belongs to one engine at a time: a second waits for it, and says so when it waited in vain', async () => {
    dataDir = temporaryFolder()
    const first = await start(0)
    const refused = start(300)
    await expect(refused).rejects.toBeInstanceOf(EngineLockedError)
    await expect(refused).rejects.toThrow(
      /^Another sluice process is using .*: end it, or use another SLUICE_DATA\.$/,
    )
    const waiting = start(30_000)
    await first.stop()
    const second = await waiting
    expect(second.pid).not.toBe(first.pid)
    await second.stop()
  })

  it('is free again as soon as a stop is through, however often it is asked for', async () => {
    dataDir = temporaryFolder()
    for (let turn = 0; turn < 3; turn++) {
      const engine = await start(0)
      const { pid } = engine
      expect(existsSync(engineFilePath(path.join(dataDir, ENGINE_FOLDER)))).toBe(true)
      await Promise.all([engine.stop(), engine.stop()])
      await engine.stop()
      expect(isAlive(pid ?? 0)).toBe(false)
      expect(existsSync(engineFilePath(path.join(dataDir, ENGINE_FOLDER)))).toBe(false)
    }
  })

  it('is left in order: what is being written is finished, what is being read is not', async () => {
    dataDir = temporaryFolder()
    const test = await startTestEngine({ migrated: false, folder: dataDir, graceMs: 20_000 })
    const { read, write } = test.clickhouse
    await write.command({ query: 'CREATE TABLE things (id UInt64) ENGINE = MergeTree ORDER BY id' })
    const reading = read
      .query({
        query: 'SELECT sum(sleepEachRow(1)) FROM numbers(25)',
        clickhouse_settings: { max_block_size: '1' },
      })
      .catch((error: unknown) => error)
    const writing = write.command({
      query: 'INSERT INTO things SELECT number + sleepEachRow(0.1) FROM numbers(10)',
      clickhouse_settings: { max_block_size: '1' },
    })
    const running = async (): Promise<unknown> => {
      const answer = await write.query({
        query:
          "SELECT count() AS n FROM system.processes WHERE query LIKE '%sleepEachRow(%' AND query NOT LIKE '%processes%'",
        format: 'JSONEachRow',
      })
      return await answer.json()
    }
    await expect.poll(running, SOON).toEqual([{ n: 2 }])
    await test.engine.stop()
    expect(await reading).toBeInstanceOf(Error)
    await writing
    await test.stop()
    const again = await startTestEngine({ migrated: false, folder: dataDir })
    const answer = await again.clickhouse.read.query({
      query: 'SELECT count() AS n FROM things',
      format: 'JSONEachRow',
    })
    expect(await answer.json()).toEqual([{ n: 10 }])
    await again.stop()
  })

  it('is left at once when the process that started the engine is killed', async () => {
    dataDir = temporaryFolder()
    const folder = path.join(dataDir, ENGINE_FOLDER)
    const parent = spawn(process.execPath, [await engineParent(), folder, await engineEntry()], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string]
    const { pid } = JSON.parse(line) as { pid: number }
    expect(isAlive(pid)).toBe(true)
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    const begun = performance.now()
    await expect.poll(() => isAlive(pid), { timeout: 5_000, interval: 20 }).toBe(false)
    expect(performance.now() - begun).toBeLessThan(2_000)
    // Its file tells of an engine that is gone; a new one starts all the same.
    expect(existsSync(engineFilePath(folder))).toBe(true)
    const next = await start(0)
    expect(performance.now() - begun).toBeLessThan(10_000)
    await next.stop()
  })
})

describe('an engine that cannot start', () => {
  it('is a sentence, not a crash', async () => {
    const dataDir = temporaryFolder()
    const folder = path.join(dataDir, ENGINE_FOLDER)
    const broken = startEngine({ folder, entry: path.join(dataDir, 'missing.mjs'), log: silentLog })
    await expect(broken).rejects.toThrow(
      /^The embedded database did not start in .*: the log above names the reason\.$/,
    )
    rmSync(dataDir, { recursive: true })
  })
})
