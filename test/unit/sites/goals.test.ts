import { describe, expect, it } from 'vitest'
import type { Goal } from '../../../schema/site.ts'
import { checkGoals } from '../../../server/sites/goals.ts'

describe('the goals of a site', () => {
  it('are events and pages', () => {
    const goals: Goal[] = [
      { name: 'Signed up', event: 'Signup' },
      { name: 'Bought', page: '/thanks*' },
      { name: 'Read the manual', page: '/docs/**' },
    ]
    expect(() => checkGoals(goals)).not.toThrow()
    expect(() => checkGoals([])).not.toThrow()
  })

  it.each([
    [[{ name: '', event: 'Signup' }], 'cannot be the name of a goal'],
    [[{ name: 'a\nb', event: 'Signup' }], 'cannot be the name of a goal'],
    [[{ name: 'a'.repeat(81), event: 'Signup' }], 'cannot be the name of a goal'],
    [[{ name: 'A', event: ' ' }], 'needs the name of an event'],
    [[{ name: 'A', event: 'x'.repeat(121) }], 'needs the name of an event'],
    [[{ name: 'A', page: 'thanks' }], 'needs a page that begins with /'],
    [
      [
        { name: 'A', event: 'a' },
        { name: 'A', page: '/' },
      ],
      'There is a goal "A" already',
    ],
    [Array.from({ length: 51 }, (_, index) => ({ name: `g${index}`, event: 'a' })), 'at most 50 goals'],
  ])('%j are refused', (goals, why) => {
    expect(() => checkGoals(goals)).toThrow(why)
  })
})
