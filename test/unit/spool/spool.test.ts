import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { UserError } from '../../../server/errors.ts'
import { nodeFs } from '../../../server/spool/fs.ts'
import { SpoolBroken, SpoolFull } from '../../../server/spool/spool.ts'
import { createFaultDisk } from '../../support/fault-fs.ts'
import {
  FOLDER,
  KEY,
  SMALL,
  appendIds,
  idsOf,
  openSmall,
  randomOf,
  readAll,
  recordOf,
  testWait,
} from './rig.ts'

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index)
const digestOf = (bytes: Buffer | undefined): string =>
  createHash('sha256')
    .update(bytes ?? '')
    .digest('hex')
const big = { records: 1000, bytes: 1e6 }

describe('appending', () => {
  it('keeps what was appended, in order, from memory and after a restart from the disk', async () => {
    const disk = createFaultDisk(randomOf(1))
    const spool = await openSmall(disk.fs)
    await appendIds(spool, range(1, 50))
    expect(await readAll(spool)).toEqual(range(1, 50))
    await spool.close()

    const again = await openSmall(disk.fs)
    expect(again.position()).toBe(49)
    expect(await readAll(again)).toEqual(range(1, 50))
    await appendIds(again, [50])
    expect(await readAll(again, 48)).toEqual([49, 50])
    await again.close()
  })

  it('syncs once for everything that arrives while the disk is busy', async () => {
    const spool = await openSmall(createFaultDisk(randomOf(1)).fs)
    const positions = await Promise.all(range(0, 12).map((id) => spool.append(recordOf(id), 1)))
    expect(new Set(positions)).toEqual(new Set([12]))
    expect(spool.stats()).toMatchObject({ blocks: 1, syncs: 1 })
    await spool.close()
  })

  it('answers only once the records are on the disk', async () => {
    const disk = createFaultDisk(randomOf(1))
    const spool = await openSmall(disk.fs)
    const appended = spool.append(recordOf(1), 1)
    expect(spool.position()).toBe(0)
    await appended
    expect(spool.position()).toBe(1)
    expect(await readAll(await openSmall(disk.reboot().fs))).toEqual([1])
  })

  it('takes several records at once, more than a block holds, and text of any script', async () => {
    const spool = await openSmall(createFaultDisk(randomOf(1)).fs)
    const pages = ['/übersicht', '/概要', '/🎈', '/tab\tand\nline', `/${'é'.repeat(2000)}`]
    await spool.append(pages.map((page, id) => recordOf(id, { page })).join(''), pages.length)
    await spool.append(
      range(5, 60)
        .map((id) => recordOf(id))
        .join(''),
      55,
    )
    const { blocks } = await spool.read(0, big)
    expect(Buffer.concat(blocks).toString()).toContain('/tab\\tand\\nline')
    expect(idsOf(Buffer.concat(blocks))).toEqual(range(0, 60))
    await spool.close()
  })

  it('goes through many segments, with the next one made ahead of need', async () => {
    const disk = createFaultDisk(randomOf(1))
    const spool = await openSmall(disk.fs)
    await appendIds(spool, range(0, 100))
    expect(spool.stats().segments).toBeGreaterThan(4)
    await spool.close()
    expect(await readAll(await openSmall(disk.fs))).toEqual(range(0, 100))
  })

  it('refuses an append that no segment can hold', async () => {
    const spool = await openSmall(createFaultDisk(randomOf(1)).fs)
    await expect(spool.append('x'.repeat(SMALL.firstSegmentBytes), 1)).rejects.toThrow('too many records')
    expect(spool.canAccept()).toBe(true)
    await spool.close()
  })

  it('commits what was appended before it closes and refuses what comes later', async () => {
    const disk = createFaultDisk(randomOf(1))
    const spool = await openSmall(disk.fs)
    const appended = spool.append(recordOf(1), 1)
    const closing = spool.close()
    await expect(spool.append(recordOf(2), 1)).rejects.toThrow(SpoolFull)
    await closing
    await expect(appended).resolves.toBe(1)
    expect(spool.canAccept()).toBe(false)
    await spool.close()
  })
})

