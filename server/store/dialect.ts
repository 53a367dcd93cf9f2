import {
  CompiledQuery,
  Kysely,
  PostgresDialect,
  SqliteDialect,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type PostgresPool,
} from 'kysely'
import type { Connection } from './connection.ts'
import type { Tables } from './tables.ts'

const { raw } = CompiledQuery

/** Kysely on a guarded SQLite connection. A transaction that is begun as read only keeps no other process waiting. */
export function createSqliteKysely(database: Connection): Kysely<Tables> {
  return createKysely(new SqliteDialect({ database }), {
    beginTransaction: async (connection, { accessMode }) => {
      // A transaction that first reads and then writes fails at once, without waiting, when somebody wrote in between.
      // Taking the write lock first makes it wait its turn instead.
      await connection.executeQuery(raw(accessMode === 'read only' ? 'begin' : 'begin immediate'))
    },
  })
}

/**
 * The lock that PostgreSQL's transactions and migrations take turns by, as SQLite's do: `sluice` in ASCII. Advisory
 * locks are of one database.
 */
export const WRITE_LOCK = 0x736c75696365n

/**
 * What each server holds together with all others of its schema: `slui` in ASCII, and the schema's own number, since one
 * database may hold several stores.
 */
export const SERVER_LOCK = '1936487785, (current_schema()::regnamespace::oid::bigint % 2147483647)::int'

/** Kysely on guarded PostgreSQL connections. A transaction that is begun as read only takes no lock and is a snapshot. */
export function createPostgresKysely(pool: PostgresPool): Kysely<Tables> {
  const unlock = `select pg_advisory_unlock(${WRITE_LOCK})`
  const locked = new WeakSet<DatabaseConnection>()
  /** Ends a transaction, and hands the lock on if it has it. */
  const end = async (connection: DatabaseConnection, statement: string): Promise<void> => {
    // The lock is not the transaction's own: PostgreSQL tells of a commit after it has let go of those, and whoever
    // comes next must have been told. Within one message nothing comes between.
    await connection.executeQuery(raw(locked.has(connection) ? `${statement}; ${unlock}` : statement))
    locked.delete(connection)
  }
  return createKysely(new PostgresDialect({ pool }), {
    beginTransaction: async (connection, { accessMode }) => {
      if (accessMode === 'read only') {
        await connection.executeQuery(raw('begin isolation level repeatable read read only'))
        return
      }
      // Whatever the database's default: each statement after the lock must see what the lock's last holder committed,
      // and a snapshot taken before the wait would not.
      await connection.executeQuery(raw('begin isolation level read committed read write'))
      try {
        await connection.executeQuery(raw(`select pg_advisory_lock(${WRITE_LOCK})`))
        locked.add(connection)
      } catch (error) {
        await connection.executeQuery(raw('rollback'))
        throw error
      }
    },
    commitTransaction: (connection) => end(connection, 'commit'),
    rollbackTransaction: (connection) => end(connection, 'rollback'),
  })
}

/** What is done otherwise than Kysely does it. */
type Otherwise = Partial<Pick<Driver, 'beginTransaction' | 'commitTransaction' | 'rollbackTransaction'>>

function createKysely(dialect: Dialect, otherwise: Otherwise): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => dialect.createAdapter(),
      createQueryCompiler: () => dialect.createQueryCompiler(),
      createIntrospector: (db) => dialect.createIntrospector(db),
      createDriver: () => Object.assign(dialect.createDriver(), otherwise),
    },
  })
}
