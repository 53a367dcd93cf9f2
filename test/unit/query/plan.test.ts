import { describe, expect, it } from 'vitest'
import type { Query } from '../../../schema/query.ts'
import type { Site } from '../../../schema/site.ts'
import { parseQuery, withDefaults } from '../../../server/query/parse.ts'
import { bucketsOf, planQuery, type Plan } from '../../../server/query/plan.ts'

function siteIn(timezone: string): Site {
  return {
    id: 1,
    domain: 'example.com',
    timezone,
    preConsent: 'none',
    subdomains: false,
    eventWindowDays: 396,
    minimumGroup: 5,
    minimumGroupScope: 'close',
    properties: [],
    traits: [],
    goals: [],
  }
}

function plan(
  period: Query['period'],
  now: string,
  timezone = 'Europe/Berlin',
  compare?: Query['compare'],
): Plan {
  const query = parseQuery({ site: 'example.com', period, ...(compare && { compare }) })
  return planQuery(withDefaults(query), siteIn(timezone), Date.parse(now))
}

describe('R8.5 periods', () => {
  // Half past eleven at night in Berlin is the 24th there, the 25th in Kathmandu.
  const NOW = '2026-11-24T22:30:00Z'

  it.each([
    ['today', '2026-11-24', '2026-11-24'],
    ['yesterday', '2026-11-23', '2026-11-23'],
    ['7d', '2026-11-18', '2026-11-24'],
    ['30d', '2026-10-26', '2026-11-24'],
    ['90d', '2026-08-27', '2026-11-24'],
    ['12mo', '2025-12-01', '2026-11-24'],
  ] as const)('R8.5 %s ends with the current day of the site', (period, from, to) => {
    expect(plan(period, NOW).span).toEqual({ from, to })
  })

  it('R8.5 begins the day at the midnight of the site', () => {
    expect(plan('today', NOW, 'Asia/Kathmandu').span.from).toBe('2026-11-25')
    expect(plan('today', NOW, 'America/St_Johns').span.from).toBe('2026-11-24')
    expect(plan('today', '2026-11-24T18:14:59Z', 'Asia/Kathmandu').span.from).toBe('2026-11-24')
    expect(plan('today', '2026-11-24T18:15:00Z', 'Asia/Kathmandu').span.from).toBe('2026-11-25')
  })

  it('R8.5 realtime is the current minute and the 29 before it, over midnight too', () => {
    const { span } = plan('realtime', '2026-11-24T23:10:20Z')
    expect(span).toEqual({
      from: '2026-11-24',
      to: '2026-11-25',
      window: {
        since: Date.parse('2026-11-24T22:41:00Z') / 1000,
        until: Date.parse('2026-11-24T23:11:00Z') / 1000,
      },
    })
    const minutes = bucketsOf('minute', span, 'Europe/Berlin')
    expect(minutes).toHaveLength(30)
    expect([minutes[0], minutes.at(-1)]).toEqual(['2026-11-24T23:41', '2026-11-25T00:10'])
  })

  it('compares with as many days before, or the same dates a year back', () => {
    expect(plan('7d', NOW, 'UTC', 'previous').comparison).toEqual({ from: '2026-11-11', to: '2026-11-17' })
    expect(plan('7d', NOW, 'UTC', 'year').comparison).toEqual({ from: '2025-11-18', to: '2025-11-24' })
    const leap = plan({ from: '2028-02-28', to: '2028-02-29' }, NOW, 'UTC', 'year')
    expect(leap.comparison).toEqual({ from: '2027-02-28', to: '2027-02-28' })
    expect(plan('7d', NOW).comparison).toBeUndefined()
  })
})

function hours(day: string, timezone: string): string[] {
  return bucketsOf('hour', { from: day, to: day }, timezone).map((bucket) => bucket.slice(11, 13))
}

describe('R8.5 buckets', () => {
  it('R8.5 leaves out an hour that is skipped and shows one that is repeated once', () => {
    const plain = hours('2026-11-20', 'Europe/Berlin')
    expect(plain).toHaveLength(24)
    expect(hours('2026-03-29', 'Europe/Berlin')).toEqual(plain.filter((hour) => hour !== '02'))
    expect(hours('2026-10-25', 'Europe/Berlin')).toEqual(plain)
    // Midnight itself is skipped in Cairo; half an hour is repeated on Lord Howe Island.
    expect(hours('2026-04-24', 'Africa/Cairo')).toEqual(plain.slice(1))
    expect(hours('2026-04-05', 'Australia/Lord_Howe')).toEqual(plain)
    expect(bucketsOf('minute', { from: '2026-10-04', to: '2026-10-04' }, 'Australia/Lord_Howe')).toHaveLength(
      1_410,
    )
  })

  it('R8.5 begins weeks on Monday and months on the first', () => {
    const span = { from: '2026-10-30', to: '2026-11-10' }
    expect(bucketsOf('week', span, 'UTC')).toEqual(['2026-10-26', '2026-11-02', '2026-11-09'])
    expect(bucketsOf('month', span, 'UTC')).toEqual(['2026-10-01', '2026-11-01'])
    expect(bucketsOf('day', span, 'UTC')).toHaveLength(12)
  })

  it('leaves out a day that the time zone skipped', () => {
    // Samoa crossed the date line and had no 30 December 2011.
    expect(bucketsOf('hour', { from: '2011-12-29', to: '2011-12-31' }, 'Pacific/Apia')).toHaveLength(48)
    expect(hours('2011-12-30', 'Pacific/Apia')).toEqual([])
  })

  it('takes the hours of two years within a moment', () => {
    const span = { from: '2024-11-01', to: '2026-11-30' }
    const started = performance.now()
    expect(bucketsOf('hour', span, 'America/St_Johns')).toHaveLength(760 * 24 - 2)
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})
