import { describe, expect, it } from 'vitest'
import type { Filter, Question } from '../../../schema/query.ts'
import { narrowed } from '../../../server/query/narrowed.ts'
import { parseQuestion } from '../../../server/query/parse.ts'

const GERMANY: Filter[] = [{ dimension: 'country', is: ['DE'] }]

describe('R1.5 a question with conditions that are not the asker’s', () => {
  it.each<[string, object]>([
    ['sums', { metrics: ['visitors'] }],
    ['a breakdown', { breakdown: 'page', filters: [{ dimension: 'device', is: ['mobile'] }] }],
    ['a funnel', { funnel: ['/a', '/b'] }],
    ['a flow', { flow: { from: '/a' } }],
  ])('has them first: %s', (_kind, more) => {
    const query = parseQuestion({ site: 'example.com', ...more })
    const { filters = [] } = narrowed(query, GERMANY) as { filters?: Filter[] }
    expect(filters[0]).toEqual(GERMANY[0])
    expect(filters).toHaveLength('filters' in more ? 2 : 1)
  })

  it('cannot be asked around them: another condition on the same dimension leaves both in force', () => {
    const query = parseQuestion({
      site: 'example.com',
      metrics: ['visitors'],
      filters: [{ dimension: 'country', isNot: ['DE'] }],
    })
    expect((narrowed(query, GERMANY) as { filters: Filter[] }).filters).toEqual([
      { dimension: 'country', is: ['DE'] },
      { dimension: 'country', isNot: ['DE'] },
    ])
  })

  it.each<[string, object]>([
    ['choices', { metrics: ['choices'] }],
    ['choices by state', { breakdown: 'consentState' }],
    ['who came back', { retention: 'week' }],
    ['bursts of requests', { bursts: 100 }],
  ])('is refused where it has no room for them: %s', (_kind, more) => {
    const query: Question = parseQuestion({ site: 'example.com', ...more })
    expect(() => narrowed(query, GERMANY)).toThrow(/part of the site/)
    expect(narrowed(query, [])).toBe(query)
  })
})
