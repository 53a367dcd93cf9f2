import { createHmac, randomBytes } from 'node:crypto'
import type { ClientIp } from '../../schema/brand.ts'
import type { Log } from '../log.ts'

/** Requests after which one shared address is no coincidence any more. */
const ENOUGH = 200

/**
 * Warns once when all traffic seems to come from one address: the usual sign of a proxy that is not trusted, which
 * would count all visitors as one and place them all at the proxy. Keeps a keyed hash of the first address under a
 * key of this process, never an address, and stops looking at the second one. `onShared`: called with the warning.
 */
export function createSharedAddressWatch(log: Log, onShared: () => void): (ip: ClientIp) => void {
  const key = randomBytes(32)
  const digest = (ip: ClientIp): string => createHmac('sha256', key).update(ip).digest('base64')
  let first: string | undefined
  let count = 0
  let watching = true
  return (ip) => {
    if (!watching) return
    first ??= digest(ip)
    if (digest(ip) !== first) {
      watching = false
      return
    }
    count++
    if (count < ENOUGH) return
    watching = false
    onShared()
    log.warn(
      { requests: count },
      'all traffic shares one address: if a proxy stands in front, name it in SLUICE_TRUSTED_PROXIES, or all visitors count as one',
    )
  }
}
