import { describe, expect, it } from 'vitest'
import { appendIds, recordOf, testWait } from '../spool/rig.ts'
import { loaded, range, start, stopOne, until } from './rig.ts'

describe('loading', () => {
  it('moves every record into the table, sorted, numbered, with whole seconds', async () => {
    const { spool, loader, table, cursor } = await start()
    const timeMs = Date.UTC(2026, 10, 24, 12, 0, 0, 999)
    const lines = [
      recordOf(1, { visitor: 9n, timeMs }),
      recordOf(2, { visitor: 3n, timeMs: timeMs + 5 }),
      recordOf(3, { visitor: 3n, timeMs }),
      recordOf(4, { visitor: 1n, day: '2026-11-25' }),
    ]
    await spool.append(lines.join(''), 4)
    await loader.drained()
    const rows = table.lines().map((line) => line.split('\t'))
    expect(rows.map((row) => [row[1], row[2], row[3], row[4], row[6]])).toEqual([
      ['0', '2026-11-24', '3', '1795521600', '3'],
      ['1', '2026-11-24', '3', '1795521601', '2'],
      ['2', '2026-11-24', '9', '1795521600', '1'],
      ['3', '2026-11-25', '1', '1795521600', '4'],
    ])
    expect(new Set(rows.map(([batchId]) => batchId)).size).toBe(1)
    expect(table.inserts.map(({ day, rows: count }) => [day, count])).toEqual([
      ['2026-11-24', 3],
      ['2026-11-25', 1],
    ])
    expect(cursor.state()).toMatchObject({ loaded: 4 })
    expect(cursor.state().sealed).toBeUndefined()
    expect(loader.stats()).toMatchObject({ rows: 4, batches: 1, retries: 0, backlogRows: 0 })
  })

  it('seals a batch a second after its first record, or when it is full', async () => {
    const waits = testWait()
    const asked: number[] = []
    const { spool, loader, table, clock } = await start({
      options: {
        limits: { maxRows: 10 },
        wait(ms, signal) {
          asked.push(ms)
          return waits.wait(ms, signal)
        },
      },
    })
    await appendIds(spool, range(0, 3))
    await new Promise(setImmediate)
    expect(asked).toEqual([1000])
    clock.advance(400)
    expect(table.inserts).toEqual([])
    expect(loader.freshness()).toBe(new Date(clock.now() - 400).toISOString())
    await appendIds(spool, range(3, 9))
    expect(table.inserts).toEqual([])
    await appendIds(spool, [9])
    await until(() => table.inserts.length === 1)
    expect(table.inserts[0]).toMatchObject({ rows: 10 })
    await appendIds(spool, [10])
    await until(() => asked.length === 2)
    clock.advance(1000)
    waits.end()
    await until(() => table.inserts.length === 2)
    await loader.drained()
    expect(loader.freshness()).toBe(new Date(clock.now()).toISOString())
  })

  it('gives the space of what is loaded back to the disk', async () => {
    const { spool, loader } = await start()
    await appendIds(spool, range(0, 60))
    await loader.drained()
    await until(() => spool.stats().segments === 1)
    expect(spool.stats().memoryBytes).toBe(0)
  })

  it('goes on after a restart where it was', async () => {
    const first = await start()
    await appendIds(first.spool, range(0, 30))
    await first.loader.drained()
    await appendIds(first.spool, range(30, 35))
    await stopOne(first)
    const second = await start({ disk: first.disk, table: first.table, clock: first.clock })
    await appendIds(second.spool, range(35, 40))
    await second.loader.drained()
    expect(loaded(second.table)).toEqual(range(0, 40))
  })

  it('loads what is there before it stops, if it is given the time', async () => {
    const waits = testWait()
    const { spool, loader, table } = await start({ options: { wait: waits.wait } })
    await appendIds(spool, range(0, 30))
    await loader.stop({ drainMs: 4000 })
    expect(loaded(table)).toEqual(range(0, 30))
    await expect(loader.drained()).resolves.toBeUndefined()
  })

  it('stops in time although the database is down, and tells who waits', async () => {
    const { spool, loader, table } = await start()
    table.isDown = true
    await appendIds(spool, range(0, 30))
    const drained = loader.drained().catch((error: unknown) => String(error))
    await loader.stop({ drainMs: 4000 })
    expect(await drained).toContain('stopped')
    expect(loaded(table)).toEqual([])
  })
})
