import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Kysely, Transaction } from 'kysely'
import { systemClock, type Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import type { Log } from '../log.ts'
import { migrationFolder, readMigrations } from '../migrations.ts'
import { connect, type Connection } from './connection.ts'
import { createKysely } from './dialect.ts'
import { codeOf } from './error-code.ts'
import { migrateStore } from './migrate.ts'
import type { Tables } from './tables.ts'

/**
 * The control plane: sites, keys, sign-in. Several processes may have it open at once, each with one Store: two in one
 * process that write at the same time would wait for each other in vain.
 */
export interface Store {
  /** Queries. Values are bound through the guard in bind.ts. Built at first use. */
  readonly db: Kysely<Tables>
  /**
   * Runs all or nothing, holding the write lock from the start. Inside, use the argument only: a query on `db` would
   * wait for this transaction to end, for ever.
   */
  transaction<T>(run: (transaction: Transaction<Tables>) => Promise<T>): Promise<T>
  /**
   * A question for one row of a table, by a WHERE clause with `?` for values, asked again and again without waiting:
   * the hot path's way in. It sees what is committed, by any process. NOTE: with PostgreSQL this is to be answered
   * from a copy in memory.
   */
  prepareRow<Name extends keyof Tables>(
    table: Name,
    clause: string,
  ): (...values: unknown[]) => Tables[Name] | undefined
  /** The rows of a table that fit a clause, at once. */
  readRows<Name extends keyof Tables>(table: Name, clause: string): Tables[Name][]
  /** A number that differs from the last one when anybody, in this process or another, has committed a change. */
  dataVersion(): number
  /**
   * After a deletion that must be one: empties the write-ahead log, where older states of a row still stand. In the
   * file itself deleted rows are overwritten. What backups hold is not touched.
   */
  purge(): void
  /** Idempotent. */
  close(): Promise<void>
}

/**
 * Opens `<dataDir>/store.db`, makes it at the first start (mode 0600) and migrates it. Throws UserError when the
 * folder cannot be written, the file is not a store, or a newer version wrote it.
 */
export async function openStore(options: {
  dataDir: string
  log: Pick<Log, 'info' | 'warn'>
  clock?: Clock
}): Promise<Store> {
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
    return (kysely ??= createKysely(writer))
  }
  return {
    get db() {
      return db()
    },
    transaction: (run) => db().transaction().execute(run),
    prepareRow: <Name extends keyof Tables>(table: Name, clause: string) =>
      reader.prepareRow(`SELECT * FROM ${table} ${clause}`) as (
        ...values: unknown[]
      ) => Tables[Name] | undefined,
    readRows: <Name extends keyof Tables>(table: Name, clause: string) =>
      reader.prepare(`SELECT * FROM ${table} ${clause}`).all([]) as Tables[Name][],
    dataVersion: () => Number(version()?.['data_version']),
    purge: () => writer.exec('PRAGMA wal_checkpoint(TRUNCATE)'),
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
