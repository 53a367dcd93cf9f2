// The file format in which tables of addresses are built, and read by server/enrich/ranges.ts. All numbers have 32 bits,
// low byte first:
//   magic "SLR1", number of IPv4 ranges, of IPv6 ranges, of texts, bytes of texts
//   IPv4: starts, ends, texts (index)     IPv6, first 64 bits only: starts high, starts low, ends high, ends low, texts
//   texts: where each ends in what follows, in UTF-8
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const MAGIC = 0x31524c53

/** Collects ranges in ascending order; neighbours of the same text become one. */
export function createTable() {
  const texts = new Map()
  const v4 = createRanges()
  const v6 = createRanges()
  const indexOf = (text) => {
    const known = texts.get(text)
    if (known !== undefined) return known
    texts.set(text, texts.size)
    return texts.size - 1
  }
  return {
    /** A range of IPv4 addresses, both ends inclusive, as numbers. */
    add4: (start, end, text) => v4.add(0, start, 0, end, indexOf(text)),
    /** A range of IPv6 addresses: the first 64 bits of both ends as two numbers each. */
    add6: (start, end, text) => v6.add(start[0], start[1], end[0], end[1], indexOf(text)),
    /** Writes the file whole or not at all: a server that starts meanwhile must not read half of it. */
    write(folder, name) {
      mkdirSync(folder, { recursive: true })
      const file = path.join(folder, name)
      const [, starts, , ends, texts4] = v4.columns()
      writeFileSync(`${file}.part`, encode([starts, ends, texts4], v6.columns(), [...texts.keys()]))
      renameSync(`${file}.part`, file)
      return file
    },
  }
}

/** Ranges by columns, start high, start low, end high, end low and text: millions of objects would not fit. */
function createRanges() {
  let columns = Array.from({ length: 5 }, () => new Uint32Array(1 << 16))
  let count = 0
  let [lastHigh, lastLow, lastText] = [-1, 0, -1]

  function add(startHigh, startLow, endHigh, endLow, text) {
    // Of several ranges within the same 64 bits the first one stands for all.
    if (endHigh < lastHigh || (endHigh === lastHigh && endLow <= lastLow)) return
    const [nextHigh, nextLow] = lastLow === 0xffffffff ? [lastHigh + 1, 0] : [lastHigh, lastLow + 1]
    const isNeighbour = count > 0 && (startHigh < nextHigh || (startHigh === nextHigh && startLow <= nextLow))
    if (!isNeighbour || text !== lastText) {
      if (count === columns[0].length) columns = columns.map(doubled)
      columns[0][count] = isNeighbour ? nextHigh : startHigh
      columns[1][count] = isNeighbour ? nextLow : startLow
      columns[4][count] = text
      count++
    }
    columns[2][count - 1] = lastHigh = endHigh
    columns[3][count - 1] = lastLow = endLow
    lastText = text
  }

  return { add, columns: () => columns.map((column) => column.subarray(0, count)) }
}

function doubled(column) {
  const larger = new Uint32Array(column.length * 2)
  larger.set(column)
  return larger
}

function encode(v4, v6, names) {
  const texts = names.map((name) => Buffer.from(name))
  const ends = new Uint32Array(texts.length)
  let end = 0
  for (const [i, text] of texts.entries()) ends[i] = end += text.length
  const head = Uint32Array.of(MAGIC, v4[0].length, v6[0].length, texts.length, end)
  const numbers = [head, ...v4, ...v6, ends].map((column) =>
    Buffer.from(column.buffer, column.byteOffset, column.byteLength),
  )
  return Buffer.concat([...numbers, ...texts])
}
