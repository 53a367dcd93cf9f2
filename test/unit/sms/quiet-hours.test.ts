import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ALL_PLACES, type NumberClass } from '../../../sms/phone.ts'
import { isOpen, mostIn24Hours, nextOpen, whereaboutsOf } from '../../../sms/quiet-hours.ts'

const HOUR = 3_600_000
const placeOf = (code: string): NumberClass => {
  const zones: Record<string, readonly [string, string]> = {
    NY: ['NY', 'America/New_York'],
    AZ: ['AZ', 'America/Denver America/Phoenix'],
    FL: ['FL', 'America/New_York'],
    panhandle: ['FL', 'America/Chicago America/New_York'],
    TX: ['TX', 'America/Chicago'],
    HI: ['HI', 'Pacific/Honolulu'],
    PR: ['PR', 'America/Puerto_Rico'],
    NL: ['NL', 'America/Halifax America/Puerto_Rico America/St_Johns'],
    RI: ['RI', 'America/New_York'],
    CA: ['CA', 'America/Los_Angeles'],
  }
  const [region = '', names = ''] = zones[code] ?? []
  return {
    kind: 'long-code',
    country: code === 'NL' ? 'CA' : 'US',
    regions: [region],
    zones: names.split(' '),
  }
}
const at = (time: string): number => Date.parse(time)
const isOpenIn = (code: string, time: string): boolean => isOpen(whereaboutsOf(placeOf(code)), at(time))

