import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Batch, BuildBatch } from './batch.ts'
import type { Cursor, SealedBatch } from './cursor.ts'
import type { EventTable, RecordSource } from './table.ts'

/** A batch that is sealed and not yet known to be loaded. */
export interface OpenBatch {
  sealed: SealedBatch
  readonly batch: Batch
  /** When its first record was committed, Unix seconds. */
  readonly time: number
  /** Nothing was tried with it yet. */
  isFresh: boolean
}

export interface Sealing {
  spool: RecordSource
  cursor: Cursor
  table: EventTable
  build: BuildBatch
  clock: Clock
  log: Log
  limits: { maxRows: number; maxBytes: number }
  signal: AbortSignal
}

/** Seals what waits in the spool. Undefined when nothing readable was there: then the cursor went past it. */
export async function sealNext(sealing: Sealing): Promise<OpenBatch | undefined> {
  const { spool, cursor, limits } = sealing
  const state = cursor.state()
  const from = state.loaded
  const chunk = await spool.read(from, { records: limits.maxRows, bytes: limits.maxBytes })
  if (chunk.records === 0) {
    if (chunk.to > from) await cursor.save({ ...state, loaded: chunk.to })
    return undefined
  }
  const time = chunk.time ?? state.time
  const seal = await sealRecords(sealing, { from, to: chunk.to, blocks: chunk.blocks, time })
  await cursor.save({ loaded: from, time: state.time, lastBatchId: seal.sealed.batchId, sealed: seal.sealed })
  return seal
}

interface Range {
  from: number
  to: number
  blocks: readonly Buffer[]
  time: number
  days?: readonly string[]
}

async function sealRecords({ cursor, clock, build }: Sealing, range: Range): Promise<OpenBatch> {
  const { from, to, blocks, time, days } = range
  const batchId = cursor.nextBatchId(clock.now())
  const batch = await build(batchId, blocks, days)
  const partitions = Object.fromEntries(batch.slices.map((slice) => [slice.day, slice.to - slice.from]))
  const { rows, sha256 } = batch
  const sealed = { batchId, from, to, rows, sha256, partitions, ...(days && { days }) }
  return { sealed, batch, time, isFresh: true }
}

/** Builds the sealed batch of the cursor again, after a start. Undefined when nothing of it is left to load. */
export async function resumeBatch(sealing: Sealing): Promise<OpenBatch | undefined> {
  const { spool, cursor, build, log } = sealing
  const { sealed, time } = cursor.state()
  if (!sealed) return undefined
  const { batchId, from, to, days } = sealed
  const chunk = await spool.read(from, { records: Infinity, bytes: Infinity, upTo: to })
  const batch = await build(batchId, chunk.blocks, days)
  if (batch.sha256 === sealed.sha256) {
    return { sealed, batch, time: chunk.time ?? time, isFresh: false }
  }
  log.error({ batch: batchId, rows: sealed.rows, left: batch.rows }, 'records of a sealed batch were lost')
  return sealRest(sealing, sealed, { from, to, blocks: chunk.blocks, time: chunk.time ?? time })
}

/**
 * The rows of a damaged batch no longer have their numbers. A day is inserted in one piece: what the table has of the
 * batch stays as it is, and the days of which it has nothing are sealed anew.
 */
async function sealRest(sealing: Sealing, sealed: SealedBatch, range: Range): Promise<OpenBatch | undefined> {
  const { cursor, table, signal } = sealing
  await table.settle(sealed.batchId, signal)
  const present = await table.rowsOf(sealed.batchId, Object.keys(sealed.partitions), signal)
  const days = Object.keys(sealed.partitions).filter((day) => (present.get(day) ?? 0) === 0)
  const rest = await sealRecords(sealing, { ...range, days })
  const { batchId } = rest.sealed
  const { loaded, time } = cursor.state()
  if (rest.sealed.rows === 0) {
    await cursor.save({ loaded: sealed.to, time: range.time, lastBatchId: batchId })
    return undefined
  }
  await cursor.save({ loaded, time, lastBatchId: batchId, sealed: rest.sealed })
  return rest
}

/** Says on disk that a batch is in the table. */
export async function endBatch({ cursor }: Sealing, { sealed, time }: OpenBatch): Promise<void> {
  await cursor.save({ loaded: sealed.to, time, lastBatchId: cursor.state().lastBatchId })
}
