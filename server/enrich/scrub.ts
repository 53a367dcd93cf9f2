import { parseAddress } from '../address.ts'
import { findNumbers, findPairsOfDegrees } from './scrub/digits.ts'
import { findEmails } from './scrub/email.ts'
import { findIbans } from './scrub/iban.ts'
import type { Found, ScrubKind } from './scrub/found.ts'
import { cutCleanly, decodeFully, decodeLetters, encodeSegment } from './scrub/percent.ts'
import { findTokens } from './scrub/token.ts'

export { SCRUB_KINDS, type ScrubKind } from './scrub/found.ts'

/** Is told the kind of each thing taken out, never the thing. */
export type CountScrubbed = (kind: ScrubKind) => void

/** Longest page that is stored, in UTF-16 units; what is longer is cut. */
export const MAX_PAGE = 1_024
/** Longest campaign value that is stored. */
export const MAX_CAMPAIGN = 128

/**
 * A segment that is a number of five digits or more names a record, and pages are collapsed to the kind of record they
 * show. In campaign names shorter numbers mean something to people; seven digits are the shortest phone number.
 */
const ID_DIGITS_IN_PATHS = 5
const ID_DIGITS_IN_TEXT = 7
/** Taking one thing out can bring another to light; more often than this would be somebody's game. */
const MAX_ROUNDS = 5

const ignore: CountScrubbed = () => {}

/**
 * The page of an address: its path without personal data, without query and fragment, at most MAX_PAGE long.
 * Doing it twice changes nothing.
 * @param fragment `route`: a fragment that begins with `/` or `!` is the page too, as in sites that route by hash
 */
export function scrubPath(
  url: Pick<URL, 'pathname' | 'hash'> | string,
  count: CountScrubbed = ignore,
  fragment: 'drop' | 'route' = 'drop',
): string {
  let path = typeof url === 'string' ? withoutQuery(url) : url.pathname
  if (fragment === 'route' && typeof url !== 'string' && /^#[/!]/.test(url.hash))
    path += withoutQuery(url.hash)
  if (path === '' || path[0] !== '/') path = `/${path}`
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const scrubbed = cutCleanly(scrubSegments(path, count), MAX_PAGE)
    if (scrubbed === path) break
    path = scrubbed
  }
  return path
}

/** Free text without personal data: campaign values and the like. */
export function scrubText(text: string, count: CountScrubbed = ignore): string {
  return scrubPlain(text, ID_DIGITS_IN_TEXT, count)
}

function withoutQuery(text: string): string {
  const query = text.indexOf('?')
  const fragment = text.indexOf('#', 1)
  const end = Math.min(query < 0 ? text.length : query, fragment < 0 ? text.length : fragment)
  return end === text.length ? text : text.slice(0, end)
}

const SMALL = 1
const JOINER = 2
const DIGIT = 3
const DOT = 4
const KIND = new Uint8Array(128)
for (const character of "abcdefghijklmnopqrstuvwxyz,!'()*$") KIND[character.charCodeAt(0)] = SMALL
for (const character of '-_') KIND[character.charCodeAt(0)] = JOINER
for (const character of '0123456789') KIND[character.charCodeAt(0)] = DIGIT
KIND['.'.charCodeAt(0)] = DOT

/** No random string that is looked for is shorter, and nothing made of digits has fewer. */
const SHORTEST_TOKEN = 20
const FEWEST_DIGITS = 5

/** Small letters, few digits, no word long enough for a token: nothing to look for. Most segments are this. */
function isPlain(path: string, start: number, end: number): boolean {
  let [word, digits, dots] = [0, 0, 0]
  for (let i = start; i < end; i++) {
    const code = path.charCodeAt(i)
    const kind = code < 128 ? KIND[code] : 0
    if (kind === 0) return false
    if (kind === JOINER) word = 0
    else if (++word === SHORTEST_TOKEN) return false
    if (kind === DIGIT) digits++
    else if (kind === DOT) dots++
  }
  // An internet address may have four digits.
  return digits < (dots < 3 ? FEWEST_DIGITS : FEWEST_DIGITS - 1)
}

