import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

/**
 * Rows on their way into chDB, whose own insert takes text only: a file in the engine's folder, there while its insert
 * runs. What a killed engine left goes at the next start; nobody was told that it is kept.
 */
export interface Incoming {
  /** Runs a task with the path of a file that holds these bytes, and removes the file. */
  withFile<T>(bytes: Uint8Array, task: (file: string) => Promise<T>): Promise<T>
}

const NAME = 'incoming'

/** Only for who has the engine's folder open, and so its lock. */
export async function openIncoming(engineFolder: string): Promise<Incoming> {
  const folder = path.join(path.resolve(engineFolder), NAME)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { mode: 0o700 })
  return {
    async withFile(bytes, task) {
      const file = path.join(folder, randomUUID())
      try {
        await writeFile(file, bytes, { mode: 0o600 })
        return await task(file)
      } finally {
        await rm(file, { force: true })
      }
    },
  }
}
