import path from 'node:path'
import Database from 'libsql'
import { UserError } from '../errors.ts'
import { codeOf } from './failure.ts'

const LEASE_FILE = 'lease.db'

/**
 * Takes a folder for this process alone. The lease is an exclusive transaction on an empty SQLite file: a lock of the
 * kernel, that ends with the process however it ends. A file with a process id in it would need cleaning up after a
 * kill, would have a race while doing so, and means nothing between containers that share a volume.
 *
 * Rejects with UserError when another process, or this one, holds it.
 */
export async function takeLease(folder: string): Promise<() => Promise<void>> {
  const database = new Database(path.join(folder, LEASE_FILE))
  try {
    // No file beside it: there is nothing to roll back.
    database.exec('PRAGMA journal_mode = MEMORY')
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (codeOf(error) !== 'SQLITE_BUSY') throw error
    throw new UserError(
      `The spool in ${folder} is in use by another sluice: stop that one, or give this one its own data folder.`,
    )
  }
  return async () => {
    database.exec('ROLLBACK')
    database.close()
  }
}
