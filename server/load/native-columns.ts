import { randomBytes } from 'node:crypto'
import type { EventColumnType } from '../../schema/rows.ts'

/** How the values of a column stand in a block of ClickHouse's Native format (native.ts), one writer for each type. */

/**
 * FNV-1a: a hash that a loop over bytes makes on its way. Its beginning is drawn anew by each process, so that nobody
 * can send thousands of texts that fall into one place; the order of keys does not hang on it.
 */
export const HASH_BASIS = randomBytes(4).readInt32LE()
export const HASH_PRIME = 0x01000193

/** What `add` of a column is given with these bytes. */
export function hashOf(bytes: Uint8Array): number {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, HASH_PRIME), HASH_BASIS)
}

/** What one column gathers of the rows, in their order. */
export interface ColumnWriter {
  /**
   * Takes the bytes `from` up to `to` as the value of the next row; equal values have equal hashes. False: they are no
   * value of this type.
   */
  add(source: Buffer, from: number, to: number, hash: number): boolean
  /** The next row has the type's empty value: its line ended before this column. `hash`: of no bytes. */
  addNothing(hash: number): void
  /** Whether backslashes in the bytes are read here, and not before. */
  readonly readsEscapes?: true
  /** The values as they stand in a block. */
  pieces(): Uint8Array[]
}

/** A type that is new in schema/rows.ts needs its line here; the compiler asks for it. */
export const WRITERS: Record<EventColumnType, (rows: number) => ColumnWriter> = {
  UInt64: writeLongs,
  UInt32: (rows) => writeNumbers(new Uint32Array(rows), 0xffff_ffff),
  UInt16: (rows) => writeNumbers(new Uint16Array(rows), 0xffff),
  UInt8: (rows) => writeNumbers(new Uint8Array(rows), 0xff),
  Date: writeDates,
  "DateTime('UTC')": (rows) => writeNumbers(new Uint32Array(rows), 0xffff_ffff),
  String: writeTexts,
  'LowCardinality(String)': writeWords,
  'Decimal(18, 4)': writeDecimals,
  'Map(String, String)': writeMaps,
}

const ZERO = 48

/** A whole number up to `most`; -1 where the bytes are none. */
function digits(source: Buffer, from: number, to: number, most: number): number {
  let number = 0
  for (let at = from; at < to; at++) {
    const digit = (source[at] as number) - ZERO
    if (digit < 0 || digit > 9) return -1
    number = number * 10 + digit
    if (number > most) return -1
  }
  return from === to ? -1 : number
}

function writeNumbers(values: Uint32Array | Uint16Array | Uint8Array, most: number): ColumnWriter {
  let row = 0
  return {
    add(source, from, to) {
      const number = digits(source, from, to, most)
      values[row++] = number
      return number >= 0
    },
    addNothing: () => void row++,
    pieces: () => [bytesOf(values)],
  }
}

const WORD = 2 ** 32

/** 64 bits as two words: a BigInt for each value would cost more than all the rest. */
function writeLongs(rows: number): ColumnWriter {
  const words = new Uint32Array(2 * rows)
  let at = 0
  return {
    add(source, from, to) {
      let low = 0
      let high = 0
      for (let place = from; place < to; place++) {
        const digit = (source[place] as number) - ZERO
        if (digit < 0 || digit > 9) return false
        low = low * 10 + digit
        const carry = Math.floor(low / WORD)
        low -= carry * WORD
        high = high * 10 + carry
        if (high >= WORD) return false
      }
      words[at++] = low
      words[at++] = high
      return from < to
    },
    addNothing: () => void (at += 2),
    pieces: () => [bytesOf(words)],
  }
}

const DAY_MS = 86_400_000
/** Of the type Date, in days since 1970: 2149-06-06. */
const LAST_DATE = 0xffff

