import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeRow } from '../../schema/rows.ts'
import { systemClock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'
import { openStorage, type Storage } from '../../server/storage.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { storedEvent } from '../support/stored-events.ts'

/** Spool, loader and table together, on the real engine and a real disk. */
describe('storage', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-storage-'))
  const key = randomBytes(32)
  let engine: TestEngine
  let storage: Storage
  const open = (): Promise<Storage> =>
    openStorage({
      folder,
      key,
      database: Promise.resolve(engine.clickhouse),
      clock: systemClock,
      log: silentLog,
    })
  beforeAll(async () => {
    engine = await startTestEngine()
    storage = await open()
  })
  afterAll(async () => {
    await storage.close()
    await engine.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const day = new Date().toISOString().slice(0, 10)
  const visitors = [0n, 1n, 10n, 2n ** 63n, 10n ** 19n - 1n, 10n ** 19n, 2n ** 64n - 1n]
  const reading = (name: string): number | undefined =>
    storage
      .readings()
      .find((one) => one.name === name)
      ?.read()
  const keep = (ids: readonly bigint[]): Promise<number> => {
    const batch = storage.open()
    for (const [index, id] of ids.entries()) {
      const visitor = visitors[index % visitors.length] ?? 0n
      batch.add(
        id,
        encodeRow({ ...storedEvent(7, 0n, 0, { day, timeMs: Date.now(), visitor }), eventId: id }),
      )
    }
    return batch.commit()
  }
  const stored = async (): Promise<string[]> => {
    await storage.drained()
    const query = 'SELECT toString(visitor) AS key FROM events ORDER BY visitor'
    const answer = await engine.clickhouse.read.query({ query, format: 'JSONEachRow' })
    return (await answer.json<{ key: string }>()).map((row) => row.key)
  }

  it('stores visitor keys of every size as they are, and sets none aside', async () => {
    expect(await keep(visitors.map((_, index) => BigInt(index + 1)))).toBe(visitors.length)
    expect(await stored()).toEqual(visitors.toSorted((a, b) => (a < b ? -1 : 1)).map(String))
    expect(reading('sluice_loader_dead_rows_total')).toBe(0)
  })

  it('knows after a restart which ids are in the table and which in the spool', async () => {
    expect(await keep([1n, 2n])).toBe(0)
    await storage.close()
    storage = await open()
    expect(reading('sluice_event_ids')).toBe(visitors.length)
    expect(await keep([1n, 2n, 2n ** 64n - 1n])).toBe(1)
    expect(await stored()).toHaveLength(visitors.length + 1)
  })
})
