import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DIMENSIONS, METRICS, type AnyDimension, type Query } from '../../../schema/query.ts'
import type { Site } from '../../../schema/site.ts'
import { DIMENSION_CATALOG, METRIC_CATALOG, ROLLUP_PARTS } from '../../../server/query/catalog.ts'
import { foldOf } from '../../../server/query/minimum-group.ts'
import { parseQuery, withDefaults } from '../../../server/query/parse.ts'
import type { Subject } from '../../../server/query/subject.ts'
import {
  breakdownStatement,
  brokenDownSeriesStatement,
  releasedDaysStatement,
  sealedDaysStatement,
  seriesStatement,
  totalsStatement,
  type Statement,
} from '../../../server/query/sql.ts'

const PAYLOADS = [
  `'; DROP TABLE events; --`,
  `') OR 1=1 --`,
  `\\'`,
  `{site:UInt64}`,
  `{filter_0:Identifier}`,
  'x} FROM system.users --',
  `' UNION ALL SELECT name FROM system.tables --`,
  '/**/',
  'zwölf 🙂 "`',
  '%27',
  '\\x27',
]

function siteOf(given: Partial<Site>): Site {
  return {
    id: 7,
    domain: 'example.com',
    timezone: 'Europe/Berlin',
    preConsent: 'none',
    subdomains: false,
    eventWindowDays: 396,
    minimumGroup: 5,
    minimumGroupScope: 'close',
    properties: ['plan'],
    traits: [],
    goals: [{ name: 'Signed up', event: 'Signup' }],
    ...given,
  }
}

/** All statements that a question may become. */
function statementsOf(given: Omit<Query, 'site'>, site: Site, sealed?: Subject['sealed']): Statement[] {
  const query = withDefaults(parseQuery({ ...given, site: 'example.com' }))
  const fold = foldOf(query, site)
  const span = { from: '2026-11-01', to: '2026-11-02' }
  const releasedDays = fold?.selects === true ? ['2026-11-01'] : undefined
  const subject: Subject = {
    query,
    site,
    span,
    fold,
    units: { currency: '', isOneVital: true },
    releasedDays,
    sealed,
    isOnce: false,
    primary: { trackerFrom: '2026-11-02', logFrom: '2026-10-01' },
  }
  const { breakdown, interval } = query
  return [
    totalsStatement(subject),
    ...(sealed ? [sealedDaysStatement(subject)] : []),
    ...(interval === undefined ? [] : [seriesStatement(subject, interval)]),
    ...(breakdown === undefined ? [] : [breakdownStatement(subject, breakdown)]),
    ...(breakdown === undefined || interval === undefined
      ? []
      : [brokenDownSeriesStatement(subject, breakdown, interval)]),
    ...(fold?.selects === true ? [releasedDaysStatement(subject, fold)] : []),
  ]
}

const ALL: readonly AnyDimension[] = [...DIMENSIONS, 'prop:plan']

const shape = fc.record({
  breakdown: fc.constantFrom(...ALL),
  dimension: fc.constantFrom(...ALL),
  operator: fc.constantFrom('is', 'isNot', 'contains', 'matches'),
  metrics: fc.shuffledSubarray([...METRICS], { minLength: 1 }),
  scope: fc.constantFrom<Site['minimumGroupScope']>('close', 'all'),
  minimumGroup: fc.constantFrom(1, 5),
})
const value = fc.oneof(
  fc.constantFrom(...PAYLOADS),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((text) => !/\p{Cc}|\p{Cs}/u.test(text)),
)

describe('statements', () => {
  it('are the same text whatever is asked for, and bind every value', () => {
    fc.assert(
      fc.property(shape, fc.array(value, { minLength: 1, maxLength: 4 }), (asked, values) => {
        const { breakdown, dimension, operator, metrics, scope, minimumGroup } = asked
        const site = siteOf({ minimumGroup, minimumGroupScope: scope })
        const of = (list: string[], zone: string, at: Site): Statement[] =>
          statementsOf(
            {
              breakdown,
              metrics,
              filters: [{ dimension, [operator]: list } as never],
              interval: 'day',
              limit: 7,
            },
            { ...at, timezone: zone },
          )
        const plain = of(['x'], 'UTC', site)
        const hostile = of(values, PAYLOADS[0] ?? '', { ...site, id: 8 })
        expect(hostile.map(({ text }) => text)).toEqual(plain.map(({ text }) => text))
        for (const { values: bound } of hostile) {
          expect(bound['timezone']).toBe(PAYLOADS[0])
          expect(operator === 'matches' || isDeepStrictEqual(bound['filter_0'], values)).toBe(true)
        }
      }),
      { numRuns: 80 },
    )
  })

  it('are one of a finite set: a filter adds one of four conditions on one of the dimensions', () => {
    const texts = new Set(
      ALL.flatMap((dimension) =>
        ['is', 'isNot', 'contains', 'matches'].map(
          (operator) =>
            statementsOf(
              { filters: [{ dimension, [operator]: ['x'] } as never] },
              siteOf({ minimumGroup: 1 }),
            )[0]?.text,
        ),
      ),
    )
    expect(texts.size).toBe(ALL.length * 4)
  })

  it('hold no placeholder that is not bound, and no text literal but those of the catalog', () => {
    const known = new Set([
      '',
      '0',
      'UTC',
      'pageview',
      'engagement',
      'event',
      'click',
      'outbound',
      'download',
      'form',
      'error',
      'vital',
      'visit',
      'recency',
      'request',
      'call',
      'tracker',
      'log',
      'fetch',
      'follow',
      'beacon',
      'direction',
      'feedback',
      'ad',
      'trait',
      'Monday',
      'Tuesday',
      'Wednesday',
      'Thursday',
      'Friday',
      'Saturday',
      'Sunday',
      ...Object.keys(DIMENSION_CATALOG),
    ])
    for (const breakdown of ALL) {
      for (const minimumGroupScope of ['close', 'all'] as const) {
        const site = siteOf({ minimumGroupScope })
        const filters: Query['filters'] = [{ dimension: breakdown, is: ['x'] }]
        const asked: Omit<Query, 'site'> = { breakdown, metrics: [...METRICS], interval: 'week' }
        const rest = METRICS.filter((metric) => ROLLUP_PARTS.includes(METRIC_CATALOG[metric].part))
        for (const { text, values } of [
          ...statementsOf({ ...asked, filters }, site),
          ...statementsOf({ ...asked, metrics: rest }, site, {
            from: 'rollup',
            sealed: ['2026-11-01'],
            open: [],
          }),
        ]) {
          const names = new Set([...text.matchAll(/\{(\w+):/g)].map(([, name = '']) => name))
          expect([...names].filter((name) => !(name in values))).toEqual([])
          const literals = new Set([...text.matchAll(/'([^']*)'/g)].map(([, literal = '']) => literal))
          expect([...literals].filter((literal) => !known.has(literal))).toEqual([])
        }
      }
    }
  })

  it('writes globs as patterns in which nothing else has a meaning', () => {
    const [statement] = statementsOf(
      { filters: [{ dimension: 'page', matches: ['/a.(b)|c*', '/docs/**', `'$^\\`] }] },
      siteOf({}),
    )
    expect(statement?.values['filter_0']).toBe(`(?s)^(?:/a\\.\\(b\\)\\|c[^/]*|/docs/.*|'\\$\\^\\\\)$`)
  })
})
