import { describe, expect, it } from 'vitest'
import type { QueryAnswer, QueryRow } from '../../../schema/query.ts'
import { choicesOf, choicesQuestion, dropsOf, dropsQuestion, partsOf } from '../../../dashboard/coverage.ts'
import { CHOICES, DROPS } from '../../support/fake-counts.ts'

function answerOf(rows: QueryRow[], totals: QueryAnswer['totals'] = {}): QueryAnswer {
  return {
    rows,
    totals,
    meta: {
      from: '2026-11-01',
      to: '2026-11-24',
      timezone: 'Europe/Berlin',
      source: 'both',
      foldedRows: 0,
      rowCount: rows.length,
      minimumGroup: 5,
      freshness: '2026-11-24T13:31:58.000Z',
    },
  }
}

describe('the coverage', () => {
  it('R9.1 puts consents of every revision of the policy together, and tells logs and servers apart', () => {
    const rows = [
      { basis: 'performance@1', visits: 30 },
      { basis: 'performance@12', visits: 30 },
      { basis: 'anonymous', visits: 35 },
      { basis: 'log', visits: 4 },
      { basis: 'server', visits: 1 },
    ]
    expect(partsOf(answerOf(rows, { visits: 100 }), 'visits')).toEqual([
      { ground: 'consented', count: 60, share: 0.6 },
      { ground: 'anonymous', count: 35, share: 0.35 },
      { ground: 'told', count: 5, share: 0.05 },
    ])
    expect(partsOf(answerOf([]), 'visits')).toEqual([])
  })

  it('R9.1 counts refusals among the choices made, and neither offers nor withdrawals', () => {
    expect(choicesOf(answerOf(CHOICES))).toEqual({ shown: 900, made: 600, refused: 150 })
  })

  it('R9.1 tells robots from what was not allowed', () => {
    expect(dropsOf(answerOf(DROPS))).toEqual({ robots: 1_234, unallowed: 47 })
  })

  it('asks of choices and drops only what they can be asked: whole days, no filters', () => {
    const filters = [{ dimension: 'country' as const, is: ['DE'] }]
    expect(choicesQuestion({ period: '7d', filters }, 'example.com')).toBeUndefined()
    expect(dropsQuestion({ period: 'realtime', filters: [] }, 'example.com')).toBeUndefined()
    expect(dropsQuestion({ period: '7d', filters: [] }, 'example.com')).toMatchObject({ period: '7d' })
  })
})
