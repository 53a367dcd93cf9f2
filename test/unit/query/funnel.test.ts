import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../server/errors.ts'
import type { CatalogFilter } from '../../../server/query/catalog.ts'
import { toCsv } from '../../../server/query/csv.ts'
import { funnelStatement } from '../../../server/query/funnel.ts'
import { foldOfConditions } from '../../../server/query/minimum-group.ts'
import { parseQuestion, shapeOf } from '../../../server/query/parse.ts'
import type { Statement } from '../../../server/query/sql.ts'
import { makeSite } from '../../support/facts.ts'

const SITE = 'example.com'

function fault(question: object): string {
  try {
    parseQuestion({ site: SITE, ...('flow' in question ? {} : { funnel: ['/a', '/b'] }), ...question })
  } catch (error) {
    if (error instanceof UserError && error.status === 400) return error.message
    throw error
  }
  throw new Error('it was taken')
}

describe('a question for a funnel', () => {
  it('is taken as it is', () => {
    const question = {
      site: SITE,
      period: { from: '2026-11-01', to: '2026-11-30' },
      filters: [{ dimension: 'country', is: ['DE'] }],
      compare: 'previous',
      funnel: ['/', { page: '/docs/**' }],
    }
    expect(parseQuestion(structuredClone(question))).toEqual(question)
  })

  it.each([
    [{ funnel: ['/a'] }, 'Of a funnel: a funnel has at least 2 steps.'],
    [{ funnel: Array.from({ length: 11 }, String) }, 'Of a funnel: a funnel has at most 10 steps.'],
    [{ funnel: '/a' }, 'Of a funnel: a funnel is a list of steps, such as ["/pricing","/signup"].'],
    [
      { funnel: ['/a', 7] },
      'Of a funnel: step 2: 7 is no step; a step is the path of a page, such as "/pricing"',
    ],
    [{ funnel: ['/a', ['/b']] }, 'step 2: ["/b"] is no step'],
    [{ funnel: ['/a', null] }, 'step 2: null is no step'],
    [{ funnel: ['/a', ''] }, 'step 2: a step names something, and this one is empty'],
    [{ funnel: [{ page: '' }, '/b'] }, 'step 1: a step names something, and this one is empty'],
    [{ funnel: [{ pgae: '/a' }, '/b'] }, 'step 1: unknown field "pgae"; a step is'],
    [{ funnel: [{}, '/b'] }, 'step 1: it has 0 conditions; a step is'],
    [{ funnel: [{ page: 7 }, '/b'] }, 'step 1: 7 is no text'],
    [{ funnel: ['x'.repeat(513), '/b'] }, 'at most 512 characters'],
    [{ funnel: ['/\u0000', '/b'] }, 'without control characters'],
    [
      { metrics: ['visits'] },
      'Of a funnel: unknown field "metrics"; fields are site, period, filters, compare, funnel.',
    ],
    [{ period: 'realtime' }, 'Of a funnel: unknown period "realtime"; periods are today, yesterday,'],
    [{ period: { from: '2026-11-02', to: '2026-11-01' } }, 'after its end'],
    [{ compare: 'last' }, 'Of a funnel: unknown comparison "last"; comparisons are previous, year.'],
    [{ filters: [{ dimension: 'pgae', is: ['/'] }] }, 'Of a funnel: filter 1: unknown dimension "pgae"'],
  ])('is refused with %j', (fields, sentence) => {
    expect(fault(fields)).toContain(sentence)
  })
})

describe('a question for a flow', () => {
  it('is taken as it is', () => {
    for (const flow of [{ from: '/a' }, { to: { event: 'Signup' }, steps: 3 }]) {
      const question = { site: SITE, period: '7d', flow, limit: 100 }
      expect(parseQuestion(structuredClone(question))).toEqual(question)
    }
  })

  it.each([
    [
      { flow: '/a' },
      'Of a flow: "/a" is no flow; a flow is {"from":<step>} or {"to":<step>}, with "steps" up to 3.',
    ],
    [{ flow: {} }, 'Of a flow: it has 0 ends'],
    [{ flow: { from: '/a', to: '/b' } }, 'Of a flow: it has 2 ends'],
    [{ flow: { form: '/a' } }, 'Of a flow: unknown field "form" in flow'],
    [{ flow: { to: { evnt: 'x' } } }, 'Of a flow: to: unknown field "evnt"; a step is'],
    [{ flow: { from: 7 } }, 'Of a flow: from: 7 is no step'],
    [{ flow: { from: '' } }, 'Of a flow: from: a step names something, and this one is empty.'],
    [{ flow: { from: '/a', steps: 4 } }, 'Of a flow: steps is a whole number from 1 to 3.'],
    [{ flow: { from: '/a' }, limit: 101 }, 'Of a flow: limit is a whole number from 1 to 100.'],
    [
      { flow: { from: '/a' }, compare: 'year' },
      'Of a flow: unknown field "compare"; fields are site, period,',
    ],
  ])('is refused with %j', (fields, sentence) => {
    expect(fault(fields)).toContain(sentence)
  })
})

function statementOf(
  funnel: readonly string[],
  filters: readonly CatalogFilter[],
  minimumGroup: number,
): Statement {
  const site = makeSite({ minimumGroup, minimumGroupScope: 'all' })
  const span = { from: '2026-11-01', to: '2026-11-02' }
  const fold = foldOfConditions(['page'], site)
  return funnelStatement({
    site,
    span,
    fold,
    filters,
    properties: [],
    steps: funnel,
    isOnce: false,
    primary: { trackerFrom: undefined, logFrom: undefined },
  })
}

describe('the statement of a funnel', () => {
  it('is the same text whatever is asked for, and binds every value', () => {
    const value = fc.oneof(
      fc.constantFrom(`'; DROP TABLE events; --`, '{filter_0:Identifier}', `\\'`, `' UNION ALL SELECT 1 --`),
      fc.string({ minLength: 1, maxLength: 30 }),
    )
    fc.assert(
      fc.property(value, value, fc.constantFrom(1, 5), (step, country, minimum) => {
        const of = (text: string, is: string): Statement =>
          statementOf([text, '/b'], [{ dimension: 'country', is: [is] }], minimum)
        const hostile = of(step, country)
        expect(hostile.text).toBe(of('x', 'x').text)
        expect(hostile.values['filter_0']).toEqual([country])
      }),
    )
  })

  it('is refused under a minimum group where its conditions are too many to compare', () => {
    const steps = Array.from({ length: 10 }, (_, index) => `/${index}`)
    const filters = Array.from({ length: 3 }, (): CatalogFilter => ({ dimension: 'country', is: ['DE'] }))
    expect(() => statementOf(steps, filters, 5)).toThrow(
      "10 steps with 3 filters are too many under the site's minimum group of 5; ask for at most 12 together.",
    )
    expect(() => statementOf(steps, filters, 1)).not.toThrow()
    expect(() => statementOf(steps, filters.slice(1), 5)).not.toThrow()
  })
})

it('a funnel as CSV has a row for each step', () => {
  const meta = { from: '', to: '', timezone: 'UTC', source: 'events', foldedRows: 0, rowCount: 1 } as const
  const rows = [{ step: 1, name: '/', visitors: 2, visits: 3, rate: 1, stepRate: null, dropOff: null }]
  expect(
    toCsv(
      { rows, totals: {}, meta: { ...meta, minimumGroup: 5, freshness: '' } },
      shapeOf({ site: SITE, funnel: ['/', '/b'] }),
    ),
  ).toBe('"step","name","visitors","visits","rate","stepRate","dropOff"\r\n"1","/","2","3","1","",""\r\n')
})
