import { Readable } from 'node:stream'
import type { ClickHouseClient } from '@clickhouse/client'
import { isName } from '../clickhouse/engine/statement.ts'
import { DRAFT_PREFIX } from '../seal/draft.ts'
import type { Section } from './archive.ts'

/**
 * The tables of ClickHouse as tab-separated rows, in pieces that fit into one insert. Which tables there are is asked
 * of the database, so that none can be forgotten; what is known of `events` is only that its rows come in batches.
 */

/** Rows of a section, unless one batch has more: as many as an insert of the loader, which the embedded engine takes. */
const SECTION_ROWS = 50_000
/** What the restored rows are gathered in until all are there. */
const ASIDE = '_restoring'

const TABLES = `SELECT name FROM system.tables
  WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND name != 'migrations'
    AND NOT endsWith(name, {aside:String}) AND NOT startsWith(name, {draft:String}) ORDER BY name`
const COLUMNS = `SELECT name FROM system.columns
  WHERE database = currentDatabase() AND table = {table:String} AND default_kind IN ('', 'DEFAULT') ORDER BY position`

/** Visits of sealed days are made of events: after a restore, when these are sealed again. */
const MADE_OF_OTHERS = 'visits'

type Asking = Pick<ClickHouseClient, 'exec' | 'query'>

async function ask<T>(client: Asking, query: string, parameters: Record<string, unknown> = {}): Promise<T[]> {
  const answer = await client.query({ query, query_params: parameters, format: 'JSONEachRow' })
  return answer.json<T>()
}

/** Every table that holds data. */
export async function tablesOf(client: Asking): Promise<string[]> {
  const found = await ask<{ name: string }>(client, TABLES, { aside: ASIDE, draft: DRAFT_PREFIX })
  return found.map(({ name }) => name)
}

/** Rows may come while it reads: those of batches that were there when it came to their day are in it, each once. */
export async function* dumpDatabase(read: Asking): AsyncGenerator<Section> {
  for (const table of await tablesOf(read)) {
    if (table === MADE_OF_OTHERS) continue
    const columns = (await ask<{ name: string }>(read, COLUMNS, { table })).map(({ name }) => name)
    const select = `SELECT ${columns.map(checked).join(', ')} FROM ${checked(table)}`
    const isBatched = columns.includes('batch_id') && columns.includes('day')
    for await (const { where, parameters } of isBatched
      ? sliceBatches(read, table)
      : slicePartitions(read, table)) {
      const body = await bytesOf(read, `${select} WHERE ${where} FORMAT TabSeparated`, parameters)
      if (body.length === 0) continue
      yield { head: { part: 'database', table, columns, rows: countLines(body) }, body }
    }
  }
}

interface Slice {
  readonly where: string
  readonly parameters: Record<string, unknown>
}

/** A day's batches in groups. Asked day by day: all batches of a year are more than an answer may hold. */
async function* sliceBatches(read: Asking, table: string): AsyncGenerator<Slice> {
  const days = await ask<{ day: string }>(read, `SELECT DISTINCT day FROM ${table} ORDER BY day`)
  for (const { day } of days) {
    const batches = await ask<{ batch: string; rows: number }>(
      read,
      `SELECT toString(batch_id) AS batch, toUInt32(count()) AS rows FROM ${table}
        WHERE day = {day:Date} GROUP BY batch_id ORDER BY batch_id`,
      { day },
    )
    for (let from = 0; from < batches.length;) {
      let to = from
      let rows = 0
      do rows += batches[to++]?.rows ?? 0
      while (to < batches.length && rows + (batches[to]?.rows ?? 0) <= SECTION_ROWS)
      yield {
        where: 'day = {day:Date} AND batch_id BETWEEN {first:UInt64} AND {last:UInt64}',
        parameters: { day, first: batches[from]?.batch, last: batches[to - 1]?.batch },
      }
      from = to
    }
  }
}

async function* slicePartitions(read: Asking, table: string): AsyncGenerator<Slice> {
  const partitions = await ask<{ partition: string }>(
    read,
    `SELECT DISTINCT _partition_id AS partition FROM ${table} ORDER BY partition`,
  )
  for (const { partition } of partitions) {
    yield { where: '_partition_id = {partition:String}', parameters: { partition } }
  }
}

async function bytesOf(read: Asking, query: string, parameters: Record<string, unknown>): Promise<Buffer> {
  const { stream } = await read.exec({ query, query_params: parameters })
  const pieces: Buffer[] = []
  for await (const piece of stream as AsyncIterable<Buffer>) pieces.push(piece)
  return Buffer.concat(pieces)
}

const NEWLINE = 10

/** A newline within a value is escaped. */
function countLines(body: Buffer): number {
  let lines = 0
  for (let at = body.indexOf(NEWLINE); at >= 0; at = body.indexOf(NEWLINE, at + 1)) lines++
  return lines
}

function checked(name: string): string {
  if (isName(name)) return name
  throw new Error('a table or column has a name that cannot stand in a statement')
}

/** Puts rows back: beside the tables first, and in their place when all are there. */
export interface DatabaseFill {
  /** Inserts a section's rows beside its table. Throws Error when the database has no such table. */
  add(section: Pick<Section, 'head' | 'body'>): Promise<void>
  /** How many rows stand beside a table. */
  rows(): Promise<number>
  /** Which of these event ids, decimal, are among the rows of `events` that stand beside it. */
  known(days: readonly string[], ids: readonly string[]): Promise<Set<string>>
  /** Exchanges the tables for what stands beside them. */
  publish(): Promise<void>
}

/** What an attempt that was killed left beside the tables is removed. */
export async function fillDatabase(write: ClickHouseClient): Promise<DatabaseFill> {
  const tables = await tablesOf(write)
  for (const table of tables) {
    await write.command({ query: `DROP TABLE IF EXISTS ${checked(table)}${ASIDE} SYNC` })
    await write.command({ query: `CREATE TABLE ${table}${ASIDE} AS ${table}` })
  }
  return {
    async add({ head, body }) {
      const { table = '', columns = [] } = head
      if (!tables.includes(table)) throw new Error(`the database has no table ${table}`)
      await write.insert({
        table: `${table}${ASIDE}`,
        columns: columns as [string, ...string[]],
        format: 'TabSeparated',
        values: Readable.from([body], { objectMode: false }),
      })
    },
    async rows() {
      let rows = 0
      for (const table of tables) {
        const [found] = await ask<{ rows: number }>(write, `SELECT count() AS rows FROM ${table}${ASIDE}`)
        rows += found?.rows ?? 0
      }
      return rows
    },
    async known(days, ids) {
      const found = await ask<{ id: string }>(
        write,
        `SELECT DISTINCT toString(event_id) AS id FROM events${ASIDE}
          WHERE day IN {days:Array(Date)} AND event_id IN {ids:Array(UInt64)}`,
        { days, ids: ids.map(BigInt) },
      )
      return new Set(found.map(({ id }) => id))
    },
    async publish() {
      for (const table of tables) {
        await write.command({ query: `EXCHANGE TABLES ${table} AND ${table}${ASIDE}` })
        await write.command({ query: `DROP TABLE ${table}${ASIDE} SYNC` })
      }
    },
  }
}

/** Whether no table holds a row. */
export async function isDatabaseEmpty(client: Asking): Promise<boolean> {
  for (const table of await tablesOf(client)) {
    const found = await ask<{ one: number }>(client, `SELECT 1 AS one FROM ${checked(table)} LIMIT 1`)
    if (found.length > 0) return false
  }
  return true
}
