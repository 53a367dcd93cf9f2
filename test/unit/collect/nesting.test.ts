import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isTooDeep } from '../../../server/collect/nesting.ts'

const asked = (text: string): boolean => isTooDeep(Buffer.from(text))

describe('nesting', () => {
  it('lets 16 levels pass and refuses the 17th, lists and objects alike', () => {
    expect(asked('['.repeat(16) + ']'.repeat(16))).toBe(false)
    expect(asked('['.repeat(17) + ']'.repeat(17))).toBe(true)
    expect(asked('{"a":'.repeat(17))).toBe(true)
    expect(asked('[{"a":'.repeat(8))).toBe(false)
    expect(asked('[{"a":'.repeat(9))).toBe(true)
  })

  it('counts levels that are open, not brackets', () => {
    expect(asked(`[${'[],{},'.repeat(1000)}0]`)).toBe(false)
  })

  it('does not look into texts, whatever they hold', () => {
    expect(asked(JSON.stringify('['.repeat(100)))).toBe(false)
    expect(asked(JSON.stringify(`\\"${'['.repeat(100)}`))).toBe(false)
    expect(asked(`"\\\\"${'['.repeat(17)}`)).toBe(true)
  })

  it('agrees with a count over what was parsed', () => {
    const depth = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 24 }), (value) => {
        expect(asked(JSON.stringify(value))).toBe(depth(value) > 16)
      }),
    )
  })
})
