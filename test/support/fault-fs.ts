import path from 'node:path'
import { UserError } from '../../server/errors.ts'
import type { SpoolFile, SpoolFs } from '../../server/spool/fs.ts'

/**
 * A disk that fails as disks do. What is written lies in the page cache until it is synced; when the power goes, each
 * sector written since comes out old, new or torn on its own, whatever the order of writing, and each entry of a
 * folder old or new. A sync that fails has lost what it was to write, and the next one succeeds: as Linux does.
 */
export interface FaultDisk {
  readonly fs: SpoolFs
  /** Operations so far: the places where something can go wrong. */
  operations(): number
  /** The power goes at this operation: it has half an effect, and no later one has any. */
  crashAt(operation: number): void
  /** This operation fails with a code of the system; a write has half an effect. */
  failAt(operation: number, code: string): void
  /** Each sync fails while it is set. */
  breakSyncs(isBroken: boolean): void
  /** Bytes of the file system. */
  setCapacity(bytes: number): void
  /** Reads that touch this range of a file fail. */
  breakReads(file: string, from: number, to: number): void
  isCrashed(): boolean
  /** Turns the power off now, and on again: a disk with what is durable on it. Processes before it are gone. */
  reboot(): FaultDisk
  /** A process is killed: its page cache stays, its lease ends. */
  kill(): FaultDisk
  /** The contents of a file, to look at and to damage. Undefined where there is none. */
  contents(file: string): Buffer | undefined
  names(folder: string): string[]
}

const SECTOR = 512

interface Inode {
  cache: Buffer
  platter: Buffer
  /** Sectors that differ, or may differ. */
  dirty: Set<number>
}

/** Changes of one folder that are not durable yet, each whole or not at all. */
type FolderChange = { name: string; inode: Inode | undefined }[]

interface Folder {
  cache: Map<string, Inode>
  platter: Map<string, Inode>
  pending: FolderChange[]
}

export class Crash extends Error {
  override readonly name = 'Crash'
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code })
}

export function createFaultDisk(random: () => number): FaultDisk {
  return build(new Map(), random, Infinity)
}

function build(folders: Map<string, Folder>, random: () => number, startCapacity: number): FaultDisk {
  let operations = 0
  let crashOperation = Infinity
  let capacity = startCapacity
  let isCrashed = false
  let isLeased = false
  let syncsBroken = false
  const failures = new Map<number, string>()
  const broken: { file: string; from: number; to: number }[] = []

  /** Counts an operation; what it returns is what goes wrong with it. */
  function step(): 'crash' | Error | undefined {
    operations++
    if (isCrashed) return 'crash'
    if (operations >= crashOperation) {
      isCrashed = true
      return 'crash'
    }
    const code = failures.get(operations)
    return code === undefined ? undefined : systemError(code)
  }

  /** An operation that is whole or has no effect. After a crash nothing is heard of it any more. */
  async function whole<T>(run: () => T): Promise<T> {
    const fault = step()
    if (fault === 'crash') return new Promise<never>(() => undefined)
    if (fault) throw fault
    return run()
  }

  function used(): number {
    let bytes = 0
    for (const { cache } of folders.values()) for (const inode of cache.values()) bytes += inode.cache.length
    return bytes
  }

  function folderOf(file: string): Folder {
    const folder = folders.get(path.dirname(file))
    if (!folder) throw systemError('ENOENT')
    return folder
  }

  function find(file: string): Inode {
    const inode = folderOf(file).cache.get(path.basename(file))
    if (!inode) throw systemError('ENOENT')
    return inode
  }

  function change(folder: Folder, entries: FolderChange): void {
    for (const { name, inode } of entries) {
      if (inode) folder.cache.set(name, inode)
      else folder.cache.delete(name)
    }
    folder.pending.push(entries)
  }

  function resize(inode: Inode, size: number): void {
    if (size > inode.cache.length) {
      if (used() + size - inode.cache.length > capacity) throw systemError('ENOSPC')
      inode.cache = Buffer.concat([inode.cache, Buffer.alloc(size - inode.cache.length)])
    } else inode.cache = Buffer.from(inode.cache.subarray(0, size))
  }

  function put(inode: Inode, bytes: Uint8Array, length: number, position: number): void {
    if (position + length > inode.cache.length) resize(inode, position + length)
    inode.cache.set(bytes.subarray(0, length), position)
    for (let at = Math.floor(position / SECTOR); at * SECTOR < position + length; at++) inode.dirty.add(at)
  }

  function openFile(name: string, inode: Inode): SpoolFile {
    return {
      write(bytes, length, position) {
        const fault = step()
        const some = fault ? Math.floor(random() * (length + 1)) : length
        if (some > 0 && !(fault === 'crash' && operations > crashOperation)) put(inode, bytes, some, position)
        if (fault === 'crash') throw new Crash()
        if (fault) throw fault
      },
      sync(done) {
        const fault = step()
        if (fault === 'crash') return
        const error = fault ?? (syncsBroken ? systemError('EIO') : null)
        if (error) {
          // The pages are marked clean all the same, so that nothing tries to write them again.
          for (const sector of inode.dirty) if (random() < 0.5) copySector(inode, sector, SECTOR)
          inode.dirty.clear()
        } else settle(inode)
        setImmediate(() => {
          if (!isCrashed) done(error)
        })
      },
      read: (bytes, position) =>
        whole(() => {
          const end = position + bytes.length
          const hit = broken.some((range) => range.file === name && range.from < end && range.to > position)
          if (hit) throw systemError('EIO')
          return inode.cache.copy(bytes, 0, position, Math.min(end, inode.cache.length))
        }),
      async allocate(size) {
        for (let to = 0; to < size;) {
          to = Math.min(size, to + Math.ceil(size / 3))
          const until = to
          await whole(() => resize(inode, until))
        }
        await whole(() => settle(inode))
      },
      truncate: (size) => whole(() => resize(inode, size)),
      close: () => whole(() => undefined),
    }
  }

  const fs: SpoolFs = {
    makeFolder: (folder) =>
      whole(() => {
        if (!folders.has(folder)) folders.set(folder, { cache: new Map(), platter: new Map(), pending: [] })
      }),
    list: (folder) =>
      whole(() => {
        const entries = folders.get(folder)?.cache ?? new Map<string, Inode>()
        return [...entries].map(([name, inode]) => ({ name, size: inode.cache.length }))
      }),
    create: (file) =>
      whole(() => {
        const folder = folderOf(file)
        const name = path.basename(file)
        if (folder.cache.has(name)) throw systemError('EEXIST')
        const inode: Inode = { cache: Buffer.alloc(0), platter: Buffer.alloc(0), dirty: new Set() }
        change(folder, [{ name, inode }])
        return openFile(file, inode)
      }),
    open: (file) => whole(() => openFile(file, find(file))),
    remove: (file) =>
      whole(() => {
        find(file)
        change(folderOf(file), [{ name: path.basename(file), inode: undefined }])
      }),
    rename: (from, to) =>
      whole(() => {
        const inode = find(from)
        change(folderOf(from), [
          { name: path.basename(from), inode: undefined },
          { name: path.basename(to), inode },
        ])
      }),
    syncFolder: (name) =>
      whole(() => {
        const folder = folders.get(name)
        if (!folder) throw systemError('ENOENT')
        folder.platter = new Map(folder.cache)
        folder.pending = []
      }),
    freeBytes: () => whole(() => Math.min(2 ** 50, capacity - used())),
    lease: (folder) =>
      whole(() => {
        if (isLeased) throw new UserError(`The spool in ${folder} is in use by another sluice.`)
        isLeased = true
        return async () => {
          isLeased = false
        }
      }),
  }

  return {
    fs,
    operations: () => operations,
    crashAt(operation) {
      crashOperation = operation
    },
    failAt: (operation, code) => failures.set(operation, code),
    breakSyncs(isBroken) {
      syncsBroken = isBroken
    },
    setCapacity(bytes) {
      capacity = bytes
    },
    breakReads: (file, from, to) => broken.push({ file, from, to }),
    isCrashed: () => isCrashed,
    reboot() {
      isCrashed = true
      return build(afterPowerCut(folders, random), random, capacity)
    },
    kill() {
      isCrashed = true
      return build(folders, random, capacity)
    },
    contents: (file) => folders.get(path.dirname(file))?.cache.get(path.basename(file))?.cache,
    names: (folder) => [...(folders.get(folder)?.cache.keys() ?? [])].toSorted(),
  }
}

