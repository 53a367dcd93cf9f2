/**
 * The event ids of the last 24 hours: exact, in memory, bounded. No Bloom filter: a false positive would drop an event
 * that nobody sent twice.
 *
 * Ids are spread over 256 tables by their highest byte, so that growing one moves few of them and no request waits long.
 * A slot is two words: the other 56 bits of the id, and in place of its highest byte the quarter of an hour in which
 * it came.
 */
export interface Seen {
  /** True when the id is new; it is then known. `nowMs` is monotonic. */
  admit(high: number, low: number, nowMs: number): boolean
  /** Knows many ids at once, as they come from the database: those of the time before a start. Two words each, low first. */
  load(ids: Uint32Array, nowMs: number): void
  /** Unknows an id whose event could not be kept, so that a retry counts. */
  forget(high: number, low: number): void
  stats(): SeenStats
}

export interface SeenStats {
  ids: number
  bytes: number
  /** Ids that were forgotten before their time since there was no room for more. */
  evicted: number
}

export interface SeenLimits {
  /** Most ids. Default 20 million, which take 268 MB. */
  ids: number
  /** How long an id is known, to the next quarter of an hour. Default 24 h. */
  windowMs: number
}

const TABLES = 256
const UNIT_MS = 15 * 60_000
/** Units are numbered 1 to 255 and begin again; 0 marks an empty slot. */
const UNITS = 255
const FIRST_SLOTS = 512
const MAX_LOAD = 0.75
const ID_BITS = 0x00ff_ffff

