import { describe, expect, it } from 'vitest'
import { contrast } from '../../../../server/consent/policy/contrast.ts'

describe('contrast of colours', () => {
  // Ratios that the Web Content Accessibility Guidelines and their checkers are known by.
  it.each([
    ['#000000', '#ffffff', 21],
    ['#fff', '#000', 21],
    ['#ffffff', '#ffffff', 1],
    ['#767676', '#ffffff', 4.54],
    ['#777777', '#ffffff', 4.48],
    ['#949494', '#fff', 3.03],
    ['#ff0000', '#ffffff', 4.0],
    ['#0000ff', '#ffffff', 8.59],
    ['#00ff00', '#ffffff', 1.37],
  ])('of %s on %s is %f, whichever stands first', (one, other, ratio) => {
    expect(contrast(one, other)).toBeCloseTo(ratio, 2)
    expect(contrast(other, one)).toBe(contrast(one, other))
  })

  it('is of plain colours only', () => {
    for (const value of ['red', '#12', '#12345', 'rgb(0,0,0)', '', '#ggg']) {
      expect(() => contrast(value, '#fff')).toThrow(/is no colour/)
    }
  })
})
