import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { describe, type Log } from '../log.ts'
import { codeOf } from '../store/error-code.ts'
import { cellsOf, createCellSums, lineOf, type CellSums, type CountedCell } from './cell.ts'

/**
 * What was dropped, on disk before it is answered: small files, one after the other, each with an id of its own. What
 * comes while a sync is under way shares the next one, summed up, so that a flood of robots writes a line for each
 * reason and not one for each request.
 */
export interface Journal {
  /** Resolves once the cells are on disk; rejects when the disk refuses them: then they do not count. */
  append(cells: Iterable<CountedCell>): Promise<void>
  /** Ends the file that is written to, where there is one, and hands it out once nothing of it is under way. */
  cut(): Promise<JournalFile | undefined>
  /** The files that an earlier process left. */
  left(): Promise<JournalFile[]>
  /** Removes a file that was taken over. */
  remove(file: JournalFile): Promise<void>
}

export interface JournalFile {
  /** 128 random bits, hex: by it the store knows whether it has the file's cells. */
  readonly id: string
  readonly cells: readonly CountedCell[]
}

/** What the journal asks of the file system (server/spool/fs.ts has one). */
export interface JournalFs {
  makeFolder(folder: string): Promise<void>
  list(folder: string): Promise<{ name: string; size: number }[]>
  create(file: string): Promise<WrittenFile>
  open(file: string): Promise<WrittenFile>
  remove(file: string): Promise<void>
  syncFolder(folder: string): Promise<void>
}

export interface WrittenFile {
  write(bytes: Uint8Array, length: number, position: number): void
  sync(done: (error: Error | null) => void): void
  read(bytes: Uint8Array, position: number): Promise<number>
  close(): Promise<void>
}

/** A file that is, or was, written to. */
interface OpenFile {
  readonly id: string
  readonly file: WrittenFile
  /** What is on disk. */
  readonly sums: CellSums
  length: number
  /** Ends with the block that is under way, kept or not. */
  busy: Promise<void>
}

/** What waits for the next sync. */
interface Block {
  readonly sums: CellSums
  readonly kept: Promise<void>
  resolve(): void
  reject(error: unknown): void
}

const NAME = /^drops-([\da-f]{32})$/

export async function openJournal(parts: {
  folder: string
  fs: JournalFs
  log: Pick<Log, 'warn'>
}): Promise<Journal> {
  const { folder, fs, log } = parts
  await fs.makeFolder(folder)
  let gathering: Block | undefined
  let open: OpenFile | undefined
  /** After a failed write nobody can tell what of it is on disk: such a file is not written to again. */
  const failed: OpenFile[] = []
  let isWriting = false

  async function write(): Promise<void> {
    while (gathering) {
      const block = gathering
      gathering = undefined
      await attempt(block).then(block.resolve, block.reject)
    }
    isWriting = false
  }

  async function attempt({ sums }: Block): Promise<void> {
    const into = (open ??= await begin())
    const written = keep(into, sums.list())
    into.busy = written.catch(() => {
      if (open === into) {
        open = undefined
        failed.push(into)
      }
    })
    await written
  }

  async function begin(): Promise<OpenFile> {
    const id = randomBytes(16).toString('hex')
    const file = await fs.create(path.join(folder, `drops-${id}`))
    await fs.syncFolder(folder)
    return { id, file, sums: createCellSums(), length: 0, busy: Promise.resolve() }
  }

  async function keep(into: OpenFile, cells: readonly CountedCell[]): Promise<void> {
    const bytes = Buffer.from(cells.map(lineOf).join(''))
    into.file.write(bytes, bytes.length, into.length)
    into.length += bytes.length
    await synced(into.file)
    for (const cell of cells) into.sums.add(cell, cell.count)
  }

  return {
    append(cells) {
      gathering ??= newBlock()
      for (const cell of cells) gathering.sums.add(cell, cell.count)
      const { kept } = gathering
      if (!isWriting) {
        isWriting = true
        // A moment later, so that all that one turn of the event loop brings goes together.
        setImmediate(() => void write())
      }
      return kept
    },
    async cut() {
      const whole = failed.shift() ?? open
      if (!whole) return undefined
      if (whole === open) open = undefined
      await whole.busy
      await whole.file.close().catch((error: unknown) => {
        // What is in it was synced: it can be taken over all the same.
        log.warn({ err: describe(error) }, 'a file of the drop journal could not be closed')
      })
      return { id: whole.id, cells: whole.sums.list() }
    },
    async left() {
      const found: JournalFile[] = []
      for (const { name, size } of await fs.list(folder)) {
        const id = NAME.exec(name)?.[1]
        if (id !== undefined)
          found.push({ id, cells: cellsOf(await textOf(fs, path.join(folder, name), size)) })
      }
      return found
    },
    async remove({ id }) {
      try {
        await fs.remove(path.join(folder, `drops-${id}`))
      } catch (error) {
        // Removed before, when the folder could not be synced.
        if (codeOf(error) !== 'ENOENT') throw error
      }
      // Else a power cut might bring it back when its id is not known any more.
      await fs.syncFolder(folder)
    },
  }
}

function newBlock(): Block {
  let settle: Pick<Block, 'resolve' | 'reject'> | undefined
  const kept = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { sums: createCellSums(), kept, ...(settle as unknown as Pick<Block, 'resolve' | 'reject'>) }
}

function synced(file: WrittenFile): Promise<void> {
  return new Promise((resolve, reject) => {
    file.sync((error) => (error ? reject(error) : resolve()))
  })
}

async function textOf(fs: JournalFs, name: string, size: number): Promise<string> {
  const file = await fs.open(name)
  try {
    const bytes = Buffer.alloc(size)
    return bytes.toString('latin1', 0, await file.read(bytes, 0))
  } finally {
    await file.close()
  }
}
