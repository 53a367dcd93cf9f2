import { describe, type Log } from '../log.ts'
import { createBlockReader, type BlockReader } from './blocks.ts'
import type { SpoolFs } from './fs.ts'
import type { Segment } from './recover.ts'
import type { Position } from './segment.ts'

/** Records in the order they were appended, in whole blocks. */
export interface Chunk {
  readonly from: Position
  /** Where to go on. More than `from + records` where records were lost to damage. */
  readonly to: Position
  /** Each holds one or more records, encoded. */
  readonly blocks: readonly Buffer[]
  readonly records: number
  /** When the first of them was committed, Unix time in seconds; undefined without records. */
  readonly time: number | undefined
}

export interface ReadLimits {
  /** Most records, unless the first block alone has more. */
  records: number
  /** Most bytes, unless the first block alone has more. */
  bytes: number
  /** Reads nothing at or after this position. Default: all that is committed. */
  upTo?: Position
}

export interface SpoolReader {
  /** Reads on from a position at which a block begins. Rejects with Error when none begins there. */
  read: (from: Position, limits: ReadLimits) => Promise<Chunk>
  /** Blocks that could not be opened, and the records they held. */
  damage(): { blocks: number; records: number }
  close(): Promise<void>
}

/** A committed block as the reader hands it on. */
export interface CommittedBlock {
  readonly first: Position
  readonly records: number
  readonly time: number
  readonly lines: Buffer
}

/** What the disk refuses to read is tried this often, with pauses that double from this. */
const READ_ATTEMPTS = 5
const READ_PAUSE_MS = 200
const NEVER = new AbortController().signal

export function createSpoolReader(options: {
  fs: SpoolFs
  log: Log
  segments: readonly Segment[]
  /** The position after the last committed record. */
  position: () => Position
  /** Up to where records are known to have been, when no segment has begun since the start. */
  known: () => Position
  wait: (ms: number, signal: AbortSignal) => Promise<void>
  /** A committed block that is still in memory. */
  recent: (first: Position) => CommittedBlock | undefined
}): SpoolReader {
  const { fs, log, segments } = options
  let open: { segment: Segment; reader: BlockReader; at: Position } | undefined
  let busy: Promise<unknown> = Promise.resolve()
  /** A block that did not fit in the last chunk: it was read from the disk once already. */
  let held: CommittedBlock | undefined
  const damage = { blocks: 0, records: 0 }
  /** Damage below this position is counted already: a range can be read twice. */
  let countedTo: Position = 0

  /**
   * The segment that holds a position, none in a gap; where the next one begins; and up to where records are known to
   * have been.
   */
  function placeOf(at: Position): { segment: Segment | undefined; upper: Position; known: Position } {
    let segment: Segment | undefined
    for (const candidate of segments) {
      if (!candidate.header) continue
      const { first, known } = candidate.header
      if (first > at) return { segment, upper: first, known }
      segment = candidate
    }
    const tail = options.position()
    return { segment, upper: tail, known: Math.min(tail, options.known()) }
  }

  function lose(
    loss: { from: Position; to: Position; records: number; blocks: number },
    segment?: Segment,
  ): void {
    if (segment) segment.damaged = true
    if (loss.from < countedTo) return
    countedTo = loss.to
    damage.blocks += loss.blocks
    damage.records += loss.records
    log.error({ segment: segment?.number, ...loss }, 'records of the spool cannot be read')
  }

  async function closeReader(): Promise<void> {
    const closing = open?.reader
    open = undefined
    await closing?.close()
  }

  /** The first block at or after a position; undefined when nothing readable is left. */
  async function fromDisk(from: Position): Promise<CommittedBlock | undefined> {
    if (held?.first === from) return held
    for (let at = from; ;) {
      const tail = options.position()
      if (at >= tail) return undefined
      const { segment, upper, known } = placeOf(at)
      const block = segment && (await patiently(segment, at, segment.end))
      if (!block || block.first >= upper) {
        // Each position known of was committed before the next segment began, so what is not here was lost.
        lose({ from: at, to: upper, records: Math.max(0, known - at), blocks: 1 }, segment)
        at = upper
        continue
      }
      if (block.first < at) throw new Error(`no block of the spool begins at position ${at}`)
      if (block.first > at) {
        const records = block.first - at
        lose({ from: at, to: block.first, records, blocks: Math.max(block.missed, 1) }, segment)
      }
      return block
    }
  }

  /** A disk may fail to read what it can read a moment later: only then is it taken for lost. */
  async function patiently(segment: Segment, at: Position, limit: number): ReturnType<BlockReader['next']> {
    for (let attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
      try {
        return await nextOf(segment, at, limit, true)
      } catch (error) {
        log.warn({ segment: segment.number, attempt, err: describe(error) }, 'the spool cannot be read')
        await options.wait(READ_PAUSE_MS * 2 ** attempt, NEVER)
      }
    }
    return nextOf(segment, at, limit, false)
  }

  async function nextOf(
    segment: Segment,
    at: Position,
    limit: number,
    isPatient: boolean,
  ): ReturnType<BlockReader['next']> {
    if (open?.segment !== segment || open.at > at) {
      await closeReader()
      const key = segment.header?.key
      if (!key) return undefined
      open = {
        segment,
        reader: createBlockReader(await fs.open(segment.file), key),
        at: segment.header.first,
      }
    }
    const block = await open.reader.next(limit, at, isPatient)
    if (block) open.at = block.first + block.records
    return block
  }

  async function read(from: Position, limits: ReadLimits): Promise<Chunk> {
    // Only the next read can begin at it.
    if (held?.first !== from) held = undefined
    const end = Math.min(options.position(), limits.upTo ?? Infinity)
    const blocks: Buffer[] = []
    let [to, records, bytes] = [from, 0, 0]
    let time: number | undefined
    while (to < end) {
      const block = options.recent(to) ?? (await fromDisk(to))
      if (!block || block.first >= end) {
        to = end
        break
      }
      const isOver = records + block.records > limits.records || bytes + block.lines.length > limits.bytes
      if (records > 0 && isOver) {
        held = block
        to = block.first
        break
      }
      time ??= block.time
      blocks.push(block.lines)
      records += block.records
      bytes += block.lines.length
      to = block.first + block.records
    }
    return { from, to, blocks, records, time }
  }

  return {
    read(from, limits) {
      const reading = busy.then(() => read(from, limits))
      busy = reading.catch(() => undefined)
      return reading
    },
    damage: () => ({ ...damage }),
    async close() {
      await busy
      await closeReader()
    },
  }
}
