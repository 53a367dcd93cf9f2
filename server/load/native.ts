import { EVENT_COLUMNS, LOADER_COLUMNS, PLAIN_WIDTH, STORED_COLUMNS } from '../../schema/rows.ts'
import { varint } from './block-memory.ts'
import { HASH_BASIS, HASH_PRIME, WRITERS, type ColumnWriter } from './native-columns.ts'

/**
 * Rows in ClickHouse's Native format: column by column, so that the database has nothing to parse. Loading costs it a
 * third of what tab-separated lines cost.
 *
 *     block    columns varint · rows varint · per column: name text · type text · values
 *     text     length varint · bytes
 *     LowCardinality(String)
 *              version 1 u64 · flags u64 with the width of an index · keys u64 · key text … · rows u64 · index …
 *     Map(String, String)
 *              end of each row's pairs u64 … · key text … · value text …
 *
 * A block of rows none of which has details goes without their columns, as its lines do.
 *
 * https://clickhouse.com/docs/interfaces/formats/Native; how dictionaries are written is the work of
 * SerializationLowCardinality in its source. Numbers are little-endian.
 */

const COLUMNS = [...LOADER_COLUMNS, ...EVENT_COLUMNS]

const TAB = 9
const NEWLINE = 10
const BACKSLASH = 0x5c
/**
 * The rows of tab-separated lines as one block, values unchanged. Undefined when a line does not hold what the columns
 * ask for: then the lines themselves are for the database to judge.
 */
export function encodeNative(lines: Buffer, rows: number): Buffer | undefined {
  const writers = COLUMNS.map(([, type]) => WRITERS[type](rows))
  const details = writers.slice(PLAIN_WIDTH)
  const addNothing = (): void => details.forEach((writer) => writer.addNothing(HASH_BASIS))
  /** How many columns are written; those of details once a row has some. */
  let width = PLAIN_WIDTH
  let at = 0
  for (let row = 0; row < rows; row++) {
    let column = 0
    for (let isLast = false; !isLast; column++) {
      const writer = writers[column]
      if (!writer) return undefined
      if (column === width) {
        for (let before = 0; before < row; before++) addNothing()
        width = writers.length
      }
      const from = at
      let isEscaped = false
      let hash = HASH_BASIS
      let byte = lines[at]
      while (byte !== TAB && byte !== NEWLINE && byte !== undefined) {
        if (byte === BACKSLASH) isEscaped = true
        hash = Math.imul(hash ^ byte, HASH_PRIME)
        byte = lines[++at]
      }
      if (byte === undefined) return undefined
      isLast = byte === NEWLINE
      if (isEscaped && !writer.readsEscapes) {
        const plain = unescape(lines.subarray(from, at))
        if (!plain || !writer.add(plain, 0, plain.length, hash)) return undefined
      } else if (!writer.add(lines, from, at, hash)) return undefined
      at++
    }
    if (column === PLAIN_WIDTH) {
      if (width > PLAIN_WIDTH) addNothing()
    } else if (column !== writers.length) return undefined
  }
  if (at !== lines.length) return undefined
  const block: Uint8Array[] = [blockHead(width, rows)]
  for (const [index, [name, type]] of COLUMNS.slice(0, width).entries()) {
    block.push(columnHead(name, type), ...(writers[index] as ColumnWriter).pieces())
  }
  return Buffer.concat(block)
}

export function blockHead(columns: number, rows: number): Buffer {
  return Buffer.concat([varint(columns), varint(rows)])
}

export function columnHead(name: string, type: string): Buffer {
  return Buffer.concat([text(name), text(type)])
}

/** Names of the columns of a block, in their order. */
export function columnsOfBlock(block: Buffer): readonly string[] {
  // A block begins with how many these are, and there are fewer than 128.
  return STORED_COLUMNS.slice(0, block[0])
}

const ESCAPES = new Map([
  [BACKSLASH, BACKSLASH],
  [0x74, TAB],
  [0x6e, NEWLINE],
])

/** What `encodeRow` escapes; undefined for any other escape. */
function unescape(field: Buffer): Buffer | undefined {
  const plain = Buffer.allocUnsafe(field.length)
  let length = 0
  for (let at = 0; at < field.length; at++) {
    const byte = field[at] === BACKSLASH ? ESCAPES.get(field[++at] ?? 0) : field[at]
    if (byte === undefined) return undefined
    plain[length++] = byte
  }
  return plain.subarray(0, length)
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([varint(bytes.length), bytes])
}
