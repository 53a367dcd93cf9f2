import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import { UserError } from '../errors.ts'

/** How far the spool is loaded, and what is being loaded. */
export interface CursorState {
  /** Every record below this position is in the table, set aside, or counted as lost. */
  readonly loaded: number
  /** When the last loaded record was committed, Unix seconds; 0: none yet. */
  readonly time: number
  /** The batch that may be in the table in whole, in part or not at all. */
  readonly sealed?: SealedBatch
  readonly lastBatchId: string
}

/** A batch as it was before the first attempt to insert it; it never changes. */
export interface SealedBatch {
  /** Unique for ever: decimal digits of a UInt64. */
  readonly batchId: string
  readonly from: number
  readonly to: number
  readonly rows: number
  /** Of the rows as they are inserted, hex. */
  readonly sha256: string
  /** Rows by day. */
  readonly partitions: Readonly<Record<string, number>>
  /** Only records of these days belong to it. Absent: all. */
  readonly days?: readonly string[]
  /** Numbers of the rows that the database refuses and that were set aside. */
  readonly dead?: readonly number[]
}

export interface Cursor {
  state(): CursorState
  /** Resolves once the state is on disk. After a rejection either state may be there. */
  save(next: CursorState): Promise<void>
  /** The spool must not give out positions below this one. */
  reserved(): number
  /** A batch id that was never used, and grows. */
  nextBatchId(nowMs: number): string
  close(): Promise<void>
}

