import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normaliseLanguage } from '../../../server/enrich/language.ts'
import { anyText } from '../../support/any-text.ts'

describe('a language', () => {
  it.each([
    ['en', 'en'],
    ['en-GB', 'en-GB'],
    ['EN-gb', 'en-GB'],
    ['de-DE,de;q=0.9,en;q=0.8', 'de-DE'],
    [' fr-CA;q=0.5', 'fr-CA'],
    ['zh-Hant-TW', 'zh-TW'],
    ['sr-Latn', 'sr'],
    ['es-419', 'es-419'],
    ['haw-US', 'haw-US'],
    ['en-US-x-private', 'en-US'],
    ['*', ''],
    ['', ''],
    ['x', ''],
    ['english', ''],
    ['en_US', ''],
    ['<script>', ''],
    ['12-34', ''],
  ])('%s is %s', (text, expected) => {
    expect(normaliseLanguage(text)).toBe(expected)
  })

  it('has one of few forms whatever was sent', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        expect(normaliseLanguage(text)).toMatch(/^(?:[a-z]{2,3}(?:-(?:[A-Z]{2}|\d{3}))?)?$/)
      }),
    )
  })
})
