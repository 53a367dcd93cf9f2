import { describe, expect, it } from 'vitest'
import { addMonths, dayAt, firstWeekday, weeksOf } from '../../../dashboard/period/month.ts'

describe('a month of days', () => {
  it('begins its weeks on the day that the language does', () => {
    expect(['de-DE', 'en-GB', 'en-US', 'ar-EG'].map(firstWeekday)).toEqual([1, 1, 7, 6])
  })

  it('holds each of its days once, in whole weeks', () => {
    // November 2026 begins on a Sunday.
    expect(weeksOf('2026-11', 1).map((week) => week.map((day) => day?.slice(8)))).toEqual([
      [undefined, undefined, undefined, undefined, undefined, undefined, '01'],
      ['02', '03', '04', '05', '06', '07', '08'],
      ['09', '10', '11', '12', '13', '14', '15'],
      ['16', '17', '18', '19', '20', '21', '22'],
      ['23', '24', '25', '26', '27', '28', '29'],
      ['30', undefined, undefined, undefined, undefined, undefined, undefined],
    ])
    expect(weeksOf('2026-11', 7)).toHaveLength(5)
    // Four weeks and not a day more; the last month of a year.
    expect(weeksOf('2027-02', 1)).toHaveLength(4)
    expect(weeksOf('2026-12', 1).flat().filter(Boolean)).toHaveLength(31)
  })

  it.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2028-01-31', 1, '2028-02-29'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2026-12-15', 1, '2027-01-15'],
    ['2028-02-29', -12, '2027-02-28'],
  ])('%s and %i months is %s', (day, months, then) => {
    expect(addMonths(day, months)).toBe(then)
  })

  it.each([
    ['ArrowLeft', false, '2026-10-31'],
    ['ArrowRight', false, '2026-11-02'],
    ['ArrowUp', false, '2026-10-25'],
    ['ArrowDown', false, '2026-11-08'],
    ['Home', false, '2026-10-26'],
    ['End', false, '2026-11-01'],
    ['PageUp', false, '2026-10-01'],
    ['PageDown', false, '2026-12-01'],
    ['PageUp', true, '2025-11-01'],
    ['PageDown', true, '2027-11-01'],
    ['x', false, undefined],
  ])('%s (Shift: %s) leads from the first of November to %s', (key, isShifted, then) => {
    expect(dayAt(key, isShifted, '2026-11-01', 1)).toBe(then)
  })

  it('ends a week that begins on a Sunday with a Saturday', () => {
    expect(dayAt('End', false, '2026-11-01', 7)).toBe('2026-11-07')
    expect(dayAt('Home', false, '2026-11-01', 7)).toBe('2026-11-01')
  })
})
