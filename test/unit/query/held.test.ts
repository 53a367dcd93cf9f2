import { describe, expect, it } from 'vitest'
import type { Query } from '../../../schema/query.ts'
import { heldBySelected } from '../../../server/query/held.ts'
import type { Fold } from '../../../server/query/minimum-group.ts'
import { parseQuery, withDefaults } from '../../../server/query/parse.ts'
import type { Span } from '../../../server/query/plan.ts'

const DAYS = { from: '2026-11-01', to: '2026-11-02' }
const ALL: Fold = { minimum: 5, selects: true, lumps: () => true }

function held(filters: Query['filters'], fold?: Fold, span: Span = DAYS): string[] {
  return heldBySelected({ query: withDefaults(parseQuery({ site: 'example.com', filters })), fold, span })
}

describe('what whoever is selected holds', () => {
  it('is one event that meets all filters on events, and for each value of a visit a page view with it', () => {
    expect(
      held([
        { dimension: 'country', is: ['DE'] },
        { dimension: 'source', is: ['Google'] },
        { dimension: 'page', matches: ['/docs/**'] },
        { dimension: 'exitPage', is: ['/bye'] },
      ]),
    ).toEqual([
      'country IN {filter_0:Array(String)} AND match(page, {filter_2:String})',
      "type = 'pageview' AND source IN {filter_1:Array(String)}",
      "type = 'pageview' AND page IN {filter_3:Array(String)}",
    ])
  })

  it('is of the last half hour in realtime', () => {
    const [condition, ...others] = held([], undefined, { ...DAYS, window: { since: 1, until: 2 } })
    expect(condition).toContain('time >= toDateTime({since:UInt32}')
    expect(others).toEqual([])
  })

  it('is nothing where a visit without page views may be selected: its values are empty', () => {
    for (const filter of [
      { dimension: 'source', is: ['Google', ''] },
      { dimension: 'source', isNot: ['Google'] },
      { dimension: 'entryPage', matches: ['**'] },
      { dimension: 'utmSource', contains: ['news'] },
    ] as const) {
      expect([filter, held([filter] as unknown as Query['filters'])]).toEqual([filter, []])
    }
  })

  it('is nothing where a lumped value is unequal to what is asked for', () => {
    expect(held([{ dimension: 'city', isNot: ['Mainz'] }])).toHaveLength(1)
    expect(held([{ dimension: 'city', isNot: ['Mainz'] }], ALL)).toEqual([])
    expect(held([{ dimension: 'city', is: ['Mainz'] }], ALL)).toHaveLength(1)
  })

  it('is nothing without a filter: everybody is read', () => {
    expect(held([])).toEqual([])
  })
})
