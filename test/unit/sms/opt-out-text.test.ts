import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LANGUAGES } from '../../../sms/data/words.ts'
import { readAnswer } from '../../../sms/keywords.ts'
import { hasOptOutText, MAX_UNITS, OPT_OUT_PHRASES, withOptOutText } from '../../../sms/opt-out-text.ts'
import { segmentsOf } from '../../../sms/segments.ts'
import { anyText } from '../../support/any-text.ts'

const language = fc.constantFrom(...LANGUAGES)
const phrases = LANGUAGES.flatMap((one) => OPT_OUT_PHRASES[one])

describe('S6 an automated message', () => {
  it('S6 ends up with an approved opt-out sentence or is refused, whatever its text, language and length', () => {
    const body = fc.oneof(
      anyText(300),
      anyText(1_100),
      fc.tuple(anyText(60), fc.constantFrom(...phrases), anyText(60)).map((parts) => parts.join('')),
      fc.integer({ min: 900, max: 1_010 }).map((length) => 'a'.repeat(length)),
    )
    let refused = 0
    fc.assert(
      fc.property(body, language, fc.integer({ min: 1, max: 20 }), (text, spoken, maxSegments) => {
        const result = withOptOutText(text, spoken, maxSegments)
        if ('fault' in result) {
          refused++
          return
        }
        expect(hasOptOutText(result.text)).toBe(true)
        expect(result.text.startsWith(text.trim())).toBe(true)
        expect(result.text.length).toBeLessThanOrEqual(MAX_UNITS)
        expect(segmentsOf(result.text).count).toBeLessThanOrEqual(maxSegments)
        // Once is enough.
        expect(withOptOutText(result.text, spoken, maxSegments)).toEqual(result)
      }),
      { numRuns: 3_000 },
    )
    expect(refused).toBeGreaterThan(0)
  })

  it('S6 is refused where its opt-out sentence does not fit, and not sent without it', () => {
    expect(withOptOutText('a'.repeat(1_000), 'en', 20)).toEqual({ fault: 'too-long' })
    expect(withOptOutText('a'.repeat(160), 'en', 1)).toEqual({ fault: 'too-many-segments' })
    expect(withOptOutText(' \n ', 'en')).toEqual({ fault: 'empty' })
  })

  it('S6 keeps a sentence of its own, in any language', () => {
    for (const phrase of phrases) {
      for (const text of [
        `Sale today! ${phrase}`,
        `Sale today - ${phrase.toUpperCase()}.`,
        `Sale (${phrase})`,
        phrase,
      ]) {
        expect([text, withOptOutText(text, 'en')]).toEqual([text, { text }])
      }
    }
  })

  it('S6 gets one where its own says something else or cannot be read', () => {
    for (const text of [
      'Do not reply STOP to opt out',
      'You cannot text STOP to end',
      'Reply STOP to opt out of winning, or YES',
      'Reply ЅТОР to opt out',
      'Reply ST\u200bOP to opt out',
      'NONSTOP to end',
      'Stop by our shop',
    ]) {
      expect([text, withOptOutText(text, 'en')]).toEqual([text, { text: `${text}\nReply STOP to opt out.` }])
    }
  })

  it('S6 names a word that opts out, in letters that cost nothing', () => {
    for (const phrase of phrases) {
      expect(segmentsOf(phrase).encoding).toBe('gsm-7')
      const [word = ''] = /\b(?:STOPP?|ALTO|BAJA|ARRET|SAIR)\b/.exec(phrase) ?? []
      expect([phrase, readAnswer(word)]).toMatchObject([phrase, { meaning: 'opt-out', by: 'word' }])
    }
  })
})
