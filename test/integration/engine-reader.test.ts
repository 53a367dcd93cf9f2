import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import path from 'node:path'
import { ClickHouseError, type ClickHouseSettings } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestEngine, type TestEngine } from '../support/engine.ts'

// Engines are started and killed here; on a busy machine each start takes seconds.
vi.setConfig({ testTimeout: 120_000 })

/**
 * In the embedded engine each connection could read and write any file and reach any host. A reader must do neither,
 * whatever its statement is: a file with a secret and a listening port stand by and must not be touched.
 */
const SECRET = 'a-secret-in-a-file'
let engine: TestEngine
let canary: string
let port: number
let touched = 0
const listener = net.createServer((socket) => {
  touched++
  socket.destroy()
})

beforeAll(async () => {
  engine = await startTestEngine({ migrated: false })
  canary = path.join(engine.folder, 'canary.csv')
  writeFileSync(canary, `a,b\n${SECRET},2\n`)
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve)
  })
  port = (listener.address() as AddressInfo).port
  await engine.clickhouse.write.command({
    query: 'CREATE TABLE things ENGINE = MergeTree ORDER BY id AS SELECT number AS id FROM numbers(10)',
  })
})
afterAll(async () => {
  await new Promise((resolve) => {
    listener.close(resolve)
  })
  await engine.stop()
})

/** What came of a reader's statement, sent without a format so that it stays as it is. */
async function attempt(query: string, clickhouse_settings: ClickHouseSettings = {}): Promise<string> {
  const { stream } = await engine.clickhouse.read.exec({ query, clickhouse_settings })
  return (await stream.toArray()).join('')
}

function filesBeside(): string[] {
  return readdirSync(engine.folder).toSorted()
}

