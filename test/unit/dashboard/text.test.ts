import { describe, expect, it } from 'vitest'
import { de } from '../../../dashboard/text/de.ts'
import { en } from '../../../dashboard/text/en.ts'
import { chooseLanguage, fill } from '../../../dashboard/text/text.ts'

/** Every text with its path, `chart.open.day`. */
function textsOf(texts: object, path = ''): [path: string, text: string][] {
  return Object.entries(texts).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? textsOf(value, `${path}${key}.`)
      : [[`${path}${key}`, String(value)] as [string, string]],
  )
}

function places(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([place]) => place).toSorted()
}

describe('the texts', () => {
  it('leave the same places to fill in every language', () => {
    const german = new Map(textsOf(de))
    for (const [path, text] of textsOf(en)) {
      expect([path, ...places(german.get(path) ?? '')]).toEqual([path, ...places(text)])
    }
    expect(german.size).toBe(textsOf(en).length)
  })

  it('are never empty', () => {
    expect([...textsOf(en), ...textsOf(de)].filter(([, text]) => text.trim() === '')).toEqual([])
  })
})

describe('the language', () => {
  it('is the first one of the reader’s that there is', () => {
    expect(chooseLanguage(['fr-FR', 'de-AT', 'en'])).toMatchObject({ words: 'de-AT', numbers: 'fr-FR' })
    expect(chooseLanguage(['en-US'])).toMatchObject({ words: 'en-US', numbers: 'en-US' })
  })

  it('is English where there is none', () => {
    expect(chooseLanguage(['ja'])).toMatchObject({
      words: 'en-GB',
      numbers: 'ja',
      text: { product: 'Sluice' },
    })
    expect(chooseLanguage([]).words).toBe('en-GB')
  })
})

it('values are put in once: a value that looks like a place stays what it is', () => {
  expect(fill('{a} and {b}', { a: '{b}', b: '2' })).toBe('{b} and 2')
  expect(fill('{unknown}', {})).toBe('{unknown}')
})
