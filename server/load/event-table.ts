import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { ClickHouseError, type ClickHouseClient, type ClickHouseSettings } from '@clickhouse/client'
import { STORED_COLUMNS } from '../../schema/rows.ts'
import { columnsOfBlock } from './native.ts'
import { InsertRejected, type EventTable } from './table.ts'

/**
 * Exceptions that say that the content of a row cannot be taken. All others tell of the server, its disk, its settings
 * or its tables, and go away without the rows being changed.
 */
const CONTENT_CODES = new Set([
  '6', // CANNOT_PARSE_TEXT
  '25', // CANNOT_PARSE_ESCAPE_SEQUENCE
  '26', // CANNOT_PARSE_QUOTED_STRING
  '27', // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  '38', // CANNOT_PARSE_DATE
  '41', // CANNOT_PARSE_DATETIME
  '53', // TYPE_MISMATCH
  '69', // ARGUMENT_OUT_OF_BOUND
  '70', // CANNOT_CONVERT_TYPE
  '72', // CANNOT_PARSE_NUMBER
  '117', // INCORRECT_DATA
  '131', // TOO_LARGE_STRING_SIZE
  '321', // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  '349', // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  '469', // VIOLATED_CONSTRAINT
])

/** Who sends batches: the loader, or an import of logs. Its statements are known by it. */
export type Sender = 'load' | 'import'

/** Statements of a batch are known by this mark: the embedded engine makes up query ids of its own. */
function markOf(sender: Sender, batchId: string): string {
  return `${sender} ${batchId}`
}

/** While inserts of a batch are being ended, they are looked for this often, and for at most this long. */
const POLL_MS = 100
const SETTLE_MS = 30_000

/**
 * The table `events` by way of ClickHouse's client for writing, whose settings make an insert one piece, in order and
 * answered when it is kept (server/clickhouse/open.ts).
 */
export function clickHouseEventTable(client: ClickHouseClient, sender: Sender = 'load'): EventTable {
  const mark = (batchId: string): string => markOf(sender, batchId)
  const ask = <T>(query: string, parameters: Record<string, unknown>, signal: AbortSignal): Promise<T[]> =>
    askEvents(client, query, parameters, signal)

  return {
    async insert(_day, { format, bytes }, batchId, signal) {
      // The client sends also what was given up before.
      signal.throwIfAborted()
      const columns = format === 'Native' ? columnsOfBlock(bytes) : STORED_COLUMNS
      const { stream } = await told(
        client.exec({
          query: `INSERT INTO events (${columns.join(', ')}) FORMAT ${format}`,
          values: Readable.from([bytes], { objectMode: false }),
          abort_signal: signal,
          clickhouse_settings: { log_comment: mark(batchId) },
        }),
      )
      // The answer is empty; read to its end it gives the connection back.
      await finished(stream.resume())
    },

    settle: (batchId, signal) =>
      settle(client, `Settings['log_comment'] = {mark:String}`, mark(batchId), signal),

    async rowsOf(batchId, days, signal) {
      const found = await ask<{ day: string; rows: string }>(
        `SELECT day, count() AS rows FROM events
          WHERE batch_id = {batch:UInt64} AND day IN {days:Array(Date)} GROUP BY day`,
        { batch: batchId, days },
        signal,
      )
      return new Map(found.map(({ day, rows }) => [day, Number(rows)]))
    },

    async rowNumbers(batchId, day, signal) {
      const found = await ask<{ row: number }>(
        `SELECT row FROM events WHERE batch_id = {batch:UInt64} AND day = {day:Date}`,
        { batch: batchId, day },
        signal,
      )
      return new Set(found.map(({ row }) => row))
    },
  }
}

/** Ends what a sender that is gone may have left under way; resolves once there is none of it. */
export function settleAll(client: ClickHouseClient, sender: Sender, signal: AbortSignal): Promise<void> {
  return settle(client, `startsWith(Settings['log_comment'], {mark:String})`, markOf(sender, ''), signal)
}

async function settle(
  client: ClickHouseClient,
  condition: string,
  mark: string,
  signal: AbortSignal,
): Promise<void> {
  const isUnderWay = async (): Promise<boolean> => {
    const query = `SELECT count() AS running FROM system.processes WHERE ${condition}`
    const [found] = await askEvents<{ running: string }>(client, query, { mark }, signal)
    return Number(found?.running) > 0
  }
  for (let waited = 0; await isUnderWay(); waited += POLL_MS) {
    if (waited >= SETTLE_MS) throw new Error('an insert of the batch is still under way')
    // ASYNC: killing SYNC never returns on the embedded engine.
    await askEvents(client, `KILL QUERY WHERE ${condition} ASYNC`, { mark }, signal)
    await sleep(POLL_MS, undefined, { signal })
  }
}

async function askEvents<T>(
  client: ClickHouseClient,
  query: string,
  parameters: Record<string, unknown>,
  signal: AbortSignal,
): Promise<T[]> {
  const answer = await told(
    client.query({
      query,
      query_params: parameters,
      format: 'JSONEachRow',
      abort_signal: signal,
      clickhouse_settings: CONSISTENT,
    }),
  )
  return answer.json<T>()
}

/** On a cluster an answer must not come from a replica that has not heard of the last insert yet. */
const CONSISTENT: ClickHouseSettings = { select_sequential_consistency: '1' }

/**
 * Tells apart what may be tried again from what may not. The message of an exception can quote rows: it goes along
 * where rows are set aside and nowhere else.
 */
async function told<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (!(error instanceof ClickHouseError)) throw error
    if (CONTENT_CODES.has(error.code)) throw new InsertRejected(error.code, error.message)
    throw new Error(`ClickHouse answered ${error.type ?? 'an error'} (code ${error.code})`, { cause: error })
  }
}
