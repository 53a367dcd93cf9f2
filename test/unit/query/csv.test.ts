import { describe, expect, it } from 'vitest'
import type { QueryAnswer, QueryRow } from '../../../schema/query.ts'
import { toCsv } from '../../../server/query/csv.ts'

function answerOf(rows: QueryRow[]): QueryAnswer {
  return {
    rows,
    totals: {},
    meta: {
      from: '2026-11-01',
      to: '2026-11-30',
      timezone: 'UTC',
      source: 'events',
      foldedRows: 0,
      rowCount: rows.length,
      visitors: 'daily-sum',
      minimumGroup: 5,
      freshness: '2026-11-30T00:00:00.000Z',
    },
  }
}

describe('CSV', () => {
  it('has a header, quotes every cell and leaves one empty that cannot be computed', () => {
    const rows = [{ time: '2026-11-01', page: '/a"b,c', visitors: 12, bounceRate: null }]
    expect(
      toCsv(answerOf(rows), { names: ['time', 'page'], metrics: ['visitors', 'bounceRate'], isSeries: true }),
    ).toBe('"time","page","visitors","bounceRate"\r\n"2026-11-01","/a""b,c","12",""\r\n')
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '=HYPERLINK("https://evil.example")'])(
    'takes the meaning of a formula from %j',
    (source) => {
      const csv = toCsv(answerOf([{ source, visitors: 1 }]), {
        names: ['source'],
        metrics: ['visitors'],
        isSeries: false,
      })
      const cell = csv.split('\r\n')[1] ?? ''
      expect(cell.startsWith(`"'${source.charAt(0)}`)).toBe(true)
    },
  )

  it('leaves texts alone that begin like none', () => {
    const csv = toCsv(answerOf([{ source: 'a=b', visitors: 0.5 }]), {
      names: ['source'],
      metrics: ['visitors'],
      isSeries: false,
    })
    expect(csv).toContain('"a=b","0.5"')
  })
})
