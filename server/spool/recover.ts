import path from 'node:path'
import { SORT_KEY_BYTES } from '../../schema/rows.ts'
import type { Log } from '../log.ts'
import { createBlockReader } from './blocks.ts'
import type { SpoolFile, SpoolFs } from './fs.ts'
import { HEADER_BYTES, readHeader, type Position, type SegmentHeader, type SpoolKey } from './segment.ts'

/** A segment that holds, or may hold, records. */
export interface Segment {
  readonly number: number
  readonly file: string
  /** Undefined: neither copy of its header can be read, so nothing in it can be opened. */
  readonly header: SegmentHeader | undefined
  /** Bytes it takes on the disk. */
  size: number
  /** Where the blocks end that may be read. */
  end: number
  /** Set once something in it could not be read: it is put aside instead of removed. */
  damaged: boolean
}

/** What a folder holds when it is opened. */
export interface Recovered {
  /** In the order of their numbers. */
  segments: Segment[]
  /** A pre-allocated segment that was never used. */
  spare: { number: number; file: string; size: number } | undefined
  /** The position for the next record. */
  position: Position
  /** Up to here records are known to be, or to have been. */
  known: Position
  /** The highest number ever used. */
  lastNumber: number
}

const NAME = /^seg-(\d{16})\.spool$/

export function segmentFile(folder: string, number: number): string {
  return path.join(folder, `seg-${String(number).padStart(16, '0')}.spool`)
}

/**
 * Reads what is there: the header of each segment, and the blocks of the last one only, so that a start takes as long
 * with ten gigabytes waiting as with none. The torn end of the last segment, which nobody was told of, is cut off.
 *
 * Throws UserError when a segment needs another key or a newer version; then nothing has been changed.
 */
export async function recover(options: {
  fs: SpoolFs
  folder: string
  keys: readonly SpoolKey[]
  log: Log
  /** Smallest segment worth keeping as a spare. */
  leastSpareBytes: number
  /** No new record comes below this position. */
  notBelow: Position
}): Promise<Recovered> {
  const { fs, log, notBelow } = options
  // What a killed process left in the page cache is read as if it were on the disk, so it has to get there first.
  await fs.syncFolder(options.folder)
  const found = await readHeaders(options)
  const lastNumber = found.at(-1)?.number ?? 0
  const segments: Segment[] = []
  const unused: Recovered['spare'][] = []
  for (const { number, file, size, header } of found) {
    if (header === 'unused') unused.push({ number, file, size })
    else if (header === 'damaged')
      segments.push({ number, file, header: undefined, size, end: 0, damaged: true })
    else segments.push({ number, file, header, size, end: size, damaged: false })
  }
  for (const { number } of segments.filter((segment) => segment.damaged)) {
    log.error({ segment: number }, 'the header of a spool segment cannot be read: what it holds is lost')
  }

  const lastUsed = segments.at(-1)?.number ?? 0
  let spare: Recovered['spare']
  for (const candidate of unused) {
    if (!candidate) continue
    // A pre-allocation that did not finish, or was overtaken, is made again when it is needed.
    const usable = candidate.size >= options.leastSpareBytes && candidate.number > lastUsed && !spare
    if (usable) spare = candidate
    else await fs.remove(candidate.file)
  }
  const { position, room } = await findEnd(fs, segments, log)
  const known = Math.max(position, notBelow)
  return { segments, spare, position: known + room, known, lastNumber }
}

/**
 * The position after the last record that can be read, and the room to leave in the numbers for records that may lie
 * behind it: what cannot be read now may have been given to the loader before, or be readable another time, and
 * positions are never given out twice.
 */
async function findEnd(
  fs: SpoolFs,
  segments: readonly Segment[],
  log: Log,
): Promise<{ position: Position; room: number }> {
  let room = 0
  for (const segment of segments.toReversed()) {
    if (segment.header) {
      const end = await cutTornEnd(fs, segment, segment.header, log)
      return { position: end.position, room: room + end.room }
    }
    room += mostRecords(segment.size)
  }
  return { position: 0, room }
}

