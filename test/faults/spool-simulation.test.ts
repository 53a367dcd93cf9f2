import { describe, expect, it } from 'vitest'
import { silentLog } from '../../server/log.ts'
import { openCursor } from '../../server/load/cursor.ts'
import { startLoader, type Loader } from '../../server/load/loader.ts'
import type { EventTable } from '../../server/load/table.ts'
import type { Spool } from '../../server/spool/spool.ts'
import { createFaultDisk, type FaultDisk } from '../support/fault-fs.ts'
import { createMemoryTable, type MemoryTable, type Mishap } from '../unit/load/memory-table.ts'
import { buildWithBlocks } from '../unit/load/rig.ts'
import { FOLDER, SMALL, openSmall, randomOf, recordOf, testClock, type TestClock } from '../unit/spool/rig.ts'

/** The first number and how many: others can be tried by hand. */
const FIRST_SEED = 0
const SEEDS = 200

/**
 * Spool and loader against a disk that tears, reorders, fails and loses power, and a database that fails in every way
 * it can. One number makes one run: a failure names it, and the run can be made again.
 */

const MISHAPS: readonly Mishap[] = ['lost', 'kept', 'part', 'late', 'lied']

interface World {
  random: () => number
  disk: FaultDisk
  clock: TestClock
  table: MemoryTable
  nextId: number
  acked: Set<number>
  crashes: number
}

function chance(world: World, share: number): boolean {
  return world.random() < share
}

/** A process that is gone inserts nothing any more. */
function whileAlive(table: EventTable, disk: FaultDisk): EventTable {
  const never = new Promise<never>(() => undefined)
  return {
    insert: (...call) => (disk.isCrashed() ? never : table.insert(...call)),
    settle: (...call) => (disk.isCrashed() ? never : table.settle(...call)),
    rowsOf: (...call) => (disk.isCrashed() ? never : table.rowsOf(...call)),
    rowNumbers: (...call) => (disk.isCrashed() ? never : table.rowNumbers(...call)),
  }
}

async function open(world: World): Promise<{ spool: Spool; loader: Loader; close: () => Promise<void> }> {
  const { disk, clock, table, random } = world
  const cursor = await openCursor({ folder: FOLDER, fs: disk.fs, spoolBits: 5, copyBytes: 4096 })
  async function wait(ms: number): Promise<void> {
    clock.advance(ms)
    await new Promise(setImmediate)
  }
  const limits = {
    ...SMALL,
    segmentBytes: 48 * 1024,
    firstSegmentBytes: 32 * 1024,
    blockBytes: 4096,
    memoryBytes: 4096,
  }
  const spool = await openSmall(disk.fs, { clock, notBelow: async () => cursor.reserved(), limits, wait })
  const loader = startLoader({
    spool,
    cursor,
    table: whileAlive(table, disk),
    build: buildWithBlocks,
    clock,
    log: silentLog,
    limits: { maxRows: 1 + Math.floor(random() * 40) },
    random,
    wait,
  })
  return {
    spool,
    loader,
    async close() {
      await loader.stop()
      await spool.close()
      await cursor.close()
    },
  }
}

/** A sender: one request after the other, until its process is gone. */
async function send(world: World, spool: Spool, requests: number): Promise<void> {
  const { disk, random, acked } = world
  for (let request = 0; request < requests && !disk.isCrashed(); request++) {
    const ids = Array.from({ length: 1 + Math.floor(random() * 4) }, () => world.nextId++)
    const day = chance(world, 0.3) ? '2026-11-23' : '2026-11-24'
    const lines = ids.map((id) => recordOf(id, { day, page: `/${'x'.repeat(random() * 300)}` }))
    await spool.append(lines.join(''), ids.length).then(
      () => {
        for (const id of ids) acked.add(id)
      },
      () => new Promise(setImmediate),
    )
  }
}

/** Opens, serves some senders, and stops in order. */
async function runProcess(world: World): Promise<void> {
  const { disk, random } = world
  const { spool, close } = await open(world)
  const senders = Array.from({ length: 1 + Math.floor(random() * 6) }, () =>
    send(world, spool, random() * 12),
  )
  await Promise.all(senders)
  disk.setCapacity(Infinity)
  await close()
}

/** One life of the process, from its start to its end: power cut, kill, or an orderly stop. */
async function live(world: World): Promise<void> {
  const { disk, random } = world
  const from = disk.operations()
  if (chance(world, 0.9)) disk.crashAt(from + 1 + Math.floor(random() ** 2 * 250))
  for (let count = 0; chance(world, 0.4) && count < 5; count++) {
    disk.failAt(from + 15 + Math.floor(random() * 200), chance(world, 0.3) ? 'ENOSPC' : 'EIO')
  }
  if (chance(world, 0.1)) disk.setCapacity(1_200_000 + Math.floor(random() * 100_000))
  const life = { isOver: false }
  const end = (): void => {
    life.isOver = true
  }
  // A disk that fails while it is opened ends the process: the next one tries again.
  runProcess(world).then(end, end)
  for (let turn = 0; turn < 3000 && !life.isOver && !disk.isCrashed(); turn++) await new Promise(setImmediate)
  world.crashes++
  world.disk = chance(world, 0.6) ? disk.reboot() : disk.kill()
  world.disk.setCapacity(Infinity)
}

async function run(
  seed: number,
): Promise<{ faults: string[]; crashes: number; acked: number; rows: number }> {
  const random = randomOf(seed)
  const table = createMemoryTable(random)
  const world: World = {
    random,
    disk: createFaultDisk(random),
    clock: testClock(),
    table,
    nextId: 1,
    acked: new Set(),
    crashes: 0,
  }
  table.mishap = () => (chance(world, 0.3) ? MISHAPS[Math.floor(random() * MISHAPS.length)] : undefined)
  for (let life = 0; life < 5; life++) await live(world)

  table.mishap = () => undefined
  const { spool, loader, close } = await open(world)
  await loader.drained()
  const { corruptBlocks, lostRecords } = spool.stats()
  await close()
  const stored = table.lines().map((line) => Number(line.split('\t')[6]))
  const distinct = new Set(stored)
  const faults: string[] = []
  const lost = [...world.acked].filter((id) => !distinct.has(id))
  if (lost.length > 0) faults.push(`acknowledged and lost: ${lost.join(' ')}`)
  if (distinct.size !== stored.length) faults.push(`${stored.length - distinct.size} stored twice`)
  if (stored.some((id) => !(id > 0 && id < world.nextId))) faults.push('stored and never sent')
  if (loader.stats().surplusRows > 0) faults.push('surplus rows')
  if (lostRecords > 0) faults.push(`${lostRecords} records counted as lost, in ${corruptBlocks} blocks`)
  return {
    faults: faults.map((fault) => `seed ${seed}: ${fault}`),
    crashes: world.crashes,
    acked: world.acked.size,
    rows: stored.length,
  }
}

describe('any crash of disk, process and database', () => {
  it('loses nothing that was acknowledged and stores nothing twice', { timeout: 120_000 }, async () => {
    const faults: string[] = []
    let [crashes, acked, rows] = [0, 0, 0]
    for (let seed = 1; seed <= SEEDS; seed++) {
      const result = await run(FIRST_SEED + seed)
      faults.push(...result.faults)
      crashes += result.crashes
      acked += result.acked
      rows += result.rows
    }
    expect(faults).toEqual([])
    // The runs did something.
    expect(crashes).toBe(5 * SEEDS)
    expect(acked).toBeGreaterThan(SEEDS * 10)
    expect(rows).toBeGreaterThanOrEqual(acked)
  })
})
