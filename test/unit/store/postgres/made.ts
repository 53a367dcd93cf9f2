import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { inject, onTestFinished } from 'vitest'
import { systemClock } from '../../../../server/clock.ts'
import { migrationFolder, readMigrations } from '../../../../server/migrations.ts'
import { connectOne } from '../../../../server/store/postgres/connection.ts'
import { parseDatabaseUrl } from '../../../../server/store/postgres/address.ts'
import { migratePostgres } from '../../../../server/store/postgres/migrate.ts'
import { asUser, urlOf } from '../../../support/postgres.ts'

/** One for each process of tests: what is told on a channel and who waits for a lock is of one database. */
let database: Promise<string> | undefined

/**
 * An empty place for a store: a user of this database, who is no superuser, and a schema that is found by its name.
 * Answers its DATABASE_URL.
 */
export async function makeSchema(): Promise<string> {
  database ??= makeDatabase()
  return schemaIn(await database)
}

async function schemaIn(name: string): Promise<string> {
  const user = newName('user')
  await asSuperuser(
    name,
    `CREATE ROLE ${user} LOGIN PASSWORD '${passwordOf()}'; CREATE SCHEMA ${user} AUTHORIZATION ${user}`,
  )
  return urlOf(user, name, folderOfCluster())
}

/** A role and its schema in a database that has the tables of the store already. */
let migrated: Promise<{ name: string; owner: string }> | undefined

/** Copies of tests that are over: each is ten megabytes, and the first to go writes all that is in memory to disk. */
const over: string[] = []
const DROPPED_TOGETHER = 20

/**
 * A place for a store like that of `makeSchema`, with the tables in it: a copy of one that was migrated once, since most
 * tests are about what comes after.
 */
export async function makeStore(): Promise<string> {
  migrated ??= makeMigrated()
  const { name, owner } = await migrated
  const copy = newName('database')
  const [drop, create] = [
    over.length >= DROPPED_TOGETHER ? over.splice(0).map((old) => `DROP DATABASE ${old} WITH (FORCE)`) : [],
    `CREATE DATABASE ${copy} TEMPLATE ${name} ${await copying()}`,
  ]
  // Nothing of this may be in a transaction, and each connection takes as long as a copy.
  const client = await connectOne(parseDatabaseUrl(inject('cluster')))
  for (const statement of [...drop, create]) await client.query(statement)
  await client.end()
  onTestFinished(() => void over.push(copy))
  const user = newName('user')
  await asSuperuser(
    copy,
    `CREATE ROLE ${user} LOGIN PASSWORD '${passwordOf()}'; ALTER SCHEMA ${owner} RENAME TO ${user}; REASSIGN OWNED BY ${owner} TO ${user}`,
  )
  return urlOf(user, copy, folderOfCluster())
}

/** The way of a copy that writes files, not each of their pages into the log as well: all there was before version 15. */
async function copying(): Promise<string> {
  version ??= asSuperuser('postgres', 'SHOW server_version_num').then(({ rows }) =>
    Number((rows as { server_version_num: string }[])[0]?.server_version_num),
  )
  return (await version) >= 150_000 ? 'STRATEGY FILE_COPY' : ''
}

let version: Promise<number> | undefined

async function makeMigrated(): Promise<{ name: string; owner: string }> {
  const address = parseDatabaseUrl(await schemaIn(await makeDatabase()))
  const client = await connectOne(address)
  await migratePostgres(client, readMigrations(migrationFolder('store')), systemClock)
  await client.end()
  return { name: address.database, owner: address.user }
}

/** A database of its own, its language's rules of order being others than those of bytes. */
export async function makeDatabase(options = ''): Promise<string> {
  const name = newName('database')
  await asSuperuser('postgres', `CREATE DATABASE ${name} ${options}`)
  return name
}

/** Runs statements in a database of the run's cluster. */
export function asSuperuser(name: string, statements: string): Promise<pg.QueryResult> {
  const url = new URL(inject('cluster'))
  url.pathname = name
  return asUser(url.href, statements)
}

/** See `tamperer`. Values stand for `?`. */
export async function tampererOf(
  databaseUrl: string,
): Promise<(sql: string, ...values: unknown[]) => Promise<number>> {
  const client = await connectOne(parseDatabaseUrl(databaseUrl))
  onTestFinished(() => client.end())
  const { rows } = await client.query<{ drop: string }>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop
     FROM pg_constraint WHERE contype = 'c' AND connamespace = current_schema()::regnamespace`,
  )
  for (const { drop } of rows) await client.query(drop)
  return async (sql, ...values) => {
    let place = 0
    const { rowCount } = await client.query(
      sql.replaceAll('?', () => `$${++place}`),
      values,
    )
    return rowCount ?? 0
  }
}

function newName(kind: string): string {
  return `${kind}_${randomBytes(6).toString('hex')}`
}

function passwordOf(): string {
  return parseDatabaseUrl(inject('cluster')).password ?? ''
}

function folderOfCluster(): string {
  return parseDatabaseUrl(inject('cluster')).host
}
