import Database from 'libsql'
import type { SqliteDatabase, SqliteStatement } from 'kysely'
import { UserError } from '../errors.ts'
import { bind } from './bind.ts'
import { codeOf } from './error-code.ts'

/** How long a statement waits for another process that writes, in milliseconds. Writes here take a few. */
const BUSY_MS = 5_000

/** One connection to the SQLite file; every value given to it passes the guard. */
export interface Connection extends SqliteDatabase {
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
  /** A statement that reads at most one row, prepared once and asked often. */
  prepareRow(sql: string): (...values: unknown[]) => Record<string, unknown> | undefined
}

/** Opens the file and sets what holds for this connection. */
export function connect(file: string, options: { readOnly: boolean; busyMs?: number }): Connection {
  const database = new Database(file, { timeout: options.busyMs ?? BUSY_MS })
  try {
    database.exec('PRAGMA journal_mode = WAL')
    // One fsync a commit: what a command has reported as done survives a power cut.
    database.exec('PRAGMA synchronous = FULL')
    database.exec('PRAGMA foreign_keys = ON')
    // A deleted row is overwritten: an erased receipt must not be found in a free page.
    database.exec('PRAGMA secure_delete = ON')
    if (options.readOnly) database.exec('PRAGMA query_only = ON')
  } catch (error) {
    database.close()
    throw error
  }
  return guard(database)
}

function guard(database: Database.Database): Connection {
  return {
    exec: (sql) => {
      attempt(() => database.exec(sql))
    },
    prepare: (sql) => {
      const statement = database.prepare(sql)
      // Values always travel in an array: a lone buffer or bigint would be taken for the array itself.
      return {
        reader: statement.reader,
        all: (values) => attempt(() => statement.all(values.map(bind))),
        run: (values) => attempt(() => statement.run(values.map(bind))),
        iterate: (values) => statement.iterate(values.map(bind)),
      }
    },
    prepareRow: (sql) => {
      // As an array a row comes three times faster than as an object, which libsql also adds `_metadata` to.
      const statement = database.prepare(sql).raw()
      const names = statement.columns().map((column) => column.name)
      return (...values) => {
        const row = attempt(() => statement.get(values.map(bind))) as unknown[] | undefined
        return row && Object.fromEntries(names.map((name, index) => [name, row[index]]))
      }
    },
    close: () => {
      if (database.open) database.close()
    },
  }
}

function attempt<T>(act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (codeOf(error).startsWith('SQLITE_BUSY')) {
      throw new UserError('Another sluice command is writing to the store: try again in a moment.', 503)
    }
    throw error
  }
}
