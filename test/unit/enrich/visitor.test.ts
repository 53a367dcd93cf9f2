import { describe, expect, it } from 'vitest'
import { parseAddress } from '../../../server/address.ts'
import { visitorKey } from '../../../server/enrich/visitor.ts'

const key = Uint8Array.from({ length: 32 }, (_, i) => 7 * i)
const other = Uint8Array.from({ length: 32 }, (_, i) => 7 * i + 1)

function visitor(
  text: string,
  browser = 'Chrome',
  under = key,
  part: 'network' | 'whole' = 'network',
): bigint {
  const address = parseAddress(text)
  if (!address) throw new Error(`no address: ${text}`)
  return visitorKey(under, address, part, browser)
}

describe('R8.1 the visitor key', () => {
  it('is the same for a network and a browser family under the same key', () => {
    expect(visitor('203.0.113.7')).toBe(visitor('203.0.113.254'))
    expect(visitor('2001:db8:1:2::3')).toBe(visitor('2001:db8:1:ffff::4'))
    expect(visitor('::ffff:203.0.113.7')).toBe(visitor('203.0.113.7'))
  })

  it('tells addresses of a network apart where only consent is measured, and only the network of IPv6', () => {
    const whole = (text: string): bigint => visitor(text, 'Chrome', key, 'whole')
    expect(whole('203.0.113.7')).not.toBe(whole('203.0.113.8'))
    expect(whole('203.0.113.7')).toBe(whole('::ffff:203.0.113.7'))
    expect(whole('2001:db8:1:2::3')).toBe(whole('2001:db8:1:2:ffff::4'))
    expect(whole('2001:db8:1:2::3')).not.toBe(whole('2001:db8:1:3::3'))
  })

  it('is another for another network, browser, family or key', () => {
    const keys = [
      visitor('203.0.113.7'),
      visitor('203.0.114.7'),
      visitor('203.0.113.7', 'Safari'),
      visitor('203.0.113.7', ''),
      visitor('203.0.113.7', 'Chrome', other),
      visitor('2001:db8:1::'),
      visitor('2001:db8:2::'),
      visitor('2001:db8:1::', 'Safari'),
      visitor('cb00:7100::'),
    ]
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('fits the column and is spread over it', () => {
    const keys = Array.from({ length: 2_000 }, (_, i) => visitor(`10.${i >> 8}.${i & 255}.1`))
    expect(new Set(keys).size).toBe(2_000)
    for (const each of keys) {
      expect(each).toBeGreaterThan(0n)
      expect(each).toBeLessThan(1n << 64n)
    }
    const high = keys.filter((each) => each >= 1n << 63n).length
    expect(high).toBeGreaterThan(800)
    expect(high).toBeLessThan(1_200)
  })
})
