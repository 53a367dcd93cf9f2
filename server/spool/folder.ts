import path from 'node:path'
import type { Clock } from '../clock.ts'
import { describe, type Log } from '../log.ts'
import { SpoolFull, isOutOfSpace } from './failure.ts'
import type { SpoolFile, SpoolFs } from './fs.ts'
import { segmentFile, type Recovered, type Segment } from './recover.ts'
import { HEADER_BYTES, makeHeader, type Position, type SpoolKey } from './segment.ts'

/** The segment that commits go to. */
export interface ActiveSegment {
  readonly segment: Segment
  readonly key: Buffer
  readonly file: SpoolFile
  /** Where the next block goes, and its number. */
  offset: number
  blocks: number
}

/** The segment files of a spool: made ahead of need, used one after the other, removed once they are loaded. */
export interface SegmentFolder {
  /** In the order of their numbers, the active one last. */
  readonly segments: readonly Segment[]
  /**
   * Begins the next segment at a position, with a header that is written and not yet durable: the sync of its first
   * block makes both so. Rejects with SpoolFull when there is no room, or with the error of the file system.
   */
  activate(first: Position): Promise<ActiveSegment>
  /** Resolves once the next segment is there. Rejects as `activate` does. */
  ensure(): Promise<void>
  /** Makes the next segment in the background, so that no commit waits for it. After a failure it pauses. */
  prepare(): void
  /** Ends the use of the active segment. It goes away at once when nothing in it was ever committed. Never throws. */
  retire(active: ActiveSegment): Promise<void>
  /** Removes the segments whose records all lie below a position. */
  release(upTo: Position): Promise<void>
  /** What the header of the first segment of this start will say; Infinity once it is there. */
  known: () => Position
  /** Bytes on the disk. */
  bytes(): number
  /** Resolves when nothing is being made or removed any more. */
  close(): Promise<void>
}

export interface FolderOptions {
  fs: SpoolFs
  folder: string
  key: SpoolKey
  clock: Clock
  log: Log
  recovered: Recovered
  segmentBytes: number
  firstSegmentBytes: number
  maxBytes: number
  /** What else in the folder counts against `maxBytes`. */
  otherBytes: () => number
}

/** Share of its file system, filled or free, that the spool takes at most: what shares the disk must go on working. */
const MAX_SHARE = 0.8
/** After a segment could not be made in the background, it is tried again no sooner than this. */
const RETRY_MS = 1_000

/** Segments that were damaged are kept under another name for whoever looks into it, this many of them. */
const KEPT_DAMAGED = 4
const DAMAGED_SUFFIX = '.damaged'

