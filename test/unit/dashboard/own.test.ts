import { expect, it } from 'vitest'
import { ownValue, ownValues, withOwn, type Own } from '../../../dashboard/own.ts'

const OWN: Own = [
  ['step', '/'],
  ['sort', 'visits'],
  ['step', 'event:Signup'],
]

it('what a view says for itself is read by name, in order', () => {
  expect(ownValues(OWN, 'step')).toEqual(['/', 'event:Signup'])
  expect(ownValue(OWN, 'sort')).toBe('visits')
  expect(ownValue(OWN, 'toString')).toBeUndefined()
})

it('a change replaces all values of a name, and undefined takes it out', () => {
  expect(withOwn(OWN, { step: ['/b', '/c'], sort: undefined })).toEqual([
    ['step', '/b'],
    ['step', '/c'],
  ])
  expect(withOwn(OWN, { page: '2' })).toEqual([...OWN, ['page', '2']])
})
