import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { createCommitter } from './commit.ts'
import { createSegmentFolder } from './folder.ts'
import { nodeFs, type SpoolFs } from './fs.ts'
import { waitForLease } from './lease.ts'
import { createSpoolReader, type Chunk, type ReadLimits } from './reader.ts'
import { createRecent } from './recent.ts'
import { recover } from './recover.ts'
import { HEADER_BYTES, spoolKey, type Position } from './segment.ts'
import { openSetAside } from './set-aside.ts'

export { SpoolBroken, SpoolFull } from './failure.ts'
export type { Chunk, ReadLimits } from './reader.ts'
export type { Position } from './segment.ts'

/** What is accepted is kept here, sealed and on disk, until the loader has proved it is in the database. */
export interface Spool {
  /**
   * Keeps one or more encoded records. Resolves, with the position after the block they are in, once they are on disk;
   * rejects with SpoolFull or SpoolBroken when they are not kept: then none of them is.
   */
  append(lines: string, records: number): Promise<Position>
  /** Resolves when all that was appended so far is on disk, rejects when some of it is refused. */
  settled(): Promise<unknown>
  /** The position after the last record on disk. */
  position(): Position
  /** Whether an append would be kept, as far as is known. */
  canAccept(): boolean
  /** Reads on from a position, in whole blocks. Rejects with Error when no block begins there. */
  read(from: Position, limits: ReadLimits): Promise<Chunk>
  /** Resolves when there are records at or after a position, or when the signal ends the waiting. */
  beyond(position: Position, signal: AbortSignal): Promise<void>
  /** When the block at a position was committed, in monotonic milliseconds; undefined when it is not in memory. */
  waitingSince(position: Position): number | undefined
  /** Gives back the space of what lies below a position. The cursor that says so must be durable. */
  release(upTo: Position): Promise<void>
  /** Keeps a text for people to look at, sealed; a set of the same name is replaced. */
  setAside(name: string, text: string): Promise<void>
  stats(): SpoolStats
  /** Commits what was appended, closes the files and gives up the lease. Can be called more than once. */
  close(): Promise<void>
}

export interface SpoolStats {
  segments: number
  /** On the disk, with what is pre-allocated. */
  bytes: number
  maxBytes: number
  /** Unloaded records in memory. */
  memoryBytes: number
  /** Records that wait for the disk. */
  pendingBytes: number
  blocks: number
  syncs: number
  /** Blocks that could not be opened, and the records that were in them. */
  corruptBlocks: number
  lostRecords: number
}

export interface SpoolLimits {
  /** Size of a segment. Default 64 MiB. */
  segmentBytes: number
  /** Size of the first segment of a start. Default 8 MiB. */
  firstSegmentBytes: number
  /** Most bytes on the disk. Default 10 GiB; never more than 80 % of what is free or its own. */
  maxBytes: number
  /** Unloaded records held in memory for the loader. Default 64 MiB. */
  memoryBytes: number
  /** Records that may wait for the disk. Default 64 MiB. */
  pendingBytes: number
  /** Text of one block, unless a single append has more. Default 1 MiB. */
  blockBytes: number
  /** A commit begins no sooner than this after the one before; one alone does not wait. Default 2 ms. */
  gatherMs: number
}

const MIB = 1024 * 1024
const DEFAULT_LIMITS: SpoolLimits = {
  segmentBytes: 64 * MIB,
  firstSegmentBytes: 8 * MIB,
  maxBytes: 10 * 1024 * MIB,
  memoryBytes: 64 * MIB,
  pendingBytes: 64 * MIB,
  blockBytes: MIB,
  gatherMs: 2,
}

export interface SpoolOptions {
  folder: string
  /** 32 bytes, for this purpose alone. */
  key: Uint8Array
  /** Keys that segments written earlier may need. */
  previousKeys?: readonly Uint8Array[]
  /**
   * What the cursor has given out: no new record comes below it. Asked for once the folder is this spool's alone.
   * Default 0.
   */
  notBelow?: () => Promise<Position>
  /** How long to wait for a folder that another process holds, in milliseconds. Default 0. */
  leaseWaitMs?: number
  clock: Clock
  log: Log
  fs?: SpoolFs
  limits?: Partial<SpoolLimits>
  /** Sleeps, until the signal ends it. For tests. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

/**
 * Opens the spool of a folder, which it makes where there is none. Rejects with UserError when another process holds
 * it, when it was sealed with another key, or when a newer version wrote it; then nothing in it has been changed.
 */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { folder } = options
  const fs = options.fs ?? nodeFs
  await fs.makeFolder(folder)
  const endLease = await waitForLease(() => fs.lease(folder), options.leaseWaitMs ?? 0)
  try {
    return await open(options, fs, endLease)
  } catch (error) {
    await endLease()
    throw error
  }
}

