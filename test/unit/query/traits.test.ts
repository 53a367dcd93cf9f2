import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TraitQuery } from '../../../schema/query.ts'
import { UserError } from '../../../server/errors.ts'
import type { AnsweredRow } from '../../../server/query/ask.ts'
import { parseQuestion } from '../../../server/query/parse.ts'
import type { SpanAnswer } from '../../../server/query/planned.ts'
import { planTraits } from '../../../server/query/traits.ts'
import { makeSite } from '../../support/facts.ts'

const NOW = Date.parse('2026-11-24T13:50:00Z')
const PERIOD = { from: '2026-11-22', to: '2026-11-24' }

interface Cell {
  day: string
  value: string
  people: number
}

function ask(cells: readonly Cell[], more: Partial<TraitQuery> = {}, minimumGroup = 5): Promise<SpanAnswer> {
  const query = parseQuestion({
    site: 'example.com',
    period: PERIOD,
    breakdown: 'trait:age',
    ...more,
  }) as TraitQuery
  const rows = cells.map(({ day, value, people }): AnsweredRow => ({ date: day, value_told: value, people }))
  const planned = planTraits(query, makeSite({ traits: ['age'], minimumGroup }), NOW)
  // The other statement asks which days are sealed: none is.
  return planned.answer(({ values }) => Promise.resolve('trait' in values ? rows : [])).then(({ own }) => own)
}

const cell = (day: string, value: string, people: number): Cell => ({ day, value, people })

describe('R1.6 groups of visitors', () => {
  it('are told where at least twenty of a day are in them, each day by itself', async () => {
    const cells = [
      cell('2026-11-22', '18-24', 30),
      cell('2026-11-22', '25-34', 25),
      cell('2026-11-22', '65+', 19),
      cell('2026-11-23', '18-24', 19),
      cell('2026-11-24', '18-24', 21),
    ]
    const { rows, totals, folded } = await ask(cells)
    expect(rows).toEqual([
      { 'trait:age': '18-24', visitors: 51 },
      // 19 alone would be found by subtraction: the smallest of the others is with them.
      { 'trait:age': '(other)', visitors: 44 },
    ])
    // The 19 of the second day are too few even together, and in no sum.
    expect(totals).toEqual({ visitors: 95 })
    expect(folded).toBe(3)
  })

  it('need as many as the site asks for, where that is more', async () => {
    const cells = [cell('2026-11-22', '18-24', 60), cell('2026-11-22', '25-34', 40)]
    expect((await ask(cells, {}, 50)).rows).toEqual([{ 'trait:age': '(other)', visitors: 100 }])
    expect((await ask(cells, {}, 1)).rows).toHaveLength(2)
  })

  it('never tell fewer than twenty, whatever is asked and compared', async () => {
    const anyCells = fc.uniqueArray(
      fc.record({
        day: fc.constantFrom('2026-11-22', '2026-11-23', '2026-11-24'),
        value: fc.constantFrom('18-24', '25-34', '35-44', '65+'),
        people: fc.integer({ min: 1, max: 60 }),
      }),
      { selector: ({ day, value }) => `${day} ${value}` },
    )
    await fc.assert(
      fc.asyncProperty(anyCells, async (cells) => {
        const byDay = await ask(cells, { interval: 'day', limit: 1000 })
        const told = byDay.rows.filter(({ visitors }) => visitors !== 0)
        for (const { visitors } of told) expect(visitors).toBeGreaterThanOrEqual(20)
        // All that is told of a day adds up to its total: nothing is found by taking one from the other.
        const sum = told.reduce((all, { visitors }) => all + Number(visitors), 0)
        expect(byDay.totals.visitors).toBe(sum)
        for (const value of ['18-24', '25-34', '35-44', '65+']) {
          const filtered = await ask(cells, { filters: [{ dimension: 'trait:age', is: [value] }] })
          const own = told.filter((row) => row['trait:age'] === value)
          expect(filtered.totals.visitors).toBe(own.reduce((all, { visitors }) => all + Number(visitors), 0))
        }
      }),
    )
  })

  it.each([
    [{ breakdown: 'trait:gender' }, 'example.com does not count trait:gender: its traits are age'],
    [
      { filters: [{ dimension: 'trait:gender', is: ['female'] }] },
      'A question takes one trait: they are told one by one',
    ],
  ] as const)('%j is refused', (more, sentence) => {
    expect(() => ask([], more as Partial<TraitQuery>)).toThrow(UserError)
    expect(() => ask([], more as Partial<TraitQuery>)).toThrow(sentence)
  })

  it.each([
    [{ breakdown: 'trait:name' }, 'Of traits: unknown breakdown "trait:name"; dimensions are trait:age'],
    [
      { breakdown: 'trait:age', metrics: ['pageviews'] },
      'Of traits: unknown metric "pageviews"; metrics are visitors.',
    ],
    [
      { breakdown: 'trait:age', filters: [{ dimension: 'page', is: ['/'] }] },
      'Of traits: filter 1: unknown dimension "page"',
    ],
    [{ metrics: ['impressions'], breakdown: 'page' }, 'Of ads: unknown breakdown "page"'],
    [{ metrics: ['impressions', 'visitors'] }, 'Of ads: unknown metric "visitors"'],
  ])('%j is refused with what there is', (question, sentence) => {
    expect(() => parseQuestion({ site: 'example.com', ...question })).toThrow(sentence)
  })
})