function writeDates(rows: number): ColumnWriter {
  const values = new Uint16Array(rows)
  let row = 0
  // Rows are sorted by day: almost always the same again.
  let known: Buffer = Buffer.alloc(0)
  let value = 0
  return {
    add(source, from, to) {
      if (!isSame(source, from, to, known, 0, known.length)) {
        const day = source.toString('latin1', from, to)
        const time = Date.parse(`${day}T00:00:00Z`)
        const isDay = time >= 0 && time <= LAST_DATE * DAY_MS && new Date(time).toISOString().startsWith(day)
        if (!isDay) return false
        known = Buffer.from(day)
        value = time / DAY_MS
      }
      values[row++] = value
      return true
    },
    addNothing: () => void row++,
    pieces: () => [bytesOf(values)],
  }
}

const NOTHING = Buffer.alloc(0)

function writeTexts(rows: number): ColumnWriter {
  const bytes = growing(16 * rows)
  return {
    add(source, from, to) {
      bytes.text(source, from, to)
      return true
    },
    addNothing: () => void bytes.text(NOTHING, 0, 0),
    pieces: () => [bytes.written()],
  }
}

/** Keys of this block only, which stand in it, and a dictionary is to be made of them. */
const FLAGS = 0x600
const FIRST_SLOTS = 64

/** Each different text once, found again by its hash in a table of open addresses: nothing is made for a value. */
function writeWords(rows: number): ColumnWriter {
  const indexes = new Uint32Array(rows)
  const keys = growing(256)
  /** Where the text of a key begins and ends in what was added, and its hash. */
  let starts = new Uint32Array(FIRST_SLOTS)
  let ends = new Uint32Array(FIRST_SLOTS)
  let hashes = new Int32Array(FIRST_SLOTS)
  /** Indexes of keys plus one; 0: free. Never more than half full. */
  let slots = new Uint32Array(2 * FIRST_SLOTS)
  let count = 0
  let row = 0

  function grow(): void {
    starts = twice(starts)
    ends = twice(ends)
    hashes = twice(hashes)
    slots = new Uint32Array(2 * slots.length)
    for (let index = 0; index < count; index++) {
      let slot = (hashes[index] as number) & (slots.length - 1)
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1)
      slots[slot] = index + 1
    }
  }
  function add(source: Buffer, from: number, to: number, hash: number): boolean {
    const mask = slots.length - 1
    let slot = hash & mask
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const index = (slots[slot] as number) - 1
      if (hashes[index] !== hash) continue
      const start = starts[index] as number
      if (!isSame(source, from, to, keys.bytes(), start, ends[index] as number)) continue
      indexes[row++] = index
      return true
    }
    slots[slot] = count + 1
    hashes[count] = hash
    ends[count] = keys.text(source, from, to)
    starts[count] = (ends[count] as number) - (to - from)
    indexes[row++] = count++
    if (count === starts.length) grow()
    return true
  }
  return {
    add,
    addNothing: (hash) => void add(NOTHING, 0, 0, hash),
    pieces: () => wordPieces(count, keys.written(), indexes),
  }
}

/** A column of words: how many keys there are, their texts, and of each row the index of its key. */
function wordPieces(count: number, keys: Uint8Array, indexes: Uint32Array): Uint8Array[] {
  const width = widthOf(count)
  const narrow = width === 0 ? Uint8Array : Uint16Array
  return [wordHead(count), keys, longs(indexes.length), bytesOf(width === 2 ? indexes : new narrow(indexes))]
}

/** What stands before the texts of so many keys. */
export function wordHead(count: number): Uint8Array {
  return longs(1, FLAGS + widthOf(count), count)
}

export const WORD_HEAD_BYTES = 24

/** Of an index: its bytes as a power of two. */
function widthOf(count: number): number {
  return count <= 0x100 ? 0 : count <= 0x1_0000 ? 1 : 2
}

/** Digits behind the point. */
const SCALE = 4
/** Whole amounts that fit beside them in 18 digits. */
const LARGEST = 10 ** 14 - 1

