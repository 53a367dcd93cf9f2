import { createHash, randomFillSync } from 'node:crypto'
import { realpathSync } from 'node:fs'
import path from 'node:path'
import type { Clock } from '../clock.ts'
import { describe, type Log } from '../log.ts'
import type { SiteDay } from '../sites/site-day.ts'
import { isInMemory, type KeyFiles, memoryFolders, openKeyFiles } from './key-files.ts'

/**
 * The keys under which visitor keys are made: 256 random bits for each site and local day. They live in memory and,
 * to survive a restart within the day, in a file on a memory file system; never on a disk, in a database, a backup or
 * a log. At the site's midnight they are overwritten and gone, without overlap: from then on nobody can make or check
 * a visitor key of that day.
 */
export interface DayKeys {
  /**
   * The key of a site's day, made when it is first asked for. The bytes are overwritten when the day ends: use them at
   * once and keep no copy. Undefined once the day is over.
   */
  key(siteId: number, day: SiteDay): Uint8Array | undefined
  /**
   * The key of a day that is over, for access logs of it: the same for all who ask on the site's day `today`, with which
   * its file is destroyed. The bytes are the caller's, who overwrites them. Where no file can be kept they are new with
   * each call.
   */
  past(siteId: number, day: string, today: SiteDay): Uint8Array
  /** Destroys the keys of all days that are over. Call it every second; it costs nothing until a day ends. */
  sweep(nowMs: number): void
  /** Forgets all keys. Their files stay, so that the next start goes on with them. */
  close(): void
}

export interface DayKeyOptions {
  /** Data folder: each one has its own keys. */
  dataDir: string
  clock: Clock
  log?: Log
  /** Fills the bytes at random. Default: the system's generator. */
  random?: (bytes: Uint8Array) => void
  /** Folder on a memory file system. Default: XDG_RUNTIME_DIR or /dev/shm, when it is one. */
  shmDir?: string
  /** Whether a folder is on a memory file system. Default: it is a tmpfs. */
  isMemory?: (folder: string) => boolean
}

const KEY_BYTES = 32
/** How often files are looked for whose time has passed although no key of this process ends: an import left them. */
const LOOK_MS = 60_000

interface DayKey {
  readonly day: string
  readonly endMs: number
  readonly bytes: Uint8Array
}

export function createDayKeys({
  dataDir,
  clock,
  log,
  random = (bytes) => void randomFillSync(bytes),
  shmDir,
  isMemory = isInMemory,
}: DayKeyOptions): DayKeys {
  let files: KeyFiles | undefined
  /** One key a site: the day before is over when a site's next day begins. */
  const keys = new Map<number, DayKey>()
  let nextEndMs = Number.POSITIVE_INFINITY
  let nextLookMs = clock.now() + LOOK_MS

  /** A full or broken memory file system costs a restart its keys, never an event. */
  function withFiles(work: () => void): void {
    try {
      work()
    } catch (error) {
      files = undefined
      log?.warn(
        { err: describe(error) },
        'day keys live in memory only: a restart counts the day’s visitors anew',
      )
    }
  }

  withFiles(() => {
    const parents = shmDir === undefined ? memoryFolders() : [shmDir]
    files = openKeyFiles(`sluice-${folderName(dataDir)}`, parents, isMemory)
    files?.sweep(clock.now())
  })

  function forget(siteId: number, key: DayKey): void {
    key.bytes.fill(0)
    keys.delete(siteId)
    withFiles(() => files?.destroy(siteId, key.day, key.endMs))
  }

  /** The bytes of a key that ends at `endMs`: those in its file, or new ones. */
  function bytesOf(siteId: number, day: string, endMs: number): Uint8Array {
    // Memory of its own: a slice of a pool could be copied with its neighbours.
    const bytes = new Uint8Array(new ArrayBuffer(KEY_BYTES))
    let isKnown = false
    withFiles(() => (isKnown = files?.read(siteId, day, endMs, bytes) ?? false))
    if (!isKnown) {
      random(bytes)
      withFiles(() => files?.write(siteId, day, endMs, bytes))
    }
    return bytes
  }

  function make(siteId: number, day: SiteDay): DayKey {
    const bytes = bytesOf(siteId, day.day, day.endMs)
    const key = { day: day.day, endMs: day.endMs, bytes }
    keys.set(siteId, key)
    nextEndMs = Math.min(nextEndMs, day.endMs)
    return key
  }

  return {
    key(siteId, day) {
      if (clock.now() >= day.endMs) return undefined
      const known = keys.get(siteId)
      if (known?.day === day.day) return known.bytes
      // A clock that was set back does not bring a day back.
      if (known && known.endMs > day.endMs) return undefined
      if (known) forget(siteId, known)
      return make(siteId, day).bytes
    },
    past: (siteId, day, today) => bytesOf(siteId, day, today.endMs),
    sweep(nowMs) {
      if (nowMs < nextEndMs && nowMs < nextLookMs) return
      nextLookMs = nowMs + LOOK_MS
      for (const [siteId, key] of keys) if (key.endMs <= nowMs) forget(siteId, key)
      nextEndMs = Math.min(...Array.from(keys.values(), (key) => key.endMs))
      withFiles(() => files?.sweep(nowMs))
    },
    close() {
      for (const key of keys.values()) key.bytes.fill(0)
      keys.clear()
    },
  }
}

/** Says nothing of where the data lies; the same for each process that works on it. */
function folderName(dataDir: string): string {
  let real = path.resolve(dataDir)
  try {
    real = realpathSync(real)
  } catch (error) {
    // Before the first start there is no folder yet.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return createHash('sha256').update(real).digest('hex').slice(0, 16)
}
