import type pg from 'pg'
import type { Clock } from '../../clock.ts'
import { checkApplied, type AppliedMigration, type Migration } from '../../migrations.ts'
import { WRITE_LOCK } from '../dialect.ts'
import { CREATE_MIGRATION } from '../migrate.ts'
import { RESIDENT_TABLES } from '../tables.ts'
import { gatherNothing, gathersNothing } from './purge.ts'
import { CHANNEL, KEY_OF } from './resident.ts'
import { forPostgres } from './schema.ts'

/** How long a start waits for another one that migrates: a large table may have to be rewritten. */
const WAIT = '10min'

/**
 * Brings the store to the newest schema: all that is missing in one transaction, or nothing. Answers what was run.
 * Processes that start together do it once, and no other writes meanwhile: it holds the write lock.
 */
export async function migratePostgres(
  client: pg.Client,
  files: readonly Migration[],
  clock: Clock,
): Promise<readonly Migration[]> {
  // Asked without a lock first: commands must not wait for one another when there is nothing to do.
  if (await isPrepared(client, files)) return []
  await client.query('BEGIN ISOLATION LEVEL READ COMMITTED')
  try {
    await client.query(`SET LOCAL lock_timeout = '${WAIT}'; SET LOCAL statement_timeout = '${WAIT}'`)
    await client.query({ text: `SELECT pg_advisory_xact_lock(${WRITE_LOCK})`, ...PATIENT })
    await client.query(forPostgres(CREATE_MIGRATION))
    const missing = checkApplied(files, await readApplied(client))
    for (const { number, name, sql, checksum } of missing) {
      await client.query({ text: forPostgres(sql), ...PATIENT })
      await client.query(
        'INSERT INTO migration (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)',
        [number, name, checksum, clock.now()],
      )
    }
    await client.query(tellChanges())
    await client.query(gatherNothing())
    await client.query('COMMIT')
    return missing
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

/** The client itself waits as long as the server does. */
const PATIENT = { query_timeout: 10 * 60_000 }

async function isPrepared(client: pg.Client, files: readonly Migration[]): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(
    "SELECT to_regclass('migration') IS NOT NULL AS found",
  )
  if (rows[0]?.found !== true || checkApplied(files, await readApplied(client)).length > 0) return false
  const triggers = await client.query(
    "SELECT 1 FROM pg_trigger WHERE tgname = 'tell_change' AND tgrelid = ANY ($1::text[]::regclass[])",
    [RESIDENT_TABLES],
  )
  return triggers.rowCount === RESIDENT_TABLES.length && gathersNothing(client)
}

async function readApplied(client: pg.Client): Promise<AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(
    'SELECT number, checksum FROM migration ORDER BY number',
  )
  return rows
}

/** Whoever changes a resident table, also through a reference or by hand, tells all who have a copy which rows these are. */
function tellChanges(): string {
  const tell = `CREATE OR REPLACE FUNCTION sluice_tell_change() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      changed jsonb := CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    BEGIN
      PERFORM pg_notify('${CHANNEL}', TG_TABLE_NAME || ' ' || (changed ->> TG_ARGV[0]));
      RETURN NULL;
    END $$`
  const triggers = RESIDENT_TABLES.map(
    (table) => `DROP TRIGGER IF EXISTS tell_change ON ${table};
      CREATE TRIGGER tell_change AFTER INSERT OR UPDATE OR DELETE ON ${table}
      FOR EACH ROW EXECUTE FUNCTION sluice_tell_change('${KEY_OF[table]}')`,
  )
  return [tell, ...triggers].join(';\n')
}
