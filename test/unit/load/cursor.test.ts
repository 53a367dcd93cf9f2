import { describe, expect, it } from 'vitest'
import { UserError } from '../../../server/errors.ts'
import { openCursor, type Cursor, type CursorState } from '../../../server/load/cursor.ts'
import { createFaultDisk, type FaultDisk } from '../../support/fault-fs.ts'
import { FOLDER, randomOf } from '../spool/rig.ts'

const COPY = 4096
const FILE = `${FOLDER}/cursor`

function open(disk: FaultDisk): Promise<Cursor> {
  return openCursor({ folder: FOLDER, fs: disk.fs, spoolBits: 3, copyBytes: COPY })
}

function stateAt(loaded: number): CursorState {
  return { loaded, time: loaded, lastBatchId: String(loaded) }
}

describe('cursor', () => {
  it('begins at nothing and keeps what is saved', async () => {
    const disk = createFaultDisk(randomOf(1))
    const cursor = await open(disk)
    expect(cursor.state()).toMatchObject({ loaded: 0, time: 0 })
    expect(cursor.reserved()).toBe(0)
    const sealed = { batchId: '9', from: 5, to: 8, rows: 3, sha256: 'ff', partitions: { '2026-11-24': 3 } }
    const state = { ...stateAt(5), sealed }
    await cursor.save(state)
    expect(cursor.reserved()).toBe(8)
    const again = await open(disk.reboot())
    expect(again.state()).toEqual(state)
    await again.close()
  })

  it('is one state or the next, wherever the power goes', async () => {
    const faults: unknown[] = []
    for (let seed = 1; seed <= 40; seed++) {
      const disk = createFaultDisk(randomOf(seed))
      const cursor = await open(disk)
      await cursor.save(stateAt(1))
      disk.crashAt(disk.operations() + 1 + (seed % 5))
      // The process is gone with the power: nobody hears how it ended.
      cursor.save(stateAt(2)).catch(() => undefined)
      for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
      const isSaved = cursor.state().loaded === 2
      // A kill first, then a power cut: what the first start has read, the second must find.
      const killed = disk.kill()
      const first = await open(killed)
      const second = await open(killed.reboot())
      const [one, two] = [first.state().loaded, second.state().loaded]
      if (one !== two || one < (isSaved ? 2 : 1) || one > 2) faults.push({ seed, isSaved, one, two })
    }
    expect(faults).toEqual([])
  })

  it('survives the loss of either copy, and says so in one sentence when both are gone', async () => {
    for (const copy of [0, 1]) {
      const disk = createFaultDisk(randomOf(1))
      const cursor = await open(disk)
      await cursor.save(stateAt(7))
      await cursor.close()
      disk.contents(FILE)?.fill(0xaa, copy * COPY, copy * COPY + 100)
      const again = await open(disk)
      expect(again.state()).toEqual(stateAt(7))
      await again.close()
      disk.contents(FILE)?.fill(0xaa)
      await expect(open(disk)).rejects.toThrow(/^The cursor .* is damaged in both copies: .*\.$/)
    }
  })

  it('loses no state to any flipped byte', async () => {
    const disk = createFaultDisk(randomOf(1))
    const cursor = await open(disk)
    await cursor.save(stateAt(7))
    await cursor.close()
    const bytes = disk.contents(FILE) ?? Buffer.alloc(0)
    const faults: number[] = []
    for (let at = 0; at < 100; at++) {
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
      const again = await open(disk)
      if (again.state().loaded !== 7) faults.push(at)
      await again.close()
    }
    expect(faults).toEqual([])
  })

  it('refuses to begin anew where there are segments', async () => {
    const disk = createFaultDisk(randomOf(1))
    await disk.fs.makeFolder(FOLDER)
    await disk.fs.create(`${FOLDER}/seg-0000000000000001.spool`)
    await expect(open(disk)).rejects.toThrow(UserError)
    await expect(open(disk)).rejects.toThrow(/has lost its cursor/)
    expect(disk.names(FOLDER)).toEqual(['seg-0000000000000001.spool'])
  })

  it('can be saved on a full disk, and again after a save that failed', async () => {
    const disk = createFaultDisk(randomOf(1))
    const cursor = await open(disk)
    disk.setCapacity(0)
    await cursor.save(stateAt(1))
    disk.breakSyncs(true)
    await expect(cursor.save(stateAt(2))).rejects.toThrow('EIO')
    expect(cursor.state().loaded).toBe(1)
    disk.breakSyncs(false)
    await cursor.save(stateAt(3))
    const again = await open(disk.reboot())
    expect(again.state()).toEqual(stateAt(3))
    await again.close()
  })

  it('gives out batch ids that grow, differ between spools and tell no more than seconds', async () => {
    const disk = createFaultDisk(randomOf(1))
    const cursor = await open(disk)
    const second = 1_800_000_000
    const used: bigint[] = []
    for (let count = 0; count < 3000; count++) {
      // Also when the clock goes back.
      const id = cursor.nextBatchId(second * 1000 + 999 - count)
      used.push(BigInt(id))
      await cursor.save({ loaded: 0, time: 0, lastBatchId: id })
    }
    expect(new Set(used).size).toBe(3000)
    expect(used.every((id, index) => index === 0 || id > (used[index - 1] ?? id))).toBe(true)
    expect(new Set(used.map((id) => (id >> 10n) & 0x3f_ffffn))).toEqual(new Set([3n]))
    expect(used[0]).toBe((BigInt(second) << 32n) | (3n << 10n))
    expect(used.every((id) => id < 2n ** 64n)).toBe(true)
    await cursor.close()
  })
})
