// Builds the tables that tell where an address is and whose network it is, from the packages that hold the data:
//   networks.bin  @ip-location-db/asn (CC BY 4.0: RouteViews, DB-IP, the regional registries)
//   places.bin    geoip-lite (GeoLite2 by MaxMind, CC BY-SA 4.0)
// Part of the build; by hand: node scripts/networks.mjs [folder], default dist/data
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { writePlaces } from './places.mjs'
import { createTable } from './ranges.mjs'

/** Longest name that is kept; a few registries put whole sentences there. */
const MAX_NAME = 80

/** Writes both tables into a folder, which is made when it is missing. */
export async function writeNetworks(folder) {
  writeOperators(folder)
  writePlaces(folder)
}

/** Writes networks.bin from a folder with the two lists and returns its path. */
export function writeOperators(folder, source = installedLists()) {
  const table = createTable()
  readList(path.join(source, 'asn-ipv4-num.csv'), (start, end, name) =>
    table.add4(Number(start), Number(end), name),
  )
  readList(path.join(source, 'asn-ipv6-num.csv'), (start, end, name) =>
    table.add6(upperHalf(start), upperHalf(end), name),
  )
  return table.write(folder, 'networks.bin')
}

function installedLists() {
  return path.dirname(createRequire(import.meta.url).resolve('@ip-location-db/asn/package.json'))
}

function readList(file, add) {
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, start, end, name] = /^(\d+),(\d+),\d+,(.+)$/.exec(line) ?? []
    if (name !== undefined) add(start, end, nameOf(name))
  }
}

function upperHalf(text) {
  const upper = BigInt(text) >> 64n
  return [Number(upper >> 32n), Number(upper & 0xffffffffn)]
}

/** CSV: a quoted field doubles its quotes. */
function nameOf(field) {
  const name = field.startsWith('"') ? field.slice(1, field.lastIndexOf('"')).replaceAll('""', '"') : field
  return name.replace(/\s+/g, ' ').trim().slice(0, MAX_NAME).trim()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeNetworks(process.argv[2] ?? fileURLToPath(new URL('../dist/data', import.meta.url)))
}
