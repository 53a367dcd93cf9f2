import { EVENT_COLUMNS, type EventColumn, lineField } from '../../schema/rows.ts'
import type { DaySlice, LoadableBatch } from './batch.ts'
import { type BlockMemory, createBlockMemory } from './block-memory.ts'
import { encodeColumns } from './native-shared.ts'

/**
 * Rows as columns from the beginning, for whoever makes so many that a text of each would cost more than all the rest.
 * What many rows share stands once.
 */
export interface EventColumns {
  readonly rows: number
  /** Unix milliseconds: rows are stored in their order. */
  readonly timeMs: Float64Array
  readonly columns: Readonly<Record<EventColumn, SharedColumn>>
}

/** The values of a column; what is behind the last row is not read. */
export type SharedColumn =
  /** The same in each row, as it stands in a line. */
  | { readonly kind: 'same'; readonly value: string }
  /** Of each row the number of its value. */
  | { readonly kind: 'shared'; readonly of: Uint32Array; readonly values: readonly string[] }
  | { readonly kind: 'numbers'; readonly values: Uint32Array | Uint16Array | Uint8Array }
  | { readonly kind: 'longs'; readonly high: Uint32Array; readonly low: Uint32Array }

/**
 * A batch of rows that are columns: sorted and numbered as one of records is (batch.ts). Its blocks lie in `memory`, until
 * the next batch is made with it.
 */
export function batchOfColumns(
  batchId: string,
  source: EventColumns,
  memory: BlockMemory = createBlockMemory(),
): LoadableBatch {
  memory.clear()
  const { order, slices } = sortColumns(source)
  const line = (row: number): string => lineOf(batchId, row, source, order[row] ?? 0)
  const pick = (rows: readonly number[]): Buffer => Buffer.from(rows.map((row) => line(row)).join(''))
  return {
    batchId,
    rows: order.length,
    slices,
    pick,
    lines: (from, to) => pick(Array.from({ length: to - from }, (_, index) => from + index)),
    block: ({ from, to }) => encodeColumns(batchId, source, order.subarray(from, to), from, memory),
  }
}

/** Positions of the rows by day, visitor and millisecond, those that are equal in the order they came. */
function sortColumns({ rows, timeMs, columns }: EventColumns): { order: Uint32Array; slices: DaySlice[] } {
  const { day, visitor } = columns
  if (day.kind !== 'shared' || visitor.kind !== 'longs') throw new Error('rows are sorted by day and visitor')
  if (rows >= POSITIONS) throw new Error('too many rows for one batch')
  const { dealt, ends } = dealByDay(rows, day)
  const keys = new Float64Array(rows)
  const order = new Uint32Array(rows)
  const slices: DaySlice[] = []
  let at = 0
  for (const name of day.values.toSorted()) {
    const number = day.values.indexOf(name)
    const from = at
    let count = 0
    for (let index = number === 0 ? 0 : (ends[number - 1] ?? 0); index < (ends[number] ?? 0); index++) {
      const row = dealt[index] as number
      const high = visitor.high[row] as number
      if (high === 0 && visitor.low[row] === 0) order[at++] = row
      else keys[count++] = high * POSITIONS + row
    }
    sortByTime(order.subarray(from, at), timeMs)
    sortByVisitor(keys.subarray(0, count), order.subarray(at, at + count), { timeMs, visitor })
    at += count
    if (at > from) slices.push({ day: name, from, to: at })
  }
  return { order, slices }
}

/** Positions of the rows, those of each day next to each other, and where each ends. */
function dealByDay(
  rows: number,
  { of, values }: { readonly of: Uint32Array; readonly values: readonly string[] },
): { dealt: Uint32Array; ends: Uint32Array } {
  const ends = new Uint32Array(values.length)
  for (let row = 0; row < rows; row++) ends[of[row] as number] = (ends[of[row] as number] as number) + 1
  let sum = 0
  for (const [number, count] of ends.entries()) {
    // For now where the day begins; dealing moves it to where it ends.
    ends[number] = sum
    sum += count
  }
  const dealt = new Uint32Array(rows)
  for (let row = 0; row < rows; row++) {
    const number = of[row] as number
    const place = ends[number] as number
    dealt[place] = row
    ends[number] = place + 1
  }
  return { dealt, ends }
}

/** Rows of nobody come in the order of their time in nearly all logs. */
function sortByTime(order: Uint32Array, timeMs: Float64Array): void {
  const time = (row: number): number => timeMs[row] ?? 0
  for (let index = 1; index < order.length; index++) {
    if (time(order[index - 1] ?? 0) <= time(order[index] ?? 0)) continue
    order.sort((a, b) => time(a) - time(b) || a - b)
    return
  }
}

/** Rows fewer than this stand beside 32 bits of a visitor in a number that is exact. */
const POSITIONS = 2 ** 21

/** Fills `order` by `keys`: the high words of visitors and positions of rows. */
function sortByVisitor(
  keys: Float64Array,
  order: Uint32Array,
  {
    timeMs,
    visitor,
  }: Pick<EventColumns, 'timeMs'> & { visitor: { readonly high: Uint32Array; readonly low: Uint32Array } },
): void {
  // Numbers alone are sorted much faster than by a function that compares.
  keys.sort()
  for (let index = 0; index < keys.length; index++) order[index] = (keys[index] as number) % POSITIONS
  const rest = (a: number, b: number): number =>
    (visitor.low[a] ?? 0) - (visitor.low[b] ?? 0) || (timeMs[a] ?? 0) - (timeMs[b] ?? 0) || a - b
  for (let from = 0; from < order.length;) {
    const high = visitor.high[order[from] ?? 0]
    let to = from + 1
    let isSorted = true
    while (to < order.length && visitor.high[order[to] ?? 0] === high) {
      isSorted &&= rest(order[to - 1] ?? 0, order[to] ?? 0) < 0
      to++
    }
    if (!isSorted) order.subarray(from, to).sort(rest)
    from = to
  }
}

const COLUMNS = EVENT_COLUMNS.map(([name]) => name)

/** The row as a line of the table: asked for only where the database refused a block. */
function lineOf(batchId: string, number: number, { columns }: EventColumns, row: number): string {
  const fields = COLUMNS.map((name) => textOf(columns[name], row))
  return `${batchId}\t${number}\t${fields.join('\t')}\n`
}

function textOf(column: SharedColumn, row: number): string {
  if (column.kind === 'same') return column.value
  if (column.kind === 'shared') return lineField(column.values[column.of[row] ?? 0] ?? '')
  if (column.kind === 'numbers') return String(column.values[row])
  return String((BigInt(column.high[row] ?? 0) << 32n) | BigInt(column.low[row] ?? 0))
}
