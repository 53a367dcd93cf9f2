import type { Batch } from './batch.ts'
import type { BatchLoading, MissingRows } from './load-batch.ts'
import { InsertRejected } from './table.ts'

/** A row that the database refuses on its own. */
export interface RefusedRow {
  readonly row: number
  readonly code: string
  readonly reason: string
  /** The line as it was inserted. */
  readonly line: string
}

/** When this many rows were tried alone and not one was taken, it is not the rows. */
const FUTILE_ROWS = 64

/**
 * Inserts rows of one day. When the database refuses what they hold, halves them until the rows that it refuses stand
 * alone, and sets those aside, so that one bad row holds up no other.
 */
export async function insertBisecting(
  batch: Pick<Batch, 'batchId' | 'lines' | 'pick'>,
  missing: Pick<MissingRows, 'rows' | 'present'> & { slice: { day: string } },
  loading: Pick<BatchLoading, 'table' | 'signal' | 'setAside'>,
): Promise<void> {
  const { table, signal } = loading
  const { day } = missing.slice
  const refused: RefusedRow[] = []
  let { present } = missing

  async function insert(rows: readonly number[]): Promise<void> {
    const [first, last] = [rows[0], rows.at(-1)]
    if (first === undefined || last === undefined) return
    const isGapless = last - first + 1 === rows.length
    const lines = isGapless ? batch.lines(first, last + 1) : batch.pick(rows)
    try {
      const encoded = { format: 'TabSeparated', bytes: lines, count: rows.length } as const
      await table.insert(day, encoded, batch.batchId, signal)
    } catch (error) {
      if (!(error instanceof InsertRejected)) throw error
      await divide(rows, lines, error)
      return
    }
    present += rows.length
  }

  async function divide(rows: readonly number[], lines: Buffer, error: InsertRejected): Promise<void> {
    // Halving stands on a refused insert having kept nothing.
    const counts = await table.rowsOf(batch.batchId, [day], signal)
    if ((counts.get(day) ?? 0) !== present)
      throw new Error('a refused insert kept some of its rows', { cause: error })
    if (rows.length > 1) {
      const middle = rows.length >> 1
      await insert(rows.slice(0, middle))
      await insert(rows.slice(middle))
      return
    }
    refused.push({ row: rows[0] ?? 0, code: error.code, reason: error.message, line: lines.toString('utf8') })
    if (refused.length >= FUTILE_ROWS && present === 0) {
      throw new Error(`the database refuses every row (code ${error.code})`, { cause: error })
    }
  }

  await insert(missing.rows)
  if (refused.length > 0) await loading.setAside(day, refused)
}
