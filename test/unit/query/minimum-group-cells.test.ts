import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hiddenCells } from '../../../server/query/minimum-group-cells.ts'

const hidden = (people: readonly number[], minimum = 5): number[] =>
  hiddenCells(
    people.map((count) => ({ people: count })),
    minimum,
  ).map(({ people: count }) => count)

describe('R1.5 cells that share nobody', () => {
  it.each([
    [[], []],
    [[5, 9, 7], []],
    [
      [9, 2, 7],
      [2, 7],
    ],
    [
      [9, 1, 2, 7],
      [1, 2, 7],
    ],
    [
      [9, 3, 2, 7],
      [2, 3],
    ],
    [[3], [3]],
  ])('of %j people %j are hidden', (people, expected) => {
    expect(hidden(people)).toEqual(expected)
  })

  it('tell no group below the minimum, nor by subtraction from all', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 8 }),
        fc.integer({ min: 2, max: 6 }),
        (people, minimum) => {
          const left = hidden(people, minimum)
          const told = [...people]
          for (const count of left) told.splice(told.indexOf(count), 1)
          expect(told.every((count) => count >= minimum)).toBe(true)
          const together = left.reduce((a, b) => a + b, 0)
          // All that there is may be too few: then nothing is told.
          expect(left.length === 0 || (left.length > 1 && together >= minimum) || told.length === 0).toBe(
            true,
          )
        },
      ),
    )
  })

  it('are all told where there is no minimum', () => {
    expect(hidden([1, 2, 3], 1)).toEqual([])
  })
})
