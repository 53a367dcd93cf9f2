import { readFileSync } from 'node:fs'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createFaultDisk } from '../../support/fault-fs.ts'
import { FOLDER, appendIds, idsOf, openSmall, randomOf, recordOf } from './rig.ts'

/**
 * Segments as released versions wrote them, one file for each version of the format or of the record: what an older
 * version left in the spool is loaded by a newer one. A file here is never written again.
 */
const fixture = (name: string): Buffer => readFileSync(path.join(import.meta.dirname, 'fixtures', name))

describe('segments of earlier versions', () => {
  it('version 1, record layout 1: is read, and appended to in a new segment', async () => {
    const disk = createFaultDisk(randomOf(1))
    await disk.fs.makeFolder(FOLDER)
    const bytes = fixture('segment-1.spool')
    const file = await disk.fs.create(path.join(FOLDER, 'seg-0000000000000001.spool'))
    file.write(bytes, bytes.length, 0)

    const spool = await openSmall(disk.fs)
    expect(spool.position()).toBe(4)
    await appendIds(spool, [5])
    const { blocks } = await spool.read(0, { records: 10, bytes: 1e6 })
    const lines = Buffer.concat(blocks).toString()
    expect(idsOf(lines)).toEqual([1, 2, 3, 4, 5])
    const first = { visitor: 1n }
    expect(lines.startsWith(recordOf(1, first) + recordOf(2, { ...first, page: '/übersicht/概要' }))).toBe(
      true,
    )
    expect(lines).toContain(recordOf(3, { ...first, page: '/tab\tnewline\nbackslash\\' }))
    expect(lines).toContain(recordOf(4, { ...first, day: '2026-11-25' }))
    expect(spool.stats()).toMatchObject({ corruptBlocks: 0, lostRecords: 0 })
    await spool.close()
  })

  it('a newer version is not touched and says so in one sentence', async () => {
    const disk = createFaultDisk(randomOf(1))
    await disk.fs.makeFolder(FOLDER)
    const bytes = fixture('segment-1.spool')
    for (const copy of [0, 4096]) {
      bytes.writeUInt16LE(2, copy + 8)
      bytes.writeUInt32LE(crc32(bytes.subarray(copy, copy + 96)), copy + 96)
    }
    const file = await disk.fs.create(path.join(FOLDER, 'seg-0000000000000001.spool'))
    file.write(bytes, bytes.length, 0)
    await expect(openSmall(disk.fs)).rejects.toThrow(
      'was written by a newer sluice: start that version again.',
    )
    expect(disk.contents(path.join(FOLDER, 'seg-0000000000000001.spool'))).toEqual(bytes)
  })
})