export function createSeen(given: Partial<SeenLimits> = {}): Seen {
  const limits: SeenLimits = { ids: 20_000_000, windowMs: 24 * 3_600_000, ...given }
  const windowUnits = Math.ceil(limits.windowMs / UNIT_MS)
  if (windowUnits > UNITS / 2) throw new Error('the window of seen ids is at most 31 hours')
  const maxIds = Math.max(1, Math.floor(limits.ids / TABLES))
  const tables = Array.from({ length: TABLES }, () => new Uint32Array(2 * FIRST_SLOTS))
  const counts = new Uint32Array(TABLES)
  let unit = 0
  let swept = 0
  let evicted = 0

  /** Age of a stamp in units. */
  const age = (stamp: number): number => ((unit % UNITS) + 1 - stamp + UNITS) % UNITS

  function admit(high: number, low: number, nowMs: number): boolean {
    if (nowMs >= (unit + 1) * UNIT_MS) advance(Math.floor(nowMs / UNIT_MS))
    const index = high >>> 24
    const count = counts[index] ?? 0
    let table = tables[index] as Uint32Array
    if (count >= (table.length / 2) * MAX_LOAD || count >= maxIds) table = rebuild(index, table)
    const id = high & ID_BITS
    const stamp = ((unit % UNITS) + 1) << 24
    const mask = table.length - 1
    for (let at = (low << 1) & mask; ; at = (at + 2) & mask) {
      const word = table[at] ?? 0
      if (word === 0) {
        table[at] = stamp | id
        table[at + 1] = low
        counts[index] = (counts[index] ?? 0) + 1
        return true
      }
      if ((word & ID_BITS) === id && table[at + 1] === low >>> 0) {
        const isOld = age(word >>> 24) > windowUnits
        if (isOld) table[at] = stamp | id
        return isOld
      }
    }
  }

  /** Time went on: each table is swept at least once a window, so that no stamp grows old enough to look young. */
  function advance(to: number): void {
    const steps = to - unit
    unit = to
    const sweeps = Math.min(TABLES, steps * Math.ceil(TABLES / windowUnits))
    for (let count = 0; count < sweeps; count++) {
      const index = swept++ % TABLES
      const table = tables[index] as Uint32Array
      if (counts[index] === 0) continue
      if (steps > windowUnits) {
        table.fill(0)
        counts[index] = 0
      } else rebuild(index, table)
    }
  }

  /** Drops what is older than the window, then grows the table or, where it is at its bound, drops the oldest ids. */
  function rebuild(index: number, table: Uint32Array): Uint32Array {
    const byStamp = new Uint32Array(UNITS + 1)
    for (let at = 0; at < table.length; at += 2) {
      const stamp = (table[at] ?? 0) >>> 24
      byStamp[stamp] = (byStamp[stamp] ?? 0) + 1
    }
    const ages = new Uint8Array(UNITS + 1)
    const byAge = new Uint32Array(UNITS)
    for (let stamp = 1; stamp <= UNITS; stamp++) {
      ages[stamp] = age(stamp)
      byAge[age(stamp)] = byStamp[stamp] ?? 0
    }
    const young = byAge.subarray(0, windowUnits + 1).reduce((sum, count) => sum + count, 0)
    // At the bound a quarter is freed at once, so that a full table is not gone through for every id.
    const kept = young < maxIds ? young : Math.floor(maxIds * MAX_LOAD)
    evicted += young - kept
    let cut = 0
    let room = kept
    while (cut <= windowUnits && room >= (byAge[cut] ?? 0)) room -= byAge[cut++] ?? 0

    let slots = FIRST_SLOTS
    while (kept > slots * MAX_LOAD * MAX_LOAD) slots *= 2
    const next = new Uint32Array(2 * slots)
    for (let from = 0; from < table.length; from += 2) {
      const word = table[from] ?? 0
      if (word === 0) continue
      const units = ages[word >>> 24] ?? 0
      // Of the units of time that are younger than the cut all ids stay, of the one at the cut as many as fit.
      if (units > cut || units > windowUnits || (units === cut && room-- <= 0)) continue
      place(next, word, table[from + 1] ?? 0)
    }
    counts[index] = kept
    tables[index] = next
    return next
  }

  /** Closes the gap, so that a search that passes it still finds what lies behind. */
  function forget(high: number, low: number): void {
    const index = high >>> 24
    const table = tables[index] as Uint32Array
    const mask = table.length - 1
    let gap = (low << 1) & mask
    for (; ; gap = (gap + 2) & mask) {
      const word = table[gap] ?? 0
      if (word === 0) return
      if ((word & ID_BITS) === (high & ID_BITS) && table[gap + 1] === low >>> 0) break
    }
    for (let at = (gap + 2) & mask; ; at = (at + 2) & mask) {
      const word = table[at] ?? 0
      if (word === 0) break
      const home = ((table[at + 1] ?? 0) << 1) & mask
      if (((at - home) & mask) < ((at - gap) & mask)) continue
      table[gap] = word
      table[gap + 1] = table[at + 1] ?? 0
      gap = at
    }
    table[gap] = 0
    counts[index] = (counts[index] ?? 1) - 1
  }

  return {
    admit,
    load(ids, nowMs) {
      const dealt = deal(ids)
      for (let at = 0; at < dealt.length; at += 2) admit(dealt[at + 1] ?? 0, dealt[at] ?? 0, nowMs)
    },
    forget,
    stats: () => ({
      ids: counts.reduce((sum, count) => sum + count, 0),
      bytes: tables.reduce((sum, table) => sum + table.byteLength, 0),
      evicted,
    }),
  }
}

/** The same ids, those of each table next to each other: it then stays in the processor's cache while it is filled. */
function deal(ids: Uint32Array): Uint32Array {
  const next = new Uint32Array(TABLES)
  for (let at = 1; at < ids.length; at += 2) {
    const index = (ids[at] ?? 0) >>> 24
    next[index] = (next[index] ?? 0) + 2
  }
  let sum = 0
  for (const [index, words] of next.entries()) {
    next[index] = sum
    sum += words
  }
  const dealt = new Uint32Array(ids.length)
  for (let at = 0; at < ids.length; at += 2) {
    const [low, high] = [ids[at] ?? 0, ids[at + 1] ?? 0]
    const to = next[high >>> 24] ?? 0
    dealt[to] = low
    dealt[to + 1] = high
    next[high >>> 24] = to + 2
  }
  return dealt
}

function place(table: Uint32Array, word: number, low: number): void {
  const mask = table.length - 1
  let at = (low << 1) & mask
  while (table[at] !== 0) at = (at + 2) & mask
  table[at] = word
  table[at + 1] = low
}
