import { REVOCATIONS, TURNED_ROUND, UNCLEAR } from './data/revocations.ts'
import {
  COURTESIES,
  HELP_WORDS,
  LANGUAGES,
  NO_WORDS,
  NOT_SLIPS,
  OPT_OUT_WORDS,
  START_WORDS,
  YES_WORDS,
  type Language,
} from './data/words.ts'
import { fold, unleet, wordsOf } from './fold.ts'
import { isSlip } from './slip.ts'

/** What somebody's answer means. */
export type Reading =
  /** An opt-out, to be acted on at once. */
  | {
      readonly meaning: 'opt-out'
      /** A word by itself, in any spelling; or words that a reasonable person takes for one. */
      readonly by: 'word' | 'own-words'
      readonly language: Language
      /** The number belongs to somebody else: consent given for it is void. */
      readonly isWrongNumber: boolean
    }
  /** May be an opt-out or about something else: promotions wait and a person decides. */
  | { readonly meaning: 'unclear' }
  | { readonly meaning: 'help' | 'start' | 'yes' | 'no' | 'other' }

/** No message is longer in ten parts; what comes after is not read. */
const MAX_READ = 1_600

const WORDS = new Map(
  LANGUAGES.toReversed().flatMap((language) =>
    OPT_OUT_WORDS[language].map((written) => [written, language] as const),
  ),
)
/** Squeezed, `optout` for `opt out`. */
const SQUEEZED = new Map(
  [...WORDS].map(([written, language]) => [written.replaceAll(' ', ''), language] as const),
)
const COURTEOUS = new Set(COURTESIES)
const OWN_WORDS = new Set(NOT_SLIPS)

/** Signs that say it without words. */
const STOP_SIGNS = /^[\s\p{P}]*(?:[🛑🚫⛔✋]\s*)+[\s\p{P}]*$/u

const WRONG_NUMBER =
  /wrong (?:number|person|num)|incorrect number|numero equivocado|numero errado|mauvais numero|faux numero|falsche nummer/

/**
 * Reads an answer. Opt-outs are found in whatever case, spacing, punctuation, width or look-alike letters, with slips of
 * the finger, in five languages whatever language the program speaks; what gives something (START, YES) is taken to the
 * letter, and only where the whole message is that word. Never throws.
 */
export function readAnswer(text: string): Reading {
  const folded = fold(text.slice(0, MAX_READ))
  if (STOP_SIGNS.test(text.replaceAll('\uFE0F', ''))) return word('en')
  const words = wordsOf(folded)
  const whole = words.join(' ')
  if (HELP_WORDS.includes(whole)) return { meaning: 'help' }
  if (START_WORDS.includes(whole)) return { meaning: 'start' }
  if (YES_WORDS.includes(whole)) return { meaning: 'yes' }
  if (NO_WORDS.includes(whole)) return { meaning: 'no' }
  const leet = [folded, unleet(folded, 'i'), unleet(folded, 'l')].map(wordsOf)
  for (const spelling of leet) {
    const language = wordIn(spelling)
    if (language) return word(language)
  }
  for (const spelling of leet.slice(0, 2)) {
    const language = ownWordsIn(spelling.map(meantBy).join(' '))
    if (language) {
      return { meaning: 'opt-out', by: 'own-words', language, isWrongNumber: WRONG_NUMBER.test(whole) }
    }
  }
  const straight = whole.replace(TURNED_ROUND, ' ')
  return { meaning: UNCLEAR.some((pattern) => pattern.test(straight)) ? 'unclear' : 'other' }
}

function word(language: Language): Reading {
  return { meaning: 'opt-out', by: 'word', language, isWrongNumber: false }
}

/** The language of the word that a message is, courtesies left out. */
function wordIn(words: readonly string[]): Language | undefined {
  const whole = words.join(' ')
  const bare = words.filter(saysMore)
  for (const candidate of [words, trimmed(words), bare]) {
    const found = WORDS.get(once(candidate).join(' '))
    if (found) return found
  }
  // S.T.O.P, s t o p, opt-out, un subscribe
  const pieces = words.every((one) => one.length === 1) || words.length <= 3
  if (pieces && words.length > 1) {
    const found = SQUEEZED.get(words.join(''))
    if (found && !OWN_WORDS.has(whole)) return found
  }
  if (bare.length !== 1) return undefined
  return slipIn(bare[0] ?? '')
}

function saysMore(one: string): boolean {
  return !COURTEOUS.has(one)
}

function trimmed(words: readonly string[]): readonly string[] {
  return words.slice(words.findIndex(saysMore), words.findLastIndex(saysMore) + 1)
}

/** STOP STOP STOP, once. */
function once(words: readonly string[]): readonly string[] {
  const period = [1, 2, 3].find((length) => words.every((one, index) => one === words[index % length]))
  return period === undefined ? words : words.slice(0, period)
}

/** The language of the word that a word was meant to be. */
function slipIn(written: string): Language | undefined {
  if (OWN_WORDS.has(written)) return undefined
  // stoooop, STOPPPP
  for (const kept of ['$1', '$1$1']) {
    const found = SQUEEZED.get(written.replace(/(.)\1{2,}/gu, kept))
    if (found) return found
  }
  for (const [meant, language] of SQUEEZED) if (isSlip(written, meant)) return language
  return undefined
}

/** The word without its slip, for the two that requests in own words begin with most. */
function meantBy(written: string): string {
  if (OWN_WORDS.has(written)) return written
  return ['stop', 'unsubscribe'].find((meant) => isSlip(written, meant)) ?? written
}

function ownWordsIn(whole: string): Language | undefined {
  const straight = whole.replace(TURNED_ROUND, ' ')
  return LANGUAGES.find((language) => REVOCATIONS[language].some((pattern) => pattern.test(straight)))
}
