import { describe, expect, it } from 'vitest'
import { assessedCountries, jurisdictionOf, preConsentFor } from '../../../server/consent/jurisdiction.ts'

const EU = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ')

describe('the rules of a country', () => {
  it('R6.2 are there for the whole EU and EEA, the United Kingdom and Switzerland, each with law and date', () => {
    expect(EU).toHaveLength(27)
    expect(assessedCountries()).toEqual(
      expect.arrayContaining([...EU, 'IS', 'LI', 'NO', 'GB', 'CH']) as unknown,
    )
    for (const country of assessedCountries()) {
      const { code, source, asOf } = jurisdictionOf(country)
      expect(code).toBe(country)
      expect(source.length).toBeGreaterThan(30)
      expect(asOf).toMatch(/^20\d\d-\d\d-\d\d$/)
    }
  })

  it('R6.2 let statistics before a choice only where a law exempts them, and always with an objection', () => {
    const anonymous = assessedCountries().filter((code) => jurisdictionOf(code).preConsent === 'anonymous')
    expect(anonymous.filter((code) => !FRENCH.includes(code))).toEqual(['CH', 'ES', 'FR', 'GB', 'IT', 'NL'])
    for (const code of anonymous) expect(jurisdictionOf(code).objection).toBe(true)
  })

  it.each(['DE', 'AT', 'BE', 'NO', 'US', 'BR', 'JP', 'ZZ', '', 'eu', 'fr', 'FRA', 'GB '])(
    'R6.2 are the strictest for %j',
    (country) => {
      expect(jurisdictionOf(country).preConsent).toBe('none')
    },
  )

  it('R6.2 call what cannot be known unknown', () => {
    for (const country of ['', 'fr', 'FRA', '*']) expect(jurisdictionOf(country).code).toBe('unknown')
    expect(jurisdictionOf('US').code).toBe('US')
  })

  it('R6.2 decide for a site that leaves it to them, and for no other', () => {
    const modes = (['none', 'anonymous', 'auto'] as const).map((preConsent) =>
      ['FR', 'DE', ''].map((country) => preConsentFor({ preConsent }, country)),
    )
    expect(modes).toEqual([
      ['none', 'none', 'none'],
      ['anonymous', 'anonymous', 'anonymous'],
      ['anonymous', 'none', 'none'],
    ])
  })
})

/** Overseas parts of France with country codes of their own. */
const FRENCH = ['GP', 'MQ', 'GF', 'RE', 'YT', 'MF']
