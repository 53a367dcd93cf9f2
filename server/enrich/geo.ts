import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Address } from '../address.ts'
import { describe, type Log } from '../log.ts'
import { projectRoot } from '../project-root.ts'
import { openRanges } from './ranges.ts'

/** Where an address is, as far as the GeoLite2 tables know; empty where they do not. No finer than the city. */
export interface Place {
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  /** ISO 3166-2 with the country in front: `DE-BE`. */
  readonly region: string
  readonly city: string
}

export interface Geo {
  find(address: Address): Place
}

/** Where the build puts the table. */
const BUILT_FILE = path.join(projectRoot, 'dist/data/places.bin')

export const NOWHERE: Place = { country: '', region: '', city: '' }
/** Knows no place: without the table everything else works on. */
export const NO_GEO: Geo = { find: () => NOWHERE }

/** Loads the whole table, 34 MB. A missing or damaged one is told in the log once, and no place is known. */
export async function loadGeo({ log, file = BUILT_FILE }: { log: Log; file?: string }): Promise<Geo> {
  try {
    return createGeo(await readFile(file))
  } catch (error) {
    log.warn({ err: describe(error) }, 'places are unknown: the table is missing, run `npm run build`')
    return NO_GEO
  }
}

export function createGeo(bytes: Uint8Array): Geo {
  const ranges = openRanges(bytes)
  /** Places are read when they are first asked for. */
  const places = new Map<number, Place>()
  return {
    find(address) {
      const index = ranges.find(address)
      if (index < 0) return NOWHERE
      const known = places.get(index)
      if (known) return known
      const place = readPlace(ranges.text(index))
      places.set(index, place)
      return place
    },
  }
}

/** `country TAB region TAB city`; a subdivision has one to three letters or digits. */
function readPlace(text: string): Place {
  const [country = '', region = '', city = ''] = text.split('\t')
  if (country === '') return NOWHERE
  return { country, region: /^[\dA-Z]{1,3}$/.test(region) ? `${country}-${region}` : '', city }
}
