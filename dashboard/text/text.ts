import type { AnyDimension, PropertyDimension } from '../../schema/query.ts'
import { de } from './de.ts'
import { en, type Text } from './en.ts'

export type { Text } from './en.ts'

/** What the page speaks with a reader. */
export interface Language {
  text: Text
  /** BCP 47 tag of the texts, dates and names. */
  words: string
  /** BCP 47 tag of the numbers: always the reader's own. */
  numbers: string
}

const TEXTS: Record<string, Text> = { en, de }

/**
 * The first of the reader's languages that there are texts for, else English. Dates and country names go with the
 * texts, so that no sentence is half in another language.
 */
export function chooseLanguage(wanted: readonly string[]): Language {
  const numbers = wanted[0] ?? 'en-GB'
  for (const tag of wanted) {
    const text = TEXTS[tag.split('-')[0] ?? '']
    if (text) return { text, words: tag, numbers }
  }
  return { text: en, words: 'en-GB', numbers }
}

/** What a dimension is called. */
export function dimensionText({ dimensions }: Text, dimension: AnyDimension): string {
  return isProperty(dimension)
    ? fill(dimensions.property, { name: dimension.slice('prop:'.length) })
    : dimensions[dimension]
}

function isProperty(dimension: AnyDimension): dimension is PropertyDimension {
  return dimension.startsWith('prop:')
}

/** Puts values into a text's `{places}`. */
export function fill(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place)
}
