import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DIMENSIONS } from '../../../schema/query.ts'
import {
  isFiltered,
  makeFilter,
  OPERATORS,
  readFilter,
  toggleFilter,
  withoutChosen,
  withoutValue,
  writeFilter,
} from '../../../dashboard/conditions.ts'

describe('a filter in an address', () => {
  it('is written as the command line writes it', () => {
    expect(writeFilter({ dimension: 'country', is: ['DE'] })).toBe('country=DE')
    expect(writeFilter({ dimension: 'page', isNot: ['/a', '/b,c'] })).toBe('page!=/a,/b%2Cc')
    expect(writeFilter({ dimension: 'page', contains: ['/docs'] })).toBe('page*=/docs')
    expect(writeFilter({ dimension: 'page', matches: ['/docs/**'] })).toBe('page~/docs/**')
  })

  it('comes back as it was, whatever its values are', () => {
    const filters = fc
      .tuple(
        fc.constantFrom(...DIMENSIONS),
        fc.constantFrom(...OPERATORS),
        fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 4 }),
      )
      .map(([dimension, operator, values]) => makeFilter(dimension, operator, values))
    fc.assert(
      fc.property(filters, (one) => {
        expect(readFilter(writeFilter(one))).toEqual(one)
      }),
    )
  })

  it('is nothing when dimension or operator are unknown', () => {
    const strange = ['', 'page', 'nothing=1', 'page>1', '=1', 'constructor=1']
    expect(strange.filter((written) => readFilter(written))).toEqual([])
  })

  it('may ask for the empty value', () => {
    expect(readFilter('utmCampaign=')).toEqual({ dimension: 'utmCampaign', is: [''] })
  })
})

describe('a click on a value', () => {
  it('shows it alone, and everything again at the second click', () => {
    const once = toggleFilter([], 'page', 'is', '/a')
    expect(once).toEqual([{ dimension: 'page', is: ['/a'] }])
    expect(toggleFilter(once, 'page', 'is', '/a')).toEqual([])
  })

  it('adds the value to those that are shown, and leaves other dimensions alone', () => {
    const before = [makeFilter('country', 'is', ['DE']), makeFilter('page', 'is', ['/a'])]
    const both = toggleFilter(before, 'page', 'is', '/b')
    expect(both).toEqual([
      { dimension: 'country', is: ['DE'] },
      { dimension: 'page', is: ['/a', '/b'] },
    ])
    expect(toggleFilter(both, 'page', 'is', '/a')).toEqual([
      { dimension: 'country', is: ['DE'] },
      { dimension: 'page', is: ['/b'] },
    ])
  })

  it('on what is shown replaces what was left out, which contradicts it', () => {
    const before = [makeFilter('page', 'isNot', ['/a', '/b'])]
    expect(toggleFilter(before, 'page', 'is', '/b')).toEqual([{ dimension: 'page', is: ['/b'] }])
  })

  it('on a chip takes one value away, and with the last one the condition', () => {
    const filters = [makeFilter('country', 'is', ['DE', 'FR']), makeFilter('page', 'isNot', ['/a'])]
    expect(withoutValue(filters, 0, 'DE')).toEqual([
      { dimension: 'country', is: ['FR'] },
      { dimension: 'page', isNot: ['/a'] },
    ])
    expect(withoutValue(filters, 1, '/a')).toEqual([{ dimension: 'country', is: ['DE', 'FR'] }])
  })

  it('can be made on values that a filter hides, where they are listed without it', () => {
    const filters = [
      makeFilter('country', 'is', ['DE']),
      makeFilter('country', 'isNot', ['AT']),
      makeFilter('page', 'is', ['/a']),
    ]
    expect(withoutChosen(filters, 'country')).toEqual(filters.slice(1))
  })

  it('gathers what is left out in one condition', () => {
    const first = toggleFilter([], 'page', 'isNot', '/a')
    const second = toggleFilter(first, 'page', 'isNot', '/b')
    expect(second).toEqual([{ dimension: 'page', isNot: ['/a', '/b'] }])
    expect(toggleFilter(second, 'page', 'isNot', '/a')).toEqual([{ dimension: 'page', isNot: ['/b'] }])
    expect(toggleFilter(first, 'page', 'isNot', '/a')).toEqual([])
  })

  it('never leaves “is” and “is not” of one dimension side by side, and keeps “contains”', () => {
    const before = [makeFilter('page', 'contains', ['/docs']), makeFilter('page', 'is', ['/docs/a'])]
    expect(toggleFilter(before, 'page', 'isNot', '/docs/b')).toEqual([
      { dimension: 'page', contains: ['/docs'] },
      { dimension: 'page', isNot: ['/docs/b'] },
    ])
  })

  it('is known to the row that it belongs to', () => {
    const filters = [makeFilter('page', 'isNot', ['/a', '/b'])]
    expect(isFiltered(filters, 'page', 'isNot', '/b')).toBe(true)
    expect(isFiltered(filters, 'page', 'is', '/b')).toBe(false)
    expect(isFiltered(filters, 'entryPage', 'isNot', '/b')).toBe(false)
  })
})
