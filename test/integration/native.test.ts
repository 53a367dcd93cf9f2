import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeRow, STORED_COLUMNS, type EventDetail, type EventRow } from '../../schema/rows.ts'
import { ENGINE_FOLDER } from '../../server/clickhouse/open.ts'
import { buildContent } from '../../server/load/batch.ts'
import { clickHouseEventTable } from '../../server/load/event-table.ts'
import { encodeNative } from '../../server/load/native.ts'
import { createThreadedBuild } from '../../server/load/threaded-build.ts'
import { batchThreadEntry, startTestEngine, type TestEngine } from '../support/engine.ts'
import { eventually } from '../support/product.ts'
import { storedEvent } from '../support/stored-events.ts'

/** The same rows as lines and as a block, through the real engine: it must not be possible to tell which was which. */
describe('rows as a block of the Native format', () => {
  const never = new AbortController().signal
  const day = '2026-11-24'
  let engine: TestEngine
  let incoming: string
  let nextBatch = 1
  beforeAll(async () => {
    engine = await startTestEngine()
    incoming = path.join(engine.folder, ENGINE_FOLDER, 'incoming')
    await engine.clickhouse.write.command({ query: 'CREATE TABLE from_lines AS events' })
  })
  afterAll(() => engine.stop())

  async function count(query: string, batchId: string): Promise<number> {
    const answer = await engine.clickhouse.write.query({
      query: `SELECT count() AS n FROM (${query})`,
      query_params: { batch: batchId },
      format: 'JSONEachRow',
    })
    return (await answer.json<{ n: number }>())[0]?.n ?? -1
  }

  /** Puts rows in as a block and as lines; resolves to how many there are, and how many differ. */
  async function both(rows: readonly EventRow[]): Promise<{ stored: number; differ: number }> {
    const batchId = String(nextBatch++)
    const { bytes } = buildContent(batchId, Buffer.from(rows.map(encodeRow).join('')), undefined)
    const block = encodeNative(bytes, rows.length)
    if (!block) throw new Error('the rows could not be encoded')
    const table = clickHouseEventTable(engine.clickhouse.write)
    await engine.clickhouse.write.insert({
      table: 'from_lines',
      columns: STORED_COLUMNS,
      format: 'TabSeparated',
      values: Readable.from([bytes], { objectMode: false }),
    })
    await table.insert(day, { format: 'Native', bytes: block, count: rows.length }, batchId, never)
    const [a, b] = ['events', 'from_lines'].map(
      (name) => `SELECT * FROM ${name} WHERE batch_id = {batch:UInt64}`,
    )
    const differ = await count(`(${a} EXCEPT ${b}) UNION ALL (${b} EXCEPT ${a})`, batchId)
    return { stored: await count(`${a}`, batchId), differ }
  }

  const word = fc.oneof(
    fc.constantFrom(
      '',
      'a',
      '\t',
      '\n',
      '\\',
      '\\n',
      "'",
      '"',
      '\0',
      'ü',
      '🎈',
      'x'.repeat(127),
      'x'.repeat(128),
    ),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
  )
  const long = (bits: bigint): fc.Arbitrary<bigint> =>
    fc.oneof(fc.constantFrom(0n, 1n, 2n ** 32n - 1n, 2n ** 32n, bits), fc.bigInt(0n, bits))
  const detail: fc.Arbitrary<EventDetail> = fc.record({
    name: word,
    value: fc.oneof(fc.constantFrom(0, 2 ** 32 - 1), fc.nat()),
    revenue: fc.oneof(
      fc.constantFrom('0', '-0.0001', '29.00', '-99999999999999.9999', '99999999999999'),
      fc.stringMatching(/^-?\d{1,12}\.\d{1,4}$/),
    ),
    currency: fc.constantFrom('', 'EUR', 'JPY'),
    props: fc.dictionary(word, word, { maxKeys: 4 }),
    status: fc.integer({ min: 0, max: 599 }),
  })
  const row: fc.Arbitrary<EventRow> = fc
    .record({
      visitor: long(2n ** 64n - 1n),
      eventId: long(2n ** 64n - 1n),
      site: fc.nat(),
      timeMs: fc.integer({ min: 1_000_000_000_000, max: 4_294_967_295_999 }),
      page: fc.oneof(word, fc.string({ maxLength: 300 })),
      city: word,
      network: word,
      utmTerm: word,
      browser: word,
      visibleMs: fc.oneof(fc.constantFrom(0, 2 ** 32 - 1), fc.nat()),
      scrollPercent: fc.integer({ min: 0, max: 255 }),
      detail: fc.option(detail),
    })
    .map(({ detail: given, ...fields }) => ({
      ...storedEvent(1, 0n, 0, { day, timeMs: 0, visitor: 0n }),
      ...fields,
      ...(given && { detail: given }),
    }))

  it('holds every value as lines do', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (rows) => {
        expect(await both(rows)).toEqual({ stored: rows.length, differ: 0 })
      }),
      { numRuns: 40 },
    )
  })

  // An index takes one byte up to 256 different texts, two up to 65,536, then four.
  it.each([256, 257, 65_537])('holds %i different texts in a column', async (different) => {
    const rows = Array.from({ length: different }, (_, index) => ({
      ...storedEvent(1, 0n, 0, { day, timeMs: 1_795_521_600_000, visitor: BigInt(index) }),
      network: `AS ${index}`,
    }))
    expect(await both(rows)).toEqual({ stored: different, differ: 0 })
  })

  it('comes from the thread that builds batches as from this one', async () => {
    const thread = createThreadedBuild(await batchThreadEntry())
    const days = ['2026-11-23', day]
    const records = Array.from({ length: 2_000 }, (_, index) =>
      encodeRow({
        ...storedEvent(1, 0n, 0, {
          day: days[index % 2] ?? day,
          timeMs: 1_795_521_600_000,
          visitor: BigInt(index),
        }),
        page: `/${index}`,
      }),
    )
    const content = buildContent('5', Buffer.from(records.join('')), undefined)
    // A small one lies in memory that is shared with others, a large one does not.
    for (const size of [2, 2_000]) {
      const blocks = records.slice(0, size).map((record) => Buffer.from(record))
      const batch = await thread.build('5', blocks, undefined)
      const here = size === 2 ? buildContent('5', Buffer.concat(blocks), undefined) : content
      expect(batch.sha256).toBe(here.sha256)
      expect(batch.lines(0, size)).toEqual(here.bytes)
      for (const slice of batch.slices) {
        expect(batch.block(slice)).toEqual(
          encodeNative(batch.lines(slice.from, slice.to), slice.to - slice.from),
        )
      }
    }
    const bad = await thread.build('5', [Buffer.from(records[0]?.replace('\t0\n', '\tx\n') ?? '')], undefined)
    expect(bad.slices.map((slice) => bad.block(slice))).toEqual([undefined])
    // What is no record is the fault of whoever asks; the next batch finds a thread again.
    await expect(thread.build('5', [Buffer.from('short\n')], undefined)).rejects.toThrow('too short')
    expect((await thread.build('5', [Buffer.from(records[0] ?? '')], undefined)).rows).toBe(1)
    await thread.close()
  })

  it('leaves no file in the engine folder, whether it was kept or refused', async () => {
    const table = clickHouseEventTable(engine.clickhouse.write)
    const rubbish = { format: 'Native', bytes: Buffer.from([1, 1, 3]), count: 1 } as const
    await expect(table.insert(day, rubbish, '1000000', never)).rejects.toThrow(/ClickHouse|data/)
    expect(await table.rowsOf('1000000', [day], never)).toEqual(new Map())
    expect(readdirSync(incoming)).toEqual([])
  })

  it('leaves no file when whoever sends it breaks off', async () => {
    const leaving = new AbortController()
    async function* half(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(2 ** 20)
      await once(leaving.signal, 'abort')
    }
    const sending = engine.clickhouse.write.exec({
      query: 'INSERT INTO events FORMAT Native',
      values: Readable.from(half(), { objectMode: false }),
      abort_signal: leaving.signal,
    })
    await eventually(
      () => Promise.resolve(readdirSync(incoming).length),
      (files) => files === 1,
    )
    leaving.abort()
    await expect(sending).rejects.toThrow(/abort/i)
    await eventually(
      () => Promise.resolve(readdirSync(incoming).length),
      (files) => files === 0,
    )
  })

  it('of a killed engine is gone when the next one answers', async () => {
    writeFileSync(path.join(incoming, 'left'), 'rows')
    await engine.clickhouse.close()
    const next = await startTestEngine({ folder: engine.folder })
    expect(readdirSync(incoming)).toEqual([])
    await next.stop()
  })
})
