import { expect, it } from 'vitest'
import type { QueryAnswer } from '../../../../schema/query.ts'
import { busiestOf, weekOf } from '../../../../dashboard/times/week.ts'

function answerOf(rows: [time: string, visitors: number][]): QueryAnswer {
  return {
    rows: rows.map(([time, visitors]) => ({ time, visitors })),
    totals: {},
    meta: {
      from: '2026-11-16',
      to: '2026-11-24',
      timezone: 'Europe/Berlin',
      source: 'events',
      foldedRows: 0,
      rowCount: rows.length,
      minimumGroup: 5,
      freshness: '2026-11-24T13:31:58.000Z',
    },
  }
}

/** A Tuesday, 14:32 in Berlin. */
const NOW = Date.parse('2026-11-24T13:32:00Z')

it('R8.5 an hour of a weekday is the mean of the days on which it came', () => {
  const cells = weekOf(
    answerOf([
      ['2026-11-16T09:00', 10],
      ['2026-11-23T09:00', 20],
      ['2026-11-22T23:00', 3],
      ['2026-11-24T14:00', 8],
      ['2026-11-24T15:00', 0],
    ]),
    'visitors',
    NOW,
  )
  const at = (weekday: string, hour: number) =>
    cells.find((cell) => cell.weekday === weekday && cell.hour === hour)
  expect(cells).toHaveLength(7 * 24)
  expect(at('Monday', 9)).toMatchObject({ sum: 30, times: 2, average: 15 })
  expect(at('Sunday', 23)).toMatchObject({ sum: 3, times: 1, average: 3 })
  // The hour that is under way counts, the next one has not come.
  expect(at('Tuesday', 14)).toMatchObject({ sum: 8, times: 1 })
  expect(at('Tuesday', 15)).toMatchObject({ times: 0, average: null })
  expect(busiestOf(cells)).toMatchObject({ weekday: 'Monday', hour: 9 })
})

it('R8.5 an hour that a clock change skips did not come on that day', () => {
  // On 29 March 2026, a Sunday, Berlin has no hour 2: the series has no row for it.
  const cells = weekOf(
    answerOf([
      ['2026-03-22T02:00', 4],
      ['2026-03-29T01:00', 6],
      ['2026-03-29T03:00', 7],
    ]),
    'visitors',
    NOW,
  )
  const sunday = cells.filter(({ weekday }) => weekday === 'Sunday')
  expect(sunday.slice(1, 4).map(({ average, times }) => [average, times])).toEqual([
    [6, 1],
    [4, 1],
    [7, 1],
  ])
})
