import { randomUUID } from 'node:crypto'
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises'
import path from 'node:path'

/**
 * Rows on their way into chDB, whose own insert takes text only: a file in the engine's folder, there from the first byte
 * of a request to the end of its insert. What a killed engine left goes at the next start; nobody was told that it is kept.
 */
export interface Incoming {
  /**
   * Writes a body into a file while it comes, since as one buffer it would be memory that is asked of the system anew for
   * each insert. Rejects as the body does; then nothing is left of it.
   */
  take(body: AsyncIterable<Buffer>): Promise<IncomingFile>
}

export interface IncomingFile {
  readonly path: string
  remove(): Promise<void>
}

const NAME = 'incoming'
/** Written at once: fewer calls, and memory that is soon used again. */
const WRITE_BYTES = 2 ** 19

/** Only for who has the engine's folder open, and so its lock. */
export async function openIncoming(engineFolder: string): Promise<Incoming> {
  const folder = path.join(path.resolve(engineFolder), NAME)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { mode: 0o700 })
  return {
    async take(body) {
      const file = path.join(folder, randomUUID())
      const remove = (): Promise<void> => rm(file, { force: true })
      try {
        const handle = await open(file, 'wx', 0o600)
        try {
          await writeAll(handle, body)
        } finally {
          await handle.close()
        }
      } catch (error) {
        await remove()
        throw error
      }
      return { path: file, remove }
    },
  }
}

async function writeAll(handle: FileHandle, body: AsyncIterable<Buffer>): Promise<void> {
  let chunks: Buffer[] = []
  let bytes = 0
  const write = async (): Promise<void> => {
    const { bytesWritten } = await handle.writev(chunks)
    // A disk that is full takes a part, and says so at the next write.
    if (bytesWritten < bytes) await handle.appendFile(Buffer.concat(chunks).subarray(bytesWritten))
    chunks = []
    bytes = 0
  }
  for await (const chunk of body) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= WRITE_BYTES) await write()
  }
  if (bytes > 0) await write()
}
