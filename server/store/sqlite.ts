import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Kysely } from 'kysely'
import { systemClock } from '../clock.ts'
import { UserError } from '../errors.ts'
import type { Log } from '../log.ts'
import { migrationFolder, readMigrations } from '../migrations.ts'
import { connect, type Connection } from './connection.ts'
import { createSqliteKysely } from './dialect.ts'
import { codeOf } from './error-code.ts'
import { migrateStore } from './migrate.ts'
import type { Store, StoreOptions } from './open.ts'
import type { ResidentTable, Tables } from './tables.ts'

/**
 * Opens `<dataDir>/store.db`, makes it at the first start (mode 0600) and migrates it. Throws UserError when the
 * folder cannot be written, the file is not a store, or a newer version wrote it.
 */
export function openSqlite(options: StoreOptions): Store {
  const file = path.join(options.dataDir, 'store.db')
  prepareFile(file, options.log)
  // Two connections: the second reads what is committed while a transaction of the first is under way, and since
  // SQLite tells a connection of the writes of all others, it also notices our own.
  const opened: Connection[] = []
  try {
    const writer = openConnection(file, false, opened)
    const run = migrateStore(writer, readMigrations(migrationFolder('store')), options.clock ?? systemClock)
    for (const { name } of run) options.log.info({ migration: name }, 'store migrated')
    return createStore(writer, openConnection(file, true, opened))
  } catch (error) {
    for (const connection of opened) connection.close()
    throw error
  }
}

function openConnection(file: string, readOnly: boolean, opened: Connection[]): Connection {
  try {
    const connection = connect(file, { readOnly })
    opened.push(connection)
    return connection
  } catch (error) {
    if (codeOf(error) === 'SQLITE_NOTADB') {
      throw new UserError(`${file} is not a store of sluice: move it away or set SLUICE_DATA elsewhere.`)
    }
    throw error
  }
}

function createStore(writer: Connection, reader: Connection): Store {
  const version = reader.prepareRow('PRAGMA data_version')
  let kysely: Kysely<Tables> | undefined
  let isOpen = true
  const db = (): Kysely<Tables> => {
    if (!isOpen) throw new Error('the store is closed')
    return (kysely ??= createSqliteKysely(writer))
  }
  return {
    get db() {
      return db()
    },
    transaction: (run) => db().transaction().execute(run),
    prepareRow: <Name extends ResidentTable>(table: Name, clause: string) =>
      reader.prepareRow(`SELECT * FROM ${table} ${clause}`) as (
        ...values: unknown[]
      ) => Tables[Name] | undefined,
    readRows: <Name extends ResidentTable>(table: Name, clause: string) =>
      reader.prepare(`SELECT * FROM ${table} ${clause}`).all([]) as Tables[Name][],
    dataVersion: () => Number(version()?.['data_version']),
    // SQLite itself reads what is committed, always.
    catchUp: () => Promise.resolve(),
    pending: () => undefined,
    isReachable: () => true,
    // In its turn: beside a transaction that is under way it fails.
    purge: () =>
      db()
        .connection()
        .execute(async () => writer.exec('PRAGMA wal_checkpoint(TRUNCATE)')),
    serve: () => Promise.resolve(),
    servers: () => Promise.resolve(0),
    close: async () => {
      if (!isOpen) return
      isOpen = false
      reader.close()
      // libsql leaves the write-ahead log behind when it closes; whoever copies a stopped store must get all of it.
      // Passive: where another process still reads, its work is left to that one.
      try {
        writer.exec('PRAGMA wal_checkpoint(PASSIVE)')
      } finally {
        await kysely?.destroy()
        writer.close()
      }
    },
  }
}

/** SQLite gives its side files the mode of the main one, which therefore must be right before it is opened. */
function prepareFile(file: string, log: Pick<Log, 'warn'>): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    closeSync(openSync(file, 'a', 0o600))
    if ((statSync(file).mode & 0o077) !== 0) {
      chmodSync(file, 0o600)
      log.warn({ file }, 'the store could be read by other users of this machine: its mode is now 0600')
    }
  } catch (error) {
    throw new UserError(
      `The data folder ${path.dirname(file)} cannot be used (${codeOf(error)}): make it writable for this user or set SLUICE_DATA.`,
    )
  }
}
