import type { Address } from '../address.ts'
import { createHashInput, type Words } from './siphash.ts'

const input = createHashInput()
const words: Words = { high: 0, low: 0 }

/** How much of an address goes into the visitor key. */
export type AddressPart = 'network' | 'whole'

/**
 * The visitor key: a keyed hash of the address and the browser family, under a key that dies at the site's midnight. It
 * tells visitors of a day apart, as well as so little can, and nothing else.
 *
 * - `network`, in sites that measure before a choice: the address cut to IPv4 /24, IPv6 /48. For visitors who consented
 *   too, so that who accepts in the middle of a visit stays one visitor.
 * - `whole`, in sites that measure under consent only: all of an IPv4 address, and of an IPv6 address the 64 bits of its
 *   network, since devices change the rest during the day (RFC 8981).
 *
 * SipHash-2-4 under the first half of the day key: a keyed pseudo-random function made for inputs as short as these.
 * The result has 64 bits whichever function makes it, and the key's 128 bits are beyond search; what protects is that
 * the key is destroyed. HMAC-SHA-256 takes ten times as long (docs/adr/0004-anonymising.md).
 * @returns never 0, which stands for no visitor key
 */
export function visitorKey(dayKey: Uint8Array, address: Address, part: AddressPart, browser: string): bigint {
  visitorWords(dayKey, address, part, browser, words)
  return (BigInt(words.high) << 32n) | BigInt(words.low)
}

/** The visitor key, into `result`. */
export function visitorWords(
  dayKey: Uint8Array,
  address: Address,
  part: AddressPart,
  browser: string,
  result: Words,
): void {
  const [first, second] = address.words
  const isWhole = part === 'whole'
  input.byte(address.family)
  if (address.family === 4) input.word(isWhole ? first : first & 0xffffff00)
  else {
    input.word(first)
    input.word(isWhole ? second : second & 0xffff0000)
  }
  input.text(browser)
  input.hashSoFar(dayKey, result)
  input.wipe()
  if (result.high === 0 && result.low === 0) result.low = 1
}

/** That of a visitor whom another server tells apart by a text of its own, under the same day key. */
export function toldVisitorKey(dayKey: Uint8Array, visitor: string): bigint {
  input.byte(0)
  input.text(visitor)
  return input.hash(dayKey) || 1n
}
