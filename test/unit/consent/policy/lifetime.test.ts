import { describe, expect, it } from 'vitest'
import { describeLifetime, lifetimeDays, parseLifetime } from '../../../../server/consent/policy/lifetime.ts'

describe('lifetimes', () => {
  it('are session or a number with a unit, and nothing else', () => {
    for (const text of ['session', '1d', '182d', '13mo', '2y', '9999d'])
      expect(parseLifetime(text)).toBeDefined()
    for (const text of [
      '',
      '0d',
      '-1d',
      '1',
      'd',
      '1.5y',
      '10000d',
      '1 d',
      'Session',
      '1w',
      '1mo2d',
      'session ',
    ]) {
      expect(parseLifetime(text)).toBeUndefined()
    }
  })

  it('are compared in days', () => {
    expect(lifetimeDays('session')).toBe(0)
    expect(lifetimeDays('182d')).toBe(182)
    expect(lifetimeDays('13mo')).toBeGreaterThan(lifetimeDays('1y'))
    expect(lifetimeDays('12mo')).toBeCloseTo(lifetimeDays('1y'))
  })

  it('are written with the plural of each language', () => {
    expect(describeLifetime('1d', 'en', '')).toBe('1 day')
    expect(describeLifetime('13mo', 'en', '')).toBe('13 months')
    expect(describeLifetime('2y', 'de', '')).toBe('2 Jahre')
    // French keeps number and unit on one line.
    expect(describeLifetime('1y', 'fr', '')).toBe('1\u00a0an')
    expect(describeLifetime('1mo', 'es', '')).toBe('1 mes')
    // Arabic has a form of its own for two.
    expect(describeLifetime('2mo', 'ar', '')).toBe('شهران')
    expect(describeLifetime('session', 'de', 'Bis zum Schluss')).toBe('Bis zum Schluss')
  })
})