/** What the cursor asks of the file system (server/spool/fs.ts has one). */
export interface CursorFs {
  makeFolder(folder: string): Promise<void>
  list(folder: string): Promise<{ name: string; size: number }[]>
  create(file: string): Promise<CursorFile>
  open(file: string): Promise<CursorFile>
  remove(file: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  syncFolder(folder: string): Promise<void>
}

export interface CursorFile {
  write(bytes: Uint8Array, length: number, position: number): void
  sync(done: (error: Error | null) => void): void
  read(bytes: Uint8Array, position: number): Promise<number>
  allocate(size: number): Promise<void>
  close(): Promise<void>
}

const NAME = 'cursor'
const DRAFT = 'cursor.draft'
/** Room for one copy of the state, even when every row of a full batch is refused. */
const COPY_BYTES = 512 * 1024
const MAGIC = Buffer.from('SLUICECR', 'latin1')
/** Magic, number of the saving, length of the text, CRC-32 of the text and of what is before it. */
const HEAD_BYTES = 24
/** Bits of a batch id: seconds, then those of the spool, then a counter within the second. */
const SPOOL_BITS = 22n
const COUNTER_BITS = 10n

/**
 * Opens the cursor of a spool folder, or makes it: before the spool, so that no record is ever without one.
 *
 * The file holds two copies of the state and has its full size from the start. A save writes one copy after the other,
 * each synced: a crash tears at most one, bit rot in one loses nothing, and a full disk cannot stand in the way of the
 * loader, whose progress is what frees it.
 *
 * Rejects with UserError when neither copy can be read, or when there are segments and no cursor.
 */
export async function openCursor(options: {
  folder: string
  fs: CursorFs
  /** 22 random bits that tell the batches of this spool from those of others on the same database. For tests. */
  spoolBits?: number
  /** Room for one copy of the state. For tests: a file is made and read with the same. */
  copyBytes?: number
}): Promise<Cursor> {
  const { folder, fs, copyBytes = COPY_BYTES } = options
  const name = path.join(folder, NAME)
  await fs.makeFolder(folder)
  const names = (await fs.list(folder)).map((entry) => entry.name)
  if (!names.includes(NAME)) {
    if (names.some((other) => other.startsWith('seg-'))) {
      throw new UserError(
        `The spool in ${folder} has lost its cursor: put the file ${NAME} back, or move the folder away and report what is lost.`,
      )
    }
    if (names.includes(DRAFT)) await fs.remove(path.join(folder, DRAFT))
    await makeCursor(fs, folder, copyBytes, options.spoolBits ?? randomBytes(4).readUInt32LE() >>> 10)
  }
  let file = await fs.open(name)
  const found = await readCopies(file, copyBytes)
  if (!found) {
    await file.close()
    throw damaged(folder)
  }
  let { state, saving } = found
  let isSuspect = false

  async function save(next: CursorState): Promise<void> {
    if (isSuspect) {
      // A sync that failed once may succeed without having written anything: begin again on a new descriptor.
      const old = file
      file = await fs.open(name)
      await old.close()
    }
    isSuspect = true
    const bytes = encode(next, ++saving, copyBytes)
    for (const at of [0, copyBytes]) {
      file.write(bytes, bytes.length, at)
      await sync(file)
    }
    isSuspect = false
    state = next
  }

  try {
    // What was read may be a save that a killed process did not come to sync, and that a power cut would take back.
    await fs.syncFolder(folder)
    await save(state)
  } catch (error) {
    await file.close()
    throw error
  }
  return {
    state: () => state,
    save,
    reserved: () => state.sealed?.to ?? state.loaded,
    nextBatchId: (nowMs) => nextBatchId(state.lastBatchId, nowMs),
    close: () => file.close(),
  }
}

/**
 * What the cursor of a spool folder says, while its owner may be at work: nothing is changed. Rejects with ENOENT where
 * there is none, with UserError when neither copy can be read.
 */
export async function readCursor(folder: string, fs: Pick<CursorFs, 'open'>): Promise<CursorState> {
  const file = await fs.open(path.join(folder, NAME))
  try {
    // A save may tear first the one copy and then the other just as they are read, but not twice in a row.
    const found = (await readCopies(file, COPY_BYTES)) ?? (await readCopies(file, COPY_BYTES))
    if (!found) throw damaged(folder)
    return found.state
  } finally {
    await file.close()
  }
}

/** The random bits that tell the batches of one spool from those of others. */
export function spoolBitsOf({ lastBatchId }: Pick<CursorState, 'lastBatchId'>): number {
  return Number((BigInt(lastBatchId) >> COUNTER_BITS) & ((1n << SPOOL_BITS) - 1n))
}

function damaged(folder: string): UserError {
  return new UserError(
    `The cursor ${path.join(folder, NAME)} is damaged in both copies: put it back from a backup, or move the folder ${folder} away.`,
  )
}

async function makeCursor(fs: CursorFs, folder: string, copyBytes: number, spoolBits: number): Promise<void> {
  const draft = path.join(folder, DRAFT)
  const file = await fs.create(draft)
  const lastBatchId = String(BigInt(spoolBits) << COUNTER_BITS)
  const bytes = encode({ loaded: 0, time: 0, lastBatchId }, 0, copyBytes)
  try {
    await file.allocate(2 * copyBytes)
    for (const at of [0, copyBytes]) file.write(bytes, bytes.length, at)
    await sync(file)
  } finally {
    await file.close()
  }
  await fs.rename(draft, path.join(folder, NAME))
  await fs.syncFolder(folder)
}

function sync(file: CursorFile): Promise<void> {
  return new Promise((resolve, reject) => {
    file.sync((error) => (error ? reject(error) : resolve()))
  })
}

function encode(state: CursorState, saving: number, copyBytes: number): Buffer {
  const text = Buffer.from(JSON.stringify(state))
  if (text.length > copyBytes - HEAD_BYTES) throw new Error('the state of the cursor is too large')
  const bytes = Buffer.alloc(HEAD_BYTES + text.length)
  MAGIC.copy(bytes)
  bytes.writeBigUInt64LE(BigInt(saving), 8)
  bytes.writeUInt32LE(text.length, 16)
  text.copy(bytes, HEAD_BYTES)
  bytes.writeUInt32LE(checksum(bytes, text), 20)
  return bytes
}

function checksum(head: Buffer, text: Buffer): number {
  return crc32(text, crc32(head.subarray(0, 20)))
}

async function readCopies(
  file: CursorFile,
  copyBytes: number,
): Promise<{ state: CursorState; saving: number } | undefined> {
  let newest: { state: CursorState; saving: number } | undefined
  for (const at of [0, copyBytes]) {
    const bytes = Buffer.alloc(copyBytes)
    // A copy that the disk cannot read is as good as damaged: the other one is there for this.
    await file.read(bytes, at).catch(() => bytes.fill(0))
    const copy = decode(bytes)
    if (copy && (!newest || copy.saving > newest.saving)) newest = copy
  }
  return newest
}

function decode(bytes: Buffer): { state: CursorState; saving: number } | undefined {
  const length = bytes.readUInt32LE(16)
  if (!bytes.subarray(0, 8).equals(MAGIC) || length > bytes.length - HEAD_BYTES) return undefined
  const text = bytes.subarray(HEAD_BYTES, HEAD_BYTES + length)
  if (bytes.readUInt32LE(20) !== checksum(bytes, text)) return undefined
  return { state: JSON.parse(text.toString('utf8')) as CursorState, saving: Number(bytes.readBigUInt64LE(8)) }
}

/**
 * Seconds, 22 bits of the spool, 10 bits of a counter. It grows with every batch, it is never used twice after a data
 * folder was put back from a backup, and two collectors on one database do not meet. Seconds and not milliseconds: a
 * batch of a single event must not tell its time more exactly than the event does.
 */
export function nextBatchId(last: string, nowMs: number): string {
  const lastId = BigInt(last)
  const spool = (lastId >> COUNTER_BITS) & ((1n << SPOOL_BITS) - 1n)
  let seconds = lastId >> (SPOOL_BITS + COUNTER_BITS)
  let counter = (lastId & ((1n << COUNTER_BITS) - 1n)) + 1n
  const now = BigInt(Math.floor(nowMs / 1000))
  if (now > seconds || counter >> COUNTER_BITS > 0n) {
    seconds = now > seconds ? now : seconds + 1n
    counter = 0n
  }
  return String((((seconds << SPOOL_BITS) | spool) << COUNTER_BITS) | counter)
}
