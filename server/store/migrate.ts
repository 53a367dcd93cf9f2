import type { Clock } from '../clock.ts'
import { checkApplied, type AppliedMigration, type Migration } from '../migrations.ts'
import type { Connection } from './connection.ts'

/** What both databases remember of the migrations they have run. */
export const CREATE_MIGRATION = `CREATE TABLE IF NOT EXISTS migration (
  number BIGINT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  applied_at BIGINT NOT NULL
)`

/**
 * Brings the store to the newest schema: all that is missing in one transaction, or nothing. Answers what was run.
 * Processes that start together do it once: the second waits for the first and finds nothing left.
 */
export function migrateStore(
  connection: Connection,
  files: readonly Migration[],
  clock: Clock,
): readonly Migration[] {
  // Asked without a lock first: commands must not wait for one another when there is nothing to do.
  if (isPrepared(connection) && checkApplied(files, readApplied(connection)).length === 0) return []
  connection.exec('BEGIN IMMEDIATE')
  try {
    connection.exec(CREATE_MIGRATION)
    const missing = checkApplied(files, readApplied(connection))
    const remember = connection.prepare(
      'INSERT INTO migration (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)',
    )
    for (const file of missing) {
      connection.exec(file.sql)
      remember.run([file.number, file.name, file.checksum, clock.now()])
    }
    connection.exec('COMMIT')
    return missing
  } catch (error) {
    connection.exec('ROLLBACK')
    throw error
  }
}

function isPrepared(connection: Connection): boolean {
  return (
    connection.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migration'").all([])
      .length > 0
  )
}

function readApplied(connection: Connection): AppliedMigration[] {
  return connection
    .prepare('SELECT number, checksum FROM migration ORDER BY number')
    .all([]) as AppliedMigration[]
}