describe('quiet hours', () => {
  it('are those of the place, to the second', () => {
    // A Tuesday in winter; New York is five hours behind.
    expect(isOpenIn('NY', '2026-11-24T12:59:59Z')).toBe(false)
    expect(isOpenIn('NY', '2026-11-24T13:00:00Z')).toBe(true)
    expect(isOpenIn('NY', '2026-11-25T01:59:59Z')).toBe(true)
    expect(isOpenIn('NY', '2026-11-25T02:00:00Z')).toBe(false)
    expect(isOpenIn('FL', '2026-11-25T01:00:00Z')).toBe(false)
    expect(isOpenIn('HI', '2026-11-24T17:59:59Z')).toBe(false)
    expect(isOpenIn('HI', '2026-11-24T18:00:00Z')).toBe(true)
    // California is not Canada.
    expect(isOpenIn('CA', '2026-11-24T16:00:00Z')).toBe(true)
  })

  it('follow summer time where there is one', () => {
    // Clocks went forward on 8 March 2026 and go back on 1 November.
    expect(isOpenIn('NY', '2026-03-07T12:30:00Z')).toBe(false)
    expect(isOpenIn('NY', '2026-03-08T12:00:00Z')).toBe(true)
    expect(isOpenIn('NY', '2026-03-08T11:59:59Z')).toBe(false)
    expect(isOpenIn('NY', '2026-10-31T12:00:00Z')).toBe(true)
    expect(isOpenIn('NY', '2026-11-01T12:30:00Z')).toBe(false)
    expect(isOpenIn('NY', '2026-11-01T13:00:00Z')).toBe(true)
    for (const time of ['2026-01-15T12:00:00Z', '2026-07-15T12:00:00Z'])
      expect(isOpenIn('PR', time)).toBe(true)
    for (const time of ['2026-01-15T18:00:00Z', '2026-07-15T18:00:00Z'])
      expect(isOpenIn('HI', time)).toBe(true)
  })

  it('hold in every zone that an area code reaches into', () => {
    // Arizona has no summer time, the Navajo Nation in it has.
    expect(isOpenIn('AZ', '2026-07-15T14:30:00Z')).toBe(false)
    expect(isOpenIn('AZ', '2026-07-15T15:00:00Z')).toBe(true)
    expect(isOpenIn('AZ', '2026-07-16T02:30:00Z')).toBe(true)
    expect(isOpenIn('AZ', '2026-07-16T03:00:00Z')).toBe(false)
    expect(isOpenIn('panhandle', '2026-11-24T13:30:00Z')).toBe(false)
    expect(isOpenIn('panhandle', '2026-11-24T14:00:00Z')).toBe(true)
    expect(isOpenIn('panhandle', '2026-11-25T00:59:00Z')).toBe(true)
    expect(isOpenIn('panhandle', '2026-11-25T01:00:00Z')).toBe(false)
  })

  it('know half hours: Newfoundland closes at 21:30 of its own', () => {
    expect(isOpenIn('NL', '2026-11-25T00:59:00Z')).toBe(true)
    expect(isOpenIn('NL', '2026-11-25T01:00:00Z')).toBe(false)
    expect(isOpenIn('NL', '2026-11-24T13:00:00Z')).toBe(true)
    expect(isOpenIn('NL', '2026-11-24T12:59:00Z')).toBe(false)
  })

  it('of states are kept by the day of the week', () => {
    expect(isOpenIn('TX', '2026-11-29T16:00:00Z')).toBe(false)
    expect(isOpenIn('TX', '2026-11-29T18:00:00Z')).toBe(true)
    expect(isOpenIn('RI', '2026-11-28T14:30:00Z')).toBe(false)
    expect(isOpenIn('RI', '2026-11-27T14:30:00Z')).toBe(true)
    expect(mostIn24Hours(whereaboutsOf(placeOf('FL')))).toBe(3)
    expect(mostIn24Hours(whereaboutsOf(placeOf('NY')))).toBeUndefined()
  })

  it('of a toll-free number are the hours that every state has open', () => {
    const nowhere = whereaboutsOf({ kind: 'toll-free' })
    expect(nowhere.basis).toBe('nowhere')
    expect(isOpen(nowhere, at('2026-11-24T18:59:00Z'))).toBe(false)
    expect(isOpen(nowhere, at('2026-11-24T19:00:00Z'))).toBe(true)
    expect(isOpen(nowhere, at('2026-11-24T23:00:00Z'))).toBe(false)
  })

  it('are those of the zone that somebody told, with the strictest state in it', () => {
    const told = whereaboutsOf(placeOf('HI'), { zone: 'America/New_York', country: 'US' })
    expect(told.basis).toBe('told')
    expect(isOpen(told, at('2026-11-24T15:00:00Z'))).toBe(true)
    expect(isOpen(told, at('2026-11-24T23:30:00Z'))).toBe(false)
    const state = whereaboutsOf(placeOf('HI'), { zone: 'America/New_York', region: 'NY', country: 'US' })
    expect(isOpen(state, at('2026-11-24T23:30:00Z'))).toBe(true)
  })

  it('end: the next open time is open, and nothing before it is', () => {
    const start = at('2026-01-01T00:00:00Z')
    fc.assert(
      fc.property(fc.constantFrom(...ALL_PLACES), fc.nat({ max: 365 * 24 * 60 }), (place, minute) => {
        const where = whereaboutsOf(place)
        const from = start + minute * 60_000
        const next = nextOpen(where, from)
        if (next === undefined) throw new Error('never open')
        expect(isOpen(where, next)).toBe(true)
        for (let time = from; time < next; time += 5 * 60_000) expect(isOpen(where, time)).toBe(false)
        expect(next - from).toBeLessThan(24 * HOUR)
      }),
      { numRuns: 200 },
    )
    const nowhere = whereaboutsOf({ kind: 'toll-free' })
    expect(nextOpen(nowhere, at('2026-11-24T23:00:00Z'))).toBe(at('2026-11-25T19:00:00Z'))
  })

  it('are kept by every place in every zone: nobody is texted before 8 or after 21 by any clock there', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ALL_PLACES), fc.nat({ max: 365 * 24 * 60 }), (place, minute) => {
        const time = at('2026-01-01T00:00:00Z') + minute * 60_000
        const hours = place.zones.map((zone) =>
          Number(
            new Date(time)
              .toLocaleTimeString('en-GB', { timeZone: zone, hour: '2-digit', hour12: false })
              .slice(0, 2),
          ),
        )
        const isDay = hours.every((hour) => hour >= 8 && hour < 22)
        expect(isOpen(whereaboutsOf(place), time) ? isDay : true).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})