function scrubSegments(path: string, count: CountScrubbed): string {
  let result = ''
  let copied = 0
  for (let start = 0; start < path.length;) {
    const slash = path.indexOf('/', start)
    const end = slash < 0 ? path.length : slash
    if (!isPlain(path, start, end)) {
      result += path.slice(copied, start) + scrubSegment(path.slice(start, end), count)
      copied = end
    }
    start = end + 1
  }
  return copied === 0 ? path : result + path.slice(copied)
}

function scrubSegment(segment: string, count: CountScrubbed): string {
  const text = segment.includes('%') ? decodeFully(segment) : segment
  const scrubbed = scrubPlain(text, ID_DIGITS_IN_PATHS, count)
  if (scrubbed !== text) return encodeSegment(scrubbed)
  return segment.includes('%') ? decodeLetters(segment) : segment
}

/** Takes out everything that is found, again until nothing more is. */
function scrubPlain(text: string, idDigits: number, count: CountScrubbed): string {
  let current = text
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const scrubbed = scrubOnce(current, idDigits, count)
    if (scrubbed === current) break
    current = scrubbed
  }
  return current
}

const UUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/gi
const HEX = /[\da-f]{24,}/gi
/** Not behind a letter or a colon: `std::vector` and placeholders are no addresses. */
const IPV6 = /(?<![\w:])[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}(?![\w:])/gi

function scrubOnce(text: string, idDigits: number, count: CountScrubbed): string {
  const { digits, dots, colons, signs, commas } = countCharacters(text)
  let current = text
  if (signs > 0) current = replaceFound(current, count, findEmails)
  if (digits >= FEWEST_DIGITS) {
    if (current.length >= 36) current = replaceAll(current, UUID, 'uuid', count)
    if (current.length >= 24) current = replaceAll(current, HEX, 'token', count)
    if (current.length >= 15) current = replaceFound(current, count, findIbans)
  }
  if (colons >= 2) current = replaceAll(current, IPV6, 'ip', count, isIpv6)
  if (current.length >= 16) current = replaceFound(current, count, findSignedTokens)
  if (digits >= (dots < 3 ? FEWEST_DIGITS : FEWEST_DIGITS - 1)) {
    if (dots >= 2 && commas > 0) current = replaceFound(current, count, findPairsOfDegrees)
    current = replaceFound(current, count, (plain, found) => findNumbers(plain, idDigits, found))
  }
  return current
}

/** One look at each character, so that most texts are spared the search for what cannot be in them. */
function countCharacters(text: string): {
  digits: number
  dots: number
  colons: number
  signs: number
  commas: number
} {
  const counts = { digits: 0, dots: 0, colons: 0, signs: 0, commas: 0 }
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 48 && code <= 57) counts.digits++
    else if (code === 46) counts.dots++
    else if (code === 58) counts.colons++
    else if (code === 64) counts.signs++
    else if (code === 44 || code === 59) counts.commas++
  }
  return counts
}

function isIpv6(text: string): boolean {
  return text.replaceAll(':', '').length >= 8 && parseAddress(text)?.family === 6
}

/** Tokens with a dot between them are one: a JSON web token has three parts. */
function findSignedTokens(text: string, found: Found): void {
  let [from, to] = [-1, -1]
  findTokens(text, (start, end) => {
    if (from >= 0 && start === to + 1 && text[to] === '.') to = end
    else {
      if (from >= 0) found(from, to, 'token')
      from = start
      to = end
    }
  })
  if (from >= 0) found(from, to, 'token')
}

function replaceFound(
  text: string,
  count: CountScrubbed,
  find: (text: string, found: Found) => void,
): string {
  let result = ''
  let from = 0
  find(text, (start, end, kind) => {
    count(kind)
    result += `${text.slice(from, start)}:${kind}`
    from = end
  })
  return from === 0 ? text : result + text.slice(from)
}

function replaceAll(
  text: string,
  pattern: RegExp,
  kind: ScrubKind,
  count: CountScrubbed,
  isOne: (match: string) => boolean = () => true,
): string {
  return text.replace(pattern, (match) => {
    if (!isOne(match)) return match
    count(kind)
    return `:${kind}`
  })
}
