import type { SpoolFile } from './fs.ts'
import {
  ALIGNMENT,
  HEADER_BYTES,
  blockBytes,
  openBlock,
  readBlockHeader,
  type BlockHeader,
  type Position,
} from './segment.ts'

/** An authentic block, opened. */
export interface Block extends BlockHeader {
  /** Its records, in the order they were appended. */
  readonly lines: Buffer
  /** Where it ends in the segment. */
  readonly end: number
  /** Blocks before it that should be there and could not be opened. */
  readonly missed: number
}

/** Reads the blocks of one segment in their order. */
export interface BlockReader {
  /**
   * The next authentic block that ends at or before `limit` bytes, passing over those that end at or below the
   * position `from`. What is damaged is stepped over: the search goes on at each place where a block could begin.
   * Undefined when there is none, and then a later call with a larger limit goes on from the same place.
   *
   * What the disk refuses to read counts as damaged when `isPatient` is false; otherwise the call rejects with the
   * disk's error and can be made again.
   */
  next(limit: number, from: Position, isPatient: boolean): Promise<Block | undefined>
  /** Whether the disk refused to read a part of it, which may be readable another time. */
  wasRefused(): boolean
  close(): Promise<void>
}

/** One read of the disk fetches this much. */
const WINDOW_BYTES = 1024 * 1024

export function createBlockReader(file: SpoolFile, key: Buffer): BlockReader {
  let offset = HEADER_BYTES
  let number = 0
  let window = Buffer.alloc(0)
  let windowStart = 0
  let refused = false

  /** Has `length` bytes from `at` in the window, as far as the disk gives them; false when it does not. */
  async function fetch(at: number, length: number, limit: number, isPatient: boolean): Promise<boolean> {
    if (at >= windowStart && at + length <= windowStart + window.length) return true
    const wanted = Math.min(Math.max(length, WINDOW_BYTES), limit - at)
    for (const size of wanted > length ? [wanted, length] : [length]) {
      const bytes = Buffer.allocUnsafe(size)
      let read = 0
      try {
        read = await file.read(bytes, at)
      } catch (error) {
        if (size > length) continue
        // An unreadable sector, now that the smaller read has failed as well.
        if (isPatient) throw error
        refused = true
        continue
      }
      window = bytes.subarray(0, read)
      windowStart = at
      return read >= length
    }
    return false
  }

  return {
    async next(limit, from, isPatient) {
      for (let at = offset; at + ALIGNMENT <= limit;) {
        const header = (await fetch(at, ALIGNMENT, limit, isPatient))
          ? readBlockHeader(window, at - windowStart)
          : undefined
        const size = header ? blockBytes(header.length) : 0
        if (!header || header.number < number || at + size > limit) {
          at += ALIGNMENT
          continue
        }
        const missed = header.number - number
        // Its header is intact and follows the one before: nothing is lost by not opening what is not wanted.
        const unwanted = missed === 0 && header.first + header.records <= from
        const readable = unwanted || (await fetch(at, size, limit, isPatient))
        const lines = unwanted ? NOTHING : readable && openBlock(window, at - windowStart, key, header)
        if (!lines) {
          at += ALIGNMENT
          continue
        }
        at += size
        offset = at
        number = header.number + 1
        if (!unwanted) return { ...header, lines, end: at, missed }
      }
      return undefined
    },
    wasRefused: () => refused,
    close: () => file.close(),
  }
}

const NOTHING = Buffer.alloc(0)
