/** Languages that are written from the right (Unicode CLDR, by their usual script). */
const FROM_THE_RIGHT = ['ar', 'ckb', 'dv', 'fa', 'he', 'ks', 'ps', 'sd', 'ug', 'ur', 'yi']

export function directionOf(language: string): 'ltr' | 'rtl' {
  return FROM_THE_RIGHT.includes(language.split('-', 1)[0] ?? '') ? 'rtl' : 'ltr'
}

/** Whether a text is a BCP 47 tag in its canonical spelling, `de` or `pt-BR`. */
export function isLanguageTag(text: string): boolean {
  try {
    return text.length <= 35 && Intl.getCanonicalLocales(text)[0] === text
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/**
 * A tag and the tags it falls back to, `zh-Hant-TW`, `zh-Hant`, `zh` (RFC 4647, 3.4). A single letter opens an
 * extension and never ends a tag.
 */
export function fallbacks(tag: string): string[] {
  const parts = tag.split('-')
  const tags: string[] = []
  for (let length = parts.length; length > 0; length--) {
    if (length < parts.length && parts[length - 1]?.length === 1) continue
    tags.push(parts.slice(0, length).join('-'))
  }
  return tags
}

/** The first of the wanted languages that there is, by the lookup of RFC 4647; undefined where none is. */
export function lookUp(wanted: readonly string[], available: readonly string[]): string | undefined {
  for (const range of wanted) {
    for (const tag of fallbacks(range)) {
      const found = available.find((one) => one.toLowerCase() === tag.toLowerCase())
      if (found !== undefined) return found
    }
  }
  return undefined
}

/** Most characters and languages that are read of a header or parameter: it can come from anybody. */
const MOST_CHARACTERS = 500
const MOST_LANGUAGES = 20

/** The languages of an Accept-Language header, or of a parameter in that form, best first (RFC 9110, 12.5.4). */
export function wantedLanguages(header: string): string[] {
  return header
    .slice(0, MOST_CHARACTERS)
    .split(',', MOST_LANGUAGES)
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(/\s*;\s*/)
      const quality = parameters.find((one) => /^q=/i.test(one))?.slice(2)
      return { tag, quality: quality === undefined ? 1 : Number(quality) }
    })
    .filter(({ tag, quality }) => /^[a-z]{1,8}(?:-[a-z\d]{1,8})*$/i.test(tag) && quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag)
}
