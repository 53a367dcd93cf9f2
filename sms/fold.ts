import { LOOK_ALIKES } from './data/look-alikes.ts'

const LATIN = new Map(
  Object.entries(LOOK_ALIKES).flatMap(([letter, others]) =>
    Array.from(others).map((other) => [other, letter] as const),
  ),
)

/** What has no looks of its own and is no mark: formats, zero widths, fillers that are shown as nothing. */
const INVISIBLE = /[\p{Cf}\p{Cc}\u115F\u1160\u3164\uFFA0]/gu

/**
 * A text as a reader's eye takes it, for finding words in it: one width, no marks, no invisible characters, look-alikes
 * as the Latin letters they stand for, small letters. `ＳＴＯＰ`, `ЅТОР` and `st\u200bop` all give `stop`. Never throws.
 */
export function fold(text: string): string {
  const bare = text
    .normalize('NFKC')
    .replace(/[\t\n\r]/g, ' ')
    .replace(INVISIBLE, '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
  let folded = ''
  // Before letters are made small: the Greek Η looks like an H, η like an n.
  for (const character of bare) folded += LATIN.get(character) ?? character
  return folded.toLowerCase()
}

/** The words of a folded text. What stands within a word, like the apostrophe of `don't`, is left out. */
export function wordsOf(folded: string): string[] {
  return folded
    .replace(/['’‘`´]/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

/** Digits and signs that are written for letters. */
const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  $: 's',
  '@': 'a',
}

/**
 * A folded text with letters for the digits and signs that stand within its words: `st0p` gives `stop`. Hours, ranks and
 * sums (`4pm`, `1st`, `10k`, `$5`) stay.
 * @param one what a 1 stands for
 */
export function unleet(folded: string, one: 'i' | 'l' = 'i'): string {
  return folded.replace(/[\p{L}\p{N}$@]*\p{L}[\p{L}\p{N}$@]*/gu, (word) =>
    /^\$?\d+\p{L}{1,2}$/u.test(word)
      ? word
      : word.replace(/[01345789$@]/g, (sign) => (sign === '1' ? one : (LEET[sign] ?? sign))),
  )
}
