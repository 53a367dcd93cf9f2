// Builds places.bin from the tables of geoip-lite 2, whose layout is that of its lib/geoip.js: records of fixed width,
// big-endian, sorted. Read at run time by the package itself they take 110 MB and a third of a second; here ranges of
// the same place become one, and coordinates are left out since nothing finer than the city is ever stored.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { createTable } from './ranges.mjs'

const RECORD_V4 = 24
const RECORD_V6 = 48
const RECORD_PLACE = 88
const NO_PLACE = 0xffffffff

/** Writes places.bin into a folder and returns its path. Each text is `country TAB region TAB city`. */
export function writePlaces(folder) {
  const source = path.join(
    path.dirname(createRequire(import.meta.url).resolve('geoip-lite/package.json')),
    'data',
  )
  const read = (name) => readFileSync(path.join(source, name))
  const placeAt = createPlaceReader(read('geoip-city-names.dat'))
  const table = createTable()

  const v4 = read('geoip-city.dat')
  for (let at = 0; at + RECORD_V4 <= v4.length; at += RECORD_V4) {
    const text = placeAt(v4.readUInt32BE(at + 8))
    if (text !== undefined) table.add4(v4.readUInt32BE(at), v4.readUInt32BE(at + 4), text)
  }
  const v6 = read('geoip-city6.dat')
  const upperHalf = (at) => [v6.readUInt32BE(at), v6.readUInt32BE(at + 4)]
  for (let at = 0; at + RECORD_V6 <= v6.length; at += RECORD_V6) {
    const text = placeAt(v6.readUInt32BE(at + 32))
    if (text !== undefined) table.add6(upperHalf(at), upperHalf(at + 16), text)
  }
  return table.write(folder, 'places.bin')
}

function createPlaceReader(places) {
  const known = new Map()
  return (index) => {
    if (index === NO_PLACE || (index + 1) * RECORD_PLACE > places.length) return undefined
    const found = known.get(index)
    if (found !== undefined) return found
    const field = (from, to) => {
      const bytes = places.subarray(index * RECORD_PLACE + from, index * RECORD_PLACE + to)
      const end = bytes.indexOf(0)
      return bytes.toString('utf8', 0, end < 0 ? bytes.length : end).replaceAll('\t', ' ')
    }
    const text = `${field(0, 2)}\t${field(2, 5)}\t${field(42, RECORD_PLACE)}`
    known.set(index, text)
    return text
  }
}