describe('reading', () => {
  it('reads whole blocks, up to a number of records and to a position', async () => {
    const spool = await openSmall(createFaultDisk(randomOf(1)).fs, {
      limits: { ...SMALL, memoryBytes: 1500 },
    })
    for (const id of [0, 3, 6, 9]) {
      await spool.append(
        range(id, id + 3)
          .map((one) => recordOf(one))
          .join(''),
        3,
      )
    }
    const first = await spool.read(0, { records: 7, bytes: 1e6 })
    expect(first).toMatchObject({ from: 0, to: 6, records: 6 })
    const second = await spool.read(first.to, { records: 7, bytes: 1e6, upTo: 9 })
    expect(second).toMatchObject({ from: 6, to: 9, records: 3 })
    expect(idsOf(Buffer.concat(second.blocks))).toEqual([6, 7, 8])
    expect(await spool.read(0, { records: 1, bytes: 1 })).toMatchObject({ records: 3, to: 3 })
    expect(await spool.read(12, big)).toMatchObject({ records: 0, to: 12, time: undefined })
    await spool.close()
  })

  it('keeps no more in memory than it may, and reads the rest from the disk', async () => {
    const spool = await openSmall(createFaultDisk(randomOf(1)).fs, {
      limits: { ...SMALL, memoryBytes: 2000 },
    })
    await appendIds(spool, range(0, 40))
    expect(spool.stats().memoryBytes).toBeLessThanOrEqual(2000)
    expect(spool.waitingSince(0)).toBeUndefined()
    expect(spool.waitingSince(39)).toBe(1000)
    expect(await readAll(spool)).toEqual(range(0, 40))
    await spool.close()
  })

  it('tells when there is something to read', async () => {
    const spool = await openSmall(createFaultDisk(randomOf(1)).fs)
    const stop = new AbortController()
    const events: string[] = []
    const one = spool.beyond(0, stop.signal).then(() => events.push('first'))
    const two = spool.beyond(5, stop.signal).then(() => events.push('sixth'))
    await appendIds(spool, [1])
    await one
    expect(events).toEqual(['first'])
    stop.abort()
    await two
    expect(events).toEqual(['first', 'sixth'])
    await spool.close()
  })
})

describe('releasing', () => {
  it('removes the segments that are loaded, and no other', async () => {
    const disk = createFaultDisk(randomOf(1))
    const spool = await openSmall(disk.fs)
    await appendIds(spool, range(0, 60))
    const before = spool.stats().segments
    await spool.release(40)
    expect(spool.stats().segments).toBeLessThan(before)
    expect(await readAll(spool, 40)).toEqual(range(40, 60))
    await spool.release(60)
    expect(spool.stats()).toMatchObject({ segments: 1, memoryBytes: 0 })
    await spool.close()
    const again = await openSmall(disk.fs, { notBelow: async () => 60 })
    expect(again.position()).toBe(60)
    await again.close()
  })

  it('removes nothing that is not loaded, at any position', async () => {
    const limits = { ...SMALL, memoryBytes: 0 }
    const spool = await openSmall(createFaultDisk(randomOf(1)).fs, { limits })
    await appendIds(spool, range(0, 40))
    for (let loaded = 0; loaded <= 40; loaded++) {
      await spool.release(loaded)
      expect(await readAll(spool, loaded)).toEqual(range(loaded, 40))
    }
    expect(spool.stats()).toMatchObject({ lostRecords: 0, segments: 1 })
    await spool.close()
  })

  it('never counts a new record as loaded, whatever became of the last segment', async () => {
    const disk = createFaultDisk(randomOf(1))
    const spool = await openSmall(disk.fs)
    await appendIds(spool, range(0, 5))
    await spool.close()
    for (const name of disk.names(FOLDER)) await disk.fs.remove(path.join(FOLDER, name))
    const again = await openSmall(disk.fs, { notBelow: async () => 5 })
    await appendIds(again, [5])
    expect(again.position()).toBe(6)
    expect(await readAll(again, 5)).toEqual([5])
    await again.close()
  })
})

