import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { UserError } from '../errors.ts'
import { marksIn } from './erasures-file.ts'
import type { S3Client, Upload } from './s3/client.ts'
import { sha256 } from './s3/sign.ts'
import { backupsAmong, justBegun, timeOf, type BackupTarget, type Draft } from './target.ts'

/**
 * A folder in a bucket. A backup is written, read back and rehearsed on this machine, in a file without a name; then it
 * is sent in parts, which become one object at once, and the object is read again. So there is none that is not whole.
 */

export interface BucketParts {
  client: S3Client
  /** As it was named, `s3://bucket/folder`. */
  place: string
  /** Of all keys: empty, or ends with a slash. */
  prefix: string
  /** Where the file without a name is made: it takes as much room as a backup. */
  dataDir: string
  /** Bytes of a part. Default 8 MiB; 5 MiB is the least that is allowed. */
  partBytes?: number
}

const PART_BYTES = 8 * 1024 * 1024
/** More than 10,000 are not taken. */
const MAX_PARTS = 10_000
/** One that is sent slowly takes hours: one that is older is of a run that was killed. */
const ABANDONED_MS = 86_400_000
const ERASURES = 'erasures/'

export function bucketTarget(parts: BucketParts): BackupTarget {
  const { client, place, prefix, dataDir, partBytes = PART_BYTES } = parts
  const names = async (beginning: string): Promise<string[]> =>
    (await client.list(prefix + beginning)).map((key) => key.slice(prefix.length))

  /** Sends a file and reads it again. */
  async function publish(file: FileHandle, name: string): Promise<void> {
    const upload = await client.beginUpload(prefix + name)
    const sent = await sendAll(file, upload).catch(async (error: unknown) => {
      // It is the first fault that counts: what cannot be aborted either is removed by a later backup.
      await upload.abort().catch(() => undefined)
      throw error
    })
    const came = createHash('sha256')
    const bytes = await client.read(prefix + name, (piece) => void came.update(piece))
    if (bytes !== undefined && came.digest('hex') === sent) return
    await client.remove(prefix + name)
    throw new UserError(
      `What came back from ${place} is not what was sent, and was removed: see whether the storage is well.`,
      502,
    )
  }

  async function sendAll(file: FileHandle, upload: Upload): Promise<string> {
    const { size } = await file.stat()
    const part = Buffer.alloc(Math.min(size, Math.max(partBytes, Math.ceil(size / MAX_PARTS))))
    const sent = createHash('sha256')
    for (let at = 0; at < size;) {
      const { bytesRead } = await file.read(part, 0, part.length, at)
      if (bytesRead === 0) throw new Error('a backup became shorter while it was sent')
      at += bytesRead
      const piece = part.subarray(0, bytesRead)
      sent.update(piece)
      await upload.add(piece)
    }
    await upload.complete()
    return sent.digest('hex')
  }

  /** All marks, and the notes that hold them. */
  async function readNotes(): Promise<{ notes: string[]; known: Set<string> }> {
    for (;;) {
      const notes = await names(ERASURES)
      const texts: (Buffer | undefined)[] = []
      for (const note of notes) texts.push(await client.get(prefix + note))
      // One that is gone was put together with others while this was read.
      if (texts.includes(undefined)) continue
      return { notes, known: marksIn(texts.join('\n')) }
    }
  }

  async function addNote(marks: readonly string[]): Promise<string> {
    const text = marks.map((mark) => `${mark}\n`).join('')
    const note = ERASURES + sha256(text)
    await client.put(prefix + note, Buffer.from(text))
    return note
  }

  return {
    place,
    list: async () => backupsAmong(await names('')),
    async begin(name): Promise<Draft> {
      if ((await names(name)).includes(name)) throw justBegun(place)
      const file = await nameless(dataDir)
      return { file, publish: () => publish(file, name), close: () => file.close() }
    },
    async open(name) {
      const file = await nameless(dataDir)
      try {
        let at = 0
        const bytes = await client.read(prefix + name, async (piece) => {
          for (let done = 0; done < piece.length;) {
            done += (await file.write(piece, done, piece.length - done, at + done)).bytesWritten
          }
          at += piece.length
        })
        if (bytes === undefined) throw new UserError(`There is no backup ${name} in ${place} any more.`, 404)
        return file
      } catch (error) {
        await file.close()
        throw error
      }
    },
    async thin(keep, now) {
      const old = backupsAmong(await names(''))
        .slice(keep)
        .map(({ name }) => name)
      for (const name of old) await client.remove(prefix + name)
      for (const { key, begun, abort } of await client.uploads(prefix)) {
        const name = key.slice(prefix.length)
        if (timeOf(name) === undefined || now - begun <= ABANDONED_MS) continue
        await abort()
        old.push(name)
      }
      return old
    },
    async readErasures() {
      const { notes, known } = await readNotes()
      return notes.length === 0 ? undefined : known
    },
    // Objects cannot be appended to, and a server and a command may note something at once: so each note is an object,
    // named by what it holds.
    noteErasure: async (mark) => void (await addNote([mark])),
    /** Puts all notes together in one; those it was made of go when it is there, so that every mark is somewhere always. */
    async noteErasures(marks) {
      const { notes, known } = await readNotes()
      if (notes.length === 1 && marks.every((mark) => known.has(mark))) return
      const note = await addNote([...new Set([...known, ...marks])].toSorted())
      for (const one of notes) if (one !== note) await client.remove(prefix + one)
    },
  }
}

/** A file that is gone when it is closed, also by a kill. */
async function nameless(folder: string): Promise<FileHandle> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const place = path.join(folder, `.backup-${randomUUID()}`)
  const file = await open(place, 'wx+', 0o600)
  await rm(place)
  return file
}
