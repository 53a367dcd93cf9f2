import { Readable } from 'node:stream'
import type { ClickHouseClient } from '@clickhouse/client'
import { encodeRow, STORED_COLUMNS, storedLine } from '../../schema/rows.ts'
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
    type: 'pageview',
    page: '/',
    hostname: 'example.com',
    collector: 'tracker',
    basis: 'anonymous',
    referrer: '',
    source: '',
    channel: '',
    utmSource: '',
    utmMedium: '',
    utmCampaign: '',
    utmTerm: '',
    utmContent: '',
    country: '',
    region: '',
    city: '',
    network: '',
    browser: '',
    browserVersion: '',
    os: '',
    osVersion: '',
    device: '',
    screen: '',
    language: '',
    visibleMs: 0,
    scrollPercent: 0,
    ...given,
    site,
    eventId: batchId * 1_000_000n + BigInt(row),
    batchId,
    row,
  }
}