export function createSegmentFolder(options: FolderOptions): SegmentFolder {
  const { fs, folder, key, log, recovered } = options
  const { segments } = recovered
  let spare = recovered.spare
  let { lastNumber, known } = recovered
  /** The first segment of a start is small, so that a start does not wait for a big one to be written. */
  let nextBytes = spare ? options.segmentBytes : options.firstSegmentBytes
  let notBefore = -Infinity
  let preparing: Promise<void> | undefined
  let releasing: Promise<void> = Promise.resolve()

  function bytes(): number {
    let sum = options.otherBytes() + (spare?.size ?? 0)
    for (const segment of segments) sum += segment.size
    return sum
  }

  async function makeSpare(): Promise<void> {
    const size = await roomFor([nextBytes, options.firstSegmentBytes])
    const number = ++lastNumber
    const name = segmentFile(folder, number)
    const file = await fs.create(name)
    try {
      await file.allocate(size)
      await fs.syncFolder(folder)
    } catch (error) {
      await removeDraft(name)
      throw isOutOfSpace(error) ? new SpoolFull('the disk of the spool is full', { cause: error }) : error
    } finally {
      await file.close()
    }
    nextBytes = options.segmentBytes
    spare = { number, file: name, size }
  }

  /** What was not finished holds nothing; if it cannot be removed now, the next start does it. */
  async function removeDraft(name: string): Promise<void> {
    try {
      await fs.remove(name)
    } catch (error) {
      log.warn({ err: describe(error) }, 'an unfinished spool segment could not be removed')
    }
  }

  /** The first of these sizes that fits the spool's bound and the file system. */
  async function roomFor(sizes: number[]): Promise<number> {
    const held = bytes()
    const share = (held + (await fs.freeBytes(folder))) * MAX_SHARE
    const size = sizes.find((wanted) => held + wanted <= Math.min(options.maxBytes, share))
    if (size !== undefined) return size
    throw new SpoolFull(
      held + options.firstSegmentBytes > options.maxBytes
        ? `the spool holds as much as it may, ${options.maxBytes} bytes`
        : 'the file system of the spool is full',
    )
  }

  function ready(): Promise<void> {
    if (spare) return Promise.resolve()
    preparing ??= makeSpare().finally(() => {
      preparing = undefined
    })
    return preparing
  }

  async function removeLoaded(upTo: Position): Promise<void> {
    const loaded: Segment[] = []
    // The last one is never removed: it is being written, or its end tells where the next one begins.
    for (const [index, segment] of segments.slice(0, -1).entries()) {
      const next = segments.slice(index + 1).find((later) => later.header)
      if (!next?.header || next.header.first > upTo) break
      loaded.push(segment)
    }
    if (loaded.length === 0) return
    // The cursor that allows this lies in a folder of its own or in this one; its entry must be durable first.
    await fs.syncFolder(folder)
    for (const segment of loaded) {
      await (segment.damaged
        ? fs.rename(segment.file, segment.file + DAMAGED_SUFFIX)
        : fs.remove(segment.file))
      segments.splice(segments.indexOf(segment), 1)
    }
    if (loaded.some((segment) => segment.damaged)) await thinDamaged()
    await fs.syncFolder(folder)
    notBefore = -Infinity
  }

  async function thinDamaged(): Promise<void> {
    const names = (await fs.list(folder))
      .map(({ name }) => name)
      .filter((name) => name.endsWith(DAMAGED_SUFFIX))
    for (const name of names.toSorted().slice(0, -KEPT_DAMAGED)) await fs.remove(path.join(folder, name))
  }

  async function activate(first: Position): Promise<ActiveSegment> {
    await ready()
    const next = spare
    if (!next) throw new Error('a spare segment is there once it was made')
    const file = await fs.open(next.file)
    spare = undefined
    const { bytes: start, header } = makeHeader(key, {
      number: next.number,
      first,
      known: Math.min(known, first),
    })
    known = Infinity
    const segment: Segment = { ...next, header, end: HEADER_BYTES, damaged: false }
    segments.push(segment)
    const active = { segment, key: header.key, file, offset: HEADER_BYTES, blocks: 0 }
    try {
      file.write(start, HEADER_BYTES, 0)
    } catch (error) {
      await retire(active)
      throw error
    }
    return active
  }

  async function retire({ segment, file }: ActiveSegment): Promise<void> {
    const isEmpty = segment.end === HEADER_BYTES
    if (isEmpty) {
      segments.splice(segments.indexOf(segment), 1)
      // The next header says instead what this one was to say.
      known = segment.header?.known ?? known
    }
    try {
      await file.close()
      if (isEmpty) await fs.remove(segment.file)
    } catch (error) {
      log.warn({ segment: segment.number, err: describe(error) }, 'a spool segment could not be put away')
    }
  }

  return {
    segments,
    bytes,
    known: () => known,
    activate,
    retire,
    ensure: ready,
    prepare() {
      if (spare || preparing || options.clock.monotonic() < notBefore) return
      ready().catch((error: unknown) => {
        notBefore = options.clock.monotonic() + RETRY_MS
        log.warn({ err: describe(error) }, 'the next spool segment cannot be made yet')
      })
    },
    async close() {
      await Promise.allSettled([preparing, releasing])
    },
    release(upTo) {
      // An earlier release that failed was told to its caller; it does not stand in the way of this one.
      releasing = releasing.then(
        () => removeLoaded(upTo),
        () => removeLoaded(upTo),
      )
      return releasing
    },
  }
}
