/**
 * An internet address as numbers, so that it can be compared, looked up and cut short without keeping its text.
 * Four unsigned 32-bit words, the first one first; an IPv4 address is the first word alone. An IPv4 address mapped
 * into IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
 */
export interface Address {
  readonly family: 4 | 6
  readonly words: readonly [number, number, number, number]
}

/**
 * Reads an address as it stands in a socket, a header or a setting: plain, in brackets, with a port or a zone id.
 * Undefined for anything else; octets with leading zeros are refused, since programs disagree on what they mean.
 */
export function parseAddress(text: string): Address | undefined {
  const plain = readIpv4(text, 0, text.length)
  if (plain >= 0) return ipv4(plain)
  return parseLong(text)
}

/** IPv4 from its number. */
function ipv4(number: number): Address {
  return { family: 4, words: [number, 0, 0, 0] }
}

function parseLong(text: string): Address | undefined {
  // The longest form there is: bracketed mapped IPv6 with a zone of an interface name and a port.
  if (text.length > 80) return undefined
  const plain = parseIpv6(text)
  if (plain) return plain
  let address = text.trim()
  if (address.startsWith('[')) {
    const end = address.indexOf(']')
    if (end < 0 || !/^(?::\d{1,5})?$/.test(address.slice(end + 1))) return undefined
    address = address.slice(1, end)
  } else {
    const withPort = /^([\d.]+)(?::\d{1,5})?$/.exec(address)?.[1]
    const number = withPort === undefined ? -1 : readIpv4(withPort, 0, withPort.length)
    if (number >= 0) return ipv4(number)
  }
  const zone = address.indexOf('%')
  return parseIpv6(zone < 0 ? address : address.slice(0, zone))
}

/** Groups of the address that is being read. */
const groups = new Uint16Array(8)

function parseIpv6(text: string): Address | undefined {
  const address = readGroups(text) ? fromGroups() : undefined
  // Nothing of an address stays where the next one is read.
  groups.fill(0)
  return address
}

/** RFC 4291: groups of up to four hexadecimal digits, one `::` for zeros, perhaps a dotted IPv4 at the end. */
function readGroups(text: string): boolean {
  let count = 0
  let gap = -1
  let at = 0
  if (text.startsWith('::')) {
    gap = 0
    at = 2
  }
  while (at < text.length) {
    if (count === 8) return false
    let value = 0
    let end = at
    for (let digit = hexAt(text, end); digit >= 0; digit = hexAt(text, ++end)) value = value * 16 + digit
    if (text.charCodeAt(end) === 46) {
      const number = readIpv4(text, at, text.length)
      if (number < 0 || count > 6) return false
      groups[count++] = number >>> 16
      groups[count++] = number & 0xffff
      break
    }
    if (end === at || end - at > 4) return false
    groups[count++] = value
    if (end === text.length) break
    if (text.charCodeAt(end) !== 58) return false
    at = end + 1
    if (text.charCodeAt(at) === 58) {
      if (gap >= 0) return false
      gap = count
      at++
    } else if (at === text.length) return false
  }
  if (gap < 0 ? count !== 8 : count > 7) return false
  if (gap >= 0) {
    groups.copyWithin(8 - count + gap, gap, count)
    groups.fill(0, gap, 8 - count + gap)
  }
  return true
}

function wordAt(group: number): number {
  return (((groups[group] as number) << 16) | (groups[group + 1] as number)) >>> 0
}

function fromGroups(): Address {
  const words = [wordAt(0), wordAt(2), wordAt(4), wordAt(6)] as const
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) return ipv4(words[3])
  return { family: 6, words }
}

/** Value of a hexadecimal digit, -1 for anything else and past the end. */
function hexAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code >= 48 && code <= 57) return code - 48
  const lower = code | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

/** The number of a dotted quad between two positions, -1 when it is none. */
function readIpv4(text: string, start: number, end: number): number {
  if (end - start < 7 || end - start > 15) return -1
  let number = 0
  let octet = -1
  let dots = 0
  for (let i = start; i <= end; i++) {
    const code = i === end ? 46 : text.charCodeAt(i)
    if (code === 46) {
      if (octet < 0) return -1
      number = number * 256 + octet
      octet = -1
      dots++
    } else if (code >= 48 && code <= 57) {
      if (octet === 0) return -1
      octet = (octet < 0 ? 0 : octet) * 10 + code - 48
      if (octet > 255) return -1
    } else return -1
  }
  return dots === 4 ? number : -1
}

/** Whether the first bits of two addresses are the same. */
export function sharesPrefix(address: Address, network: Address, bits: number): boolean {
  if (address.family !== network.family) return false
  for (let i = 0, left = bits; left > 0; i++, left -= 32) {
    const mask = left >= 32 ? -1 : ~(-1 >>> left)
    if ((((address.words[i] as number) ^ (network.words[i] as number)) & mask) !== 0) return false
  }
  return true
}

/** The usual text of an address: what is looked up in a table that wants text. */
export function formatAddress({ family, words }: Address): string {
  if (family === 4) {
    const number = words[0]
    return `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`
  }
  return words.map((word) => `${(word >>> 16).toString(16)}:${(word & 0xffff).toString(16)}`).join(':')
}
