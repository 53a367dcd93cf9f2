import type pg from 'pg'
import { codeOf } from '../error-code.ts'
import { PERSONAL_COLUMNS, type PersonalTable } from '../personal.ts'

/**
 * PostgreSQL leaves the bytes of deleted rows in its files, also after VACUUM, which only frees their space. A table
 * that is written anew has none of them: the file it was in is given back. Nobody can read it meanwhile, so that is
 * done where it is over at once.
 */

/** Tables up to this size, with indexes, are written anew: some 200,000 receipts, well within a second. */
const REWRITE_BYTES = 32 * 1024 * 1024
/** Who waits for a table lets nobody else in: so briefly that a request hardly sees it. */
const LOCK_MS = 500
/** PostgreSQL's code for a lock that was not given in time. */
const NOT_GIVEN = '55P03'

/**
 * Frees the space of deleted rows, and writes the tables anew that are not large. Answers those that are in use for
 * long, by a backup that reads them: they have to be done again.
 */
export async function purgeTables(
  client: pg.ClientBase,
  tables: readonly PersonalTable[],
): Promise<PersonalTable[]> {
  await client.query(`VACUUM ${tables.join(', ')}`)
  const { rows } = await client.query<{ name: PersonalTable }>(
    `SELECT name FROM unnest($1::text[]) AS name WHERE pg_total_relation_size(name::regclass) <= $2`,
    [tables, REWRITE_BYTES],
  )
  const inUse: PersonalTable[] = []
  await client.query(`SET lock_timeout = ${LOCK_MS}`)
  try {
    for (const { name } of rows) {
      try {
        await client.query(`VACUUM (FULL) ${name}`)
      } catch (error) {
        if (codeOf(error) !== NOT_GIVEN) throw error
        inUse.push(name)
      }
    }
  } finally {
    await client.query('RESET lock_timeout')
  }
  return inUse
}

/**
 * What ANALYZE would copy into PostgreSQL's own tables, where it outlives the row: it is told to gather nothing of these
 * columns. They are found by whole values of unique indexes, for which a plan needs no statistics.
 */
export function gatherNothing(): string {
  return Object.entries(PERSONAL_COLUMNS)
    .map(([table, columns]) => {
      const actions = columns.map((column) => `ALTER COLUMN ${column} SET STATISTICS 0`)
      return `ALTER TABLE ${table} ${actions.join(', ')}`
    })
    .join(';\n')
}

/** Whether that was done. */
export async function gathersNothing(client: pg.ClientBase): Promise<boolean> {
  const columns = Object.entries(PERSONAL_COLUMNS).flatMap(([table, names]) =>
    names.map((name) => [table, name]),
  )
  const { rows } = await client.query<{ gathers: boolean }>(
    `SELECT EXISTS (
       SELECT 1 FROM unnest($1::text[], $2::text[]) AS wanted (relation, name)
       JOIN pg_attribute ON attrelid = relation::regclass AND attname = name AND attstattarget <> 0
     ) AS gathers`,
    [columns.map(([table]) => table), columns.map(([, name]) => name)],
  )
  return rows[0]?.gathers === false
}
