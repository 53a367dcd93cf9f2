import type { IncomingMessage } from 'node:http'
import type { ClientIp } from '../../schema/brand.ts'
import { type Address, formatAddress, parseAddress, sharesPrefix } from '../address.ts'
import { UserError } from '../errors.ts'

/**
 * Which address a request counts for. Only `X-Forwarded-For` is read, and only as far as proxies that are trusted
 * wrote it: every other header, and every entry left of the first untrusted address, can be made up by anybody.
 */
export type ClientIpReader = (socketAddress: string, xForwardedFor: string | undefined) => ClientIp

/** The address that a request counts for. */
export function clientIpOf(read: ClientIpReader, { headers, socket }: IncomingMessage): ClientIp {
  const forwarded = headers['x-forwarded-for']
  return read(socket.remoteAddress ?? '', Array.isArray(forwarded) ? forwarded.join(',') : forwarded)
}

interface Network {
  readonly address: Address
  readonly bits: number
}

const LOOPBACK = '127.0.0.0/8,::1'
/** Proxies in a row that a setting may trust; each is an entry of a header that anybody may lengthen. */
const MAX_HOPS = 32

/**
 * @param setting addresses and CIDRs separated by commas or spaces, or the number of proxies in front. Default:
 * loopback peers. Throws UserError that names the entry which cannot be read.
 */
export function createClientIpReader(setting: string = LOOPBACK): ClientIpReader {
  const text = setting.trim() || LOOPBACK
  if (/^\d+$/.test(text)) {
    const hops = Number(text)
    if (hops > MAX_HOPS) {
      throw new UserError(
        `SLUICE_TRUSTED_PROXIES: ${text} hops are too many, give a number up to ${MAX_HOPS}.`,
      )
    }
    return (socketAddress, xForwardedFor) => walk(socketAddress, xForwardedFor, (_address, hop) => hop < hops)
  }
  const networks = text.split(/[\s,]+/).map(parseNetwork)
  return (socketAddress, xForwardedFor) =>
    walk(socketAddress, xForwardedFor, (address) =>
      networks.some((network) => sharesPrefix(address, network.address, network.bits)),
    )
}

function parseNetwork(entry: string): Network {
  const [text, prefix, ...rest] = entry.split('/')
  const address = parseAddress(text ?? '')
  const width = address?.family === 4 ? 32 : 128
  const bits = prefix === undefined ? width : Number(prefix)
  const valid = rest.length === 0 && (prefix === undefined || /^\d{1,3}$/.test(prefix)) && bits <= width
  // ::ffff:10.0.0.0/104 is IPv4 with another count of bits; nobody needs it, and a wrong guess would trust too much.
  if (!address || !valid || (address.family === 4 && (text ?? '').includes(':'))) {
    throw new UserError(
      `SLUICE_TRUSTED_PROXIES: "${entry}" is no address, CIDR or number of hops, write for example 10.0.0.0/8.`,
    )
  }
  return { address, bits }
}

/** Goes from the socket leftwards through the header while the one who wrote the next entry is trusted. */
function walk(
  socketAddress: string,
  xForwardedFor: string | undefined,
  isTrusted: (address: Address, hop: number) => boolean,
): ClientIp {
  let current = parseAddress(socketAddress)
  if (!current) return '' as ClientIp
  let end = xForwardedFor?.length ?? 0
  for (let hop = 0; end > 0 && isTrusted(current, hop); hop++) {
    const comma = (xForwardedFor as string).lastIndexOf(',', end - 1)
    const next = parseAddress((xForwardedFor as string).slice(comma + 1, end).trim())
    // What cannot be read was not written by a proxy: the last hop that is known stands for the visitor.
    if (!next) break
    current = next
    end = comma
  }
  return formatAddress(current) as ClientIp
}
