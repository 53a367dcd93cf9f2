import http from 'node:http'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { ClickHouseError, ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startTestEngine, type TestEngine } from '../support/engine.ts'

// Engines are started and killed here; on a busy machine each start takes seconds.
vi.setConfig({ testTimeout: 120_000 })

const QUIET = { level: ClickHouseLogLevel.OFF }
let engine: TestEngine
let write: ClickHouseClient
let read: ClickHouseClient
beforeAll(async () => {
  engine = await startTestEngine({ migrated: false })
  write = engine.clickhouse.write
  read = engine.clickhouse.read
})
afterAll(async () => {
  await engine.stop()
})

async function rows<T>(query: string, query_params: Record<string, unknown> = {}): Promise<T[]> {
  const answer = await read.query({ query, query_params, format: 'JSONEachRow' })
  return await answer.json<T>()
}

interface Answer {
  status: number | undefined
  headers: http.IncomingHttpHeaders
  body: string
}

/** One request as it stands, without the client. */
function request(options: http.RequestOptions, body: string | Buffer = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = http.request(engine.engine.url, { method: 'POST', agent: false, ...options }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

describe('rows through the ordinary client', () => {
  beforeEach(async () => {
    await write.command({
      query: 'CREATE OR REPLACE TABLE things (id UInt64, name String) ENGINE = MergeTree ORDER BY id',
    })
  })

  it('come back as they were sent, whatever the format', async () => {
    await write.insert({
      table: 'things',
      columns: ['name', 'id'],
      format: 'TabSeparated',
      values: Readable.from([Buffer.from('tab\\tand\\nline\t1\nquote\'"\\\\;--\t2\n')], {
        objectMode: false,
      }),
    })
    await write.insert({
      table: 'things',
      values: [
        { id: '18446744073709551615', name: 'größte 🙂' },
        { id: 4, name: '' },
      ],
      format: 'JSONEachRow',
    })
    await write.insert({ table: 'things', values: [[5, 'compact']] })
    await write.command({ query: "INSERT INTO things VALUES (6, 'a;b')" })
    expect(await rows('SELECT toString(id) AS id, name FROM things ORDER BY things.id')).toEqual([
      { id: '1', name: 'tab\tand\nline' },
      { id: '2', name: 'quote\'"\\;--' },
      { id: '4', name: '' },
      { id: '5', name: 'compact' },
      { id: '6', name: 'a;b' },
      { id: '18446744073709551615', name: 'größte 🙂' },
    ])
  })

  it('are counted in the answer, which carries the query id', async () => {
    const answer = await write.insert({
      table: 'things',
      format: 'TabSeparated',
      values: Readable.from([Buffer.from('1\ta\n2\tb\n3\tc\n')], { objectMode: false }),
      query_id: 'batch-7',
    })
    expect(answer.query_id).toBe('batch-7')
    expect(answer.summary?.written_rows).toBe('3')
    expect(answer.response_headers['x-clickhouse-query-id']).toBe('batch-7')
  })

  it('of one insert are kept all or not at all', async () => {
    const insert = write.insert({
      table: 'things',
      format: 'TabSeparated',
      values: Readable.from([Buffer.from('1\ta\nnot a number\tb\n')], { objectMode: false }),
    })
    await expect(insert).rejects.toBeInstanceOf(ClickHouseError)
    await expect(insert).rejects.toMatchObject({ code: '27' })
    expect(await rows('SELECT count() AS n FROM things')).toEqual([{ n: 0 }])
  })

  it('travel compressed when asked', async () => {
    const packing = createClient({
      url: engine.engine.url,
      ...engine.engine.writer,
      log: QUIET,
      compression: { request: true, response: true },
    })
    await packing.insert({
      table: 'things',
      values: [{ id: 1, name: 'x'.repeat(5_000) }],
      format: 'JSONEachRow',
    })
    const answer = await packing.query({ query: 'SELECT name FROM things', format: 'JSONEachRow' })
    expect(answer.response_headers['content-encoding']).toBe('gzip')
    expect(await answer.json()).toEqual([{ name: 'x'.repeat(5_000) }])
    await packing.close()
  })

  it('can be answered as a stream by exec', async () => {
    const { stream } = await read.exec({ query: 'SELECT number FROM numbers(3) FORMAT CSV' })
    expect((await stream.toArray()).join('')).toBe('0\n1\n2\n')
    expect(await read.ping()).toEqual({ success: true })
    expect(await read.ping({ select: true })).toEqual({ success: true })
  })
})

describe('bound parameters', () => {
  const hostile = [
    "' OR 1=1 --",
    "\\' OR 1=1 --",
    '\\',
    '\\\\',
    "'; DROP TABLE things; --",
    'tab\tnewline\nreturn\rnull\0bell\u0007',
    '{x:String}',
    '\\N',
    '%_%27&param_x=y#?',
    '“curly” ‘quotes’',
    '\u202Eright to left 🙂 \u{10FFFF}',
    '',
  ]
  it.each(hostile)('bring %j back as it is', async (value) => {
    expect(await rows('SELECT {value:String} AS value', { value })).toEqual([{ value }])
    const list = await rows<{ list: string[] }>('SELECT {list:Array(String)} AS list', { list: [value, 'b'] })
    expect(list[0]?.list).toEqual([value, 'b'])
  })

  it('keep their types', async () => {
    const values = { id: '18446744073709551615', day: '2026-11-24', none: null, list: [1, 2, 3] }
    expect(
      await rows(
        `SELECT toString({id:UInt64}) AS id, {day:Date} AS day, {none:Nullable(String)} AS none,
                {list:Array(UInt8)} AS list`,
        values,
      ),
    ).toEqual([values])
    await expect(rows('SELECT {id:UInt64}', { id: 'x' })).rejects.toMatchObject({ code: '457' })
  })

  it('may be long lists', async () => {
    const list = Array.from({ length: 20_000 }, (_, index) => index + 1_000_000)
    expect(await rows('SELECT length({list:Array(UInt32)}) AS n', { list })).toEqual([{ n: 20_000 }])
  })

  it('do not reach the next query', async () => {
    await rows('SELECT {secret:String} AS s', { secret: 'mine' })
    for (let turn = 0; turn < 8; turn++) {
      await expect(rows('SELECT {secret:String} AS s')).rejects.toMatchObject({ code: '456' })
    }
  })
})

describe('settings', () => {
  it('hold for one query and not for the next', async () => {
    const query = "SELECT getSetting('max_threads') AS threads, getSetting('log_comment') AS comment"
    const before = await read.query({ query, format: 'JSONEachRow' })
    const [usual] = await before.json<{ threads: number }>()
    const answer = await read.query({
      query,
      clickhouse_settings: { max_threads: 7, log_comment: "it's" },
      format: 'JSONEachRow',
    })
    expect(await answer.json()).toEqual([{ threads: 7, comment: "it's" }])
    for (let turn = 0; turn < 8; turn++) {
      expect(await rows("SELECT getSetting('max_threads') AS threads")).toEqual([{ threads: usual?.threads }])
    }
  })
  it('of the writer do not outlive its statement either', async () => {
    await write.command({ query: 'SET max_threads = 5' })
    const answer = await write.query({
      query: "SELECT getSetting('max_threads') AS n",
      format: 'JSONEachRow',
    })
    expect(await answer.json()).not.toEqual([{ n: 5 }])
  })
  it('for inserts are those of the client: nothing asynchronous, no deduplication', async () => {
    const answer = await write.query({
      query:
        "SELECT getSetting('async_insert') AS a, getSetting('deduplicate_insert') AS d, getSetting('max_insert_threads') AS m",
      format: 'JSONEachRow',
    })
    expect(await answer.json()).toEqual([{ a: false, d: 'disable', m: 1 }])
  })
  it('that do not exist are refused', async () => {
    const query = read.query({ query: 'SELECT 1', clickhouse_settings: { max_nonsense: 1 } })
    await expect(query).rejects.toMatchObject({ code: '115' })
  })
})

function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
}

function asWriter(): Record<string, string> {
  const { username, password } = engine.engine.writer
  return { 'x-clickhouse-user': username, 'x-clickhouse-key': password }
}

describe('at the door', () => {
  const select = '/?query=SELECT%201'
  it('stands who has no password', async () => {
    expect((await request({ path: select })).status).toBe(401)
    expect((await request({ path: '/ping' })).status).toBe(401)
    const answer = await request({ path: select, headers: { authorization: 'Bearer x' } })
    expect(answer.status).toBe(401)
    expect(answer.headers['x-clickhouse-exception-code']).toBe('194')
  })
  it('stands who has a wrong one', async () => {
    const { reader, writer } = engine.engine
    for (const authorization of [
      basic('writer', reader.password),
      basic('reader', writer.password),
      basic('writer', `${writer.password}x`),
      basic('writer', writer.password.slice(1)),
      basic('default', ''),
    ]) {
      expect((await request({ path: select, headers: { authorization } })).status).toBe(403)
    }
    const client = createClient({ url: engine.engine.url, username: 'writer', password: 'guess', log: QUIET })
    await expect(client.query({ query: 'SELECT 1' })).rejects.toMatchObject({ code: '516' })
    await client.close()
  })
  it('both ways of naming oneself are known', async () => {
    const { username, password } = engine.engine.reader
    const headers = { 'x-clickhouse-user': username, 'x-clickhouse-key': password }
    expect(await request({ path: select, headers })).toMatchObject({ status: 200, body: '1\n' })
    const authorization = basic(username, password)
    expect((await request({ path: select, headers: { authorization } })).body).toBe('1\n')
  })
})

describe('a request that is no query', () => {
  it.each([
    ['/', 400],
    ['/other', 404],
    ['/?query=SELECT%201&session_id=a', 400],
    ['/?query=SELECT%201&max_threads%3D1,x=2', 400],
    ['/?query=SELECT%201&database=a;b', 400],
    ['/?query=SELEC%20T', 400],
    ['/?query=SELECT%20*%20FROM%20missing', 404],
  ])('is refused: %s', async (path, status) => {
    const answer = await request({ path, headers: asWriter() })
    expect(answer.status).toBe(status)
    expect(answer.body).toMatch(/^Code: \d+\. DB::Exception: /)
  })

  it('may not be larger than 64 MiB, packed or not', async () => {
    const path = `/?query=${encodeURIComponent('INSERT INTO things FORMAT TabSeparated')}`
    const packed = gzipSync(Buffer.alloc(65 * 2 ** 20))
    const answer = await request({ path, headers: { ...asWriter(), 'content-encoding': 'gzip' } }, packed)
    expect(answer.status).toBe(413)
  })
  it('may come packed by gzip only', async () => {
    const path = '/?query=SELECT%201'
    expect((await request({ path, headers: { ...asWriter(), 'content-encoding': 'br' } }, 'x')).status).toBe(
      415,
    )
    const broken = await request({ path, headers: { ...asWriter(), 'content-encoding': 'gzip' } }, 'not gzip')
    expect(broken.status).toBe(400)
    expect(await read.ping()).toEqual({ success: true })
  })
})
