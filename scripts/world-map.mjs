// Makes dashboard/places/world.ts, the outlines of countries, from a TopoJSON file of Natural Earth's (public domain,
// naturalearthdata.com), such as countries-110m.json of the npm package world-atlas:
//   node scripts/world-map.mjs countries-110m.json
// The projection is Equal Earth, in which areas are as they are; coordinates are whole numbers on a sheet that is 960 wide.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const WIDTH = 960
/** Rings that cover less than this on the sheet are left out, but for a country's largest. */
const LEAST_AREA = 4

/** Countries whose name in the file is not the one that Intl gives. */
const OTHER_NAMES = {
  'United States of America': 'US',
  'Dem. Rep. Congo': 'CD',
  Congo: 'CG',
  'Dominican Rep.': 'DO',
  'Falkland Is.': 'FK',
  'Fr. S. Antarctic Lands': 'TF',
  'Timor-Leste': 'TL',
  "Côte d'Ivoire": 'CI',
  'Central African Rep.': 'CF',
  'Eq. Guinea': 'GQ',
  eSwatini: 'SZ',
  Palestine: 'PS',
  Myanmar: 'MM',
  'Solomon Is.': 'SB',
  Turkey: 'TR',
  'Bosnia and Herz.': 'BA',
  Macedonia: 'MK',
  'Trinidad and Tobago': 'TT',
  'S. Sudan': 'SS',
  'W. Sahara': 'EH',
  Kosovo: 'XK',
  // Not told apart by what looks addresses up.
  Somaliland: 'SO',
  'N. Cyprus': 'CY',
}

/** Equal Earth (Šavrič, Patterson, Jenny 2018): degrees to units of the sheet, before it is scaled. */
function project([longitude, latitude]) {
  const [a1, a2, a3, a4] = [1.340264, -0.081106, 0.000893, 0.003796]
  const m = Math.sqrt(3) / 2
  const t = Math.asin(m * Math.sin((latitude * Math.PI) / 180))
  const [t2, t6] = [t ** 2, t ** 6]
  const x =
    (((longitude * Math.PI) / 180) * Math.cos(t)) / (m * (a1 + 3 * a2 * t2 + t6 * (7 * a3 + 9 * a4 * t2)))
  return [x, -t * (a1 + a2 * t2 + t6 * (a3 + a4 * t2))]
}

/** A ring that crosses the date line runs on past 180 degrees, and is cut there into what lies on either side. */
function cutAtDateLine(ring) {
  let turns = 0
  const open = ring.map(([x, y], index) => {
    const step = index === 0 ? 0 : x - ring[index - 1][0]
    if (step > 180) turns--
    if (step < -180) turns++
    return [x + 360 * turns, y]
  })
  const pieces = []
  for (const turn of [-1, 0, 1]) {
    const shifted = open.map(([x, y]) => [x - 360 * turn, y])
    const piece = clip(
      clip(shifted, (x) => x <= 180, 180),
      (x) => x >= -180,
      -180,
    )
    if (piece.length > 2) pieces.push(piece)
  }
  return pieces
}

/** What of a ring lies on one side of a meridian (Sutherland and Hodgman). */
function clip(ring, isInside, meridian) {
  return ring.flatMap((point, index) => {
    const before = ring.at(index - 1)
    const kept = isInside(point[0]) ? [point] : []
    if (isInside(point[0]) === isInside(before[0])) return kept
    const part = (meridian - before[0]) / (point[0] - before[0])
    return [[meridian, before[1] + part * (point[1] - before[1])], ...kept]
  })
}

function codesByName() {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  const codes = new Map()
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
  for (const first of letters) {
    for (const second of letters) {
      const code = first + second
      // DD and UK are old or other codes of countries that have one.
      const isCurrent = Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`
      const name = names.of(code)
      if (isCurrent && name !== undefined) codes.set(name, code)
    }
  }
  return codes
}

function areaOf(ring) {
  return Math.abs(
    ring.reduce((sum, [x, y], index) => {
      const [nextX, nextY] = ring[(index + 1) % ring.length]
      return sum + (x * nextY - nextX * y) / 2
    }, 0),
  )
}

/** A ring as a path: whole numbers, each point told from the one before. */
function pathOf(ring) {
  const points = ring.filter(
    ([x, y], index) => index === 0 || x !== ring[index - 1][0] || y !== ring[index - 1][1],
  )
  if (points.length < 3) return ''
  const [[startX, startY], ...rest] = points
  let [atX, atY] = [startX, startY]
  const steps = rest.map(([x, y]) => {
    const step = `${x - atX} ${y - atY}`
    ;[atX, atY] = [x, y]
    return step
  })
  return `M${startX} ${startY}l${steps.join(' ')}z`.replaceAll(' -', '-')
}

const [file] = process.argv.slice(2)
if (!file) {
  process.stderr.write('Give a TopoJSON file of countries.\n')
  process.exit(2)
}
const topology = JSON.parse(readFileSync(file, 'utf8'))
const { scale, translate } = topology.transform
const arcs = topology.arcs.map((arc) => {
  let [x, y] = [0, 0]
  return arc.map(([dx, dy]) => {
    ;[x, y] = [x + dx, y + dy]
    return [x * scale[0] + translate[0], y * scale[1] + translate[1]]
  })
})
const span = project([180, 0])[0] * 2
const top = project([0, 84])[1]
const bottom = project([0, -56])[1]
const unit = WIDTH / span
const height = Math.round((bottom - top) * unit)
const toSheet = (place) => {
  const [x, y] = project(place)
  return [Math.round((x + span / 2) * unit), Math.round((y - top) * unit)]
}
const ringsOf = (indices) =>
  cutAtDateLine(indices.flatMap((index) => (index < 0 ? arcs[~index].toReversed() : arcs[index]))).map(
    (ring) => ring.map(toSheet),
  )

const codes = codesByName()
const paths = new Map()
for (const { type, arcs: own, properties } of topology.objects.countries.geometries) {
  if (properties.name === 'Antarctica') continue
  const code = OTHER_NAMES[properties.name] ?? codes.get(properties.name)
  if (!code) throw new Error(`no code for ${properties.name}`)
  const polygons = type === 'MultiPolygon' ? own : [own]
  const rings = polygons
    .flat()
    .flatMap(ringsOf)
    .toSorted((a, b) => areaOf(b) - areaOf(a))
  const drawn = rings.filter((ring, index) => index === 0 || areaOf(ring) >= LEAST_AREA)
  paths.set(code, (paths.get(code) ?? '') + drawn.map(pathOf).join(''))
}

const lines = [...paths]
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([code, path]) => `  ${code}: '${path}',`)
writeFileSync(
  fileURLToPath(new URL('../dashboard/places/world.ts', import.meta.url)),
  `/**
 * Outlines of countries by ISO 3166-1 code as SVG paths, in the Equal Earth projection: areas are as they are. Made by
 * scripts/world-map.mjs of Natural Earth's countries at 1:110 million, which are in the public domain.
 */
export const WORLD = { width: ${WIDTH}, height: ${height} } as const

export const COUNTRIES: Readonly<Record<string, string>> = {
${lines.join('\n')}
}
`,
)
