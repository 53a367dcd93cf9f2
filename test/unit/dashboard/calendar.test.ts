import { expect, it } from 'vitest'
import { addDays, bucketOf, daysOfBucket, localTime } from '../../../dashboard/calendar.ts'

it('tells the wall clock of a time zone', () => {
  const instant = Date.parse('2026-11-24T23:30:00Z')
  expect(localTime(instant, 'UTC')).toBe('2026-11-24T23:30')
  expect(localTime(instant, 'Europe/Berlin')).toBe('2026-11-25T00:30')
  expect(localTime(instant, 'America/Los_Angeles')).toBe('2026-11-24T15:30')
  expect(localTime(instant, 'Asia/Kathmandu')).toBe('2026-11-25T05:15')
})

it('finds the bucket of a time', () => {
  const time = '2026-11-24T15:32'
  expect(bucketOf(time, 'minute')).toBe('2026-11-24T15:32')
  expect(bucketOf(time, 'hour')).toBe('2026-11-24T15:00')
  expect(bucketOf(time, 'day')).toBe('2026-11-24')
  expect(bucketOf(time, 'week')).toBe('2026-11-23')
  expect(bucketOf('2026-11-29T23:59', 'week')).toBe('2026-11-23')
  expect(bucketOf('2026-11-30', 'week')).toBe('2026-11-30')
  expect(bucketOf(time, 'month')).toBe('2026-11-01')
})

it('knows the days of a bucket', () => {
  expect(daysOfBucket('2026-11-24', 'day')).toEqual({ from: '2026-11-24', to: '2026-11-24' })
  expect(daysOfBucket('2026-12-28', 'week')).toEqual({ from: '2026-12-28', to: '2027-01-03' })
  expect(daysOfBucket('2024-02-01', 'month')).toEqual({ from: '2024-02-01', to: '2024-02-29' })
  expect(daysOfBucket('2026-12-01', 'month')).toEqual({ from: '2026-12-01', to: '2026-12-31' })
  expect(daysOfBucket('2026-11-24T15:00', 'hour')).toBeUndefined()
})

it('adds days over the end of a month', () => {
  expect(addDays('2026-02-28', 1)).toBe('2026-03-01')
  expect(addDays('2026-01-01', -1)).toBe('2025-12-31')
})
