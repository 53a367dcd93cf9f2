import { open, readdir, stat, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { readCursor, spoolBitsOf } from '../load/cursor.ts'
import { createBlockReader } from '../spool/blocks.ts'
import { codeOf } from '../spool/failure.ts'
import { nodeFs, type SpoolFile, type SpoolFs } from '../spool/fs.ts'
import { segmentFile } from '../spool/recover.ts'
import { HEADER_BYTES, readHeader, spoolKey, type SegmentHeader, type SpoolKey } from '../spool/segment.ts'
import { listSetAside, readSetAside } from '../spool/set-aside.ts'
import type { Section } from './archive.ts'

/**
 * Reads a spool as it lies in its folder, while the server that owns it may be writing: no lease is taken and nothing
 * is changed. What was answered is in the files whole; of what is being written a torn end is passed over.
 */

/** Which spool, and up to which position it was loaded when it was looked at. */
export interface SpoolPlace {
  readonly id: number
  readonly loaded: number
}

/** Records in whole blocks. */
export interface SpoolRecords {
  readonly lines: Buffer
  readonly rows: number
  /** When the first of them was committed, Unix seconds. */
  readonly time: number
  /** Blocks before these that could not be read. */
  readonly missed: number
}

/**
 * The spool's owner removes segments at any moment: what is gone by the time it is looked at is not listed. Files are
 * opened to read only: a saved spool may lie on a disk that nothing can be written to.
 */
export const liveFs: SpoolFs = {
  ...nodeFs,
  open: async (file) => readOnly(await open(file, 'r')),
  async list(folder) {
    const files: { name: string; size: number }[] = []
    for (const name of await readdir(folder)) {
      const size = await unlessGone(async () => (await stat(path.join(folder, name))).size)
      if (size !== undefined) files.push({ name, size })
    }
    return files
  },
}

function refuse(): never {
  throw new Error('a spool that is only read cannot be written')
}

function readOnly(handle: FileHandle): SpoolFile {
  return {
    write: refuse,
    sync: refuse,
    allocate: refuse,
    truncate: refuse,
    async read(bytes, position) {
      let done = 0
      for (let read = -1; read !== 0 && done < bytes.length; done += read) {
        read = (await handle.read(bytes, done, bytes.length - done, position + done)).bytesRead
      }
      return done
    },
    close: () => handle.close(),
  }
}

async function unlessGone<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Undefined where nothing was ever kept. */
export async function placeOfSpool(folder: string): Promise<SpoolPlace | undefined> {
  const state = await unlessGone(() => readCursor(folder, liveFs))
  return state && { id: spoolBitsOf(state), loaded: state.loaded }
}

/** Records of one section. A block has 8 MiB at most, ordinarily far less. */
const SECTION_BYTES = 4 * 1024 * 1024

/** The records at and after a position, in their order. Throws UserError when they were sealed with another key. */
export async function* readRecords(
  folder: string,
  secret: Uint8Array,
  from: number,
): AsyncGenerator<SpoolRecords> {
  const segments = await readSegments(folder, spoolKey(secret))
  let pieces: Buffer[] = []
  let [bytes, rows, missed, time] = [0, 0, 0, 0]
  const gathered = (): SpoolRecords => {
    const records = { lines: Buffer.concat(pieces), rows, time, missed }
    pieces = []
    ;[bytes, rows, missed] = [0, 0, 0]
    return records
  }
  for (const [index, { number, header, size }] of segments.entries()) {
    // What an earlier segment holds from where the next begins was refused and written again there.
    const upper = segments[index + 1]?.header.first ?? Infinity
    if (upper <= from) continue
    const file = await unlessGone(() => liveFs.open(segmentFile(folder, number)))
    // Loaded meanwhile, and removed: its rows are in the database, which is read later.
    if (!file) continue
    const reader = createBlockReader(file, header.key)
    try {
      for (;;) {
        const block = await reader.next(size, from, false)
        if (!block || block.first >= upper) break
        if (rows === 0) ({ time } = block)
        pieces.push(block.lines)
        bytes += block.lines.length
        rows += block.records
        missed += block.missed
        if (bytes >= SECTION_BYTES) yield gathered()
      }
    } finally {
      await reader.close()
    }
  }
  if (rows > 0) yield gathered()
}

interface FoundSegment {
  readonly number: number
  readonly header: SegmentHeader
  readonly size: number
}

const NAME = /^seg-(\d{16})\.spool$/

/** Headers before blocks: a segment that begins later holds nothing that was answered before. */
async function readSegments(folder: string, key: SpoolKey): Promise<FoundSegment[]> {
  const found: FoundSegment[] = []
  for (const { name, size } of await liveFs.list(folder)) {
    const digits = NAME.exec(name)?.[1]
    if (digits === undefined) continue
    const number = Number(digits)
    const file = await unlessGone(() => liveFs.open(segmentFile(folder, number)))
    if (!file) continue
    const bytes = Buffer.alloc(HEADER_BYTES)
    try {
      await file.read(bytes, 0)
    } finally {
      await file.close()
    }
    const header = readHeader(bytes, [key], folder)
    if (typeof header !== 'string') found.push({ number, header, size })
  }
  return found.toSorted((a, b) => a.number - b.number)
}

/** The unloaded records of a spool and the rows it has set aside. */
export async function* dumpSpool(
  folder: string,
  secret: Uint8Array,
  place: SpoolPlace,
  onMissed: (blocks: number) => void,
): AsyncGenerator<Section> {
  for await (const { lines, rows, missed } of readRecords(folder, secret, place.loaded)) {
    if (missed > 0) onMissed(missed)
    yield { head: { part: 'spool', rows }, body: lines }
  }
  for (const name of await listSetAside(liveFs, folder)) {
    const text = await readSetAside(liveFs, folder, [spoolKey(secret)], name)
    yield { head: { part: 'aside', table: name, rows: text.split('\n').length }, body: Buffer.from(text) }
  }
}
