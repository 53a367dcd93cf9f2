import { expect, it } from 'vitest'
import type { QueryAnswer } from '../../../../schema/query.ts'
import { cohortsOf, meanRate } from '../../../../dashboard/retention/cohorts.ts'

type Row = [cohort: string, week: number, visitors: number | null, rate: number | null]

const ROWS: Row[] = [
  ['2026-11-02', 0, 100, 1],
  ['2026-11-02', 1, 30, 0.3],
  ['2026-11-02', 2, null, null],
  ['2026-11-02', 3, 2, 0.02],
  ['2026-11-09', 0, 50, 1],
  ['2026-11-09', 1, 5, 0.1],
  ['2026-11-09', 2, 1, 0.02],
]

const ANSWER: QueryAnswer = {
  rows: ROWS.map(([cohort, week, visitors, rate]) => ({ cohort, week, visitors, rate })),
  totals: {},
  meta: {
    from: '2026-11-02',
    to: '2026-11-24',
    timezone: 'Europe/Berlin',
    source: 'events',
    foldedRows: 1,
    rowCount: ROWS.length,
    minimumGroup: 5,
    freshness: '2026-11-24T13:31:58.000Z',
  },
}

/** In the week of 23 November. */
const NOW = Date.parse('2026-11-24T13:32:00Z')

it('R1.2 a week that is under way, or may not be told, is in no mean', () => {
  const cohorts = cohortsOf(ANSWER, NOW)
  expect(cohorts.map(({ week, size, weeks }) => [week, size, weeks.length])).toEqual([
    ['2026-11-02', 100, 3],
    ['2026-11-09', 50, 2],
  ])
  expect(cohorts[0]?.weeks.map(({ isOpen }) => isOpen)).toEqual([false, false, true])
  expect(meanRate(cohorts, 1)).toBeCloseTo(35 / 150)
  // Of the first cohort it may not be told, for the second the week is not over.
  expect(meanRate(cohorts, 2)).toBeNull()
  expect(meanRate(cohorts, 4)).toBeNull()
})
