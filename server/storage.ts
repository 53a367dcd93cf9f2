import type { ClickHouseClient } from '@clickhouse/client'
import type { Clock } from './clock.ts'
import { openCursor, type Cursor } from './load/cursor.ts'
import { clickHouseEventTable } from './load/event-table.ts'
import { startLoader } from './load/loader.ts'
import { createThreadedBuild } from './load/threaded-build.ts'
import type { Log } from './log.ts'
import type { Reading } from './metrics.ts'
import { nodeFs } from './spool/fs.ts'
import { createIntake, rememberRecords, type Intake } from './spool/intake.ts'
import { createSeen, type Seen } from './spool/seen.ts'
import { openSpool, type Spool } from './spool/spool.ts'

/**
 * Where accepted events go: the spool, the memory of event ids before it and the loader behind it, composed in the
 * order that a restart needs.
 */
export interface Storage extends Intake {
  /** Whether an event would be kept, as far as is known. */
  canAccept(): boolean
  /** ISO time up to which accepted events are in the table. */
  freshness(): string
  /** Resolves when everything accepted so far is in the table. */
  drained(): Promise<void>
  readings(): Reading[]
  /** Loads what is there for a moment, then closes; the rest is loaded at the next start. Can be called more than once. */
  close(): Promise<void>
}

export interface StorageOptions {
  /** The spool's folder. */
  folder: string
  /** 32 bytes that seal the spool. */
  key: Uint8Array
  /** The database once its tables are there; the spool is opened meanwhile. */
  database: Promise<{ write: ClickHouseClient }>
  clock: Clock
  log: Log
}

/** How long a stop waits for the loader: what is not loaded then is on disk and loads at the next start. */
const DRAIN_MS = 2_000
/** How long a start waits for a server that is still stopping. */
const LEASE_WAIT_MS = 30_000
const READ_RECORDS = 50_000
const READ_BYTES = 16 * 1024 * 1024

export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { database, clock, log } = options
  const { spool, cursor } = await openRecords(options)
  const seen = createSeen()
  let write: ClickHouseClient
  try {
    await rememberSpool(seen, spool, cursor.state().loaded, clock.monotonic())
    write = (await database).write
    await rememberTable(seen, write, clock.now(), clock.monotonic())
  } catch (error) {
    await spool.close()
    await cursor.close()
    throw error
  }
  const thread = createThreadedBuild()
  const { build } = thread
  const loader = startLoader({ spool, cursor, table: clickHouseEventTable(write), build, clock, log })
  const intake = createIntake({ spool, seen, clock })
  let closed: Promise<void> | undefined

  async function close(): Promise<void> {
    await loader.stop({ drainMs: DRAIN_MS })
    await thread.close()
    await spool.close()
    await cursor.close()
  }
  return {
    open: intake.open,
    canAccept: spool.canAccept,
    freshness: loader.freshness,
    drained: loader.drained,
    readings: () => readings({ spool, seen, loader }),
    close: () => (closed ??= close()),
  }
}

async function openRecords(options: StorageOptions): Promise<{ spool: Spool; cursor: Cursor }> {
  const { folder } = options
  const cursors: Cursor[] = []
  try {
    const spool = await openSpool({
      ...options,
      leaseWaitMs: LEASE_WAIT_MS,
      // Opening the cursor writes it: not before the folder is ours.
      async notBelow() {
        const cursor = await openCursor({ folder, fs: nodeFs })
        cursors.push(cursor)
        return cursor.reserved()
      },
    })
    return { spool, cursor: cursors[0] as Cursor }
  } catch (error) {
    await cursors[0]?.close()
    throw error
  }
}

/** Ids of the records that are not loaded yet. */
async function rememberSpool(seen: Seen, spool: Spool, loaded: number, nowMs: number): Promise<void> {
  const end = spool.position()
  for (let from = loaded; from < end;) {
    const chunk = await spool.read(from, { records: READ_RECORDS, bytes: READ_BYTES })
    for (const block of chunk.blocks) rememberRecords(seen, block, nowMs)
    from = chunk.to
  }
}