describe('a disk that is full', () => {
  it('refuses when the bound is reached and takes records again once there is room', async () => {
    const disk = createFaultDisk(randomOf(1))
    const spool = await openSmall(disk.fs, { limits: { ...SMALL, maxBytes: 4 * SMALL.segmentBytes } })
    let kept = 0
    const refusal = await (async () => {
      for (; kept < 1000; kept++) await spool.append(recordOf(kept), 1)
    })().catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(SpoolFull)
    expect(kept).toBeGreaterThan(40)
    expect(spool.canAccept()).toBe(false)
    expect(spool.stats().bytes).toBeLessThanOrEqual(4 * SMALL.segmentBytes)
    await expect(spool.append(recordOf(-1), 1)).rejects.toThrow(SpoolFull)
    expect(await readAll(spool)).toEqual(range(0, kept))

    await spool.release(kept)
    await new Promise(setImmediate)
    expect(spool.canAccept()).toBe(true)
    await appendIds(spool, [kept])
    expect(await readAll(spool, kept)).toEqual([kept])
    await spool.close()
  })

  it('refuses on ENOSPC and recovers without a restart and without traffic', async () => {
    const disk = createFaultDisk(randomOf(1))
    const waits = testWait()
    const spool = await openSmall(disk.fs, { wait: waits.wait })
    await appendIds(spool, range(0, 10))
    disk.setCapacity(0)
    const kept = await (async () => {
      for (let id = 10; ; id++)
        if (
          await spool
            .append(recordOf(id), 1)
            .catch(() => true)
            .then((at) => at === true)
        )
          return id
    })()
    expect(spool.canAccept()).toBe(false)
    waits.end()
    await new Promise(setImmediate)
    expect(spool.canAccept()).toBe(false)
    disk.setCapacity(Infinity)
    waits.end()
    await new Promise(setImmediate)
    expect(spool.canAccept()).toBe(true)
    await appendIds(spool, [kept])
    expect(await readAll(spool)).toEqual(range(0, kept + 1))
    await spool.close()
  })

  it('starts on a full disk, refuses, and takes records once there is room', async () => {
    const disk = createFaultDisk(randomOf(1))
    disk.setCapacity(1000)
    const waits = testWait()
    const spool = await openSmall(disk.fs, { wait: waits.wait })
    await expect(spool.append(recordOf(1), 1)).rejects.toThrow(SpoolFull)
    disk.setCapacity(Infinity)
    waits.end()
    await new Promise(setImmediate)
    await appendIds(spool, [1])
    await spool.close()
  })

  it('holds no more in memory than it may while the disk is slow', async () => {
    const spool = await openSmall(createFaultDisk(randomOf(1)).fs, {
      limits: { ...SMALL, pendingBytes: 16 * 1024 },
    })
    const outcomes = await Promise.allSettled(range(0, 400).map((id) => spool.append(recordOf(id), 1)))
    const kept = outcomes.flatMap(({ status }, id) => (status === 'fulfilled' ? [id] : []))
    expect(kept.length).toBeGreaterThan(40)
    expect(kept.length).toBeLessThan(250)
    expect(await readAll(spool)).toEqual(kept)
    expect(spool.canAccept()).toBe(true)
    await spool.close()
  })
})