function settle(inode: Inode): void {
  if (inode.platter.length !== inode.cache.length) inode.platter = Buffer.from(inode.cache)
  for (const sector of inode.dirty) copySector(inode, sector, SECTOR)
  inode.dirty.clear()
}

/** Copies the first bytes of a sector from the page cache to the platter. */
function copySector(inode: Inode, sector: number, bytes: number): void {
  const from = sector * SECTOR
  const to = Math.min(from + bytes, inode.cache.length)
  if (from >= to) return
  if (inode.platter.length < to) {
    inode.platter = Buffer.concat([inode.platter, Buffer.alloc(to - inode.platter.length)])
  }
  inode.cache.copy(inode.platter, from, from, to)
}

function afterPowerCut(folders: Map<string, Folder>, random: () => number): Map<string, Folder> {
  const seen = new Map<Inode, Inode>()
  const survivor = (inode: Inode): Inode => {
    const known = seen.get(inode)
    if (known) return known
    for (const sector of inode.dirty) {
      const chance = random()
      if (chance < 0.45) copySector(inode, sector, SECTOR)
      else if (chance < 0.55) copySector(inode, sector, Math.floor(random() * SECTOR))
    }
    // A longer file may come out at either length; a shorter one, whose truncation was not synced, too.
    const size = random() < 0.5 ? inode.platter.length : inode.cache.length
    const bytes = Buffer.alloc(size)
    inode.platter.copy(bytes)
    const fresh: Inode = { cache: Buffer.from(bytes), platter: bytes, dirty: new Set() }
    seen.set(inode, fresh)
    return fresh
  }
  const result = new Map<string, Folder>()
  for (const [name, folder] of folders) {
    const entries = new Map(folder.platter)
    for (const entry of folder.pending.filter(() => random() < 0.5).flat()) {
      if (entry.inode) entries.set(entry.name, entry.inode)
      else entries.delete(entry.name)
    }
    const after = new Map([...entries].map(([entry, inode]) => [entry, survivor(inode)] as const))
    result.set(name, { cache: new Map(after), platter: new Map(after), pending: [] })
  }
  return result
}
