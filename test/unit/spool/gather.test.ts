import { describe, expect, it, vi } from 'vitest'
import { UserError } from '../../../server/errors.ts'
import type { SpoolFs } from '../../../server/spool/fs.ts'
import { createFaultDisk } from '../../support/fault-fs.ts'
import { SMALL, openSmall, randomOf, readAll, recordOf, testClock } from './rig.ts'

describe('a spool', () => {
  it('gathers what comes soon after a commit, and lets one alone not wait', async () => {
    const disk = createFaultDisk(randomOf(1))
    const clock = testClock()
    const spool = await openSmall(disk.fs, { clock, limits: { ...SMALL, gatherMs: 100 } })
    await spool.append(recordOf(1), 1)
    const soon = spool.append(recordOf(2), 1)
    await new Promise(setImmediate)
    await Promise.all([soon, spool.append(recordOf(3), 1)])
    expect(spool.stats().blocks).toBe(2)
    // By its own clock the commit before is long over: a wait of a day would outlast the test.
    clock.advance(86_400_000)
    await spool.close()
    const patient = await openSmall(disk.fs, { clock, limits: { ...SMALL, gatherMs: 86_400_000 } })
    await patient.append(recordOf(4), 1)
    clock.advance(86_400_000)
    await patient.append(recordOf(5), 1)
    expect(await readAll(patient)).toEqual([1, 2, 3, 4, 5])
    await patient.close()
  })

  it('has the next block on its way to a slow disk before those of the last one are answered', async () => {
    const disk = createFaultDisk(randomOf(1))
    /** Syncs that the disk does not get to yet. */
    const held: (() => void)[] = []
    let isSlow = false
    const fs: SpoolFs = {
      ...disk.fs,
      async open(name) {
        const file = await disk.fs.open(name)
        return {
          ...file,
          sync: (done) => (isSlow ? void held.push(() => file.sync(done)) : file.sync(done)),
        }
      },
    }
    const clock = testClock()
    const spool = await openSmall(fs, { clock, limits: { ...SMALL, gatherMs: 100 } })
    isSlow = true
    const waiting = spool.append(recordOf(1), 1).then(() => held.length)
    await vi.waitUntil(() => held.length === 1)
    const next = spool.append(recordOf(2), 1)
    clock.advance(100)
    held.shift()?.()
    expect(await waiting).toBe(1)
    held.shift()?.()
    await next
    isSlow = false
    expect(await readAll(spool)).toEqual([1, 2])
    await spool.close()
  })

  it('asks what the cursor has given out only when the folder is its own', async () => {
    const disk = createFaultDisk(randomOf(1))
    const spool = await openSmall(disk.fs)
    let asked = 0
    const notBelow = async (): Promise<number> => {
      asked++
      return 7
    }
    await expect(openSmall(disk.fs, { notBelow })).rejects.toThrow(UserError)
    expect(asked).toBe(0)
    await spool.close()
    const again = await openSmall(disk.fs, { notBelow })
    expect(again.position()).toBe(7)
    await again.close()
  })
})
