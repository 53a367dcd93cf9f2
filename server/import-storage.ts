import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import type { Site } from '../schema/site.ts'
import type { Clock } from './clock.ts'
import { UserError } from './errors.ts'
import { createBlockMemory } from './load/block-memory.ts'
import { nextBatchId } from './load/cursor.ts'
import { batchOfColumns } from './load/event-columns.ts'
import { clickHouseEventTable, settleAll } from './load/event-table.ts'
import { loadBatch } from './load/load-batch.ts'
import type { Log } from './log.ts'
import type { ImportTarget } from './logs/import.ts'
import { takeLease } from './spool/lease.ts'
import { rememberIds } from './storage.ts'

/**
 * Where an import puts events: into the table, in batches of its own, beside the loader of a server that may be running.
 * What was imported is told by the table alone. So an import that was killed needs no file to go on from: the log is read
 * again, and what is there counts as imported.
 */
export interface ImportStorage extends ImportTarget {
  close(): Promise<void>
}

/** An import is not a server: after so many attempts it says so. The pauses between them make half a minute. */
const ATTEMPTS = 7
const FIRST_PAUSE_MS = 250

/** Rejects with UserError while another import on the same data is under way. */
export async function openImportStorage(parts: {
  dataDir: string
  write: ClickHouseClient
  site: Site
  clock: Clock
  log: Log
}): Promise<ImportStorage> {
  const { write, site, clock, log } = parts
  const folder = path.join(parts.dataDir, 'import')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const endLease = await takeLease(folder).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error
    throw new UserError('Another import is under way: start this one when it has ended.')
  })
  const { signal } = new AbortController()
  const table = clickHouseEventTable(write, 'import')
  const memory = createBlockMemory()
  /** Before the first: the random bits of this import alone (nextBatchId). */
  let batchId = String(BigInt(randomBytes(4).readUInt32LE() >>> 10) << 10n)
  try {
    // An import that was killed may have left an insert behind, which would come in after the ids were read.
    await settleAll(write, 'import', signal)
  } catch (error) {
    await endLease()
    throw error
  }

  return {
    async openDay(day, seen) {
      const condition = `site = {site:UInt64} AND day = {day:Date} AND collector = 'log'`
      const [isGone] = await Promise.all([
        isExpired(write, site, day),
        rememberIds(seen, write, condition, { site: site.id, day }, 0),
      ])
      return !isGone
    },
    async store(rows) {
      // Made now and not after the batch before: its second says when these came.
      batchId = nextBatchId(batchId, clock.now())
      const batch = batchOfColumns(batchId, rows, memory)
      await loadBatch(batch, true, {
        table,
        log,
        signal,
        dead: new Set(),
        async backOff(attempt) {
          if (attempt + 1 >= ATTEMPTS) {
            throw new UserError(
              'The database does not take the events: run the same command again when `sluice doctor` finds it well. What was imported counts once.',
            )
          }
          await sleep(FIRST_PAUSE_MS * 2 ** attempt)
        },
        setAside: () =>
          Promise.reject(
            new UserError('The database refuses some of the events: `sluice doctor` tells more.'),
          ),
        onRetry: () => undefined,
      })
    },
    close: endLease,
  }
}

/** Fewer events than the day's rollup was computed from: their window has passed, and the day is never computed again. */
async function isExpired(write: ClickHouseClient, { id }: Site, day: string): Promise<boolean> {
  const answer = await write.query({
    query: `SELECT (SELECT count() FROM events WHERE site = {site:UInt64} AND day = {day:Date}) < (SELECT sum(events) FROM rollup WHERE site = {site:UInt64} AND day = {day:Date} AND dimension = 'total') AS expired`,
    query_params: { site: id, day },
    format: 'JSONEachRow',
  })
  const [found] = await answer.json<{ expired: number }>()
  return Number(found?.expired) === 1
}
