import type { Address } from '../address.ts'

/** A table from ranges of addresses to texts, in the file format of scripts/ranges.mjs, searched where it lies. */
export interface Ranges {
  /** Index of the text of the range that holds an address, -1 when none does. */
  find(address: Address): number
  text(index: number): string
}

const MAGIC = 0x31524c53
const HEAD_WORDS = 5
const PREFIX_SHIFT = 16
/** No table has so many. */
const UNKNOWN = 2 ** 32 - 1

/** Throws when the bytes are not such a table in this machine's byte order. */
export function openRanges(bytes: Uint8Array): Ranges {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes)
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >>> 2)
  const [magic, count4 = 0, count6 = 0, countTexts = 0, textBytes = 0] = words
  const headWords = HEAD_WORDS + 3 * count4 + 5 * count6 + countTexts
  if (magic !== MAGIC || headWords * 4 + textBytes !== aligned.byteLength)
    throw new Error('not a table of addresses')

  let at = HEAD_WORDS
  const column = (length: number): Uint32Array => words.subarray(at, (at += length))
  const [starts, ends, texts4] = [column(count4), column(count4), column(count4)]
  const [startsHigh, startsLow] = [column(count6), column(count6)]
  const [endsHigh, endsLow, texts6] = [column(count6), column(count6), column(count6)]
  const textEnds = column(countTexts)
  const texts = Buffer.from(aligned.buffer, aligned.byteOffset + at * 4, textBytes)

  /**
   * How many ranges begin before the first address of each 16 bits, looked for when it is first asked. So a search looks at
   * a few neighbours and not across megabytes, and a start does not go through all of them.
   */
  const byPrefix = new Uint32Array(2 ** PREFIX_SHIFT + 1).fill(UNKNOWN)
  byPrefix[2 ** PREFIX_SHIFT] = count4

  function before(prefix: number): number {
    const known = byPrefix[prefix] as number
    return known === UNKNOWN
      ? (byPrefix[prefix] = firstAbove(prefix * 2 ** PREFIX_SHIFT - 1, 0, count4))
      : known
  }

  /** Index of the first range in a part that begins above a number; the end of the part where none does. */
  function firstAbove(number: number, low: number, high: number): number {
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((starts[middle] as number) <= number) low = middle + 1
      else high = middle
    }
    return low
  }

  function find4(number: number): number {
    const prefix = number >>> PREFIX_SHIFT
    const low = firstAbove(number, before(prefix), before(prefix + 1))
    return low > 0 && number <= (ends[low - 1] as number) ? (texts4[low - 1] as number) : -1
  }

  function find6(upper: number, lower: number): number {
    let low = 0
    let high = count6
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isUpTo(startsHigh[middle] as number, startsLow[middle] as number, upper, lower)) low = middle + 1
      else high = middle
    }
    const isIn = low > 0 && isUpTo(upper, lower, endsHigh[low - 1] as number, endsLow[low - 1] as number)
    return isIn ? (texts6[low - 1] as number) : -1
  }

  return {
    find: ({ family, words: [first, second] }) => (family === 4 ? find4(first) : find6(first, second)),
    text: (index) => texts.toString('utf8', index === 0 ? 0 : textEnds[index - 1], textEnds[index]),
  }
}

/** a ≤ b for numbers of 64 bits in two halves. */
function isUpTo(aHigh: number, aLow: number, bHigh: number, bLow: number): boolean {
  return aHigh < bHigh || (aHigh === bHigh && aLow <= bLow)
}
