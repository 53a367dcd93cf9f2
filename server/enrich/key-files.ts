import {
  closeSync,
  constants,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statfsSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'

/** Files that each hold one day key, on a file system that is in memory. */
export interface KeyFiles {
  /** Fills the bytes from the file; false when there is none. */
  read(siteId: number, day: string, endMs: number, into: Uint8Array): boolean
  /** Keeps the bytes; when another process was faster, the bytes become its. */
  write(siteId: number, day: string, endMs: number, bytes: Uint8Array): void
  /** Overwrites and removes the file, if there is one. */
  destroy(siteId: number, day: string, endMs: number): void
  /** Destroys all files of days that were over at that time, whoever made them. */
  sweep(nowMs: number): void
}

/** TMPFS_MAGIC of Linux: such a folder is gone with the power. */
const TMPFS = 0x01021994
/** Site, day, end of the day; a draft has a process number behind. */
const NAME = /^\d+\.\d{4}-\d\d-\d\d\.(\d+)\.key/
const OWNER_ONLY = 0o600

/**
 * Opens the folder of that name in the first of these folders that is in memory. Undefined when none is; throws when
 * it cannot be used safely.
 */
export function openKeyFiles(
  name: string,
  parents: readonly string[],
  isMemory: (folder: string) => boolean,
): KeyFiles | undefined {
  const parent = parents.find(isMemory)
  return parent === undefined ? undefined : filesIn(openFolder(path.join(parent, name)))
}

/** Where a system keeps files in memory: for one user, and for all. */
export function memoryFolders(): string[] {
  const runtime = process.env['XDG_RUNTIME_DIR']
  return runtime === undefined || runtime === '' ? ['/dev/shm'] : [runtime, '/dev/shm']
}

export function isInMemory(folder: string): boolean {
  try {
    return statfsSync(folder).type === TMPFS
  } catch {
    return false
  }
}

/** /dev/shm is open to all users of a machine: a folder that somebody else made or may read is not taken. */
function openFolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = lstatSync(folder)
  const isOurs = process.getuid?.() === uid
  if (!isOurs || (mode & constants.S_IFMT) !== constants.S_IFDIR || (mode & 0o077) !== 0) {
    throw new Error('the folder of day keys belongs to somebody else or is open to others')
  }
  return folder
}

function filesIn(folder: string): KeyFiles {
  const fileOf = (siteId: number, day: string, endMs: number): string =>
    path.join(folder, `${siteId}.${day}.${endMs}.key`)

  return {
    read: (siteId, day, endMs, into) => readKey(fileOf(siteId, day, endMs), into),
    write(siteId, day, endMs, bytes) {
      const file = fileOf(siteId, day, endMs)
      // Written aside and linked in whole: two processes that begin a day at once end with the same key.
      const draft = `${file}.${process.pid}`
      const handle = openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, OWNER_ONLY)
      writeSync(handle, bytes)
      closeSync(handle)
      try {
        linkSync(draft, file)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
        if (!readKey(file, bytes)) throw new Error('a day key file is damaged: remove it', { cause: error })
        overwrite(draft)
      }
      unlinkSync(draft)
    },
    destroy(siteId, day, endMs) {
      destroy(fileOf(siteId, day, endMs))
    },
    sweep(nowMs) {
      for (const name of readdirSync(folder)) {
        const endMs = Number(NAME.exec(name)?.[1])
        if (endMs <= nowMs) destroy(path.join(folder, name))
      }
    },
  }
}

/** Another process on the same data may do the same at the same time. */
function destroy(file: string): void {
  if (overwrite(file)) rmSync(file, { force: true })
}

function readKey(file: string, into: Uint8Array): boolean {
  const handle = openIfThere(file, constants.O_RDONLY | constants.O_NOFOLLOW)
  if (handle === undefined) return false
  try {
    return readSync(handle, into, 0, into.length, 0) === into.length
  } finally {
    closeSync(handle)
  }
}

/** Zeros where the key was: the pages of a removed file stay as they are until somebody needs them. */
function overwrite(file: string): boolean {
  const handle = openIfThere(file, constants.O_WRONLY | constants.O_NOFOLLOW)
  if (handle === undefined) return false
  writeSync(handle, new Uint8Array(64), 0, 64, 0)
  ftruncateSync(handle, 0)
  closeSync(handle)
  return true
}

function openIfThere(file: string, flags: number): number | undefined {
  try {
    return openSync(file, flags)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