describe('a reader', () => {
  it('may ask', async () => {
    expect(await attempt('SELECT count() FROM things')).toBe('10\n')
  })

  const statements: [string, (file: string, port: number) => string][] = [
    ['the table function file', (file) => `SELECT * FROM file('${file}')`],
    ['the function file', (file) => `SELECT file('${file}')`],
    ['a quoted function file', (file) => `SELECT "file"('${file}')`],
    ['a function file handed on', (file) => `SELECT arrayMap(file, ['${file}'])`],
    ['a function file applied', (file) => `SELECT * APPLY(file) FROM (SELECT '${file}' AS p)`],
    ['a file as a table', (file) => `SELECT * FROM default."${file}"`],
    ['a file as a table of the current database', (file) => `SELECT * FROM '${file}'`],
    ['a described file', (file) => `DESCRIBE TABLE file('${file}')`],
    ['a view of a file', (file) => `SELECT * FROM view(SELECT * FROM file('${file}'))`],
    ['a looped file', (file) => `SELECT * FROM loop(file('${file}'))`],
    ['evaluated text', (file) => `SELECT * FROM eval('SELECT file(\\'${file}\\')')`],
    ['a database of files', (file) => `SELECT * FROM filesystem('${path.dirname(file)}')`],
    ['a SQLite file', (file) => `SELECT * FROM sqlite('${file}', 't')`],
    ['a program', () => `SELECT * FROM executable('ls', 'CSV', 'a String')`],
    ['a lake of files', (file) => `SELECT * FROM icebergLocal('${path.dirname(file)}')`],
    ['an address', (_, to) => `SELECT * FROM url('http://127.0.0.1:${to}/x.csv')`],
    ['a described address', (_, to) => `DESCRIBE TABLE url('http://127.0.0.1:${to}/x.csv')`],
    ['a bucket', (_, to) => `SELECT * FROM s3('http://127.0.0.1:${to}/bucket/x.csv')`],
    ['a described bucket', (_, to) => `DESCRIBE s3('http://127.0.0.1:${to}/bucket/x.csv')`],
    ['another server', (_, to) => `SELECT * FROM remote('127.0.0.1:${to}', system.one)`],
    ['MySQL', (_, to) => `SELECT * FROM mysql('127.0.0.1:${to}', 'a', 'b', 'c', 'd')`],
    ['PostgreSQL', (_, to) => `SELECT * FROM postgresql('127.0.0.1:${to}', 'a', 'b', 'c', 'd')`],
    ['Redis', (_, to) => `SELECT * FROM redis('127.0.0.1:${to}', 'a', 'a String')`],
    ['MongoDB', (_, to) => `SELECT * FROM mongodb('127.0.0.1:${to}', 'a', 'b', 'c', 'd', 'a String')`],
    ['a file to write', (file) => `SELECT 1 INTO OUTFILE '${file}.out'`],
    ['a file to write, differently', (file) => `SELECT 1 INTO/**/OUTFILE '${file}.out' FORMAT CSV`],
    ['a file to write after another statement', (file) => `SELECT 1; SELECT 1 INTO OUTFILE '${file}.out'`],
    ['an insert into a file', (file) => `INSERT INTO FUNCTION file('${file}.out') SELECT 1`],
    ['an insert', () => 'INSERT INTO things VALUES (11)'],
    ['a selected insert', () => 'INSERT INTO things SELECT 1'],
    ['a table', () => 'CREATE TABLE other (a UInt8) ENGINE = Memory'],
    ['a temporary table', () => 'CREATE TEMPORARY TABLE other (a UInt8)'],
    ['a drop', () => 'DROP TABLE things'],
    ['a mutation', () => 'ALTER TABLE things DELETE WHERE 1'],
    ['a merge', () => 'OPTIMIZE TABLE things'],
    ['a stop of merges', () => 'SYSTEM STOP MERGES'],
    ['a kill', () => 'KILL QUERY WHERE 1 ASYNC'],
    ['a backup', (file) => `BACKUP TABLE things TO File('${file}.backup')`],
    ['leave', () => 'SET readonly = 0'],
    ['leave in the statement', () => 'SELECT 1 SETTINGS readonly = 0'],
    ['leave in a subquery', () => 'SELECT * FROM (SELECT 1 SETTINGS readonly = 0)'],
    [
      'an address behind opened settings',
      (_, to) => `SELECT * FROM (SELECT * FROM url('http://127.0.0.1:${to}/x.csv') SETTINGS readonly = 0)`,
    ],
    ['more time', () => 'SELECT 1 SETTINGS max_execution_time = 0'],
    ['more memory', () => 'SET max_memory_usage = 0'],
  ]
  it.each(statements)('gets nowhere with %s', async (_, statement) => {
    const before = filesBeside()
    const outcome = await attempt(statement(canary, port)).then(
      (answer) => ({ answer }),
      (error: unknown) => ({ error: String(error) }),
    )
    expect(JSON.stringify(outcome)).not.toContain(SECRET)
    expect(outcome).toHaveProperty('error')
    expect(touched).toBe(0)
    expect(filesBeside()).toEqual(before)
    expect(await attempt('SELECT count() FROM things')).toBe('10\n')
  })

  it('stays readonly whatever setting it sends', async () => {
    const settings = {
      readonly: '0',
      max_execution_time: 100_000,
      max_memory_usage: '0',
      max_result_rows: '0',
    }
    await expect(attempt('INSERT INTO things VALUES (11)', settings)).rejects.toThrow('SELECT or WITH')
    const limits = await attempt(
      "SELECT getSetting('readonly'), getSetting('max_execution_time'), getSetting('max_result_rows') FORMAT CSV",
      settings,
    )
    expect(limits).toBe('1,30,1000000\n')
    expect(await attempt("SELECT getSetting('max_execution_time')", { max_execution_time: 3 })).toBe('3\n')
    await expect(attempt('SELECT 1', { allow_experimental_eval_table_function: 1 })).rejects.toThrow(
      'allow_experimental_eval_table_function',
    )
    await expect(attempt('SELECT 1 FORMAT Template', { format_template_row: canary })).rejects.toThrow(
      'format_template_row',
    )
  })

  it('is stopped at its limits', async () => {
    await expect(attempt('SELECT number FROM numbers(1000001) FORMAT Null')).rejects.toMatchObject({
      code: '396',
    })
    const heavy = 'SELECT groupArray(number) FROM numbers(1000000000) FORMAT Null'
    await expect(attempt(heavy, { max_memory_usage: '50000000' })).rejects.toMatchObject({ code: '241' })
    const long = 'SELECT count() FROM numbers_mt(10000000000000)'
    await expect(attempt(long, { max_execution_time: 1 })).rejects.toMatchObject({ code: '159' })
  })

  it('finds the writer able to do what it cannot', async () => {
    // Without this the tests above would also pass if the canary were out of reach for everybody.
    const { stream } = await engine.clickhouse.write.exec({ query: `SELECT file('${canary}')` })
    expect((await stream.toArray()).join('')).toContain(SECRET)
    expect(existsSync(`${canary}.out`)).toBe(false)
    await engine.clickhouse.write.exec({ query: `SELECT 1 INTO OUTFILE '${canary}.out'` })
    expect(existsSync(`${canary}.out`)).toBe(true)
    const connected = engine.clickhouse.write.exec({
      query: `SELECT * FROM remote('127.0.0.1:${port}', system.one)`,
    })
    await expect(connected).rejects.toBeInstanceOf(ClickHouseError)
    expect(touched).toBeGreaterThan(0)
  })
})
