import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { inject, onTestFinished } from 'vitest'
import { connectOne } from '../../../../server/store/postgres/connection.ts'
import { parseDatabaseUrl } from '../../../../server/store/postgres/address.ts'
import { asUser, urlOf } from '../../../support/postgres.ts'

/** One for each test file: what is told on a channel and who waits for a lock is of one database. */
let database: Promise<string> | undefined

/**
 * An empty place for a store: a user of this database, who is no superuser, and a schema that is found by its name.
 * Answers its DATABASE_URL.
 */
export async function makeSchema(): Promise<string> {
  database ??= makeDatabase()
  const name = await database
  const user = newName('user')
  await asSuperuser(
    name,
    `CREATE ROLE ${user} LOGIN PASSWORD '${passwordOf()}'; CREATE SCHEMA ${user} AUTHORIZATION ${user}`,
  )
  return urlOf(user, name, folderOfCluster())
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
