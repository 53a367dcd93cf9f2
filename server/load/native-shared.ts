import { EVENT_COLUMNS, type EventColumnType, LOADER_COLUMNS } from '../../schema/rows.ts'
import type { BlockMemory } from './block-memory.ts'
import type { EventColumns, SharedColumn } from './event-columns.ts'
import { blockHead, columnHead } from './native.ts'
import { bytesOf, hashOf, wordHead, WORD_HEAD_BYTES, WRITERS } from './native-columns.ts'

/**
 * Columns as one block of ClickHouse's Native format (native.ts), value by value as their lines would come to. A value
 * that rows share is looked at once, and rows are only numbers.
 *
 * `order`: positions of the rows, in the order in which they are stored; `first`: number of the first in its batch. The
 * block lies in `memory`.
 */
export function encodeColumns(
  batchId: string,
  { columns }: EventColumns,
  order: Uint32Array,
  first: number,
  memory: BlockMemory,
): Buffer {
  const rows = order.length
  memory.begin()
  memory.bytes(blockHead(LOADER_COLUMNS.length + EVENT_COLUMNS.length, rows))
  const [[batchName, batchType], [rowName, rowType]] = LOADER_COLUMNS
  memory.bytes(columnHead(batchName, batchType))
  repeat(memory, batchType, batchId, rows)
  memory.bytes(columnHead(rowName, rowType))
  const numbers = memory.numbers(0, rows)
  for (let row = 0; row < rows; row++) numbers[row] = first + row
  memory.bytes(bytesOf(numbers))
  for (const [name, type] of EVENT_COLUMNS) {
    memory.bytes(columnHead(name, type))
    write(memory, type, columns[name], order)
  }
  return memory.block()
}

function write(memory: BlockMemory, type: EventColumnType, column: SharedColumn, order: Uint32Array): void {
  if (column.kind === 'same') return repeat(memory, type, column.value, order.length)
  if (column.kind === 'numbers') return writeNumbers(memory, column.values, order)
  if (column.kind === 'longs') return writeLongs(memory, column, order)
  const [only = ''] = column.values
  if (column.values.every((value) => value === only)) return repeat(memory, type, only, order.length)
  if (type === 'LowCardinality(String)') return writeWords(memory, column, order)
  if (type === 'String') return writeTexts(memory, column, order)
  return writeDates(memory, column, order)
}

const ZERO_BYTE = Buffer.alloc(1)

/** One value in all rows: written once, as of a line, and copied. */
function repeat(memory: BlockMemory, type: EventColumnType, value: string, rows: number): void {
  if (type === 'LowCardinality(String)') {
    memory.bytes(wordHead(1))
    memory.text(value)
    memory.bytes(bytesOf(BigUint64Array.of(BigInt(rows))))
    memory.repeat(ZERO_BYTE, rows)
    return
  }
  const one = WRITERS[type](1)
  const source = Buffer.from(value)
  if (!one.add(source, 0, source.length, hashOf(source))) throw new Error(`a value is none of ${type}`)
  memory.repeat(Buffer.concat(one.pieces()), rows)
}

function writeNumbers(
  memory: BlockMemory,
  values: Uint32Array | Uint16Array | Uint8Array,
  order: Uint32Array,
): void {
  const words = memory.numbers(0, order.length)
  const sorted = new (
    values.constructor as new (memory: ArrayBufferLike, at: number, length: number) => typeof values
  )(words.buffer, words.byteOffset, order.length)
  for (let index = 0; index < order.length; index++) sorted[index] = values[order[index] as number] as number
  memory.bytes(bytesOf(sorted))
}

function writeLongs(
  memory: BlockMemory,
  { high, low }: { readonly high: Uint32Array; readonly low: Uint32Array },
  order: Uint32Array,
): void {
  const words = memory.numbers(0, 2 * order.length)
  for (let index = 0; index < order.length; index++) {
    const row = order[index] as number
    words[2 * index] = low[row] as number
    words[2 * index + 1] = high[row] as number
  }
  memory.bytes(bytesOf(words))
}

type Shared = Pick<Extract<SharedColumn, { kind: 'shared' }>, 'of' | 'values'>

/** Keys in the order in which rows first have them; several values may have one text. */
function writeWords(memory: BlockMemory, { of, values }: Shared, order: Uint32Array): void {
  const indexes = memory.numbers(0, order.length)
  /** Of each value the index of its key plus one; 0: not met yet. */
  const keyOf = memory.numbers(1, values.length).fill(0)
  const known = new Map<string, number>()
  const head = memory.written()
  // How many keys there are stands in front of them, and is known behind them.
  memory.room(WORD_HEAD_BYTES)
  for (let index = 0; index < order.length; index++) {
    const value = of[order[index] as number] as number
    let key = keyOf[value] as number
    if (key === 0) {
      const text = values[value] as string
      key = known.get(text) ?? 0
      if (key === 0) {
        memory.text(text)
        known.set(text, (key = known.size + 1))
      }
      keyOf[value] = key
    }
    indexes[index] = key - 1
  }
  memory.at(head, head + WORD_HEAD_BYTES).set(wordHead(known.size))
  memory.bytes(bytesOf(BigUint64Array.of(BigInt(order.length))))
  writeIndexes(memory, known.size, indexes)
}

function writeIndexes(memory: BlockMemory, keys: number, indexes: Uint32Array): void {
  if (keys > 0x1_0000) return memory.bytes(bytesOf(indexes))
  if (keys > 0x100) {
    const bytes = memory.room(2 * indexes.length)
    for (let index = 0, at = 0; index < indexes.length; index++) {
      const key = indexes[index] as number
      bytes[at++] = key & 0xff
      bytes[at++] = key >>> 8
    }
    return
  }
  memory.room(indexes.length).set(indexes)
}

/** A text is written where a row first has it, and copied from there for the others. */
function writeTexts(memory: BlockMemory, { of, values }: Shared, order: Uint32Array): void {
  const starts = memory.numbers(0, values.length)
  /** 0: not met yet. */
  const ends = memory.numbers(1, values.length).fill(0)
  for (let index = 0; index < order.length; index++) {
    const value = of[order[index] as number] as number
    if (ends[value] === 0) {
      starts[value] = memory.written()
      memory.text(values[value] as string)
      ends[value] = memory.written()
    } else memory.again(starts[value] as number, ends[value] as number)
  }
}

const DAY_MS = 86_400_000

function writeDates(memory: BlockMemory, { of, values }: Shared, order: Uint32Array): void {
  const days = values.map((day) => Date.parse(`${day}T00:00:00Z`) / DAY_MS)
  const bytes = memory.room(2 * order.length)
  for (let index = 0, at = 0; index < order.length; index++) {
    const day = days[of[order[index] as number] as number] as number
    bytes[at++] = day & 0xff
    bytes[at++] = day >>> 8
  }
}
