import { describe, expect, it } from 'vitest'
import { openCursor } from '../../server/load/cursor.ts'
import { createFaultDisk, type FaultDisk } from '../support/fault-fs.ts'
import { FOLDER, SMALL, openSmall, randomOf, readAll, recordOf } from '../unit/spool/rig.ts'

/**
 * One run of the spool, and every operation of the disk in it in turn: the power goes there, the process is killed
 * there, or the disk refuses it. No random schedule can miss a place.
 */

const LIMITS = { ...SMALL, segmentBytes: 48 * 1024, firstSegmentBytes: 32 * 1024, blockBytes: 4096 }

interface Outcome {
  acked: number[]
  /** Told that it is not kept. */
  refused: number[]
}

/** Waiting takes no time. */
async function noTime(): Promise<void> {
  await new Promise(setImmediate)
}

/** Opens, appends from three sides at once, releases, and closes. */
async function scenario(disk: FaultDisk, outcome: Outcome): Promise<void> {
  const cursor = await openCursor({ folder: FOLDER, fs: disk.fs, spoolBits: 1, copyBytes: 4096 })
  const spool = await openSmall(disk.fs, { limits: LIMITS, wait: noTime })
  let nextId = 1
  async function send(): Promise<void> {
    for (let request = 0; request < 10; request++) {
      const ids = Array.from({ length: 1 + (request % 3) }, () => nextId++)
      await spool
        .append(ids.map((id) => recordOf(id, { page: `/${'x'.repeat(800)}` })).join(''), ids.length)
        .then(
          () => outcome.acked.push(...ids),
          () => outcome.refused.push(...ids),
        )
    }
  }
  await Promise.all([send(), send(), send()])
  await spool.setAside('1', 'a text')
  await cursor.save({ ...cursor.state(), time: 5 })
  await spool.close()
  await cursor.close()
}

async function runUntilItEnds(disk: FaultDisk): Promise<Outcome> {
  const outcome: Outcome = { acked: [], refused: [] }
  const run = { isOver: false }
  scenario(disk, outcome).then(
    () => (run.isOver = true),
    () => (run.isOver = true),
  )
  while (!run.isOver && !disk.isCrashed()) await new Promise(setImmediate)
  return outcome
}

/** What is wrong after the fault, when a new process looks at what is left. */
async function lookAt(
  disk: FaultDisk,
  { acked, refused }: Outcome,
  mayKeepRefused: boolean,
): Promise<string[]> {
  const cursor = await openCursor({ folder: FOLDER, fs: disk.fs, spoolBits: 1, copyBytes: 4096 })
  const spool = await openSmall(disk.fs, { limits: LIMITS, notBelow: async () => cursor.reserved() })
  const stored = await readAll(spool)
  await spool.append(recordOf(9999), 1)
  const after = await readAll(spool)
  const { lostRecords } = spool.stats()
  await spool.close()
  await cursor.close()
  const faults: string[] = []
  const distinct = new Set(stored)
  if (distinct.size !== stored.length) faults.push('stored twice')
  if (acked.some((id) => !distinct.has(id)))
    faults.push(`lost ${acked.filter((id) => !distinct.has(id)).join(' ')}`)
  if (!mayKeepRefused && refused.some((id) => distinct.has(id))) faults.push('stored and refused')
  if (after.at(-1) !== 9999 || after.length !== stored.length + 1) faults.push('appending afterwards')
  if (lostRecords > 0) faults.push(`counted ${lostRecords} as lost`)
  return faults
}

describe('every operation of the disk', () => {
  it.each(['power cut', 'kill', 'EIO', 'ENOSPC'])(
    '%s: what was acknowledged is there, once',
    { timeout: 120_000 },
    async (fault) => {
      const undisturbed = createFaultDisk(randomOf(1))
      await runUntilItEnds(undisturbed)
      const operations = undisturbed.operations()
      expect(operations).toBeGreaterThan(80)

      const faults: string[] = []
      let disturbed = 0
      for (let operation = 1; operation <= operations; operation++) {
        for (let seed = 1; seed <= (fault === 'power cut' ? 4 : 1); seed++) {
          const disk = createFaultDisk(randomOf(seed))
          const isCrash = fault === 'power cut' || fault === 'kill'
          if (isCrash) disk.crashAt(operation)
          else disk.failAt(operation, fault)
          const outcome = await runUntilItEnds(disk)
          disturbed += Number(isCrash ? disk.isCrashed() : outcome.refused.length > 0)
          // A crash can come between the writing of what is refused and the header that makes it void.
          const after = fault === 'power cut' ? disk.reboot() : disk.kill()
          const found = await lookAt(after, outcome, isCrash)
          faults.push(...found.map((one) => `${fault} at operation ${operation}, seed ${seed}: ${one}`))
        }
      }
      expect(faults).toEqual([])
      expect(disturbed).toBeGreaterThan(isTold(fault) ? -1 : operations / 2)
    },
  )

  it('a disk that fails every sync from some operation on refuses and loses nothing before', async () => {
    const disk = createFaultDisk(randomOf(1))
    const spool = await openSmall(disk.fs, { limits: LIMITS })
    const acked: number[] = []
    for (let id = 1; id <= 30; id++) {
      if (id === 20) disk.breakSyncs(true)
      await spool.append(recordOf(id), 1).then(
        () => acked.push(id),
        () => undefined,
      )
    }
    expect(acked).toEqual(Array.from({ length: 19 }, (_, index) => index + 1))
    const again = await openSmall(disk.reboot().fs)
    expect(await readAll(again)).toEqual(expect.arrayContaining(acked))
    await again.close()
  })
})

/** Whether the process lives on: most single failures of the disk are mended without anybody being refused. */
function isTold(fault: string): boolean {
  return fault === 'EIO' || fault === 'ENOSPC'
}
