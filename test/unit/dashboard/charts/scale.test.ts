import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labelledPositions, MOST_TICKS, ticksTo } from '../../../../dashboard/charts/scale.ts'
import type { Kind } from '../../../../dashboard/format.ts'

const kinds: Kind[] = ['count', 'ratio', 'rate', 'duration']

describe('the ticks of an axis', () => {
  it('are at most five, begin at zero, reach over the largest value and are evenly spaced', () => {
    const cases = fc.tuple(fc.constantFrom(...kinds), fc.double({ min: 0, max: 1e12, noNaN: true }))
    fc.assert(
      fc.property(cases, ([kind, largest]) => {
        const ticks = ticksTo(largest, kind)
        expect(ticks.length).toBeLessThanOrEqual(MOST_TICKS)
        expect(ticks.length).toBeGreaterThanOrEqual(2)
        expect(ticks[0]).toBe(0)
        const top = ticks.at(-1) ?? 0
        expect(top).toBeGreaterThanOrEqual(largest * (1 - 1e-8))
        const step = ticks[1] ?? 0
        for (const [index, tick] of ticks.entries()) expect(tick).toBeCloseTo(index * step, 6)
      }),
    )
  })

  it('are numbers that people count in', () => {
    expect(ticksTo(2_170, 'count')).toEqual([0, 1_000, 2_000, 3_000])
    expect(ticksTo(5, 'count')).toEqual([0, 2, 4, 6])
    expect(ticksTo(0.48, 'rate')).toEqual([0, 0.2, 0.4, 0.6])
    expect(ticksTo(134, 'duration')).toEqual([0, 60, 120, 180])
    expect(ticksTo(5_000, 'duration')).toEqual([0, 1_800, 3_600, 5_400])
  })

  it('never halve a visitor', () => {
    const counts = Array.from({ length: 200 }, (_, count) => count)
    expect(counts.filter((largest) => !ticksTo(largest, 'count').every(Number.isInteger))).toEqual([])
  })

  it('give a line of zeros a scale', () => {
    expect(ticksTo(0, 'count')).toEqual([0, 1])
  })
})

it('labels are evenly spread, the first point has one, and there are no more than asked for', () => {
  expect(labelledPositions(30, 5)).toEqual([0, 6, 12, 18, 24])
  expect(labelledPositions(3, 5)).toEqual([0, 1, 2])
  expect(labelledPositions(0, 5)).toEqual([])
  for (let length = 1; length < 100; length++)
    expect(labelledPositions(length, 5).length).toBeLessThanOrEqual(5)
})
