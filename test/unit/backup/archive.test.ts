import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../server/errors.ts'
import { bytesOf, FACTS, folder, MASTER, masterKey, readAll, readBack, section } from './rig.ts'

const SECTIONS = [section('1\tone\n2\ttwo\n'), section('3\tthree\n'), section('["a"]\n', 'store')]
const DAMAGED = 'the backup is damaged or not whole: take another backup.'
const HEADER_BYTES = 84

/** The chunks of a file, each with its length before it and its tag behind. */
function chunksOf(bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = HEADER_BYTES; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32LE(at) + 16
    chunks.push(bytes.subarray(at, end))
    at = end
  }
  return chunks
}

const READ = 'it was read'

/** The sentence that a backup is refused with; any other error is none that people can be told. */
async function faultOf(read: Buffer | (() => Promise<unknown>), master = MASTER): Promise<string> {
  try {
    await (typeof read === 'function' ? read() : readBack(read, master))
    return READ
  } catch (error) {
    if (error instanceof UserError) return error.message
    throw error
  }
}

describe('a backup file', () => {
  it('gives back its sections, and a manifest that counts them by part', async () => {
    const { sections, manifest } = await readBack(await bytesOf(SECTIONS))
    expect(sections).toEqual(SECTIONS)
    expect(manifest).toMatchObject({ version: 1, ...FACTS })
    expect(manifest.parts).toMatchObject({
      database: { sections: 2, rows: 3, bytes: 20 },
      store: { sections: 1, rows: 1, bytes: 6 },
      spool: { sections: 0, rows: 0, bytes: 0 },
    })
    const other = await readBack(await bytesOf([section('1\tone\n2\tTwo\n'), ...SECTIONS.slice(1)]))
    expect(other.manifest.parts.database.sha256).not.toBe(manifest.parts.database.sha256)
    expect(other.manifest.parts.store.sha256).toBe(manifest.parts.store.sha256)
  })

  it('holds nothing readable, and no chunk that another file of the same has', async () => {
    const secret = randomBytes(32).toString('hex')
    const [one, two] = [await bytesOf([section(`${secret}\n`)]), await bytesOf([section(`${secret}\n`)])]
    expect(one.includes(secret) || one.includes('events') || one.includes('began')).toBe(false)
    for (const [index, chunk] of chunksOf(one).entries()) {
      expect(chunk.equals(chunksOf(two)[index] as Buffer)).toBe(false)
    }
  })

  it('R4.6 notices a single bit that is flipped, in whichever byte', async () => {
    const bytes = await bytesOf([section('1\tone\n')])
    const place = path.join(folder(), 'one')
    writeFileSync(place, bytes)
    const file = await open(place, 'r+')
    try {
      for (const [at, byte] of bytes.entries()) {
        await file.write(Buffer.of(byte ^ (1 << (at % 8))), 0, 1, at)
        expect(await faultOf(() => readAll(file)), `byte ${at}`).not.toBe(READ)
        await file.write(Buffer.of(byte), 0, 1, at)
      }
      expect(await faultOf(() => readAll(file))).toBe(READ)
    } finally {
      await file.close()
    }
  })

  it('R4.6 notices where it is cut off, at every length, and what is put behind its end', async () => {
    const bytes = await bytesOf([section('1\tone\n')])
    for (let length = 0; length < bytes.length; length++) {
      expect(await faultOf(bytes.subarray(0, length)), `${length} of ${bytes.length} bytes`).not.toBe(READ)
    }
    expect(await faultOf(Buffer.concat([bytes, Buffer.alloc(1)]))).toBe(DAMAGED)
    expect(await faultOf(Buffer.concat([bytes, ...chunksOf(bytes).slice(-1)]))).toBe(DAMAGED)
  })

  it('R4.6 notices chunks that are moved, doubled, left out or taken from another backup', async () => {
    const bytes = await bytesOf(SECTIONS)
    const [first, second, third, last] = chunksOf(bytes) as [Buffer, Buffer, Buffer, Buffer]
    const head = bytes.subarray(0, HEADER_BYTES)
    const foreign = chunksOf(await bytesOf(SECTIONS))
    for (const chunks of [
      [second, first, third, last],
      [first, first, second, third, last],
      [first, third, last],
      [first, second, third],
      [first, foreign[1] as Buffer, third, last],
      [first, second, third, foreign[3] as Buffer],
      foreign,
    ]) {
      expect(await faultOf(Buffer.concat([head, ...chunks]))).toBe(DAMAGED)
    }
    expect(await faultOf(Buffer.concat([head, first, second, third, last]))).toBe(READ)
  })

  it('R4.6 says in one sentence that another key is needed, which one, and what to do', async () => {
    const other = masterKey('two')
    const fault = await faultOf(await bytesOf(SECTIONS), other)
    expect(fault).toBe(
      `the backup was sealed with the key ${MASTER.id} and this one is ${other.id}: use the key file or SLUICE_KEY of the installation that was backed up.`,
    )
  })

  it('refuses a file that is none, and one of a newer version', async () => {
    expect(await faultOf(Buffer.from('hello'))).toContain('is no backup of sluice')
    expect(await faultOf(Buffer.alloc(1000))).toContain('is no backup of sluice')
    const newer = await bytesOf(SECTIONS)
    newer.writeUInt16LE(2, 8)
    expect(await faultOf(newer)).toContain('was written by a newer sluice')
  })
})
