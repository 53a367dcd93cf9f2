import { rmSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readEngineFile, writeEngineFile } from '../../server/clickhouse/engine/engine-file.ts'
import { EngineLockedError } from '../../server/clickhouse/engine/supervisor.ts'
import { ENGINE_FOLDER, openClickHouse, type ClickHouse } from '../../server/clickhouse/open.ts'
import { silentLog } from '../../server/log.ts'
import { engineEntry, startTestEngine, temporaryFolder } from '../support/engine.ts'

// Engines are started and killed here; on a busy machine each start takes seconds.
vi.setConfig({ testTimeout: 120_000 })

let dataDir: string
let opened: ClickHouse[]
beforeEach(() => {
  dataDir = temporaryFolder()
  opened = []
})
afterEach(async () => {
  for (const one of opened.toReversed()) await one.close()
  rmSync(dataDir, { recursive: true })
})

async function open(mode: 'serve' | 'command', lockWaitMs = 30_000): Promise<ClickHouse> {
  const engine = { entry: await engineEntry(), lockWaitMs }
  const clickhouse = await openClickHouse({ dataDir, log: silentLog, mode, engine })
  opened.push(clickhouse)
  return clickhouse
}

async function countThings(clickhouse: ClickHouse): Promise<number> {
  const answer = await clickhouse.read.query({
    query: 'SELECT count() FROM things',
    format: 'JSONCompactEachRow',
  })
  const [row] = await answer.json<[string]>()
  return Number(row?.[0])
}

const CREATE = 'CREATE TABLE things (id UInt8) ENGINE = MergeTree ORDER BY id'
const folderOf = (): string => path.join(dataDir, ENGINE_FOLDER)

describe('a command', () => {
  it('joins the engine of a running server and leaves it running', async () => {
    const server = await open('serve')
    await server.write.command({ query: CREATE })
    const command = await open('command')
    await command.write.insert({ table: 'things', values: [{ id: 1 }], format: 'JSONEachRow' })
    await command.close()
    expect(await countThings(server)).toBe(1)
  })

  it('starts an engine for itself where none runs, and ends it', async () => {
    const first = await open('command')
    await first.write.command({ query: CREATE })
    // Another command must not lean on an engine that ends with this one.
    expect(readEngineFile(folderOf())).toBeUndefined()
    await first.close()
    const server = await open('serve', 0)
    expect(await countThings(server)).toBe(0)
  })

  it('is not misled by the file of an engine that is gone', async () => {
    const credentials = { username: 'x', password: 'x' }
    writeEngineFile(folderOf(), {
      url: 'http://127.0.0.1:1',
      pid: 1,
      reader: credentials,
      writer: credentials,
    })
    const command = await open('command')
    expect(await command.read.ping({ select: true })).toEqual({ success: true })
  })

  it('waits for another command, and says so when it waited in vain', async () => {
    const first = await open('command')
    await expect(open('command', 300)).rejects.toBeInstanceOf(EngineLockedError)
    const second = open('command')
    await first.close()
    expect(await (await second).read.ping({ select: true })).toEqual({ success: true })
  })

  it('does not keep a server from starting, which waits until it is through', async () => {
    const command = await open('command')
    const server = open('serve')
    await command.close()
    expect(await (await server).read.ping({ select: true })).toEqual({ success: true })
  })
})

describe('a server named by CLICKHOUSE_URL', () => {
  it('is used as it is: its user writes, the same user reads with readonly and limits, nothing is started', async () => {
    const test = await startTestEngine({ migrated: false })
    const { url, writer } = test.engine
    const address = url.replace('http://', `http://${writer.username}:${writer.password}@`)
    const clickhouse = await openClickHouse({
      dataDir,
      clickhouseUrl: address,
      log: silentLog,
      mode: 'serve',
    })
    opened.push(clickhouse)
    expect(clickhouse).toMatchObject({ embedded: false })
    await clickhouse.write.command({ query: CREATE })
    await clickhouse.write.insert({ table: 'things', values: [{ id: 1 }], format: 'JSONEachRow' })
    expect(await countThings(clickhouse)).toBe(1)
    const insert = clickhouse.read.command({ query: 'INSERT INTO things VALUES (2)' })
    await expect(insert).rejects.toMatchObject({ code: '164' })
    const limits = await clickhouse.read.query({
      query: "SELECT getSetting('readonly') AS r, getSetting('max_execution_time') AS t",
      format: 'JSONEachRow',
    })
    expect(await limits.json()).toEqual([{ r: 1, t: 30 }])
    await clickhouse.close()
    expect(await test.clickhouse.read.ping({ select: true })).toEqual({ success: true })
    await test.stop()
  })
})
