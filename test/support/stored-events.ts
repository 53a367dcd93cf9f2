import { Readable } from 'node:stream'
import type { ClickHouseClient } from '@clickhouse/client'
import { EMPTY_ROW, encodeRow, STORED_COLUMNS, storedLine } from '../../schema/rows.ts'
import type { OracleEvent } from './oracle.ts'

/** Puts events into the table in the format of a sealed batch: batch, row number, record without milliseconds. */
export async function storeEvents(write: ClickHouseClient, events: readonly OracleEvent[]): Promise<void> {
  const lines = events.map((event) => storedLine(event.batchId, event.row, encodeRow(event)))
  await write.insert({
    table: 'events',
    values: Readable.from([lines.join('')], { objectMode: false }),
    format: 'TabSeparated',
    columns: STORED_COLUMNS,
  })
}

/** An event with what matters to a test; all else is empty. */
export function storedEvent(
  site: number,
  batchId: bigint,
  row: number,
  given: Partial<OracleEvent> & Pick<OracleEvent, 'day' | 'timeMs' | 'visitor'>,
): OracleEvent {
  return {
    ...EMPTY_ROW,
    type: 'pageview',
    page: '/',
    hostname: 'example.com',
    collector: 'tracker',
    basis: 'anonymous',
    ...given,
    site,
    eventId: batchId * 1_000_000n + BigInt(row),
    batchId,
    row,
  }
}
