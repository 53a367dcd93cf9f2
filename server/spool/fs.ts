import fs from 'node:fs'
import path from 'node:path'
import { takeLease } from './lease.ts'

/**
 * What the spool asks of a file system, so that tests can put one in its place that tears, reorders, fills up and
 * loses power. Paths are absolute or relative to the process; errors are those of node:fs, with their codes.
 */
export interface SpoolFs {
  /** Makes the folder and those above it, open to the owner only, and makes its own entry durable. */
  makeFolder(folder: string): Promise<void>
  /** Names and sizes of the files in a folder. */
  list(folder: string): Promise<{ name: string; size: number }[]>
  /** A new file, to read and write. Rejects with EEXIST when it is there. */
  create(file: string): Promise<SpoolFile>
  /** A file that is there, to read and write. */
  open(file: string): Promise<SpoolFile>
  remove(file: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Makes creations, removals and renames in a folder durable. */
  syncFolder(folder: string): Promise<void>
  /** Bytes this process may still fill on the file system of a folder. */
  freeBytes(folder: string): Promise<number>
  /** Takes the folder for this process alone until released; UserError when another holds it. */
  lease(folder: string): Promise<() => Promise<void>>
}

export interface SpoolFile {
  /** Writes the first `length` bytes, all of them, into the page cache. Throws. */
  write(bytes: Uint8Array, length: number, position: number): void
  /** Makes what was written durable: fdatasync. */
  sync(done: (error: Error | null) => void): void
  /** Fills `bytes` from a position; resolves to how many bytes there were. */
  read(bytes: Uint8Array, position: number): Promise<number>
  /** Writes zeros up to `size` and makes them durable, so that a later sync of writes within has no metadata to write. */
  allocate(size: number): Promise<void>
  truncate(size: number): Promise<void>
  close(): Promise<void>
}

/** Zeros are written and synced in pieces, so that a commit never waits behind a whole segment of them. */
const ZEROS = new Uint8Array(1024 * 1024)

export const nodeFs: SpoolFs = {
  async makeFolder(folder) {
    const first = await fs.promises.mkdir(folder, { recursive: true, mode: 0o700 })
    if (first !== undefined) await syncFolder(path.dirname(first))
    // Also when it was there: the process that made it may have been killed before it came to this.
    await syncFolder(path.dirname(folder))
  },
  async list(folder) {
    const names = await fs.promises.readdir(folder)
    return Promise.all(
      names.map(async (name) => ({ name, size: (await fs.promises.stat(path.join(folder, name))).size })),
    )
  },
  create: async (file) => nodeFile(await openDescriptor(file, 'wx+')),
  open: async (file) => nodeFile(await openDescriptor(file, 'r+')),
  remove: (file) => fs.promises.unlink(file),
  rename: (from, to) => fs.promises.rename(from, to),
  syncFolder,
  async freeBytes(folder) {
    const { bavail, bsize } = await fs.promises.statfs(folder)
    return bavail * bsize
  },
  lease: takeLease,
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await fs.promises.open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function openDescriptor(file: string, flags: 'wx+' | 'r+'): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.open(file, flags, 0o600, (error, descriptor) => (error ? reject(error) : resolve(descriptor)))
  })
}

/**
 * On bare descriptors and callbacks: a commit costs one trip to libuv's threads. The write itself is synchronous. It
 * only copies into pages that are already allocated, and measured costs less than handing it to a thread.
 */
function nodeFile(descriptor: number): SpoolFile {
  return {
    write: (bytes, length, position) => writeAll(descriptor, bytes, length, position),
    sync: (done) => fs.fdatasync(descriptor, done),
    read: (bytes, position) => readAll(descriptor, bytes, position),
    async allocate(size) {
      for (let at = 0; at < size; at += ZEROS.length) {
        await writePiece(descriptor, Math.min(ZEROS.length, size - at), at)
        await settle((done) => fs.fdatasync(descriptor, done))
      }
      await settle((done) => fs.fsync(descriptor, done))
    },
    truncate: (size) => settle((done) => fs.ftruncate(descriptor, size, done)),
    close: () => settle((done) => fs.close(descriptor, done)),
  }
}

function settle(start: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error ? reject(error) : resolve()))
  })
}

function writeAll(descriptor: number, bytes: Uint8Array, length: number, position: number): void {
  for (let done = 0; done < length;) {
    done += fs.writeSync(descriptor, bytes, done, length - done, position + done)
  }
}

async function writePiece(descriptor: number, length: number, position: number): Promise<void> {
  for (let done = 0; done < length;) {
    done += await new Promise<number>((resolve, reject) => {
      fs.write(descriptor, ZEROS, 0, length - done, position + done, (error, written) =>
        error ? reject(error) : resolve(written),
      )
    })
  }
}

async function readAll(descriptor: number, bytes: Uint8Array, position: number): Promise<number> {
  for (let done = 0; done < bytes.length;) {
    const read = await new Promise<number>((resolve, reject) => {
      fs.read(descriptor, bytes, done, bytes.length - done, position + done, (error, count) =>
        error ? reject(error) : resolve(count),
      )
    })
    if (read === 0) return done
    done += read
  }
  return bytes.length
}
