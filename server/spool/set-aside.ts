import path from 'node:path'
import type { SpoolFile, SpoolFs } from './fs.ts'
import { createBlockReader } from './blocks.ts'
import { HEADER_BYTES, blockBytes, makeHeader, readHeader, sealBlock, type SpoolKey } from './segment.ts'

/**
 * Text that is set aside for people to look at: records that the database refuses. Each set is a file of its own in
 * the form of a segment, sealed with the same key, written whole or not at all; writing a set again replaces it, so
 * that a repetition after a crash adds nothing.
 */
export interface SetAside {
  write: (name: string, text: string) => Promise<void>
  bytes(): number
}

const PREFIX = 'aside-'
const DRAFT = '.draft'
const PIECE_BYTES = 1024 * 1024

export async function openSetAside(fs: SpoolFs, folder: string, key: SpoolKey): Promise<SetAside> {
  const sizes = new Map<string, number>()
  for (const { name, size } of await fs.list(folder)) {
    if (!name.startsWith(PREFIX)) continue
    if (name.endsWith(DRAFT)) await fs.remove(path.join(folder, name))
    else sizes.set(name, size)
  }
  return {
    async write(name, text) {
      sizes.set(PREFIX + name, await writeSetAside(fs, folder, key, name, text))
    },
    bytes: () => [...sizes.values()].reduce((sum, size) => sum + size, 0),
  }
}

/** Writes a set, also where a server has the folder: it rewrites none whose batch is loaded. Answers its bytes. */
export async function writeSetAside(
  fs: SpoolFs,
  folder: string,
  key: SpoolKey,
  name: string,
  text: string,
): Promise<number> {
  const file = path.join(folder, PREFIX + name)
  const sealed = sealText(key, text)
  const draft = await fs.create(file + DRAFT)
  try {
    draft.write(sealed, sealed.length, 0)
    await new Promise<void>((resolve, reject) => {
      draft.sync((error) => (error ? reject(error) : resolve()))
    })
  } catch (error) {
    await fs.remove(file + DRAFT)
    throw error
  } finally {
    await draft.close()
  }
  await fs.rename(file + DRAFT, file)
  await fs.syncFolder(folder)
  return sealed.length
}

/** Removes a set of which nothing is left. */
export async function removeSetAside(fs: SpoolFs, folder: string, name: string): Promise<void> {
  await fs.remove(path.join(folder, PREFIX + name))
  await fs.syncFolder(folder)
}

function sealText(key: SpoolKey, text: string): Buffer {
  const { bytes, header } = makeHeader(key, { number: 0, first: 0, known: 0 })
  const plain = Buffer.from(text)
  const parts = [bytes]
  for (let at = 0; at < plain.length; at += PIECE_BYTES) {
    const piece = plain.subarray(at, at + PIECE_BYTES)
    const sealed = Buffer.alloc(blockBytes(piece.length))
    const block = {
      number: parts.length - 1,
      first: at,
      records: piece.length,
      length: piece.length,
      time: 0,
    }
    sealBlock(sealed, 0, header.key, block, piece)
    parts.push(sealed)
  }
  return Buffer.concat(parts)
}

/** Names of the sets in a folder, oldest name first. */
export async function listSetAside(fs: SpoolFs, folder: string): Promise<string[]> {
  const names = (await fs.list(folder)).map(({ name }) => name)
  return names
    .filter((name) => name.startsWith(PREFIX) && !name.endsWith(DRAFT))
    .map((name) => name.slice(PREFIX.length))
    .toSorted()
}

/** The text of a set, as far as it can still be read. Throws UserError when it was sealed with another key. */
export async function readSetAside(
  fs: SpoolFs,
  folder: string,
  keys: readonly SpoolKey[],
  name: string,
): Promise<string> {
  const size = (await fs.list(folder)).find((entry) => entry.name === PREFIX + name)?.size ?? 0
  const file = await fs.open(path.join(folder, PREFIX + name))
  const parts: Buffer[] = []
  try {
    const reader = await openReader(file, keys, folder)
    for (;;) {
      const block = await reader?.next(size, 0, false)
      if (!block) break
      parts.push(block.lines)
    }
  } finally {
    await file.close()
  }
  return Buffer.concat(parts).toString('utf8')
}

async function openReader(
  file: SpoolFile,
  keys: readonly SpoolKey[],
  folder: string,
): Promise<ReturnType<typeof createBlockReader> | undefined> {
  const bytes = Buffer.alloc(HEADER_BYTES)
  await file.read(bytes, 0)
  const header = readHeader(bytes, keys, folder)
  return typeof header === 'string' ? undefined : createBlockReader(file, header.key)
}
