import { afterEach } from 'vitest'
import { silentLog } from '../../../server/log.ts'
import { buildHere, type BuildBatch } from '../../../server/load/batch.ts'
import { openCursor, type Cursor } from '../../../server/load/cursor.ts'
import { startLoader, type Loader, type LoaderOptions } from '../../../server/load/loader.ts'
import type { Spool } from '../../../server/spool/spool.ts'
import { createFaultDisk, type FaultDisk } from '../../support/fault-fs.ts'
import { FOLDER, openSmall, randomOf, recordOf, testClock, type TestClock } from '../spool/rig.ts'
import { createMemoryTable, type MemoryTable } from './memory-table.ts'

export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index)

export interface Rig {
  disk: FaultDisk
  clock: TestClock
  spool: Spool
  cursor: Cursor
  table: MemoryTable
  loader: Loader
}

/** Batches whose blocks are their lines, which the table in memory can read. */
export const buildWithBlocks: BuildBatch = async (...order) => {
  const batch = await buildHere(...order)
  return { ...batch, block: ({ from, to }) => batch.lines(from, to) }
}

/** What runs is stopped after each test. */
const started: Rig[] = []

afterEach(async () => {
  for (const { loader, spool, cursor } of started.splice(0)) {
    await loader.stop()
    await spool.close()
    await cursor.close()
  }
})

/** Spool, cursor, table and loader; waiting takes no time, the clock jumps instead. */
export async function start(given: Partial<Rig> & { options?: Partial<LoaderOptions> } = {}): Promise<Rig> {
  const disk = given.disk ?? createFaultDisk(randomOf(1))
  const clock = given.clock ?? testClock()
  const cursor = await openCursor({ folder: FOLDER, fs: disk.fs, spoolBits: 5, copyBytes: 16 * 1024 })
  const spool = await openSmall(disk.fs, { clock, notBelow: async () => cursor.reserved() })
  const table = given.table ?? createMemoryTable(randomOf(2))
  const loader = startLoader({
    spool,
    cursor,
    table,
    clock,
    log: silentLog,
    random: () => 0.5,
    async wait(ms) {
      clock.advance(ms)
      await new Promise(setImmediate)
    },
    ...given.options,
  })
  const rig = { disk, clock, spool, cursor, table, loader }
  started.push(rig)
  return rig
}

export async function stopOne(rig: Rig): Promise<void> {
  await rig.loader.stop()
  await rig.spool.close()
  await rig.cursor.close()
  started.splice(started.indexOf(rig), 1)
}

/** Ids of the events in the table, in numerical order, each as often as it is there. */
export function loaded(table: MemoryTable): number[] {
  return table
    .lines()
    .map((line) => Number(line.split('\t')[6]))
    .toSorted((a, b) => a - b)
}

/** One block of forty records, the first twenty a day older. */
export async function spoolTwoDays(spool: Spool): Promise<void> {
  await spool.append(
    range(0, 40)
      .map((id) => recordOf(id, { day: id < 20 ? '2026-11-23' : '2026-11-24' }))
      .join(''),
    40,
  )
}

export async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000; turn++) {
    if (isSo()) return
    await new Promise(setImmediate)
  }
  throw new Error('it did not come to pass')
}

/** As after a kill: nothing is put in order, and the disk goes on without it. */
export async function kill(rig: Rig): Promise<FaultDisk> {
  await rig.loader.stop()
  started.splice(started.indexOf(rig), 1)
  return rig.disk.kill()
}