describe('a disk that fails', () => {
  it('leaves a segment whose sync failed, writes its records to a new one and answers', async () => {
    const disk = createFaultDisk(randomOf(3))
    const spool = await openSmall(disk.fs)
    await appendIds(spool, range(0, 5))
    disk.breakSyncs(true)
    const appended = spool.append(recordOf(5), 1)
    // Turned back on in the same turn in which the failure is told: only the first sync fails.
    setImmediate(() => disk.breakSyncs(false))
    await expect(appended).resolves.toBe(6)
    await appendIds(spool, [6])
    expect(await readAll(spool)).toEqual(range(0, 7))
    expect(await readAll(await openSmall(disk.reboot().fs))).toEqual(range(0, 7))
  })

  it('refuses when the new segment fails as well, together with all that waits, and recovers', async () => {
    const disk = createFaultDisk(randomOf(4))
    const waits = testWait()
    const spool = await openSmall(disk.fs, { wait: waits.wait })
    await appendIds(spool, range(0, 5))
    disk.breakSyncs(true)
    const outcomes = Promise.allSettled(range(5, 140).map((id) => spool.append(recordOf(id), 1)))
    const settled = spool.settled().then(
      () => 'kept',
      (error: unknown) => error,
    )
    for (const { status } of await outcomes) expect(status).toBe('rejected')
    expect(await settled).toBeInstanceOf(SpoolBroken)
    await expect(spool.append(recordOf(140), 1)).rejects.toThrow(SpoolBroken)
    expect(spool.position()).toBe(5)
    disk.breakSyncs(false)
    waits.end()
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
    expect(spool.canAccept()).toBe(true)
    await appendIds(spool, [141])
    expect(await readAll(spool)).toEqual([...range(0, 5), 141])
    await spool.close()
    // What was refused stays away, although some of it may be on the disk.
    expect(await readAll(await openSmall(disk.fs))).toEqual([...range(0, 5), 141])
  })
})

describe('who may open it', () => {
  it('needs the key, says so in one sentence and changes nothing', async () => {
    const disk = createFaultDisk(randomOf(1))
    const spool = await openSmall(disk.fs)
    await appendIds(spool, range(0, 5))
    await spool.close()
    const look = (): string[] =>
      disk.names(FOLDER).map((name) => digestOf(disk.contents(path.join(FOLDER, name))))
    const before = look()
    const wrong = openSmall(disk.fs, { key: new Uint8Array(32).fill(8) })
    await expect(wrong).rejects.toThrow(UserError)
    await expect(wrong).rejects.toThrow(
      /^The spool in \/data\/spool was sealed with another key \([0-9a-f]{16}\): .*\.$/,
    )
    expect(look()).toEqual(before)

    const rotated = await openSmall(disk.fs, { key: new Uint8Array(32).fill(8), previousKeys: [KEY] })
    await appendIds(rotated, [5])
    expect(await readAll(rotated)).toEqual(range(0, 6))
    await rotated.close()
  })

  it('R4.1 holds no text of a record in its files', async () => {
    const disk = createFaultDisk(randomOf(1))
    const spool = await openSmall(disk.fs)
    await spool.append(recordOf(1, { page: '/sentinel-7f3a' }), 1)
    await spool.setAside('1', 'sentinel-7f3a')
    for (const name of disk.names(FOLDER)) {
      expect(disk.contents(path.join(FOLDER, name))?.includes('sentinel-7f3a')).toBe(false)
    }
    await spool.close()
  })

  it('is for one process at a time, on the real file system as well', async () => {
    const disk = createFaultDisk(randomOf(1))
    const spool = await openSmall(disk.fs)
    await expect(openSmall(disk.fs)).rejects.toThrow(UserError)
    await spool.close()
    await (await openSmall(disk.fs)).close()
  })
})

describe('on the real file system', () => {
  const folders: string[] = []
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
  })

  it('keeps, reads, releases and excludes a second opener', async () => {
    const parent = await mkdtemp(path.join(os.tmpdir(), 'spool-'))
    folders.push(parent)
    const folder = path.join(parent, 'data', 'spool')
    const spool = await openSmall(nodeFs, { folder })
    await appendIds(spool, range(0, 60))
    await expect(openSmall(nodeFs, { folder })).rejects.toThrow(/in use by another sluice/)
    expect(await readAll(spool)).toEqual(range(0, 60))
    await spool.release(30)
    // One that starts while this one stops gets it afterwards.
    const next = openSmall(nodeFs, { folder, notBelow: async () => 30, leaseWaitMs: 60_000 })
    await spool.close()
    const again = await next
    expect(await readAll(again, 30)).toEqual(range(30, 60))
    await again.release(60)
    await again.close()
    expect((await readdir(folder)).filter((name) => name.startsWith('seg-')).length).toBeLessThanOrEqual(2)
  })
})
