import { describe, expect, it } from 'vitest'
import { DIMENSIONS, METRICS, type Query } from '../../../schema/query.ts'
import { UserError } from '../../../server/errors.ts'
import { parseQuery, nameOf, withDefaults } from '../../../server/query/parse.ts'

const SITE = 'example.com'

function fault(question: unknown): string {
  try {
    parseQuery(question)
  } catch (error) {
    if (error instanceof UserError && error.status === 400) return error.message
    throw error
  }
  throw new Error('it was taken')
}

describe('parseQuery', () => {
  it('takes a whole question as it is', () => {
    const question: Query = {
      site: SITE,
      period: { from: '2026-11-01', to: '2026-11-30' },
      interval: 'day',
      metrics: [...METRICS],
      breakdown: 'page',
      filters: DIMENSIONS.slice(0, 7).flatMap((dimension) => [{ dimension, is: [''] }]),
      compare: 'year',
      limit: 1_000,
      offset: 5,
    }
    expect(parseQuery(structuredClone(question))).toEqual(question)
  })

  it('fills in what was not said', () => {
    expect(withDefaults(parseQuery({ site: SITE, metrics: ['visits', 'visits'] }))).toEqual({
      site: SITE,
      period: '30d',
      interval: undefined,
      metrics: ['visits'],
      breakdown: undefined,
      filters: [],
      properties: [],
      compare: undefined,
      limit: 100,
      offset: 0,
    })
  })

  it('gives each property that is named a place of its own, the breakdown’s first', () => {
    const query = withDefaults(
      parseQuery({
        site: SITE,
        breakdown: 'prop:plan',
        filters: [
          { dimension: 'prop:team-size', is: ['5'] },
          { dimension: 'page', is: ['/'] },
          { dimension: 'prop:plan', isNot: ['free'] },
        ],
      }),
    )
    expect(query.properties).toEqual(['plan', 'team-size'])
    expect(query.breakdown).toBe('prop0')
    expect(query.filters.map(({ dimension }) => dimension)).toEqual(['prop1', 'page', 'prop0'])
    expect(nameOf(query, 'prop1')).toBe('prop:team-size')
    expect(nameOf(query, 'page')).toBe('page')
  })

  it.each(['prop:', 'prop:two words', "prop:a'b", 'prop:1st', 'Prop:plan', 'prop0'])(
    'knows no dimension %s',
    (breakdown) => {
      expect(fault({ site: SITE, breakdown })).toContain(`Unknown breakdown ${JSON.stringify(breakdown)}`)
    },
  )

  it.each([
    ['breakdown', 'Unknown breakdown "nonsense"; dimensions are page, entryPage,'],
    ['interval', 'Unknown interval "nonsense"; intervals are minute, hour,'],
    ['compare', 'Unknown comparison "nonsense"; comparisons are previous, year'],
    ['period', 'Unknown period "nonsense"; periods are today, yesterday,'],
  ])('names an unknown %s and lists what exists', (field, sentence) => {
    expect(fault({ site: SITE, [field]: 'nonsense' })).toContain(sentence)
  })

  it('names an unknown metric, field, filter and dimension of a filter', () => {
    expect(fault({ site: SITE, metrics: ['visits', 'visitorz'] })).toContain(
      'Unknown metric "visitorz"; metrics are visitors, visits,',
    )
    expect(fault({ site: SITE, breakdwon: 'page' })).toBe(
      'Unknown field "breakdwon"; fields are site, period, interval, metrics, breakdown, filters, compare, limit, offset.',
    )
    expect(fault({ site: SITE, filters: [{ dimension: 'page', like: ['x'] }] })).toContain(
      'Unknown filter "like" in filter 1; a filter is {"dimension":…} with one of is, isNot, contains, matches',
    )
    expect(
      fault({
        site: SITE,
        filters: [
          { dimension: 'page', is: ['x'] },
          { dimension: 'pgae', isNot: ['x'] },
        ],
      }),
    ).toContain('Filter 2: unknown dimension "pgae"; dimensions are page,')
    expect(fault({ site: SITE, filters: [{ dimension: 'page', is: ['a'], isNot: ['b'] }] })).toContain(
      'Filter 1 has 2 conditions',
    )
  })

  it.each([
    [{ from: '2026-02-30', to: '2026-03-01' }, '"2026-02-30" is no day for from'],
    [{ from: '2026-02-03' }, 'Period needs to'],
    [{ from: '2026-02-03', to: '2026-02-01' }, 'begins on 2026-02-03, after its end on 2026-02-01'],
    [{ from: '2024-02-03', to: '2026-03-03' }, 'longer than 25 months'],
    [{ from: '2026-02-03', to: '2026-02-03', zone: 'UTC' }, 'Unknown field "zone" in period'],
    ['constructor', 'Unknown period "constructor"'],
    [7, 'Unknown period 7'],
  ])('refuses the period %j', (period, sentence) => {
    expect(fault({ site: SITE, period })).toContain(sentence)
  })

  it('takes a period of exactly 25 months', () => {
    const period = { from: '2024-02-03', to: '2026-03-02' }
    expect(parseQuery({ site: SITE, period }).period).toEqual(period)
  })

  it('takes minutes for realtime and single days only', () => {
    const minutes = (period: unknown): unknown => ({ site: SITE, interval: 'minute', period })
    for (const period of ['realtime', 'today', 'yesterday', { from: '2026-11-01', to: '2026-11-01' }]) {
      expect(parseQuery(minutes(period)).interval).toBe('minute')
    }
    expect(fault(minutes('7d'))).toContain('Interval "minute" needs the period realtime or a single day')
    expect(fault({ site: SITE, interval: 'day', period: 'realtime' })).toContain('use minute')
    expect(fault({ site: SITE, compare: 'year', period: 'realtime' })).toContain('leave it out')
  })

  it.each([
    [{ filters: Array.from({ length: 11 }, () => ({ dimension: 'page', is: ['/'] })) }, 'at most 10 filters'],
    [{ filters: [{ dimension: 'page', is: Array.from({ length: 101 }, String) }] }, 'at most 100 values'],
    [{ filters: [{ dimension: 'page', is: ['x'.repeat(513)] }] }, 'at most 512 characters'],
    [{ filters: [{ dimension: 'page', is: [] }] }, 'at least one value'],
    [{ filters: [{ dimension: 'page', is: 'x' }] }, 'a list of texts'],
    [{ filters: [{ dimension: 'page', is: [7] }] }, '7 is no text'],
    [{ filters: [{ dimension: 'page', contains: [''] }] }, 'one value is empty'],
    [{ filters: [{ dimension: 'page', is: ['a\u0000b'] }] }, 'without control characters'],
    [{ filters: [{ dimension: 'page', is: ['\ud800'] }] }, 'without control characters'],
    [{ filters: ['page'] }, 'Filter 1 is no object'],
    [{ filters: [{ is: ['/'] }] }, 'names no dimension'],
    [{ filters: {} }, 'Filters are a list'],
    [{ metrics: [] }, 'Metrics are empty'],
    [{ metrics: 'visits' }, 'Metrics are a list'],
    [{ limit: 0 }, 'whole number from 1 to 1000'],
    [{ limit: 1_001 }, 'whole number from 1 to 1000'],
    [{ limit: 1.5 }, 'whole number from 1 to 1000'],
    [{ limit: '5' }, 'whole number from 1 to 1000'],
    [{ offset: -1 }, 'whole number from 0'],
  ])('refuses %j', (fields, sentence) => {
    expect(fault({ site: SITE, ...fields })).toContain(sentence)
  })

  it('says what a question looks like to who sends none', () => {
    for (const input of [undefined, null, 7, 'text', []])
      expect(fault(input)).toContain('A question is a JSON object')
    expect(fault({})).toContain('Site is missing')
    expect(fault(JSON.parse('{"site":"a","__proto__":{"limit":5}}'))).toContain('Unknown field "__proto__"')
  })

  it('cuts what it quotes', () => {
    expect(fault({ site: SITE, breakdown: 'x'.repeat(5_000) }).length).toBeLessThan(650)
  })
})
