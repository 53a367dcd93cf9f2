import { describe, expect, it } from 'vitest'
import type { QueryAnswer, QueryRow } from '../../../../schema/query.ts'
import { areaPath, linePath, lonePoints, pointsOf, type Plane } from '../../../../dashboard/charts/series.ts'

function answerOf(rows: QueryRow[], from: string, to: string, before?: QueryRow[]): QueryAnswer {
  return {
    rows,
    totals: {},
    ...(before && { comparison: { totals: {}, rows: before, from: '2026-11-01', to: '2026-11-02' } }),
    meta: {
      from,
      to,
      timezone: 'Europe/Berlin',
      source: 'events',
      foldedRows: 0,
      rowCount: rows.length,
      visitors: 'daily-sum',
      minimumGroup: 5,
      freshness: '2026-11-24T13:32:00Z',
    },
  }
}

/** 14:32 in Berlin. */
const now = Date.parse('2026-11-24T13:32:00Z')

describe('the points of a line', () => {
  it('tell the open bucket from those that are over', () => {
    const rows = [
      { time: '2026-11-23', visitors: 5 },
      { time: '2026-11-24', visitors: 2 },
    ]
    const points = pointsOf(answerOf(rows, '2026-11-23', '2026-11-24'), 'visitors', 'day', now)
    expect(points.map(({ counted, value }) => [counted, value])).toEqual([
      ['whole', 5],
      ['open', 2],
    ])
  })

  it('say nothing of hours that have not begun, by the site’s clock', () => {
    const rows = ['13', '14', '15'].map((hour) => ({ time: `2026-11-24T${hour}:00`, visitors: 0 }))
    const points = pointsOf(answerOf(rows, '2026-11-24', '2026-11-24'), 'visitors', 'hour', now)
    expect(points.map(({ counted, value }) => [counted, value])).toEqual([
      ['whole', 0],
      ['open', 0],
      ['ahead', null],
    ])
  })

  it('know weeks and months that lie partly outside the period', () => {
    const weeks = ['2026-10-26', '2026-11-02', '2026-11-09'].map((time) => ({ time, visitors: 1 }))
    const points = pointsOf(answerOf(weeks, '2026-10-28', '2026-11-12'), 'visitors', 'week', now)
    expect(points.map(({ counted }) => counted)).toEqual(['part', 'whole', 'part'])
  })

  it('keep what cannot be computed apart from zero', () => {
    const rows = [
      { time: '2026-11-01', bounceRate: null },
      { time: '2026-11-02', bounceRate: 0 },
    ]
    const before = [{ time: '2026-10-01', bounceRate: 0.5 }]
    const points = pointsOf(answerOf(rows, '2026-11-01', '2026-11-02', before), 'bounceRate', 'day', now)
    expect(points.map(({ value }) => value)).toEqual([null, 0])
    expect(points.map((point) => point.before)).toEqual([{ time: '2026-10-01', value: 0.5 }, undefined])
  })
})

describe('a line', () => {
  const plane: Plane = { x: (index) => index * 10, y: (value) => 100 - value, base: 100 }

  it('breaks where there is no value', () => {
    expect(linePath([1, 2, null, 4, 5], plane)).toBe('M0 99L10 98M30 96L40 95')
    expect(areaPath([1, 2, null, 4], plane)).toBe('M0 100L0 99L10 98L10 100Z')
    expect(linePath([], plane)).toBe('')
  })

  it('shows a value without neighbours as a dot', () => {
    expect(lonePoints([null, 3, null, 1, 2])).toEqual([{ index: 1, value: 3 }])
  })
})
