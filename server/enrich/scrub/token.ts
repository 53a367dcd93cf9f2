import { LETTER_PAIRS } from './letter-pairs.ts'

/**
 * Tells random strings (keys, session ids, signed values) from words. Each pair of neighbours has a score, the
 * logarithm of how much likelier it is in words than in random text; the stretch with the lowest sum is a token when
 * the sum is low enough. The bounds were set by drawing tokens and by real page addresses: of random base64url text
 * of 22 characters (128 bits) about one in 500 passes, of 32 characters one in 10,000; ordinary slugs do not match.
 */

const NONE = 0
const LOWER = 1
const UPPER = 2
const DIGIT = 3
const HYPHEN = 4
/** What joins words or belongs to base64: `_ + = / ~`. */
const OTHER_JOINER = 5

const KIND = new Uint8Array(128)
for (let code = 97; code <= 122; code++) KIND[code] = LOWER
for (let code = 65; code <= 90; code++) KIND[code] = UPPER
for (let code = 48; code <= 57; code++) KIND[code] = DIGIT
KIND[45] = HYPHEN
for (const joiner of '_+=/~') KIND[joiner.charCodeAt(0)] = OTHER_JOINER

const BOTH_CASES = (1 << LOWER) | (1 << UPPER)
const BOTH_CASES_AND_DIGITS = BOTH_CASES | (1 << DIGIT)
const CAPITALS_AND_DIGITS = (1 << UPPER) | (1 << DIGIT)
const BOTH_CASES_AND_JOINERS = BOTH_CASES | (1 << HYPHEN) | (1 << OTHER_JOINER)

/** Scores of letter pairs in half bits, by first and second letter. */
const PAIRS = Int8Array.from(LETTER_PAIRS, (letter) => letter.charCodeAt(0) - 97 - 8)
/** Words are joined every few letters; random text has one joiner in 32 characters, in a mix of all kinds. */
const JOINER_SCORE = 7
/** Random text with joiners has capitals too: without them each word is looked at alone. */
const JOINER_SCORE_WITHOUT_CAPITALS = 1_000
const JOINER_SCORE_IN_MIX = 5
const JOINER_SCORE_IN_BASE64 = 2
/** A capital within a word, a digit beside a letter: often in random text, seldom in words. */
const BREAK_SCORE = -6
/** A word that begins with two capitals. */
const TWO_CAPITALS_SCORE = -4

/** Shortest run of letters, digits and joiners that is looked at. */
const SHORTEST = 16
/** Sum in half bits at which a stretch is random: with breaks in it, and of letters alone. */
const RANDOM_MIXED = -24
const RANDOM_LETTERS = -40

/** Beginnings by which well-known issuers mark their keys. */
const ISSUED =
  /^(?:[spr]k_(?:live|test)_|gh[opsur]_|github_pat_|glpat-|xox[abeprs]-|(?:AKIA|ASIA)[\dA-Z]{12}|AIza|ya29|eyJ[\dA-Za-z])/

/**
 * Calls `found` with start and end of each random stretch, from left to right. Linear: each character is looked at
 * a fixed number of times.
 */
export function findTokens(text: string, found: (start: number, end: number) => void): void {
  let start = 0
  while (start < text.length) {
    let end = start
    let kinds = 0
    for (let kind = kindAt(text, end); kind !== NONE; kind = kindAt(text, ++end)) kinds |= 1 << kind
    if (end - start >= SHORTEST) inspectRun(text, start, end, kinds, found)
    start = end + 1
  }
}

/** NONE past the end too: charCodeAt gives NaN there. */
function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code < 128 ? (KIND[code] as number) : NONE
}

function inspectRun(
  text: string,
  start: number,
  end: number,
  kinds: number,
  found: (start: number, end: number) => void,
): void {
  if (ISSUED.test(text.slice(start, start + SHORTEST))) {
    found(start, end)
    return
  }
  const joinerScore = scoreOfJoiners(kinds)
  let sum = 0
  let from = start
  let breaks = 0
  let allBreaks = 0
  let lowest = 0
  let first = start
  let last = start
  let isMixed = false
  let beforeKind = NONE
  let previousKind = kindAt(text, start)
  for (let i = start + 1; i < end; i++) {
    const kind = kindAt(text, i)
    if (sum >= 0) {
      sum = 0
      breaks = 0
      from = i - 1
    }
    if (kind >= HYPHEN || previousKind >= HYPHEN) sum += joinerScore
    else if (kind === DIGIT && previousKind === DIGIT) sum += 0
    else if (kind === DIGIT || previousKind === DIGIT || (previousKind === LOWER && kind === UPPER)) {
      sum += BREAK_SCORE
      breaks++
      allBreaks++
    } else {
      sum += PAIRS[((text.charCodeAt(i - 1) | 32) - 97) * 26 + (text.charCodeAt(i) | 32) - 97] as number
      if (kind === LOWER && previousKind === UPPER && beforeKind === UPPER) sum += TWO_CAPITALS_SCORE
    }
    if (sum < lowest) {
      lowest = sum
      first = from
      last = i + 1
      isMixed = breaks > 0
    }
    beforeKind = previousKind
    previousKind = kind
  }
  if (lowest <= (isMixed ? RANDOM_MIXED : RANDOM_LETTERS) && last - first >= SHORTEST - 4) {
    // The rest of the words at its edges belongs to it.
    while (first > start && kindAt(text, first - 1) < HYPHEN) first--
    while (last < end && kindAt(text, last) < HYPHEN) last++
    found(first, last)
  } else if (changesOften(kinds, end - start, allBreaks)) found(start, end)
}

function scoreOfJoiners(kinds: number): number {
  if ((kinds & (1 << UPPER)) === 0) return JOINER_SCORE_WITHOUT_CAPITALS
  if ((kinds & BOTH_CASES_AND_JOINERS) === BOTH_CASES_AND_JOINERS) return JOINER_SCORE_IN_BASE64
  return (kinds & BOTH_CASES_AND_DIGITS) === BOTH_CASES_AND_DIGITS ? JOINER_SCORE_IN_MIX : JOINER_SCORE
}

/** Runs whose letter pairs happen to look like words, but which change between kinds as words never do. */
function changesOften(kinds: number, length: number, breaks: number): boolean {
  if ((kinds & BOTH_CASES_AND_DIGITS) === BOTH_CASES_AND_DIGITS) {
    if (breaks * (length < 26 ? 4 : 5) >= length) return true
  }
  if (length < 20 || kinds >= 1 << HYPHEN || (kinds & (1 << DIGIT)) === 0) return false
  return breaks >= 5 || (kinds === CAPITALS_AND_DIGITS && breaks >= 1)
}
