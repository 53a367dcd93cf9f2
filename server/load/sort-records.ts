import { SORT_KEY_BYTES, VISITOR_START } from '../../schema/rows.ts'

/** Records in the order of their rows. */
export interface SortedRecords {
  /** Where each record begins in the source, in the order they came, and at the end where the last one ends. */
  readonly starts: Uint32Array
  /** The records in their order, as indexes of `starts`. */
  readonly order: Uint32Array
  /** The days, in their order, as they are written, with the place in `order` behind their last record. */
  readonly days: readonly { day: string; end: number }[]
}

const NEWLINE = 10
const ZERO = 48
const DAY_BYTES = 10
const VISITOR_DIGITS = 10
const MILLISECOND_DIGITS = 13
const LOW_START = VISITOR_START + VISITOR_DIGITS
const MILLISECOND_START = SORT_KEY_BYTES - MILLISECOND_DIGITS
/** The higher half of a visitor has ten digits and is at most 1,844,674,407: up to 185 piles a day. */
const PILE_WIDTH = 1e7
const PILES = 185

/**
 * Puts records in the order of day, visitor and millisecond, those that are equal in the order they came. `wanted`: only
 * records of these days. The fixed head of a record is read as numbers; records are dealt out by day and the first
 * digits of the visitor, which are evenly spread: many small sorts instead of a large one.
 */
export function sortRecords(source: Buffer, wanted: readonly string[] | undefined): SortedRecords {
  const starts = lineStarts(source)
  const count = starts.length - 1
  const pile = new Uint32Array(count)
  const high = new Float64Array(count)
  const low = new Float64Array(count)
  const ms = new Float64Array(count)
  const days: string[] = []
  let day = -1
  for (let index = 0; index < count; index++) {
    const start = starts[index] ?? 0
    if (day < 0 || !isDay(source, start, days[day] ?? '')) day = dayAt(source, start, days)
    const first = digits(source, start + VISITOR_START, VISITOR_DIGITS)
    high[index] = first
    low[index] = digits(source, start + LOW_START, VISITOR_DIGITS)
    ms[index] = digits(source, start + MILLISECOND_START, MILLISECOND_DIGITS)
    pile[index] = day * PILES + Math.floor(first / PILE_WIDTH)
  }

  const { ends, order } = deal(pile, days.length * PILES)
  const sorted = new Uint32Array(count)
  const found: { day: string; end: number }[] = []
  let at = 0
  for (const name of days.toSorted()) {
    if (wanted && !wanted.includes(name)) continue
    const firstPile = days.indexOf(name) * PILES
    for (let number = firstPile; number < firstPile + PILES; number++) {
      const records = order.subarray(number === 0 ? 0 : ends[number - 1], ends[number])
      if (records.length > 1) {
        records.sort(
          (a, b) =>
            (high[a] ?? 0) - (high[b] ?? 0) ||
            (low[a] ?? 0) - (low[b] ?? 0) ||
            (ms[a] ?? 0) - (ms[b] ?? 0) ||
            a - b,
        )
      }
      sorted.set(records, at)
      at += records.length
    }
    found.push({ day: name, end: at })
  }
  return { starts, order: sorted.subarray(0, at), days: found }
}

/** Deals records out into piles: the records of each pile next to each other, in the order they came. */
function deal(pile: Uint32Array, piles: number): { ends: Uint32Array; order: Uint32Array } {
  const ends = new Uint32Array(piles)
  for (const number of pile) ends[number] = (ends[number] ?? 0) + 1
  let sum = 0
  for (let number = 0; number < piles; number++) {
    const size = ends[number] ?? 0
    // For now where the pile begins; dealing moves it to where it ends.
    ends[number] = sum
    sum += size
  }
  const order = new Uint32Array(pile.length)
  for (const [index, number] of pile.entries()) {
    const at = ends[number] ?? 0
    order[at] = index
    ends[number] = at + 1
  }
  return { ends, order }
}

function lineStarts(source: Buffer): Uint32Array {
  let starts = new Uint32Array(1024)
  let count = 0
  for (let start = 0; start < source.length;) {
    const end = source.indexOf(NEWLINE, start)
    if (end < start + SORT_KEY_BYTES) throw new Error('a record of the spool is too short')
    start = end + 1
    if (++count === starts.length) {
      const larger = new Uint32Array(2 * starts.length)
      larger.set(starts)
      starts = larger
    }
    starts[count] = start
  }
  return starts.subarray(0, count + 1)
}

function digits(source: Buffer, from: number, count: number): number {
  let number = 0
  for (let at = from; at < from + count; at++) number = number * 10 + ((source[at] ?? ZERO) - ZERO)
  return number
}

function isDay(source: Buffer, start: number, day: string): boolean {
  for (let at = 0; at < DAY_BYTES; at++) if (source[start + at] !== day.charCodeAt(at)) return false
  return true
}

/** The number of the day of a record, in the order in which days were met. */
function dayAt(source: Buffer, start: number, days: string[]): number {
  const day = source.toString('latin1', start, start + DAY_BYTES)
  const known = days.indexOf(day)
  return known < 0 ? days.push(day) - 1 : known
}
