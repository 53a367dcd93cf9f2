import { describe, expect, it } from 'vitest'
import {
  directionOf,
  fallbacks,
  isLanguageTag,
  lookUp,
  wantedLanguages,
} from '../../../../server/consent/policy/language.ts'

describe('languages', () => {
  it('fall back as RFC 4647 shows it', () => {
    expect(fallbacks('zh-Hant-CN-x-private1-private2')).toEqual([
      'zh-Hant-CN-x-private1-private2',
      'zh-Hant-CN-x-private1',
      'zh-Hant-CN',
      'zh-Hant',
      'zh',
    ])
  })

  it('are looked up in the order of the wish, whatever the case', () => {
    expect(lookUp(['de-AT', 'fr'], ['en', 'fr', 'de'])).toBe('de')
    expect(lookUp(['PT-br'], ['pt', 'pt-BR'])).toBe('pt-BR')
    expect(lookUp(['nl', 'ar-EG'], ['en', 'ar'])).toBe('ar')
    expect(lookUp(['nl'], ['en'])).toBeUndefined()
    expect(lookUp(['d'], ['de'])).toBeUndefined()
  })

  it('are read from a header by their weight', () => {
    expect(wantedLanguages('en;q=0.5, de-CH, fr;q=0.9, *;q=0.1, it;q=0')).toEqual(['de-CH', 'fr', 'en'])
    expect(wantedLanguages('')).toEqual([])
    expect(wantedLanguages('../../etc/passwd, <script>, de;q=x')).toEqual([])
    expect(wantedLanguages('de,'.repeat(1_000_000)).length).toBeLessThanOrEqual(20)
  })

  it('are tags in their canonical spelling', () => {
    for (const tag of ['de', 'pt-BR', 'zh-Hant']) expect(isLanguageTag(tag)).toBe(true)
    for (const tag of ['', 'DE', 'pt-br', 'german!', '__proto__', 'constructor', 'e', 'x'.repeat(100)]) {
      expect(isLanguageTag(tag)).toBe(false)
    }
  })

  it('have a direction', () => {
    expect(['ar', 'he', 'fa-IR', 'ur'].map(directionOf)).toEqual(['rtl', 'rtl', 'rtl', 'rtl'])
    expect(['en', 'de-AT', 'arn'].map(directionOf)).toEqual(['ltr', 'ltr', 'ltr'])
  })
})
