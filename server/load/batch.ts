import { createHash } from 'node:crypto'
import { SORT_KEY_BYTES, STORED_HEAD_BYTES, VISITOR_START } from '../../schema/rows.ts'
import { RECORDS_A_TURN, sortRecords, type SortedRecords } from './sort-records.ts'

/** Rows of one day, next to each other in their batch. */
export interface DaySlice {
  readonly day: string
  /** Number of the first row, and of the row after the last. */
  readonly from: number
  readonly to: number
}

/** A batch as it is inserted: tab-separated lines, sorted by day, visitor and time. */
export interface Batch {
  readonly batchId: string
  readonly rows: number
  readonly slices: readonly DaySlice[]
  /** Hex. */
  readonly sha256: string
  /** The lines of rows `from` up to `to`. */
  lines(from: number, to: number): Buffer
  /** The lines of single rows, in their order. */
  pick(rows: readonly number[]): Buffer
}

/**
 * Builds a batch from records: a pure function of the records and their order, so that a batch that is built again
 * after a crash has the same bytes. Each row is `batch id, number of the row, record without its milliseconds and without
 * the zeros in front of its visitor`. `days`: only records of these days.
 * `turn` gives way to others in between.
 */
export async function buildBatch(
  batchId: string,
  blocks: readonly Buffer[],
  days: readonly string[] | undefined,
  turn: () => Promise<void>,
): Promise<Batch> {
  const source = blocks.length === 1 && blocks[0] ? blocks[0] : Buffer.concat(blocks)
  const records = await sortRecords(source, days, turn)
  const { bytes, ends, sha256 } = await writeRows(batchId, source, records, turn)
  const rows = records.order.length
  const lines = (from: number, to: number): Buffer =>
    bytes.subarray(from === 0 ? 0 : ends[from - 1], to === 0 ? 0 : ends[to - 1])
  return {
    batchId,
    rows,
    slices: records.days.map(({ day, end }, index) => ({
      day,
      from: records.days[index - 1]?.end ?? 0,
      to: end,
    })),
    sha256,
    lines,
    pick: (picked) => Buffer.concat(picked.map((row) => lines(row, row + 1))),
  }
}

const TAB = 9
const ZERO = 48

async function writeRows(
  batchId: string,
  source: Buffer,
  { starts, order }: SortedRecords,
  turn: () => Promise<void>,
): Promise<{ bytes: Buffer; ends: Uint32Array; sha256: string }> {
  const prefix = Buffer.from(`${batchId}\t`, 'latin1')
  const rowDigits = String(order.length).length
  const bytes = Buffer.allocUnsafe(source.length + order.length * (prefix.length + rowDigits + 1))
  const ends = new Uint32Array(order.length)
  const hash = createHash('sha256')
  let at = 0
  let hashed = 0
  for (let row = 0; row < order.length; row++) {
    const index = order[row] ?? 0
    const start = starts[index] ?? 0
    // Few bytes at a time: a loop is quicker here than calls that copy.
    for (let from = 0; from < prefix.length; from++) bytes[at++] = prefix[from] ?? 0
    at = writeNumber(bytes, at, row)
    bytes[at++] = TAB
    const visitor = start + VISITOR_START
    for (let from = start; from < visitor; from++) bytes[at++] = source[from] ?? 0
    for (let from = skipZeros(source, visitor); from < start + STORED_HEAD_BYTES; from++) {
      bytes[at++] = source[from] ?? 0
    }
    at += source.copy(bytes, at, start + SORT_KEY_BYTES, starts[index + 1])
    ends[row] = at
    if (row % RECORDS_A_TURN === RECORDS_A_TURN - 1) {
      hash.update(bytes.subarray(hashed, at))
      hashed = at
      await turn()
    }
  }
  hash.update(bytes.subarray(hashed, at))
  return { bytes, ends, sha256: hash.digest('hex') }
}

/** Writes a whole number in decimal digits; returns the place behind it. */
function writeNumber(bytes: Buffer, at: number, number: number): number {
  let end = at + 1
  for (let rest = number; rest >= 10; rest = Math.floor(rest / 10)) end++
  let rest = number
  for (let place = end - 1; place >= at; place--) {
    bytes[place] = ZERO + (rest % 10)
    rest = Math.floor(rest / 10)
  }
  return end
}

/** Where the number at `at` begins without its zeros in front; its last digit stays. */
function skipZeros(source: Buffer, at: number): number {
  let start = at
  while (source[start] === ZERO && source[start + 1] !== TAB) start++
  return start
}