async function open(options: SpoolOptions, fs: SpoolFs, endLease: () => Promise<void>): Promise<Spool> {
  const { folder, clock, log } = options
  const key = spoolKey(options.key)
  const keys = [key, ...(options.previousKeys ?? []).map(spoolKey)]
  const limits = settle(options.limits ?? {})
  const recovered = await recover({
    fs,
    folder,
    keys,
    log,
    leastSpareBytes: limits.firstSegmentBytes,
    notBelow: (await options.notBelow?.()) ?? 0,
  })
  const aside = await openSetAside(fs, folder, key)
  const segmentFolder = createSegmentFolder({
    ...limits,
    fs,
    folder,
    key,
    clock,
    log,
    recovered,
    otherBytes: () => aside.bytes(),
  })
  const wait = options.wait ?? pause
  const recent = createRecent(limits.memoryBytes)
  let watchers: { position: Position; resolve: () => void }[] = []

  const committer = createCommitter({
    ...limits,
    folder: segmentFolder,
    position: recovered.position,
    clock,
    log,
    wait,
    onCommit(block) {
      recent.add(block)
      const end = block.first + block.records
      if (watchers.length === 0) return
      for (const { position, resolve } of watchers) if (position < end) resolve()
      watchers = watchers.filter(({ position }) => position >= end)
    },
    appendBytes: limits.firstSegmentBytes - 2 * HEADER_BYTES,
  })
  const reader = createSpoolReader({
    fs,
    log,
    segments: segmentFolder.segments,
    position: committer.position,
    known: segmentFolder.known,
    wait,
    recent: recent.at,
  })
  await committer.open()

  let closing: Promise<void> | undefined
  async function close(): Promise<void> {
    await committer.close()
    await segmentFolder.close()
    await reader.close()
    await endLease()
  }

  return {
    append: committer.append,
    settled: committer.settled,
    position: committer.position,
    canAccept: committer.canAccept,
    read: reader.read,
    async beyond(position, signal) {
      if (committer.position() > position || signal.aborted) return
      await new Promise<void>((resolve) => {
        const watcher = {
          position,
          resolve() {
            signal.removeEventListener('abort', leave)
            resolve()
          },
        }
        function leave(): void {
          watchers = watchers.filter((other) => other !== watcher)
          resolve()
        }
        watchers.push(watcher)
        signal.addEventListener('abort', leave, { once: true })
      })
    },
    waitingSince: (position) => recent.at(position)?.since,
    async release(upTo) {
      recent.release(upTo)
      await segmentFolder.release(upTo)
      committer.retry()
    },
    setAside: aside.write,
    stats() {
      const { blocks, syncs } = committer.counts()
      const damage = reader.damage()
      return {
        segments: segmentFolder.segments.length,
        bytes: segmentFolder.bytes(),
        maxBytes: limits.maxBytes,
        memoryBytes: recent.bytes(),
        pendingBytes: committer.pendingBytes(),
        blocks,
        syncs,
        corruptBlocks: damage.blocks,
        lostRecords: damage.records,
      }
    },
    close: () => (closing ??= close()),
  }
}

/** Fills in the defaults and makes the sizes fit each other. */
function settle(given: Partial<SpoolLimits>): SpoolLimits {
  const limits = { ...DEFAULT_LIMITS, ...given }
  limits.segmentBytes = Math.min(limits.segmentBytes, Math.floor(limits.maxBytes / 4))
  limits.firstSegmentBytes = Math.min(limits.firstSegmentBytes, limits.segmentBytes)
  limits.blockBytes = Math.min(limits.blockBytes, limits.firstSegmentBytes - 2 * HEADER_BYTES)
  return limits
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal, ref: false })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
