import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { stepEnds, stepOf } from '../../../dashboard/places/steps.ts'
import { COUNTRIES } from '../../../dashboard/places/world.ts'

it('a map has five steps at most, the largest in the fifth, and nobody in none', () => {
  expect(stepEnds(4_094)).toEqual([164, 656, 1_474, 2_621, 4_094])
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000_000 }), fc.nat(), (largest, drawn) => {
      const ends = stepEnds(largest)
      const value = 1 + (drawn % largest)
      expect(ends.length).toBeLessThanOrEqual(5)
      expect(stepOf(largest, ends)).toBe(5)
      expect(stepOf(0, ends)).toBe(0)
      expect(stepOf(value, ends)).toBeGreaterThanOrEqual(1)
      expect(stepOf(value, ends)).toBeLessThanOrEqual(stepOf(largest, ends))
    }),
  )
})

it('countries are outlines by their code, and nothing but numbers and commands', () => {
  const all = Object.entries(COUNTRIES)
  expect(all.length).toBeGreaterThan(160)
  for (const [code, path] of all) {
    expect(code).toMatch(/^[A-Z]{2}$/)
    expect(path).toMatch(/^(M\d+ \d+l[-\d ]+z)+$/)
  }
  expect(['DE', 'US', 'BR', 'IN', 'ZA', 'AU'].every((code) => code in COUNTRIES)).toBe(true)
})
