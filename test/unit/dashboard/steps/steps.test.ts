import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { readStep, toStep, WRITTEN_KINDS, writeStep } from '../../../../dashboard/steps/steps.ts'

const GOALS = [
  { name: 'Signed up', event: 'Signup' },
  { name: 'Read', page: '/docs/**' },
]

it('a step comes back from the address as it was written', () => {
  const step = fc.record({
    kind: fc.constantFrom(...WRITTEN_KINDS),
    value: fc.string({ unit: 'grapheme' }),
  })
  fc.assert(
    fc.property(step, (one) => {
      expect(readStep(writeStep(one))).toEqual(one)
    }),
  )
})

it('what has no known kind is a page', () => {
  expect(readStep('/pricing')).toEqual({ kind: 'page', value: '/pricing' })
  expect(readStep('toString:x')).toEqual({ kind: 'page', value: 'toString:x' })
})

it('a goal is asked for as the event or page that it stands for; what is not chosen is no step', () => {
  expect(toStep({ kind: 'goal', value: 'Signed up' }, GOALS)).toEqual({ event: 'Signup' })
  expect(toStep({ kind: 'goal', value: 'Read' }, GOALS)).toEqual({ page: '/docs/**' })
  expect(toStep({ kind: 'goal', value: 'constructor' }, GOALS)).toBeUndefined()
  expect(toStep({ kind: 'page', value: '' }, GOALS)).toBeUndefined()
  expect(toStep({ kind: 'element', value: 'button Buy' }, GOALS)).toEqual({ element: 'button Buy' })
})
