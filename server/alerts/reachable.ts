import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** As node:http asks for the addresses of a host. */
export type Lookup = (
  host: string,
  options: LookupOptions,
  done: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
) => void

/** Networks that are not the internet (IANA special-purpose registries, RFC 6890), multicast among them. */
const SPECIAL = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  SPECIAL.addSubnet(network, prefix, 'ipv4')
}
// Within what is handed out: Teredo and its neighbours, documentation, 6to4.
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  SPECIAL.addSubnet(network, prefix, 'ipv6')
}
const HANDED_OUT = new BlockList()
HANDED_OUT.addSubnet('2000::', 3, 'ipv6')
const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** Whether an address is one of the internet. Whatever is none, mapped IPv4 among it, is not. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !SPECIAL.check(address, 'ipv4')
  return isIPv6(address) && HANDED_OUT.check(address, 'ipv6') && !SPECIAL.check(address, 'ipv6')
}

/** Whether a host, as a URL names it, is this machine. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || isLoopbackAddress(host.replace(/^\[(.*)\]$/, '$1'))
}

function isLoopbackAddress(address: string): boolean {
  if (isIPv4(address)) return LOOPBACK.check(address, 'ipv4')
  return isIPv6(address) && LOOPBACK.check(address, 'ipv6')
}

/**
 * Looks a host up and answers only what may be connected to, at the moment of connecting: a name of the internet must
 * not lead into the network behind this server, whatever it led to before. This machine is reached by its own names only.
 */
export function guardedLookup(lookup: Lookup = dnsLookup): Lookup {
  return (host, options, done) => {
    const isAllowed = isLoopbackHost(host) ? isLoopbackAddress : isPublicAddress
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error, [])
      const addresses = typeof found === 'string' ? [] : found
      const [first] = addresses
      if (!first || !addresses.every(({ address }) => isAllowed(address))) {
        return done(Object.assign(new Error('not an address of the internet'), { code: 'EPRIVATE' }), [])
      }
      if (options.all === true) done(null, addresses)
      else done(null, first.address, first.family)
    })
  }
}
