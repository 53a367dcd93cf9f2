import type { Kysely, Transaction } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { PersonalTable } from './personal.ts'
import { openSqlite } from './sqlite.ts'
import type { ResidentTable, Tables } from './tables.ts'

/**
 * The control plane: sites, keys, accounts, policies, ledger, audit log. In SQLite, or in PostgreSQL; what is said here
 * holds for both. Several processes may have it open at once, each with one Store: two in one process that write at the
 * same time would wait for each other in vain.
 */
export interface Store {
  /** Queries. Values are bound through the guard in bind.ts. Built at first use. */
  readonly db: Kysely<Tables>
  /**
   * Runs all or nothing, holding the write lock from the start: transactions of all processes come one after the other,
   * and each sees what those before it did. Inside, use the argument only: a query on `db` would wait for this
   * transaction to end, for ever, or not see it.
   */
  transaction<T>(run: (transaction: Transaction<Tables>) => Promise<T>): Promise<T>
  /**
   * A question for one row of a resident table, by a WHERE clause with `?` for values, asked again and again without
   * waiting: the hot path's way in. It sees what is committed: all of this process's own changes and of all
   * transactions before the one that is under way here, and of other processes what `catchUp` says.
   */
  prepareRow<Name extends ResidentTable>(
    table: Name,
    clause: string,
  ): (...values: unknown[]) => Tables[Name] | undefined
  /** The rows of a resident table that fit a clause, at once. */
  readRows<Name extends ResidentTable>(table: Name, clause: string): Tables[Name][]
  /** A number that differs from the last one when what is read at once has changed, by whomever. */
  dataVersion(): number
  /**
   * Resolves when what is read at once holds everything that was committed before the call, by anybody. Rejects with
   * UserError 503 where the database cannot be reached. With SQLite there is nothing to wait for.
   */
  catchUp(): Promise<void>
  /**
   * What a request has to wait for so that it is answered from what was committed 50 ms before it, or later; undefined
   * where there is nothing to wait for. Never rejects: where the database cannot be reached, reads at once go on with
   * what was known last.
   */
  pending(): Promise<void> | undefined
  /** False while the database is known to be out of reach. */
  isReachable(): boolean
  /**
   * After a deletion that must be one. SQLite: empties the write-ahead log, where older states of a row still stand; in
   * the file itself deleted rows are overwritten. PostgreSQL: writes the tables anew that are not large; a table that
   * somebody reads for long, as a backup does, is left to the next purge, of large ones only the space is freed.
   * Its write-ahead log and what backups hold are not touched.
   * @param tables which were deleted from. Default: all that hold something of people
   */
  purge(tables?: readonly PersonalTable[]): Promise<void>
  /**
   * Says that a server runs on this store, until it is closed or its process ends. SQLite needs no word of it: its file
   * is in a data folder, of which the spool's lease tells.
   */
  serve(): Promise<void>
  /** How many servers have said so, this one among them; 0 with SQLite. */
  servers(): Promise<number>
  /** Idempotent. */
  close(): Promise<void>
}

export interface StoreOptions {
  /** Folder of `store.db`. */
  dataDir: string
  /** Keeps the store in PostgreSQL instead: text of DATABASE_URL. */
  databaseUrl?: string | undefined
  log: Pick<Log, 'info' | 'warn'>
  clock?: Clock
}

/**
 * Opens the store, makes it at the first start and migrates it. Throws UserError when it cannot be opened or written,
 * is not a store, or a newer version wrote it.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { databaseUrl } = options
  if (databaseUrl === undefined) return openSqlite(options)
  // Loaded here, so that whoever keeps SQLite never waits for the driver.
  const { openPostgres } = await import('./postgres/open.ts')
  return openPostgres({ ...options, databaseUrl })
}