const DAY_MS = 86_400_000
/** An id is two words. So many are taken up at once: more gains nothing, and memory stays what it is. */
const WORDS = 2
const LOAD_IDS = 250_000

/**
 * Ids of the last days in the table. An event that was moved back within its day may be younger than its time, so all
 * are taken as of now: an id is remembered somewhat longer after a restart, never shorter.
 */
async function rememberTable(seen: Seen, write: ClickHouseClient, now: number, nowMs: number): Promise<void> {
  // A site's local day may be one off the UTC day, either way.
  const since = new Date(now - 2 * DAY_MS).toISOString().slice(0, 10)
  await rememberIds(seen, write, 'day >= {since:Date}', { since }, nowMs)
}

/** Makes the ids of stored events known: those of which a condition on their columns holds. */
export async function rememberIds(
  seen: Pick<Seen, 'load'>,
  write: Pick<ClickHouseClient, 'exec'>,
  condition: string,
  parameters: Record<string, unknown>,
  nowMs: number,
): Promise<void> {
  const { stream } = await write.exec({
    query: `SELECT event_id FROM events WHERE ${condition} FORMAT RowBinary`,
    query_params: parameters,
  })
  const ids = new Uint32Array(LOAD_IDS * WORDS)
  const bytes = Buffer.from(ids.buffer)
  let filled = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    for (let from = 0; from < chunk.length;) {
      const copied = chunk.copy(bytes, filled, from)
      from += copied
      filled += copied
      if (filled < bytes.length) continue
      seen.load(ids, nowMs)
      filled = 0
    }
  }
  const words = filled / Uint32Array.BYTES_PER_ELEMENT
  if (words % WORDS !== 0) throw new Error('the ids of stored events came in part')
  seen.load(ids.subarray(0, words), nowMs)
}

function readings(parts: { spool: Spool; seen: Seen; loader: ReturnType<typeof startLoader> }): Reading[] {
  const { spool, seen, loader } = parts
  const list: [name: string, help: string, kind: Reading['kind'], read: () => number][] = [
    ['sluice_spool_bytes', 'Disk that the spool takes.', 'gauge', () => spool.stats().bytes],
    [
      'sluice_spool_corrupt_blocks_total',
      'Blocks of the spool that could not be read.',
      'counter',
      () => spool.stats().corruptBlocks,
    ],
    [
      'sluice_spool_lost_records_total',
      'Records in blocks that could not be read.',
      'counter',
      () => spool.stats().lostRecords,
    ],
    ['sluice_spool_syncs_total', 'Times the disk was synced.', 'counter', () => spool.stats().syncs],
    [
      'sluice_loader_backlog_rows',
      'Accepted events that the table does not hold yet.',
      'gauge',
      () => loader.stats().backlogRows,
    ],
    ['sluice_loader_rows_total', 'Events loaded since the start.', 'counter', () => loader.stats().rows],
    [
      'sluice_loader_retries_total',
      'Attempts after the first one of a batch.',
      'counter',
      () => loader.stats().retries,
    ],
    [
      'sluice_loader_dead_rows_total',
      'Rows that the database refuses; they are set aside.',
      'counter',
      () => loader.stats().deadRows,
    ],
    [
      'sluice_loader_surplus_rows_total',
      'Rows found twice in the table.',
      'counter',
      () => loader.stats().surplusRows,
    ],
    ['sluice_event_ids', 'Event ids that are remembered.', 'gauge', () => seen.stats().ids],
    [
      'sluice_event_ids_evicted_total',
      'Event ids forgotten before a day was over.',
      'counter',
      () => seen.stats().evicted,
    ],
  ]
  return list.map(([name, help, kind, read]) => ({ name, help, kind, read }))
}
