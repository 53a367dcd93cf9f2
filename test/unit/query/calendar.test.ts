import { describe, expect, it } from 'vitest'
import {
  addDays,
  addMonths,
  countDays,
  daysBetween,
  firstOfMonth,
  isCalendarDay,
  mondayOf,
} from '../../../server/query/calendar.ts'

describe('calendar', () => {
  it('knows which days there are', () => {
    expect(isCalendarDay('2028-02-29')).toBe(true)
    for (const text of [
      '2026-02-29',
      '2026-02-30',
      '2026-13-01',
      '26-01-01',
      '2026-1-1',
      '1999-12-31',
      '2101-01-01',
      '',
    ]) {
      expect([text, isCalendarDay(text)]).toEqual([text, false])
    }
  })

  it('adds days and months across the ends of months and years', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(addDays('2028-03-01', -1)).toBe('2028-02-29')
    expect(addMonths('2026-03-31', -1)).toBe('2026-02-28')
    expect(addMonths('2028-02-29', -12)).toBe('2027-02-28')
    expect(addMonths('2026-01-15', -11)).toBe('2025-02-15')
    expect(addMonths('2026-11-24', 25)).toBe('2028-12-24')
  })

  it('counts and lists days', () => {
    expect(countDays('2026-02-27', '2026-03-01')).toBe(3)
    expect(daysBetween('2026-02-27', '2026-03-01')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01'])
    expect(daysBetween('2026-03-01', '2026-02-27')).toEqual([])
  })

  it('finds Mondays and firsts', () => {
    expect(['2026-11-22', '2026-11-23', '2026-11-29'].map(mondayOf)).toEqual([
      '2026-11-16',
      '2026-11-23',
      '2026-11-23',
    ])
    expect(firstOfMonth('2026-11-24')).toBe('2026-11-01')
  })
})
