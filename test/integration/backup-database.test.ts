import { readdirSync, rmSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Section } from '../../server/backup/archive.ts'
import { dumpDatabase, fillDatabase, isDatabaseEmpty, tablesOf } from '../../server/backup/database-dump.ts'
import { startTestEngine, temporaryFolder, type TestEngine } from '../support/engine.ts'
import { folderWithKeyOf, sluice } from '../support/installation.ts'
import { storedEvent, storeEvents } from '../support/stored-events.ts'

const DAYS = ['2026-11-23', '2026-11-24']

/** Batches of two days, with values that a text format has to escape. */
async function seed(engine: TestEngine, batches = 4, rows = 50): Promise<void> {
  for (let batch = 1; batch <= batches; batch++) {
    const events = Array.from({ length: rows }, (_, row) =>
      storedEvent(7, BigInt(batch), row, {
        day: DAYS[row % 2] ?? '',
        timeMs: Date.UTC(2026, 10, 24, 10, 0, row),
        visitor: 2n ** 64n - BigInt(row + 1),
        page: row === 3 ? '/a\tb\\n\n/\\N' : `/${row}`,
        city: 'Zürich',
      }),
    )
    await storeEvents(engine.clickhouse.write, events)
  }
}

async function all(sections: AsyncIterable<Section>): Promise<Section[]> {
  const found: Section[] = []
  for await (const section of sections) found.push(section)
  return found
}

async function rowsOf(engine: TestEngine): Promise<string> {
  const { stream } = await engine.clickhouse.read.exec({
    query: 'SELECT * FROM events ORDER BY ALL FORMAT TabSeparatedWithNamesAndTypes',
  })
  let text = ''
  for await (const piece of stream as AsyncIterable<Buffer>) text += piece.toString()
  return text
}

describe('the database in a backup', () => {
  let from: TestEngine
  let to: TestEngine
  beforeAll(async () => {
    from = await startTestEngine()
    await seed(from)
  })
  beforeEach(async () => {
    to = await startTestEngine()
  })
  afterEach(() => to.stop())
  afterAll(() => from.stop())

  it('R4.6 holds every table, and each comes back as it was', async () => {
    const sections = await all(dumpDatabase(from.clickhouse.read))
    const tables = await tablesOf(from.clickhouse.read)
    expect(tables).toContain('events')
    expect(tables).not.toContain('migrations')
    expect(sections.reduce((sum, { head }) => sum + head.rows, 0)).toBe(200)
    expect(await isDatabaseEmpty(to.clickhouse.read)).toBe(true)

    const filling = await fillDatabase(to.clickhouse.write)
    for (const section of sections) await filling.add(section)
    expect(await filling.rows()).toBe(200)
    // Until all of it is there, nobody sees any of it.
    expect(await isDatabaseEmpty(to.clickhouse.read)).toBe(true)
    await filling.publish()
    expect(await rowsOf(to)).toBe(await rowsOf(from))
    expect(await tablesOf(to.clickhouse.read)).toEqual(tables)
  })

  it('R4.6 leaves out visits of sealed days: they are made of events again', async () => {
    for (const { clickhouse } of [from, to]) {
      await clickhouse.write.command({ query: "INSERT INTO visits (day, site) VALUES ('2026-11-24', 7)" })
    }
    const sections = await all(dumpDatabase(from.clickhouse.read))
    expect(new Set(sections.map(({ head }) => head.table))).toEqual(new Set(['events']))
    const filling = await fillDatabase(to.clickhouse.write)
    for (const section of sections) await filling.add(section)
    await filling.publish()
    // Those that were there are of other events.
    const found = await to.clickhouse.read.query({
      query: 'SELECT count() AS visits FROM visits',
      format: 'JSONEachRow',
    })
    expect(await found.json()).toEqual([{ visits: 0 }])
    await from.clickhouse.write.command({ query: 'TRUNCATE TABLE visits' })
  })

  it('R4.6 cuts big days where batches end, so that each piece fits into one insert', async () => {
    const { write, read } = from.clickhouse
    await write.command({
      query: `INSERT INTO events (batch_id, row, day, event_id)
        SELECT 1000 + intDiv(number, 30000), number, '2026-11-22', number FROM numbers(150000)`,
    })
    const big = (await all(dumpDatabase(read))).filter(({ head }) => head.rows > 1_000)
    expect(big.map(({ head }) => head.rows)).toEqual([30_000, 30_000, 30_000, 30_000, 30_000])
    await write.command({ query: `ALTER TABLE events DROP PARTITION '2026-11-22'` })
  })

  it('R4.6 knows which events are there, by day', async () => {
    const filling = await fillDatabase(to.clickhouse.write)
    for await (const section of dumpDatabase(from.clickhouse.read)) await filling.add(section)
    // Rows 0 and 1 of batch 1: one on each day.
    const ids = ['1000000', '1000001', '18446744073709551615']
    expect(await filling.known(DAYS, ids)).toEqual(new Set(ids.slice(0, 2)))
    expect(await filling.known(DAYS.slice(0, 1), ids)).toEqual(new Set(ids.slice(0, 1)))
    const many = Array.from({ length: 5_000 }, (_, at) => String(2n ** 63n + BigInt(at)))
    expect(await filling.known(DAYS, many)).toEqual(new Set())
  })

  it('R4.6 begins anew where an attempt was killed', async () => {
    const [first] = await all(dumpDatabase(from.clickhouse.read))
    if (!first) throw new Error('there is nothing to restore')
    await (await fillDatabase(to.clickhouse.write)).add(first)
    const again = await fillDatabase(to.clickhouse.write)
    expect(await again.rows()).toBe(0)
    expect(await tablesOf(to.clickhouse.read)).toEqual(['events', 'rollup', 'visits'])
    await again.publish()
    expect(await isDatabaseEmpty(to.clickhouse.read)).toBe(true)
    await seed(to, 1)
    expect(await isDatabaseEmpty(to.clickhouse.read)).toBe(false)
  })

  it('R4.6 is restored into a ClickHouse server, and not into one that holds data', async () => {
    const addressOf = ({ engine }: TestEngine): string => {
      const { username, password } = engine.writer
      return engine.url.replace('//', `//${username}:${password}@`) + '/sluice'
    }
    const [data, backups] = [temporaryFolder(), temporaryFolder()]
    const folders = [data, backups]
    try {
      await sluice(data, ['site', 'add', 'example.com'])
      const made = await sluice(data, ['backup', backups], { CLICKHOUSE_URL: addressOf(from) })
      expect([made.code, made.stderr]).toEqual([0, ''])
      for (const expected of [0, 1]) {
        const elsewhere = folderWithKeyOf(data)
        folders.push(elsewhere)
        const { code, stderr } = await sluice(elsewhere, ['restore', backups], {
          CLICKHOUSE_URL: addressOf(to),
        })
        expect([code, stderr]).toEqual([
          expected,
          expected === 0
            ? ''
            : 'The database holds data already: restore into an empty one, set by CLICKHOUSE_URL.\n',
        ])
        expect(readdirSync(elsewhere).includes('store.db')).toBe(expected === 0)
        expect(await rowsOf(to)).toBe(await rowsOf(from))
      }
      expect(await tablesOf(to.clickhouse.read)).toEqual(['events', 'rollup', 'visits'])
    } finally {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    }
  })

  it('takes rows of no table that it does not know', async () => {
    const filling = await fillDatabase(to.clickhouse.write)
    const head = { part: 'database', table: 'migrations', columns: ['number'], rows: 1 } as const
    await expect(filling.add({ head, body: Buffer.from('9\n') })).rejects.toThrow('has no table migrations')
  })
})
