import { describe, expect, it } from 'vitest'
import { dueDays, lastDays } from '../../../server/reports/periods.ts'

const at = (text: string): number => Date.parse(text)

describe('R9.1 the days of a report', () => {
  it.each([
    ['weekly', 'Europe/Berlin', '2026-11-23T05:59:59Z', undefined],
    ['weekly', 'Europe/Berlin', '2026-11-23T06:00:00Z', '2026-11-16..2026-11-22'],
    ['weekly', 'Europe/Berlin', '2026-11-25T22:00:00Z', '2026-11-16..2026-11-22'],
    ['weekly', 'Europe/Berlin', '2026-11-25T23:00:00Z', undefined],
    // Where it is Monday already, and where it is still Sunday.
    ['weekly', 'Pacific/Auckland', '2026-11-22T18:00:00Z', '2026-11-16..2026-11-22'],
    ['weekly', 'America/Los_Angeles', '2026-11-23T07:30:00Z', undefined],
    ['monthly', 'UTC', '2026-03-01T07:00:00Z', '2026-02-01..2026-02-28'],
    ['monthly', 'UTC', '2026-03-01T06:59:59Z', undefined],
    ['monthly', 'UTC', '2026-03-04T00:00:00Z', undefined],
  ] as const)('%s in %s at %s: %s', (kind, timezone, now, days) => {
    const due = dueDays(kind, timezone, at(now))
    expect(due && `${due.from}..${due.to}`).toBe(days)
  })

  it('are the last ones that are over, on every day', () => {
    expect(lastDays('weekly', 'UTC', at('2026-11-29T23:59:59Z'))).toEqual({
      from: '2026-11-16',
      to: '2026-11-22',
    })
    expect(lastDays('monthly', 'UTC', at('2026-01-31T12:00:00Z'))).toEqual({
      from: '2025-12-01',
      to: '2025-12-31',
    })
  })
})
