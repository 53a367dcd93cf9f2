import { describe, expect, it } from 'vitest'
import { PROGRAM_KINDS } from '../../../schema/sms.ts'
import { LANGUAGES } from '../../../sms/data/words.ts'
import { writeDisclosure } from '../../../sms/disclosure.ts'
import { faultsOf } from '../../../sms/written-consent.ts'
import { COMPLETE } from './consents.ts'

const NOW = Date.parse('2026-11-25T00:00:00Z')
const FACTS = {
  name: 'Lantern Deals',
  seller: 'Lantern Coffee LLC',
  frequency: { most: 4, days: 30 },
  terms: 'https://lantern.example/t',
  privacy: 'https://lantern.example/p',
}

describe('a disclosure in our words', () => {
  it.each(LANGUAGES.flatMap((language) => PROGRAM_KINDS.map((kind) => [language, kind] as const)))(
    'S3 R6.6 lacks no element in %s for a %s program, and says what is promised',
    (language, kind) => {
      const disclosure = writeDisclosure({ ...FACTS, kind }, language)
      expect(faultsOf({ ...COMPLETE, disclosure, locale: language }, kind, NOW)).toEqual([])
      for (const said of ['Lantern Deals', 'Lantern Coffee LLC', '4', '30', FACTS.terms, FACTS.privacy]) {
        expect(disclosure).toContain(said)
      }
    },
  )

  it('S3 R2.5 of a program that sells says that consent is no condition; the others need not', () => {
    const of = (kind: 'marketing' | 'service'): string => writeDisclosure({ ...FACTS, kind }, 'en')
    expect(of('marketing')).toContain('not a condition of any purchase')
    expect(of('service')).not.toContain('purchase')
  })
})