/** A record is longer than what it is sorted by. */
function mostRecords(bytes: number): number {
  return Math.ceil(bytes / SORT_KEY_BYTES)
}

interface Found {
  number: number
  file: string
  size: number
  header: ReturnType<typeof readHeader>
}

async function readHeaders(options: {
  fs: SpoolFs
  folder: string
  keys: readonly SpoolKey[]
}): Promise<Found[]> {
  const { fs, folder, keys } = options
  const found: Found[] = []
  for (const { name, size } of await fs.list(folder)) {
    const digits = NAME.exec(name)?.[1]
    if (digits === undefined) continue
    const number = Number(digits)
    const file = segmentFile(folder, number)
    const bytes = await readStart(fs, file)
    found.push({ number, file, size, header: readHeader(bytes, keys, folder) })
  }
  return found.toSorted((a, b) => a.number - b.number)
}

/** The header area. Rejects when the disk can read neither copy: that may pass, and must not count as damage. */
async function readStart(fs: SpoolFs, name: string): Promise<Buffer> {
  const file = await fs.open(name)
  const bytes = Buffer.alloc(HEADER_BYTES)
  const half = HEADER_BYTES / 2
  try {
    const copies = await Promise.allSettled(
      [0, half].map((at) => file.read(bytes.subarray(at, at + half), at)),
    )
    for (const [index, copy] of copies.entries()) {
      if (copy.status === 'fulfilled') continue
      if (copies.every(({ status }) => status === 'rejected')) throw copy.reason
      // Neither a header nor empty: the other copy decides.
      bytes.fill(0xff, index * half, (index + 1) * half)
    }
  } finally {
    await file.close()
  }
  return bytes
}

/** Finds where the last segment ends, and the position after its last record; gives the rest of its space back. */
async function cutTornEnd(
  fs: SpoolFs,
  segment: Segment,
  header: SegmentHeader,
  log: Log,
): Promise<{ position: Position; room: number }> {
  const file = await fs.open(segment.file)
  const reader = createBlockReader(file, header.key)
  let position = header.first
  let end = HEADER_BYTES
  try {
    for (;;) {
      const block = await reader.next(segment.size, 0, false)
      if (!block) break
      position = block.first + block.records
      end = block.end
    }
    if (reader.wasRefused()) {
      segment.damaged = true
      log.error({ segment: segment.number }, 'a part of the last spool segment cannot be read from the disk')
      return { position, room: mostRecords(segment.size - end) }
    }
    segment.end = end
    await settleEnd(file, end)
    if (end < segment.size) {
      await file.truncate(end)
      log.info(
        { segment: segment.number, bytes: segment.size - end },
        'the unused end of a spool segment was cut off',
      )
      segment.size = end
    }
  } finally {
    await reader.close()
  }
  return { position, room: 0 }
}

/** More than one commit can have written: all of a segment that may not be on the disk. */
const UNSETTLED_BYTES = 16 * 1024 * 1024

/**
 * What a killed process left in the page cache was read as if it were on the disk, so it has to get there. It is
 * written once more before the sync: after a sync that failed, the pages count as clean although the disk lacks them.
 */
async function settleEnd(file: SpoolFile, end: number): Promise<void> {
  const from = Math.max(HEADER_BYTES, end - UNSETTLED_BYTES)
  for (const [start, stop] of [
    [0, HEADER_BYTES],
    [from, end],
  ] as const) {
    const bytes = Buffer.alloc(stop - start)
    if ((await file.read(bytes, start)) < bytes.length)
      throw new Error('the end of the spool cannot be read twice')
    file.write(bytes, bytes.length, start)
  }
  await new Promise<void>((resolve, reject) => {
    file.sync((error) => (error ? reject(error) : resolve()))
  })
}
