import { open, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createSealer, readChunks } from '../../../server/backup/seal.ts'
import { folder, MASTER } from './rig.ts'

const CHUNKS = ['one', 'two', 'three'].map((text) => Buffer.from(text))

/** A file with these chunks, the last of which is the last, and how long it was after each. */
async function sealed(): Promise<{ file: FileHandle; lengths: number[] }> {
  const file = await open(path.join(folder(), 'one'), 'wx+')
  const sealer = await createSealer(file, MASTER)
  const lengths: number[] = []
  for (const [index, chunk] of CHUNKS.entries()) {
    await sealer.write(chunk, index === CHUNKS.length - 1)
    lengths.push((await file.stat()).size)
  }
  return { file, lengths }
}

async function read(file: FileHandle): Promise<string[]> {
  const found: string[] = []
  for await (const chunk of readChunks(file, MASTER, 'it')) found.push(chunk.toString())
  return found
}

describe('sealed chunks', () => {
  it('come back in their order, and none after the last', async () => {
    const { file } = await sealed()
    expect(await read(file)).toEqual(['one', 'two', 'three'])
    const sealer = await createSealer(file, MASTER)
    await sealer.write(Buffer.from('last'), true)
    await expect(sealer.write(Buffer.from('more'), false)).rejects.toThrow('a chunk after the last')
    await file.close()
  })

  it('R4.6 are not taken for all of them where the file was cut at the end of one', async () => {
    const { file, lengths } = await sealed()
    for (const length of lengths.slice(0, -1).toReversed()) {
      await file.truncate(length)
      await expect(read(file)).rejects.toThrow('it is damaged or not whole')
    }
    await file.close()
  })
})
