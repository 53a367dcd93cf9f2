import type { Clock } from '../clock.ts'
import { describe, type Log } from '../log.ts'
import { SpoolBroken, SpoolFull } from './failure.ts'
import type { ActiveSegment, SegmentFolder } from './folder.ts'
import type { RecentBlock } from './recent.ts'
import { blockBytes, sealBlock, type Position } from './segment.ts'

/**
 * Group commit. While one sync is under way, records gather in the next block; a block is sealed once, written once
 * and synced once, and everybody whose records are in it waits for the same promise. Records are written as text
 * straight into the block: nothing is made for a single record.
 */
export interface Committer {
  append: (lines: string, records: number) => Promise<Position>
  /** Resolves when all that was appended so far is on disk; rejects when some of it is refused. */
  settled: () => Promise<unknown>
  position: () => Position
  canAccept: () => boolean
  /** Tries at once what a refusal had put off: there is room again. */
  retry(): void
  pendingBytes(): number
  /** Blocks that are on disk, and syncs, with those that failed. */
  counts(): { blocks: number; syncs: number }
  /** Gets ready for the first append. Without room it refuses appends until there is some. */
  open(): Promise<void>
  /** Commits what has been appended, then lets go of the disk. */
  close(): Promise<void>
}

export interface CommitterOptions {
  folder: SegmentFolder
  /** Position of the first record to come. */
  position: Position
  clock: Clock
  log: Log
  /** Sleeps, until the signal ends it. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>
  /** Called with each block that is on disk, before its appends are answered. */
  onCommit: (block: RecentBlock) => void
  /** A block takes up to this much text; a larger append gets a block of its own. */
  blockBytes: number
  /** A commit begins no sooner than this after the one before. */
  gatherMs: number
  /** Text that may wait for the disk; beyond it appends are refused. */
  pendingBytes: number
  /** Largest text of one append. */
  appendBytes: number
}

/** A block that takes no more records. */
interface ClosedBlock extends Waiting {
  readonly lines: Buffer
  readonly records: number
}

interface Waiting {
  readonly promise: Promise<Position>
  readonly resolve: (position: Position) => void
  readonly reject: (reason: Error) => void
}

function startWaiting(): Waiting {
  let settle: Pick<Waiting, 'resolve' | 'reject'> | undefined
  const promise = new Promise<Position>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { promise, ...(settle as unknown as Pick<Waiting, 'resolve' | 'reject'>) }
}

/** After a refusal the disk is tried again this often. */
const RETRY_MS = 1_000
/** The next segment is made once this share of the active one is used. */
const PREPARE_AT = 0.25

