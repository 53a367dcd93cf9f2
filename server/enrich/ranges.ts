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

  const byPrefix = firstByPrefix(starts)

  function find4(number: number): number {
    let low = byPrefix[number >>> PREFIX_SHIFT] as number
    let high = byPrefix[(number >>> PREFIX_SHIFT) + 1] as number
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((starts[middle] as number) <= number) low = middle + 1
      else high = middle
    }
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

/**
 * Ranges by the first 16 bits of their start: how many begin before each of those. So a search looks at a few neighbours
 * and not across megabytes.
 */
function firstByPrefix(starts: Uint32Array): Uint32Array {
  const first = new Uint32Array(2 ** (32 - PREFIX_SHIFT) + 1)
  for (const start of starts) {
    const next = (start >>> PREFIX_SHIFT) + 1
    first[next] = (first[next] as number) + 1
  }
  for (let prefix = 1; prefix < first.length; prefix++) {
    first[prefix] = (first[prefix] as number) + (first[prefix - 1] as number)
  }
  return first
}

/** a ≤ b for numbers of 64 bits in two halves. */
function isUpTo(aHigh: number, aLow: number, bHigh: number, bLow: number): boolean {
  return aHigh < bHigh || (aHigh === bHigh && aLow <= bLow)
}
