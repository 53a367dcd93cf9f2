import { describe, expect, it } from 'vitest'
import { listSetAside, readSetAside } from '../../../server/spool/set-aside.ts'
import { spoolKey } from '../../../server/spool/segment.ts'
import { FOLDER, KEY, appendIds, recordOf, testWait } from '../spool/rig.ts'
import type { Mishap } from './memory-table.ts'
import { kill, loaded, range, spoolTwoDays, start, stopOne, until } from './rig.ts'

const poison =
  (ids: readonly number[]) =>
  (line: string): boolean =>
    ids.includes(Number(line.split('\t')[6]))

describe('rows that the database refuses', () => {
  it('are set aside sealed, with the reason, and hold up no other', async () => {
    const { spool, loader, table, disk, cursor } = await start()
    table.refuses = poison([17, 133])
    await spool.append(
      range(0, 256)
        .map((id) => recordOf(id, { page: `/page-${id}` }))
        .join(''),
      256,
    )
    await loader.drained()
    expect(loaded(table)).toEqual(range(0, 256).filter((id) => id !== 17 && id !== 133))
    expect(loader.stats()).toMatchObject({ rows: 254, deadRows: 2 })
    // Each bad row costs two inserts for each halving.
    expect(table.inserts.length).toBeLessThanOrEqual(1 + 2 * 2 * 8)
    const names = await listSetAside(disk.fs, FOLDER)
    expect(names).toHaveLength(1)
    const text = await readSetAside(disk.fs, FOLDER, [spoolKey(KEY)], names[0] ?? '')
    const dead = text
      .split('\n')
      .map((line) => JSON.parse(line) as { code: string; line: string; row: number })
    expect(dead.map(({ code }) => code)).toEqual(['27', '27'])
    expect(dead.map(({ line }) => line.includes('/page-17\t') || line.includes('/page-133\t'))).toEqual([
      true,
      true,
    ])
    expect(cursor.state().sealed).toBeUndefined()
    await appendIds(spool, [600])
    await loader.drained()
    expect(loaded(table)).toContain(600)
  })

  it('are not given up when it is every row: then it is not the rows', async () => {
    const { spool, loader, table } = await start()
    table.refuses = () => true
    await spool.append(
      range(0, 256)
        .map((id) => recordOf(id))
        .join(''),
      256,
    )
    await until(() => loader.stats().retries > 2)
    expect(loader.stats().deadRows).toBe(0)
    table.refuses = () => false
    await loader.drained()
    expect(loaded(table)).toEqual(range(0, 256))
  })

  it('stay set aside once, over restarts and failures in between', async () => {
    const first = await start()
    first.table.refuses = poison([3])
    let calls = 0
    first.table.mishap = () => (++calls % 2 === 0 ? 'kept' : undefined)
    await spoolTwoDays(first.spool)
    await until(() => first.loader.stats().deadRows === 1)
    first.table.isDown = true
    await stopOne(first)
    first.table.isDown = false
    const second = await start({ disk: first.disk, table: first.table, clock: first.clock })
    await second.loader.drained()
    expect(loaded(second.table)).toEqual(range(0, 40).filter((id) => id !== 3))
    expect(await listSetAside(second.disk.fs, FOLDER)).toHaveLength(1)
  })
})

describe('a sealed batch', () => {
  it('is built again with the same bytes after a kill, whatever came after it', async () => {
    const first = await start()
    first.table.isDown = true
    await spoolTwoDays(first.spool)
    await until(() => first.cursor.state().sealed !== undefined)
    const { sealed } = first.cursor.state()
    await appendIds(first.spool, range(40, 60))
    const disk = await kill(first)

    first.table.isDown = false
    const second = await start({ disk, table: first.table, clock: first.clock })
    expect(second.cursor.state().sealed).toEqual(sealed)
    await second.loader.drained()
    expect(loaded(second.table)).toEqual(range(0, 60))
    const ofSealed = second.table.lines().filter((line) => line.startsWith(`${sealed?.batchId}\t`))
    expect(ofSealed).toHaveLength(40)
  })

  it('that lost records to damage is loaded as far as it can be, and nothing of it twice', async () => {
    const waits = testWait()
    const first = await start({ options: { wait: waits.wait } })
    const plan: (Mishap | undefined)[] = [undefined]
    first.table.mishap = () => (plan.length > 0 ? plan.shift() : 'lost')
    // Two blocks: one of the first day, one of both.
    await first.spool.append(
      range(100, 110)
        .map((id) => recordOf(id, { day: '2026-11-23' }))
        .join(''),
      10,
    )
    await spoolTwoDays(first.spool)
    await until(() => waits.waiting() === 1)
    waits.end()
    await until(() => first.table.inserts.length >= 2)
    const disk = await kill(first)
    const file = disk.names(FOLDER).find((name) => name.startsWith('seg-')) ?? ''
    // The first block, in the segment behind the two copies of the header.
    disk.contents(`${FOLDER}/${file}`)?.fill(0xaa, 8192 + 40, 8192 + 80)

    first.table.mishap = () => undefined
    const second = await start({ disk, table: first.table, clock: first.clock })
    await second.loader.drained()
    // The first day was there in whole; of the second nothing was, and nothing of it was lost.
    expect(loaded(second.table)).toEqual([...range(0, 40), ...range(100, 110)])
    expect(second.spool.stats()).toMatchObject({ corruptBlocks: 1, lostRecords: 10 })
  })
})