export function createCommitter(options: CommitterOptions): Committer {
  const { folder, clock, log } = options
  let position = options.position
  let active: ActiveSegment | undefined
  // The block that gathers.
  const gather = Buffer.allocUnsafe(options.blockBytes)
  let length = 0
  let records = 0
  let waiting: Waiting | undefined
  /** Blocks that wait for the sync under way. */
  const queue: ClosedBlock[] = []
  let queuedBytes = 0
  /** The block being written and synced; undefined when the disk is idle. */
  let current: ClosedBlock | undefined
  let isScheduled = false
  /** When the last commit began. */
  let began = -Infinity
  let sealed = Buffer.allocUnsafe(blockBytes(options.blockBytes))
  let refusal: SpoolFull | SpoolBroken | undefined
  let healing: Promise<void> | undefined
  let wake = new AbortController()
  const closing = new AbortController()
  const counts = { blocks: 0, syncs: 0 }

  function append(lines: string, count: number): Promise<Position> {
    if (refusal) return Promise.reject(refusal)
    // A UTF-16 unit takes at most three bytes; only near the end of the block is it worth measuring.
    if (lines.length * 3 > gather.length - length) {
      const size = Buffer.byteLength(lines)
      if (size > options.appendBytes) return Promise.reject(new Error('too many records in one append'))
      if (queuedBytes + size > options.pendingBytes) {
        return Promise.reject(new SpoolFull('more records wait for the disk than there is memory for'))
      }
      if (size > gather.length - length) closeBlock()
      if (size > gather.length) return appendAlone(lines, count)
    }
    waiting ??= startWaiting()
    const { promise } = waiting
    length += gather.write(lines, length)
    records += count
    schedule()
    return promise
  }

  function appendAlone(lines: string, count: number): Promise<Position> {
    const block = { ...startWaiting(), lines: Buffer.from(lines), records: count }
    enqueue(block)
    schedule()
    return block.promise
  }

  function closeBlock(): void {
    if (!waiting) return
    enqueue({ ...waiting, lines: Buffer.from(gather.subarray(0, length)), records })
    length = 0
    records = 0
    waiting = undefined
  }

  function enqueue(block: ClosedBlock): void {
    queue.push(block)
    queuedBytes += block.lines.length
  }

  /**
   * Not at once: what arrives in the same turn of the event loop goes into the same block, and under load what arrives
   * until the last commit is `gatherMs` old. A commit costs as much as several requests, however many are in it.
   */
  function schedule(): void {
    if (isScheduled || current) return
    isScheduled = true
    const left = pauseMs()
    if (left > 0) setTimeout(begin, left)
    else setImmediate(begin)
  }

  /** How long the next commit has to wait still. */
  function pauseMs(): number {
    return Math.max(0, began + options.gatherMs - clock.monotonic())
  }

  function begin(): void {
    isScheduled = false
    if (queue.length === 0) closeBlock()
    current = queue.shift()
    if (!current) return
    began = clock.monotonic()
    queuedBytes -= current.lines.length
    attempt(current, true)
  }

  /** Writes a block and syncs it: one sealing, one write, one sync. */
  function attempt(block: ClosedBlock, mayRetry: boolean): void {
    const target = active
    const size = blockBytes(block.lines.length)
    if (!target || target.offset + size > target.segment.size) {
      advance().then(
        () => attempt(block, mayRetry),
        (error: unknown) => refuse(error),
      )
      return
    }
    const { lines } = block
    const time = Math.floor(clock.now() / 1000)
    const place = {
      number: target.blocks,
      first: position,
      records: block.records,
      length: lines.length,
      time,
    }
    try {
      if (sealed.length < size) sealed = Buffer.allocUnsafe(size)
      sealBlock(sealed, 0, target.key, place, lines)
      target.file.write(sealed, size, target.offset)
    } catch (error) {
      void fail(block, error, mayRetry)
      return
    }
    target.file.sync((error) => {
      counts.syncs++
      if (error) void fail(block, error, mayRetry)
      else finish(block, target, size, time)
    })
  }

  function finish(block: ClosedBlock, target: ActiveSegment, size: number, time: number): void {
    current = undefined
    counts.blocks++
    target.offset += size
    target.blocks++
    target.segment.end = target.offset
    const first = position
    position += block.records
    options.onCommit({ first, records: block.records, time, lines: block.lines, since: clock.monotonic() })
    block.resolve(position)
    if (waiting || queue.length > 0) {
      // Where syncs take longer than the pause: at once, so that the disk works while those who waited are answered.
      if (pauseMs() === 0) begin()
      else schedule()
    }
    if (target.offset > target.segment.size * PREPARE_AT) folder.prepare()
  }

  async function advance(): Promise<void> {
    const full = active
    active = undefined
    if (full) await folder.retire(full)
    active = await folder.activate(position)
  }

  /**
   * After a failed write or sync nobody can tell what of the segment's last pages is on disk, and a sync that is tried
   * again may succeed without having written them. So the segment is left as it is and its last block goes once more
   * to a new one, whose header makes void what the old one may hold of it.
   */
  async function fail(block: ClosedBlock, error: unknown, mayRetry: boolean): Promise<void> {
    log.error({ err: describe(error) }, 'the disk refused a commit of the spool')
    const failed = active
    active = undefined
    if (failed) await folder.retire(failed)
    if (mayRetry) attempt(block, false)
    else refuse(error)
  }

  /** Refuses everything that waits, so that what is answered later never stands on something that failed. */
  function refuse(error: unknown): void {
    refusal =
      error instanceof SpoolFull ? error : new SpoolBroken('the disk of the spool failed', { cause: error })
    closeBlock()
    const refused = current ? [current, ...queue] : [...queue]
    current = undefined
    queue.length = 0
    queuedBytes = 0
    for (const block of refused) block.reject(refusal)
    healing ??= heal()
  }

  async function heal(): Promise<void> {
    while (refusal && !closing.signal.aborted) {
      await options.wait(RETRY_MS, wake.signal)
      wake = new AbortController()
      if (closing.signal.aborted) break
      try {
        await folder.ensure()
        log.info({}, 'the spool takes records again')
        refusal = undefined
      } catch (error) {
        log.warn({ err: describe(error) }, 'the spool cannot take records yet')
      }
    }
    healing = undefined
  }

  function settled(): Promise<unknown> {
    // Blocks are committed in order and refused together: the last one stands for all before it.
    return waiting?.promise ?? queue.at(-1)?.promise ?? current?.promise ?? Promise.resolve()
  }

  return {
    append,
    settled,
    position: () => position,
    canAccept: () => refusal === undefined,
    retry: () => wake.abort(),
    pendingBytes: () => length + queuedBytes,
    counts: () => ({ ...counts }),
    async open() {
      try {
        await folder.ensure()
      } catch (error) {
        log.error({ err: describe(error) }, 'the spool cannot take records yet')
        refuse(error)
      }
    },
    async close() {
      closing.abort()
      refusal ??= new SpoolFull('the spool is closed')
      // What was appended before is still committed; who appended it hears of a failure.
      await settled().catch(() => undefined)
      wake.abort()
      await healing
      if (active) await folder.retire(active)
      active = undefined
    },
  }
}
