import { describe, expect, it } from 'vitest'
import { localDay, siteDay } from '../../../server/sites/site-day.ts'

const HOUR_MS = 3_600_000
const at = (iso: string): number => Date.parse(iso)
const edges = (timezone: string, iso: string): string[] => {
  const { day, startMs, endMs } = siteDay(timezone, at(iso))
  return [day, new Date(startMs).toISOString(), new Date(endMs).toISOString()]
}
const hours = (timezone: string, iso: string): number => {
  const { startMs, endMs } = siteDay(timezone, at(iso))
  return (endMs - startMs) / HOUR_MS
}

describe('the site day', () => {
  it('is found in zones on both sides of the date line', () => {
    expect(edges('UTC', '2026-11-24T10:00:00Z')).toEqual([
      '2026-11-24',
      '2026-11-24T00:00:00.000Z',
      '2026-11-25T00:00:00.000Z',
    ])
    expect(edges('Asia/Kathmandu', '2026-11-24T18:15:00Z')).toEqual([
      '2026-11-25',
      '2026-11-24T18:15:00.000Z',
      '2026-11-25T18:15:00.000Z',
    ])
    expect(edges('Pacific/Kiritimati', '2026-11-24T10:00:00Z')[0]).toBe('2026-11-25')
    expect(edges('Pacific/Pago_Pago', '2026-11-24T10:00:00Z')[0]).toBe('2026-11-23')
  })

  it('R8.5 has 23 and 25 hours when the clock changes, and more where it changes by more', () => {
    expect(hours('Europe/Berlin', '2026-03-29T10:00:00Z')).toBe(23)
    expect(hours('Europe/Berlin', '2026-10-25T10:00:00Z')).toBe(25)
    expect(hours('Europe/Berlin', '2026-10-26T10:00:00Z')).toBe(24)
    expect(hours('Australia/Lord_Howe', '2026-04-04T20:00:00Z')).toBe(24.5)
    expect(hours('Antarctica/Troll', '2026-10-25T10:00:00Z')).toBe(26)
    expect(hours('Antarctica/Troll', '2026-03-29T10:00:00Z')).toBe(22)
  })

  it('R8.5 is right where midnight itself is skipped or comes twice', () => {
    // Egypt skips from 00:00 to 01:00, so the day begins at 01:00 local time.
    expect(edges('Africa/Cairo', '2026-04-24T12:00:00Z')).toEqual([
      '2026-04-24',
      '2026-04-23T22:00:00.000Z',
      '2026-04-24T21:00:00.000Z',
    ])
    // In Lebanon the last hour of the evening comes twice.
    expect(edges('Asia/Beirut', '2026-10-24T12:00:00Z')).toEqual([
      '2026-10-24',
      '2026-10-23T21:00:00.000Z',
      '2026-10-24T22:00:00.000Z',
    ])
    // Samoa had no 30 December 2011.
    expect(edges('Pacific/Apia', '2011-12-30T09:59:59Z')[0]).toBe('2011-12-29')
    expect(edges('Pacific/Apia', '2011-12-30T10:00:00Z')[0]).toBe('2011-12-31')
  })

  it('begins where the day before ends, with the last and first millisecond on their own sides', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/St_Johns',
      'America/Nuuk',
      'Antarctica/Troll',
      'Africa/Cairo',
      'Australia/Lord_Howe',
      'Asia/Gaza',
    ]
    for (const timezone of zones) {
      let day = siteDay(timezone, at('2026-01-01T12:00:00Z'))
      for (let count = 0; count < 370; count++) {
        const next = siteDay(timezone, day.endMs)
        expect([timezone, next.startMs]).toEqual([timezone, day.endMs])
        expect(siteDay(timezone, day.endMs - 1)).toEqual(day)
        expect(localDay(timezone, day.endMs - 1)).toBe(day.day)
        expect(next.day > day.day).toBe(true)
        expect((next.startMs - day.startMs) / HOUR_MS).toBeGreaterThan(21)
        day = next
      }
    }
  })

  it('is the same whether an earlier or later day of the zone was asked for before', () => {
    const asked = [
      '2026-11-24T10:00:00Z',
      '2025-01-01T10:00:00Z',
      '2027-01-01T10:00:00Z',
      '2026-11-24T10:00:00Z',
    ]
    expect(asked.map((iso) => siteDay('Europe/Paris', at(iso)).day)).toEqual([
      '2026-11-24',
      '2025-01-01',
      '2027-01-01',
      '2026-11-24',
    ])
  })

  it('refuses a time zone there is none of', () => {
    expect(() => siteDay('Mars/Olympus', 0)).toThrow(RangeError)
  })
})
