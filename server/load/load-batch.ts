import { describe, type Log } from '../log.ts'
import type { DaySlice, LoadableBatch } from './batch.ts'
import { insertBisecting, type RefusedRow } from './reject.ts'
import { InsertRejected, type EventTable } from './table.ts'

/** What loading a batch needs, and what it reports. */
export interface BatchLoading {
  table: EventTable
  log: Log
  /** Ends the loading between two steps, and what can be ended of a step. */
  signal: AbortSignal
  /** Sleeps before the next attempt; the first attempt is number 0. */
  backOff: (attempt: number) => Promise<void>
  /** Numbers of the rows that are set aside already. */
  dead: Set<number>
  /** Sets rows aside for good; resolves when that is durable. `dead` holds them by then. */
  setAside: (day: string, rows: readonly RefusedRow[]) => Promise<void>
  onRetry: () => void
}

/**
 * Loads a batch exactly once, and resolves when the table was seen to hold all of it. An insert whose outcome is not
 * known is never repeated blindly: first nothing of the batch may be under way any more, then the table is asked what
 * it has, day by day and where needed row by row, and only what is missing is sent.
 *
 * `isFresh`: no insert was ever tried. Resolves to how many rows the table holds too many, which is 0 unless an insert
 * took effect after the database had said that it was not running. Rejects only with the signal's reason.
 */
export async function loadBatch(
  batch: LoadableBatch,
  isFresh: boolean,
  loading: BatchLoading,
): Promise<number> {
  const { log, signal } = loading
  let mayBeThere = !isFresh
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted()
    try {
      const missing = mayBeThere
        ? await findMissing(batch, loading)
        : batch.slices.map((slice) => whole(batch, slice))
      mayBeThere = true
      for (const part of missing) {
        if (part.block) await insertBlock(batch, part.slice, part.block, loading)
        else await insertBisecting(batch, part, loading)
      }
      // An answer alone is no proof that the rows are kept.
      const counts = await countDays(batch, loading)
      const excess = batch.slices.map((slice) => (counts.get(slice.day) ?? 0) - expected(slice, loading.dead))
      if (excess.every((rows) => rows >= 0)) return excess.reduce((sum, rows) => sum + rows, 0)
      log.warn(
        { batch: batch.batchId, attempt },
        'rows of a batch are missing after an insert that was acknowledged',
      )
    } catch (error) {
      signal.throwIfAborted()
      log.warn({ batch: batch.batchId, attempt, err: describe(error) }, 'a batch could not be loaded yet')
    }
    loading.onRetry()
    await loading.backOff(attempt)
  }
}

/** Rows of one day that are to be inserted. */
export interface MissingRows {
  readonly slice: DaySlice
  readonly rows: readonly number[]
  /** How many rows of the day the table holds before. */
  readonly present: number
  /** All of them as one block, where none of them was sent before. */
  readonly block?: Buffer | undefined
}

function whole(batch: LoadableBatch, slice: DaySlice): MissingRows {
  return { slice, rows: numbersOf(slice), present: 0, block: batch.block(slice) }
}

function numbersOf({ from, to }: DaySlice): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}

/** Whatever speaks against a block, the next attempt sends lines: which rows are to blame is found with them. */
async function insertBlock(
  { batchId }: LoadableBatch,
  { day, from, to }: DaySlice,
  bytes: Buffer,
  { table, signal }: BatchLoading,
): Promise<void> {
  try {
    await table.insert(day, { format: 'Native', bytes, count: to - from }, batchId, signal)
  } catch (error) {
    if (!(error instanceof InsertRejected)) throw error
    throw new Error(`the database refuses a block of rows (code ${error.code})`, { cause: error })
  }
}

async function findMissing(batch: LoadableBatch, loading: BatchLoading): Promise<MissingRows[]> {
  const { table, signal, dead } = loading
  await table.settle(batch.batchId, signal)
  const counts = await countDays(batch, loading)
  const missing: MissingRows[] = []
  for (const slice of batch.slices) {
    const present = counts.get(slice.day) ?? 0
    if (present >= expected(slice, dead)) continue
    const there = present === 0 ? NONE : await table.rowNumbers(batch.batchId, slice.day, signal)
    const rows = numbersOf(slice).filter((row) => !there.has(row) && !dead.has(row))
    missing.push({ slice, rows, present })
  }
  return missing
}

const NONE: ReadonlySet<number> = new Set()

function countDays(batch: LoadableBatch, { table, signal }: BatchLoading): Promise<Map<string, number>> {
  const days = batch.slices.map(({ day }) => day)
  return table.rowsOf(batch.batchId, days, signal)
}

function expected({ from, to }: DaySlice, dead: ReadonlySet<number>): number {
  let rows = to - from
  for (const row of dead) if (row >= from && row < to) rows--
  return rows
}
