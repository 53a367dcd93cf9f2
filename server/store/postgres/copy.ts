import type { SqliteStatement } from 'kysely'
import type { Clock } from '../../clock.ts'
import { migrationFolder, readMigrations } from '../../migrations.ts'
import { connect } from '../connection.ts'
import { migrateStore } from '../migrate.ts'
import type { Store } from '../open.ts'
import { RESIDENT_TABLES, type ResidentTable, type Tables } from '../tables.ts'
import { KEY_OF, type Changed } from './resident.ts'

/**
 * The resident tables in memory: what is asked of them is SQL, so they are in a SQLite database of the same schema that
 * is nowhere on disk.
 */
export interface Copy extends Pick<Store, 'prepareRow' | 'readRows' | 'dataVersion'> {
  /** Puts these rows in place of those that have changed, all at once. */
  replace(changes: readonly Replacement[]): void
  close(): void
}

export interface Replacement {
  readonly table: ResidentTable
  readonly changed: Changed
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

export function createCopy(clock: Clock): Copy {
  const memory = connect(':memory:', { readOnly: false })
  migrateStore(memory, readMigrations(migrationFolder('store')), clock)
  // References are held where the rows come from; here rows are replaced without those that refer to them.
  memory.exec('PRAGMA foreign_keys = OFF')
  let version = 0

  function forget(table: ResidentTable, changed: Changed): void {
    if (changed === 'all') memory.exec(`DELETE FROM ${table}`)
    else {
      const one = memory.prepare(`DELETE FROM ${table} WHERE "${KEY_OF[table]}" = ?`)
      for (const key of changed) one.run([key])
    }
  }

  function add(table: ResidentTable, rows: Replacement['rows']): void {
    let insert: SqliteStatement | undefined
    for (const row of rows) {
      insert ??= memory.prepare(insertInto(table, Object.keys(row)))
      insert.run(Object.values(row))
    }
  }

  return {
    replace: (changes) => {
      memory.exec('BEGIN')
      try {
        for (const { table, changed, rows } of changes) {
          forget(table, changed)
          add(table, rows)
        }
        memory.exec('COMMIT')
        version++
      } catch (error) {
        memory.exec('ROLLBACK')
        throw error
      }
    },
    prepareRow: <Name extends ResidentTable>(table: Name, clause: string) =>
      memory.prepareRow(select(table, clause)) as (...values: unknown[]) => Tables[Name] | undefined,
    readRows: <Name extends ResidentTable>(table: Name, clause: string) =>
      memory.prepare(select(table, clause)).all([]) as Tables[Name][],
    dataVersion: () => version,
    close: () => memory.close(),
  }
}

/** A row may be newer than what was told of others: one that stands in its way has been changed too. */
function insertInto(table: ResidentTable, columns: readonly string[]): string {
  const names = columns.map((column) => `"${column}"`).join(', ')
  return `INSERT OR REPLACE INTO ${table} (${names}) VALUES (${columns.map(() => '?').join(', ')})`
}

/** Refuses, by whatever way a table came, one that is not copied: it would seem to be empty. */
function select(table: ResidentTable, clause: string): string {
  if (!RESIDENT_TABLES.includes(table)) throw new TypeError('a table that is not resident is asked at once')
  return `SELECT * FROM ${table} ${clause}`
}
