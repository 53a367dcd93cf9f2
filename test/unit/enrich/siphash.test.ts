import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHashInput, sipHash } from '../../../server/enrich/siphash.ts'
import { anyText } from '../../support/any-text.ts'

const key = Uint8Array.from({ length: 16 }, (_, i) => i)
const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i)

/** Test vectors of the reference implementation for key 00…0f and inputs 00, 00 01, …: result bytes, low first. */
const VECTORS = [
  '310e0edd47db6f72',
  'fd67dc93c539f874',
  '5a4fa9d909806c0d',
  '2d7efbd796666785',
  'b7877127e09427cf',
  '8da699cd64557618',
  'cee3fe586e46c9cb',
  '37d1018bf50002ab',
  '6224939a79f5f593',
  'b0e4a90bdf82009e',
  'f3b9dd94c5bb5d7a',
  'a7ad6b22462fb3f4',
  'fbe50e86bc8f1e75',
  '903d84c02756ea14',
  'eef27a8e90ca23f7',
  'e545be4961ca29a1',
]

function read(from: Uint8Array, at: number): bigint {
  return Buffer.from(from).readBigUInt64LE(at)
}

/** The same function in plain 64-bit arithmetic, as the paper writes it. */
function slowSipHash(keyBytes: Uint8Array, bytes: Uint8Array): bigint {
  const mask = (1n << 64n) - 1n
  const turn = (value: bigint, by: bigint): bigint => ((value << by) | (value >> (64n - by))) & mask
  const [k0, k1] = [read(keyBytes, 0), read(keyBytes, 8)]
  let [v0, v1] = [k0 ^ 0x736f6d6570736575n, k1 ^ 0x646f72616e646f6dn]
  let [v2, v3] = [k0 ^ 0x6c7967656e657261n, k1 ^ 0x7465646279746573n]
  const round = (): void => {
    v0 = (v0 + v1) & mask
    v1 = turn(v1, 13n) ^ v0
    v0 = turn(v0, 32n)
    v2 = (v2 + v3) & mask
    v3 = turn(v3, 16n) ^ v2
    v0 = (v0 + v3) & mask
    v3 = turn(v3, 21n) ^ v0
    v2 = (v2 + v1) & mask
    v1 = turn(v1, 17n) ^ v2
    v2 = turn(v2, 32n)
  }
  const padded = new Uint8Array(Math.floor(bytes.length / 8) * 8 + 8)
  padded.set(bytes)
  padded[padded.length - 1] = bytes.length
  for (let at = 0; at < padded.length; at += 8) {
    const word = read(padded, at)
    v3 ^= word
    round()
    round()
    v0 ^= word
  }
  v2 ^= 0xffn
  for (let i = 0; i < 4; i++) round()
  return v0 ^ v1 ^ v2 ^ v3
}

describe('SipHash-2-4', () => {
  it('gives the published results', () => {
    for (const [length, vector] of VECTORS.entries()) {
      const result = Buffer.alloc(8)
      result.writeBigUInt64LE(sipHash(key, counting(length)))
      expect(result.toString('hex')).toBe(vector)
    }
  })

  it('agrees with 64-bit arithmetic for any key and input', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.uint8Array({ maxLength: 300 }),
        (anyKey, bytes) => {
          expect(sipHash(anyKey, bytes)).toBe(slowSipHash(anyKey, bytes))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('hashes a text as its UTF-8 bytes, and pieces as one', () => {
    const input = createHashInput()
    fc.assert(
      fc.property(anyText(400), fc.string(), (first, second) => {
        input.text(first)
        input.word(0x01020384)
        input.byte(7)
        input.text(second)
        const whole = Buffer.concat([
          Buffer.from(first),
          Buffer.from([0x84, 3, 2, 1, 7]),
          Buffer.from(second),
        ])
        expect(input.hash(key)).toBe(sipHash(key, whole))
      }),
    )
  })

  it('R8.1 leaves nothing of what was hashed behind', () => {
    const bytes = Buffer.alloc(64)
    const input = createHashInput(bytes)
    input.text('203.0.113.9')
    expect(bytes.toString('latin1')).toContain('203.0.113.9')
    input.hash(key)
    input.text('Mozilla/5.0 ')
    // More than fits: the first place is wiped when a larger one is taken.
    input.text('x'.repeat(100))
    expect(bytes.every((byte) => byte === 0)).toBe(true)
  })

  it('refuses a short key', () => {
    expect(() => sipHash(new Uint8Array(15), key)).toThrow(RangeError)
  })
})
