import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'libsql'
import { UserError } from '../errors.ts'
import { codeOf } from './failure.ts'

const LEASE_FILE = 'lease.db'
const RETRY_MS = 100

/** Another process, or this one, holds the folder. */
export class FolderInUse extends UserError {}

/**
 * Takes a folder for this process alone. The lease is an exclusive transaction on an empty SQLite file: a lock of the
 * kernel, that ends with the process however it ends. A file with a process id in it would need cleaning up after a
 * kill, would have a race while doing so, and means nothing between containers that share a volume.
 *
 * Rejects with FolderInUse when another process, or this one, holds it. `file`: for another lease on the same folder.
 */
export async function takeLease(folder: string, file = LEASE_FILE): Promise<() => Promise<void>> {
  const database = new Database(path.join(folder, file))
  try {
    // No file beside it: there is nothing to roll back.
    database.exec('PRAGMA journal_mode = MEMORY')
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (codeOf(error) !== 'SQLITE_BUSY') throw error
    throw new FolderInUse(
      `The spool in ${folder} is in use by another sluice: stop that one, or give this one its own data folder.`,
    )
  }
  return async () => {
    database.exec('ROLLBACK')
    database.close()
  }
}

/** Takes a lease; while another holds it, tries again for this long: a server that stops still needs a moment. */
export async function waitForLease(
  take: () => Promise<() => Promise<void>>,
  waitMs: number,
): Promise<() => Promise<void>> {
  const deadline = performance.now() + waitMs
  for (;;) {
    try {
      return await take()
    } catch (error) {
      if (!(error instanceof FolderInUse) || performance.now() >= deadline) throw error
    }
    await sleep(RETRY_MS)
  }
}
