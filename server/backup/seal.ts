import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { UserError } from '../errors.ts'
import { deriveKey, type MasterKey } from '../store/key-file.ts'

/**
 * The bytes of a backup file: a header, then chunks, each sealed with AES-256-GCM. Numbers are little-endian.
 *
 *     header  magic 8 · version u16 · – 6 · key id 8 · nonce 12 · file key, wrapped 32 · tag 16
 *     chunk   length u32 · ciphertext · tag 16
 *
 * Each file has a random key of its own, wrapped by one that is derived from the master key. The nonce of a chunk is
 * its number and whether it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015): a
 * chunk that is changed, moved, doubled, left out, taken from another file or put behind the last does not open.
 */

const MAGIC = Buffer.from('SLUICEBK', 'latin1')
const VERSION = 1
const KEY_ID = 16
const NONCE = 24
const WRAPPED = 36
const HEADER_BYTES = 84
const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const LENGTH_BYTES = 4
/** Largest plain text of a chunk: twice what the largest section holds. Keeps a changed length from taking all memory. */
export const MAX_CHUNK_BYTES = 128 * 1024 * 1024

export interface Sealer {
  /** Seals and appends a chunk; after the last one there is no other. */
  write(plain: Buffer, isLast: boolean): Promise<void>
}

/** Begins a file that is empty. */
export async function createSealer(file: FileHandle, master: MasterKey): Promise<Sealer> {
  const fileKey = randomBytes(KEY_BYTES)
  const header = Buffer.alloc(HEADER_BYTES)
  MAGIC.copy(header)
  header.writeUInt16LE(VERSION, 8)
  header.write(master.id, KEY_ID, 'hex')
  randomBytes(NONCE_BYTES).copy(header, NONCE)
  const cipher = createCipheriv(CIPHER, wrappingKey(master), header.subarray(NONCE, WRAPPED))
  cipher.setAAD(header.subarray(0, NONCE))
  Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]).copy(header, WRAPPED)
  await append(file, header)
  let chunks = 0
  let isEnded = false

  return {
    async write(plain, isLast) {
      if (isEnded || plain.length > MAX_CHUNK_BYTES)
        throw new Error('a chunk after the last, or one too large')
      isEnded = isLast
      const length = Buffer.alloc(LENGTH_BYTES)
      length.writeUInt32LE(plain.length)
      const sealing = createCipheriv(CIPHER, fileKey, nonce(chunks++, isLast)).setAAD(length)
      const sealed = sealing.update(plain)
      sealing.final()
      for (const piece of [length, sealed, sealing.getAuthTag()]) await append(file, piece)
    },
  }
}

/**
 * The plain chunks of a file in their order. Throws UserError when the file is no backup, was sealed with another key
 * or written by a newer version, and where anything in it was changed, moved, left out, cut off or added.
 * @param name what errors call the file
 */
export async function* readChunks(file: FileHandle, master: MasterKey, name: string): AsyncGenerator<Buffer> {
  const { size } = await file.stat()
  const fileKey = openHeader(await read(file, 0, Math.min(HEADER_BYTES, size)), master, name)
  for (let chunk = 0, at = HEADER_BYTES; ; chunk++) {
    const left = size - at
    if (left < LENGTH_BYTES + TAG_BYTES) throw damaged(name)
    const head = await read(file, at, LENGTH_BYTES)
    const length = head.readUInt32LE()
    if (length > MAX_CHUNK_BYTES || left < LENGTH_BYTES + length + TAG_BYTES) throw damaged(name)
    const sealed = await read(file, at + LENGTH_BYTES, length + TAG_BYTES)
    at += LENGTH_BYTES + length + TAG_BYTES
    // Only the last chunk ends at the end of the file, and a file that was cut at a chunk's end has no last one.
    const isLast = at === size
    const opening = createDecipheriv(CIPHER, fileKey, nonce(chunk, isLast), { authTagLength: TAG_BYTES })
    opening.setAAD(head).setAuthTag(sealed.subarray(length))
    yield opened(opening, sealed.subarray(0, length), name)
    if (isLast) return
  }
}

function openHeader(header: Buffer, master: MasterKey, name: string): Buffer {
  if (header.length < HEADER_BYTES || !header.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new UserError(`${name} is no backup of sluice: name a file that \`sluice backup\` wrote.`)
  }
  if (header.readUInt16LE(8) > VERSION) {
    throw new UserError(`${name} was written by a newer sluice: restore it with that version.`)
  }
  const keyId = header.toString('hex', KEY_ID, NONCE)
  if (keyId !== master.id) {
    throw new UserError(
      `${name} was sealed with the key ${keyId} and this one is ${master.id}: use the key file or SLUICE_KEY of the installation that was backed up.`,
    )
  }
  const opening = createDecipheriv(CIPHER, wrappingKey(master), header.subarray(NONCE, WRAPPED), {
    authTagLength: TAG_BYTES,
  })
  opening.setAAD(header.subarray(0, NONCE)).setAuthTag(header.subarray(WRAPPED + KEY_BYTES))
  return opened(opening, header.subarray(WRAPPED, WRAPPED + KEY_BYTES), name)
}

function opened(
  opening: { update(bytes: Buffer): Buffer; final(): Buffer },
  sealed: Buffer,
  name: string,
): Buffer {
  const plain = opening.update(sealed)
  try {
    opening.final()
  } catch {
    throw damaged(name)
  }
  return plain
}

export function damaged(name: string): UserError {
  return new UserError(`${name} is damaged or not whole: take another backup.`)
}

function wrappingKey(master: MasterKey): Uint8Array {
  return deriveKey(master, 'backup', KEY_BYTES)
}

function nonce(chunk: number, isLast: boolean): Buffer {
  const bytes = Buffer.alloc(NONCE_BYTES)
  bytes.writeBigUInt64LE(BigInt(chunk))
  bytes.writeUInt32LE(isLast ? 1 : 0, 8)
  return bytes
}

/** FileHandle.write may write less than it is given. */
async function append(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done)).bytesWritten
  }
}

async function read(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  for (let done = 0; done < length;) {
    const { bytesRead } = await file.read(bytes, done, length - done, at + done)
    if (bytesRead === 0) throw new Error('a file became shorter while it was read')
    done += bytesRead
  }
  return bytes
}
