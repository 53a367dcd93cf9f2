import { createHmac, randomBytes } from 'node:crypto'
import type { ClientIp } from '../../schema/brand.ts'
import { parseAddress } from '../address.ts'
import type { Clock } from '../clock.ts'

/**
 * Keeps one network from flooding a route: so many requests a minute from an IPv4 /24 or an IPv6 /48. What it counts
 * by is a keyed hash of the network, in memory only, forgotten after a minute; the key dies within the hour.
 */
export interface BurstGuard {
  /** Counts one request. 0: go on; else the seconds after which to try again. */
  wait(ip: ClientIp): number
}

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
/** Networks counted at a time. Beyond it a flood comes from everywhere, and counting networks helps no more. */
const MAX_NETWORKS = 100_000

export function createBurstGuard(parts: {
  clock: Pick<Clock, 'monotonic'>
  /** Requests a minute. Default 30. */
  perMinute?: number
}): BurstGuard {
  const { clock, perMinute = 30 } = parts
  let key = randomBytes(32)
  let keyMadeAt = clock.monotonic()
  let windowBegan = keyMadeAt
  let counts = new Map<string, number>()

  return {
    wait(ip) {
      const now = clock.monotonic()
      if (now - windowBegan >= MINUTE_MS) {
        windowBegan = now
        counts = new Map()
        if (now - keyMadeAt >= HOUR_MS - MINUTE_MS) {
          key = randomBytes(32)
          keyMadeAt = now
        }
      }
      const network = createHmac('sha256', key).update(networkOf(ip)).digest('base64')
      const count = (counts.get(network) ?? 0) + 1
      if (count > perMinute) return Math.ceil((windowBegan + MINUTE_MS - now) / 1_000)
      if (counts.has(network) || counts.size < MAX_NETWORKS) counts.set(network, count)
      return 0
    },
  }
}

/** What cannot be read counts as one network. */
function networkOf(ip: ClientIp): string {
  const address = parseAddress(ip)
  if (!address) return ''
  const [first, second] = address.words
  return address.family === 4 ? `4 ${first >>> 8}` : `6 ${first} ${second >>> 16}`
}
