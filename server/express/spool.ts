import { open, mkdir, readdir, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { FolderInUse, takeLease } from '../spool/lease.ts'

/**
 * Lines that are on disk until they were taken: files of a folder, each of which is sent as one body. They hold what the
 * anonymizer left, no address and no user agent. Whoever writes has a folder of their own below, by a lease of the kernel
 * that ends with the process, and takes over what one that ended has left.
 */
export interface LineSpool {
  /** Writes lines and syncs them: once it resolves they survive a kill. Gives how many of the first there was room for. */
  append(lines: readonly string[]): Promise<number>
  /** The oldest file that may be sent, whole lines only; undefined: there is none. */
  oldest(): Promise<Bunch | undefined>
  /** Bytes on disk. */
  bytes(): number
  close(): Promise<void>
}

export interface Bunch {
  readonly body: string
  readonly lines: number
  /** It was taken: it goes. */
  remove(): Promise<void>
}

/** A file is sent as one body, so that a lost answer costs no more than this again. */
const FILE_BYTES = 256 * 1024
/** Processes of one application that log into one folder. */
const MOST_SLOTS = 256
const NAME = /^requests-(\d{12})\.ndjson$/

function nameOf(number: number): string {
  return `requests-${String(number).padStart(12, '0')}.ndjson`
}

export async function openLineSpool(folder: string, maxBytes: number): Promise<LineSpool> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { own, endLease } = await takeSlot(folder)
  let next = 1 + Math.max(0, ...(await numbersIn(own)))
  next = await adopt(folder, own, next)
  let total = 0
  for (const number of await numbersIn(own)) total += (await stat(path.join(own, nameOf(number)))).size
  let current: { file: FileHandle; number: number; bytes: number } | undefined

  let latest: Promise<unknown> = Promise.resolve()

  /** One after another: a file is not closed while it is written. */
  function alone<T>(act: () => Promise<T>): Promise<T> {
    const done = latest.then(act)
    latest = done.catch(() => undefined)
    return done
  }

  async function begin(): Promise<{ file: FileHandle; number: number; bytes: number }> {
    const number = next++
    const file = await open(path.join(own, nameOf(number)), 'wx', 0o600)
    await syncFolder(own)
    return { file, number, bytes: 0 }
  }

  async function end(): Promise<void> {
    const ended = current
    current = undefined
    await ended?.file.close()
  }

  async function append(lines: readonly string[]): Promise<number> {
    let bytes = 0
    let fitting = 0
    for (const line of lines) {
      const more = Buffer.byteLength(line) + 1
      if (total + bytes + more > maxBytes) break
      bytes += more
      fitting++
    }
    if (fitting === 0) return 0
    const text = `${lines.slice(0, fitting).join('\n')}\n`
    current ??= await begin()
    const into = current
    try {
      await into.file.write(text)
      await into.file.datasync()
    } catch (error) {
      // What stands behind a write that failed is not known: the next goes into another file.
      await end()
      throw error
    }
    total += bytes
    into.bytes += bytes
    if (into.bytes >= FILE_BYTES) await end()
    return fitting
  }

  async function oldest(): Promise<Bunch | undefined> {
    const [number] = (await numbersIn(own)).toSorted((a, b) => a - b)
    if (number === undefined) return undefined
    if (current?.number === number) {
      if (current.bytes === 0) return undefined
      await end()
    }
    const file = path.join(own, nameOf(number))
    const text = await readFile(file, 'utf8')
    // What a kill cut off was never acknowledged.
    const body = text.slice(0, text.lastIndexOf('\n') + 1)
    return {
      body,
      lines: body.split('\n').length - 1,
      async remove() {
        await rm(file)
        total -= Buffer.byteLength(text)
      },
    }
  }

  return {
    append: (lines) => alone(() => append(lines)),
    oldest: () => alone(oldest),
    bytes: () => total,
    async close() {
      await alone(end)
      await endLease()
    },
  }
}

async function takeSlot(folder: string): Promise<{ own: string; endLease: () => Promise<void> }> {
  for (let slot = 0; slot < MOST_SLOTS; slot++) {
    const own = path.join(folder, String(slot))
    await mkdir(own, { recursive: true, mode: 0o700 })
    const endLease = await tryLease(own)
    if (endLease) return { own, endLease }
  }
  throw new Error(`more than ${MOST_SLOTS} processes log into ${folder}`)
}

async function tryLease(folder: string): Promise<(() => Promise<void>) | undefined> {
  try {
    return await takeLease(folder)
  } catch (error) {
    if (error instanceof FolderInUse) return undefined
    throw error
  }
}

/** Takes over what processes that ended left in folders of their own; gives the next number. */
async function adopt(folder: string, own: string, first: number): Promise<number> {
  let next = first
  for (const name of await readdir(folder)) {
    const other = path.join(folder, name)
    if (other === own || !/^\d{1,3}$/.test(name)) continue
    const left = await numbersIn(other)
    const endLease = left.length === 0 ? undefined : await tryLease(other)
    if (!endLease) continue
    for (const number of left.toSorted((a, b) => a - b)) {
      await rename(path.join(other, nameOf(number)), path.join(own, nameOf(next++)))
    }
    await endLease()
  }
  return next
}

async function numbersIn(folder: string): Promise<number[]> {
  return (await readdir(folder)).flatMap((name) => {
    const found = NAME.exec(name)
    return found ? [Number(found[1])] : []
  })
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
