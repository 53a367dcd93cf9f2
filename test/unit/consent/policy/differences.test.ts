import { describe, expect, it } from 'vitest'
import { differences } from '../../../../server/consent/policy/differences.ts'

describe('R6.6 what differs between two manifests', () => {
  it('is told by place, with what was there and what is', () => {
    expect(
      differences({ a: 1, b: { c: 'x' }, d: [1, 2] }, { a: 1, b: { c: 'y', e: true }, d: [1, 3] }),
    ).toEqual([
      { place: 'b.c', before: 'x', after: 'y' },
      { place: 'b.e', after: true },
      { place: 'd[1]', before: 2, after: 3 },
    ])
  })

  it('holds services against those of the same id, wherever they stand', () => {
    const [one, two] = [
      { id: 'one', hosts: ['a.example'] },
      { id: 'two', hosts: [] },
    ]
    expect(differences({ services: [one, two] }, { services: [two, one] })).toEqual([])
    expect(
      differences({ services: [one, two] }, { services: [{ id: 'two', hosts: ['b.example'] }] }),
    ).toEqual([
      { place: 'services[0].hosts[0]', after: 'b.example' },
      { place: 'services[0]', before: one },
    ])
  })

  it('is nothing where nothing differs, and bounded where all does', () => {
    expect(differences({ a: [{ name: 'x' }] }, { a: [{ name: 'x' }] })).toEqual([])
    const many = (offset: number): object =>
      Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, index + offset]))
    expect(differences(many(0), many(1))).toHaveLength(200)
  })

  it('takes keys like __proto__ for keys', () => {
    const after: unknown = JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}')
    expect(differences({}, after)).toEqual([
      { place: '__proto__', after: { x: 1 } },
      { place: 'constructor', after: 2 },
    ])
  })
})