/** Amounts of money, as whole ten-thousandths. */
function writeDecimals(rows: number): ColumnWriter {
  const values = new BigInt64Array(rows)
  let row = 0
  return {
    add(source, from, to) {
      const sign = source[from] === MINUS ? -1n : 1n
      const start = sign < 0n ? from + 1 : from
      const found = source.subarray(start, to).indexOf(POINT)
      const point = found < 0 ? to : start + found
      const decimals = Math.max(0, to - point - 1)
      const whole = digits(source, start, point, LARGEST)
      const part = decimals === 0 ? 0 : digits(source, point + 1, to, 10 ** SCALE)
      if (whole < 0 || part < 0 || decimals > SCALE || point === to - 1) return false
      values[row++] = sign * (BigInt(whole) * 10n ** BigInt(SCALE) + BigInt(part * 10 ** (SCALE - decimals)))
      return true
    },
    addNothing: () => void row++,
    pieces: () => [bytesOf(values)],
  }
}

const MINUS = 45
const POINT = 46

/** `{'key':'value','key':'value'}`, with backslashes in front of quotes and backslashes. */
function writeMaps(rows: number): ColumnWriter {
  const ends = new BigUint64Array(rows)
  const keys = growing(256)
  const values = growing(256)
  let row = 0
  let count = 0
  return {
    readsEscapes: true,
    add(source, from, to) {
      const pairs = readMap(source.toString('utf8', from, to))
      if (!pairs) return false
      for (const [key, value] of pairs) {
        keys.text(key, 0, key.length)
        values.text(value, 0, value.length)
      }
      count += pairs.length
      ends[row++] = BigInt(count)
      return true
    },
    addNothing: () => void (ends[row++] = BigInt(count)),
    pieces: () => [bytesOf(ends), keys.written(), values.written()],
  }
}

const QUOTED = String.raw`'((?:[^'\\]|\\[\\'tn])*)'`
const PAIR = new RegExp(`${QUOTED}:${QUOTED}`, 'g')
const MAP = new RegExp(`^\\{(?:${PAIR.source}(?:,(?=')|(?=\\}$)))*\\}$`)
const ESCAPED: Readonly<Record<string, string>> = { t: '\t', n: '\n' }

/** What schema/rows.ts writes of a map; undefined for any other text. */
function readMap(text: string): [Buffer, Buffer][] | undefined {
  if (text === '{}') return []
  if (!MAP.test(text)) return undefined
  return Array.from(text.matchAll(PAIR), ([, key = '', value = '']) => [plain(key), plain(value)])
}

function plain(quoted: string): Buffer {
  return Buffer.from(quoted.replaceAll(/\\(.)/g, (_, letter: string) => ESCAPED[letter] ?? letter))
}

function twice<T extends Uint32Array | Int32Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(2 * array.length)
  larger.set(array)
  return larger
}

function isSame(a: Buffer, aStart: number, aEnd: number, b: Buffer, bStart: number, bEnd: number): boolean {
  if (aEnd - aStart !== bEnd - bStart) return false
  for (let at = aStart, other = bStart; at < aEnd; at++, other++) if (a[at] !== b[other]) return false
  return true
}

/** Bytes that grow as texts are added. */
function growing(firstBytes: number): {
  /** Adds a text with its length in front; returns where it ends. */
  text(source: Buffer, from: number, to: number): number
  bytes(): Buffer
  written(): Buffer
} {
  let bytes = Buffer.allocUnsafe(firstBytes)
  let length = 0
  return {
    text(source, from, to) {
      const size = to - from
      if (length + size + MAX_VARINT > bytes.length) {
        const larger = Buffer.allocUnsafe(2 * bytes.length + size + MAX_VARINT)
        bytes.copy(larger, 0, 0, length)
        bytes = larger
      }
      let rest = size
      for (; rest > 0x7f; rest >>>= 7) bytes[length++] = (rest & 0x7f) | 0x80
      bytes[length++] = rest
      // Few bytes at a time: a loop is quicker here than calls that copy.
      for (let at = from; at < to; at++) bytes[length++] = source[at] as number
      return length
    },
    bytes: () => bytes,
    written: () => bytes.subarray(0, length),
  }
}

const MAX_VARINT = 5

function longs(...numbers: number[]): Uint8Array {
  return bytesOf(BigUint64Array.from(numbers, BigInt))
}

/** Every machine that Node runs on is little-endian, as the format is. */
export function bytesOf(
  values: Uint8Array | Uint16Array | Uint32Array | BigUint64Array | BigInt64Array,
): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
