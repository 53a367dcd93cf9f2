import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Address } from '../address.ts'
import { describe, type Log } from '../log.ts'
import { projectRoot } from '../project-root.ts'
import { openRanges } from './ranges.ts'

/** Names of network operators by address. */
export interface Networks {
  /** Organisation of the autonomous system, `Deutsche Telekom AG`; empty when unknown. */
  find(address: Address): string
}

/** Where the build puts the table. */
const BUILT_FILE = path.join(projectRoot, 'dist/data/networks.bin')

/** Knows no network: without the table everything else works on. */
export const NO_NETWORKS: Networks = { find: () => '' }

/** Loads the whole table, 9 MB. A missing or damaged one is told in the log once, and no network is known. */
export function loadNetworks({ log, file = BUILT_FILE }: { log: Log; file?: string }): Networks {
  try {
    return createNetworks(readFileSync(file))
  } catch (error) {
    log.warn(
      { err: describe(error) },
      'network operators are unknown: the table is missing, run `npm run build`',
    )
    return NO_NETWORKS
  }
}

export function createNetworks(bytes: Uint8Array): Networks {
  const ranges = openRanges(bytes)
  /** Names are decoded when they are first asked for: most never are. */
  const names = new Map<number, string>()
  return {
    find(address) {
      const index = ranges.find(address)
      if (index < 0) return ''
      const known = names.get(index)
      if (known !== undefined) return known
      const name = ranges.text(index)
      names.set(index, name)
      return name
    },
  }
}
