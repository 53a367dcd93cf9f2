import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../../server/chain/canonical.ts'

/** Any characters, half ones never. */
const text = fc.string({ unit: 'binary' })
const anyJson = fc.jsonValue({ stringUnit: 'binary' })

describe('canonical JSON', () => {
  it('says the same as JSON', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('is the same text however the keys were put in', () => {
    fc.assert(
      fc.property(fc.dictionary(text, anyJson), fc.infiniteStream(fc.nat()), (value, order) => {
        const shuffled = Object.entries(value)
          .map((entry) => ({ entry, at: order.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ entry }) => entry)
        expect(canonicalJson(Object.fromEntries(shuffled))).toBe(canonicalJson(value))
      }),
    )
  })

  it('writes no blanks, and sorts keys by code unit at every depth', () => {
    // An emoji is a surrogate pair, D83D DE00: by code unit it comes before U+FB33, by code point after it.
    expect(canonicalJson({ '\ufb33': 1, '😀': 2, b: [{ d: 1, c: null }], a: 'ä\n\u2028' })).toBe(
      '{"a":"ä\\n\u2028","b":[{"c":null,"d":1}],"😀":2,"\ufb33":1}',
    )
  })

  it('writes numbers as RFC 8785 shows them', () => {
    expect(canonicalJson([Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27, -0])).toBe(
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    )
  })

  it('takes a key named __proto__ as any other', () => {
    expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"x":1}}'))).toBe('{"__proto__":{"x":1},"b":1}')
  })

  it.each([
    ['undefined', undefined],
    ['an undefined property', { a: undefined }],
    ['a hole', Array.from({ length: 1 })],
    ['NaN', NaN],
    ['infinity', [Infinity]],
    ['a bigint', 1n],
    ['a function', { a: () => 1 }],
    ['a symbol', Symbol('a')],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['a lone surrogate', 'a\ud800'],
    ['a lone surrogate in a key', { '\udc00': 1 }],
  ])('refuses %s', (_name, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError)
  })
})
