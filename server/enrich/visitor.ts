import type { Address } from '../address.ts'
import { createHashInput } from './siphash.ts'

const input = createHashInput()

/**
 * The visitor key of a site that measures before a choice: a keyed hash of the address cut to its network (IPv4 /24,
 * IPv6 /48) and the browser family, under a key that dies at the site's midnight. It tells visitors of a day apart, as
 * well as so little can, and nothing else.
 *
 * SipHash-2-4 under the first half of the day key: a keyed pseudo-random function made for inputs as short as these.
 * The result has 64 bits whichever function makes it, and the key's 128 bits are beyond search; what protects is that
 * the key is destroyed. HMAC-SHA-256 takes ten times as long (docs/adr/0004-anonymising.md).
 * @returns never 0, which stands for no visitor key
 */
export function visitorKey(dayKey: Uint8Array, address: Address, browser: string): bigint {
  const [first, second] = address.words
  input.byte(address.family)
  if (address.family === 4) input.word(first & 0xffffff00)
  else {
    input.word(first)
    input.word(second & 0xffff0000)
  }
  input.text(browser)
  return input.hash(dayKey) || 1n
}
