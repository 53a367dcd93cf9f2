import type { ClickHouseClient } from '@clickhouse/client'
import { UserError } from '../errors.ts'
import { checkApplied, migrationFolder, readMigrations, type AppliedMigration } from '../migrations.ts'

/**
 * Brings the schema to where this version expects it: the files of `schema/clickhouse/`, in order, each once. There
 * are no transactions around schema changes here, so a statement must do no harm when it is run again: a file counts
 * as applied only after its last statement.
 */
export interface MigrateOptions {
  /** Name of the cluster on which tables are made, each replicated. Absent: a single server, or the engine. */
  cluster?: string | undefined
  /** Where the files are. Default: those of this version. */
  folder?: string
}

const LEDGER = `
CREATE TABLE IF NOT EXISTS migrations {cluster} (
  number UInt32 COMMENT 'number of the migration',
  name String COMMENT 'file name without its ending',
  checksum String COMMENT 'SHA-256 of the file, hex',
  applied_at DateTime('UTC') DEFAULT now('UTC') COMMENT 'when it was applied'
) ENGINE = {engine:MergeTree} ORDER BY number
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`

/**
 * Runs what is missing; resolves to the names of what it ran. Rejects with UserError when the database was changed by
 * a newer version or an applied file was edited.
 */
export async function migrate(write: ClickHouseClient, options: MigrateOptions = {}): Promise<string[]> {
  const files = readMigrations(options.folder ?? migrationFolder('clickhouse'))
  await write.command({ query: expand(LEDGER, options.cluster) })
  const missing = checkApplied(files, await readApplied(write))
  for (const { number, name, sql, checksum } of missing) {
    for (const statement of splitStatements(sql)) {
      await write.command({ query: expand(statement, options.cluster) })
    }
    await write.insert({
      table: 'migrations',
      columns: ['number', 'name', 'checksum'],
      values: [{ number, name, checksum }],
      format: 'JSONEachRow',
    })
  }
  return missing.map(({ name }) => name)
}

async function readApplied(client: ClickHouseClient): Promise<AppliedMigration[]> {
  // Two collectors that start together may both have written a line.
  const answer = await client.query({
    query: 'SELECT number, checksum FROM migrations GROUP BY number, checksum ORDER BY number',
    format: 'JSONEachRow',
  })
  return await answer.json<AppliedMigration>()
}

const CLUSTER_NAME = /^[\w.-]+$/

/** Throws UserError for what is no plain name of a cluster: it stands in statements, which cannot bind it. */
export function checkClusterName(name: string): void {
  if (!CLUSTER_NAME.test(name)) {
    throw new UserError('CLICKHOUSE_CLUSTER must be the plain name of a cluster, like stats.')
  }
}

/**
 * Fills in what differs between one server and a cluster: `{cluster}` behind the name of a table, and
 * `{engine:MergeTree}` for its engine.
 */
export function expand(statement: string, cluster: string | undefined): string {
  if (cluster !== undefined) checkClusterName(cluster)
  return statement
    .replaceAll('{cluster}', cluster === undefined ? '' : `ON CLUSTER '${cluster}'`)
    .replaceAll(/\{engine:(\w*MergeTree)\}/g, (_, engine: string) =>
      // The path and replica name of a replicated table come from the server's own defaults.
      cluster === undefined ? engine : `Replicated${engine}`,
    )
}

/** Cuts a file at its semicolons; those in texts and comments do not count. Comments are left out. */
export function splitStatements(sql: string): string[] {
  const statements: string[] = []
  let statement = ''
  for (const [piece] of sql.matchAll(/--[^\n]*|'(?:[^'\\]|\\[\s\S])*'|[^;'-]+|[;'-]/g)) {
    if (piece.startsWith('--')) continue
    if (piece === ';') {
      statements.push(statement.trim())
      statement = ''
    } else statement += piece
  }
  return [...statements, statement.trim()].filter((one) => one !== '')
}
