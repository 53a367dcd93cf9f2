import { createHash } from 'node:crypto'
import { SORT_KEY_BYTES, STORED_HEAD_BYTES, VISITOR_START } from '../../schema/rows.ts'
import { sortRecords, type SortedRecords } from './sort-records.ts'

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
  /** Of the lines, hex. */
  readonly sha256: string
  /** The lines of rows `from` up to `to`. */
  lines(from: number, to: number): Buffer
  /** The lines of single rows, in their order. */
  pick(rows: readonly number[]): Buffer
  /** The rows of a day as a block of ClickHouse's Native format, where there is one. */
  block(slice: DaySlice): Buffer | undefined
}

/** What loading asks of a batch. */
export type LoadableBatch = Omit<Batch, 'sha256'>

/** Builds a batch from the records of blocks; `days`: only records of these days. */
export type BuildBatch = (
  batchId: string,
  blocks: readonly Buffer[],
  days: readonly string[] | undefined,
) => Promise<Batch>

/** What a batch consists of: values that can go from one thread to another. */
export interface BatchContent {
  readonly batchId: string
  readonly slices: readonly DaySlice[]
  readonly sha256: string
  /** All lines, and where each ends. */
  readonly bytes: Buffer
  readonly ends: Uint32Array
}

/**
 * A pure function of the records and their order, so that a batch that is built again after a crash has the same bytes.
 * Each row is `batch id, number of the row, record without its milliseconds and without the zeros in front of its
 * visitor`.
 */
export function buildContent(
  batchId: string,
  source: Buffer,
  days: readonly string[] | undefined,
): BatchContent {
  const records = sortRecords(source, days)
  const slices = records.days.map(({ day, end }, index) => ({
    day,
    from: records.days[index - 1]?.end ?? 0,
    to: end,
  }))
  return { batchId, slices, ...writeRows(batchId, source, records) }
}

/** `blocks`: one for each slice, where there is one. */
export function batchOf(content: BatchContent, blocks: readonly (Buffer | undefined)[] = []): Batch {
  const { batchId, slices, sha256, ends } = content
  const lines = (from: number, to: number): Buffer => linesOf(content, from, to)
  return {
    batchId,
    rows: ends.length,
    slices,
    sha256,
    lines,
    pick: (picked) => Buffer.concat(picked.map((row) => lines(row, row + 1))),
    block: (slice) => blocks[slices.indexOf(slice)],
  }
}

export function linesOf(
  { bytes, ends }: Pick<BatchContent, 'bytes' | 'ends'>,
  from: number,
  to: number,
): Buffer {
  return bytes.subarray(from === 0 ? 0 : ends[from - 1], to === 0 ? 0 : ends[to - 1])
}

/** Builds a batch of lines, in the thread of the caller. */
export const buildHere: BuildBatch = async (batchId, blocks, days) =>
  batchOf(buildContent(batchId, Buffer.concat(blocks), days))

const TAB = 9
const ZERO = 48

function writeRows(
  batchId: string,
  source: Buffer,
  { starts, order }: SortedRecords,
): Pick<BatchContent, 'bytes' | 'ends' | 'sha256'> {
  const prefix = Buffer.from(`${batchId}\t`, 'latin1')
  const rowDigits = String(order.length).length
  const bytes = Buffer.allocUnsafe(source.length + order.length * (prefix.length + rowDigits + 1))
  const ends = new Uint32Array(order.length)
  let at = 0
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
  }
  const written = bytes.subarray(0, at)
  return { bytes: written, ends, sha256: createHash('sha256').update(written).digest('hex') }
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
