import { parseAddress } from '../../address.ts'
import type { Found, ScrubKind } from './found.ts'

/**
 * Finds what is made of digits: card numbers, phone numbers, national ids, internet addresses, coordinates and record
 * numbers. Digits come in clusters: groups with one or two separators between them, `+49 (30) 123-4567`.
 */

interface Group {
  readonly start: number
  readonly end: number
}

interface Thing {
  /** Undefined: a date, passed over. */
  readonly kind: ScrubKind | undefined
  readonly start: number
  /** How many groups it takes. */
  readonly count: number
}

/** Digits glued to a letter (`KB5034441`) are part of a name up to this many; a phone number has more with its area. */
const LONGEST_IN_NAME = 7
/** Five digits among words are often a name too: iso-27001, build-19045. */
const FEWEST_AMONG_WORDS = 6
/** Groups that are read together; no number has more. */
const MAX_GROUPS = 16
const PAIR_OF_DEGREES = /[-+]?\d{1,3}\.\d{3,}[,;] ?[-+]?\d{1,3}\.\d{3,}/g

/** @param idDigits a number alone in the text of so many digits or more, and nothing else, is an id */
export function findNumbers(text: string, idDigits: number, found: Found): void {
  for (let i = 0; i < text.length;) {
    if (!isDigit(text.charCodeAt(i))) {
      i++
      continue
    }
    const groups = readCluster(text, i)
    readGroups(text, groups, idDigits, found)
    i = (groups.at(-1) as Group).end
  }
}

/** Two numbers with three or more decimals side by side: a place to about 100 m. */
export function findPairsOfDegrees(text: string, found: Found): void {
  for (const match of text.matchAll(PAIR_OF_DEGREES)) {
    found(match.index, match.index + match[0].length, 'place')
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function isLetter(code: number): boolean {
  const lower = code | 32
  return lower >= 97 && lower <= 122
}

function isSeparator(code: number): boolean {
  // space ( ) + - . _ no-break space
  if (code < 0x80)
    return code === 32 || code === 95 || (code >= 40 && code <= 46 && code !== 42 && code !== 44)
  // thin and no-break spaces, hyphens and dashes
  return code === 0xa0 || code === 0x2009 || code === 0x202f || (code >= 0x2010 && code <= 0x2015)
}

function readCluster(text: string, from: number): Group[] {
  const groups: Group[] = []
  let start = from
  while (groups.length < MAX_GROUPS) {
    let end = start + 1
    while (isDigit(text.charCodeAt(end))) end++
    groups.push({ start, end })
    let next = end
    while (next < end + 3 && isSeparator(text.charCodeAt(next))) next++
    if (next === end || !isDigit(text.charCodeAt(next))) break
    start = next
  }
  return groups
}

/** Takes a cluster apart from the left. */
function readGroups(text: string, groups: readonly Group[], idDigits: number, found: Found): void {
  for (let at = 0; at < groups.length;) {
    const group = groups[at] as Group
    const thing = startingAt(text, groups, at)
    if (thing) {
      if (thing.kind) found(thing.start, (groups[at + thing.count - 1] as Group).end, thing.kind)
      at += thing.count
      continue
    }
    if (group.end - group.start >= fewestOfId(text, group, idDigits)) found(group.start, group.end, 'id')
    at++
  }
}

/** How many digits make a number an id here: alone in its segment, among words, or glued to letters. */
function fewestOfId(text: string, { start, end }: Group, idDigits: number): number {
  if (isLetter(text.charCodeAt(start - 1)) || isLetter(text.charCodeAt(end))) return LONGEST_IN_NAME + 1
  const isAlone = start === 0 && (end === text.length || text[end] === '.' || text[end] === ';')
  return isAlone ? idDigits : Math.max(idDigits, FEWEST_AMONG_WORDS)
}

function startingAt(text: string, groups: readonly Group[], at: number): Thing | undefined {
  const isLast = at + 1 === groups.length
  return (
    internationalAt(text, groups, at) ??
    (isLast ? undefined : (addressAt(text, groups, at) ?? placeAt(text, groups, at))) ??
    // No card begins like a year of these two centuries.
    dateAt(text, groups, at) ??
    (length(groups, at) >= 3 ? cardAt(text, groups, at) : undefined) ??
    (isLast ? undefined : nationalAt(text, groups, at))
  )
}

function length(groups: readonly Group[], at: number): number {
  const group = groups[at]
  return group ? group.end - group.start : 0
}

/** How many groups from `at` on have at most `most` digits together, and how many digits these are. */
function take(groups: readonly Group[], at: number, most: number): { count: number; digits: number } {
  let [count, digits] = [0, 0]
  while (at + count < groups.length && digits + length(groups, at + count) <= most) {
    digits += length(groups, at + count)
    count++
  }
  return { count, digits }
}

/** E.164 behind a plus or 00: 7 to 15 digits. */
function internationalAt(text: string, groups: readonly Group[], at: number): Thing | undefined {
  const { start } = groups[at] as Group
  const opening = text[start - 1] === '(' ? start - 2 : start - 1
  const hasPlus = text[opening] === '+'
  if (!hasPlus && !text.startsWith('00', start)) return undefined
  const { count, digits } = take(groups, at, hasPlus ? 15 : 17)
  if (digits < (hasPlus ? 7 : 9)) return undefined
  return { kind: 'phone', start: hasPlus ? opening : start, count }
}

/** Four groups joined by dots, nothing glued to them: `v1.2.3.4` is a version. */
function addressAt(text: string, groups: readonly Group[], at: number): Thing | undefined {
  const { start } = groups[at] as Group
  const last = groups[at + 3]
  if (
    !last ||
    text[(groups[at] as Group).end] !== '.' ||
    isLetter(text.charCodeAt(start - 1)) ||
    isLetter(text.charCodeAt(last.end))
  )
    return undefined
  const address = last.end - start <= 15 ? parseAddress(text.slice(start, last.end)) : undefined
  return address && { kind: 'ip', start, count: 4 }
}

/** Degrees with four decimals or more: a place to about 10 m. */
function placeAt(text: string, groups: readonly Group[], at: number): Thing | undefined {
  const { start, end } = groups[at] as Group
  const decimals = groups[at + 1]
  if (!decimals || length(groups, at + 1) < 4 || decimals.start !== end + 1 || text[end] !== '.')
    return undefined
  if (end - start > 3 || Number(text.slice(start, end)) > 180) return undefined
  const before = text.charCodeAt(start - 1)
  if (isLetter(before) || before === 46 || text[decimals.end] === '.') return undefined
  const hasSign =
    before === 45 && !isLetter(text.charCodeAt(start - 2)) && !isDigit(text.charCodeAt(start - 2))
  return { kind: 'place', start: hasSign ? start - 1 : start, count: 2 }
}

/** 13 to 19 digits with the check digit of ISO/IEC 7812, in one piece or in groups of three or more. */
function cardAt(text: string, groups: readonly Group[], at: number): Thing | undefined {
  let digits = ''
  let found: Thing | undefined
  for (let count = 1; at + count <= groups.length; count++) {
    const { start, end } = groups[at + count - 1] as Group
    digits += text.slice(start, end)
    if (digits.length > 19) break
    if (digits.length >= 13 && hasCheckDigit(digits)) {
      found = { kind: 'card', start: (groups[at] as Group).start, count }
    }
    if (end - start < 3) break
  }
  return found
}

function hasCheckDigit(digits: string): boolean {
  let sum = 0
  for (let i = digits.length - 1, double = false; i >= 0; i--, double = !double) {
    const digit = digits.charCodeAt(i) - 48
    sum += double && digit !== 9 ? (digit * 2) % 9 : digit
  }
  return sum % 10 === 0
}

/** 2026, 2026-11, 2026-11-24, 20261124, 24.11.2026: part of many addresses of pages, and nobody's number. */
function dateAt(text: string, groups: readonly Group[], at: number): Thing | undefined {
  const { start } = groups[at] as Group
  const digits = length(groups, at)
  if (digits === 8) {
    const isDate = isYear(text, start) && isWithin(text, start + 4, 2, 12) && isWithin(text, start + 6, 2, 31)
    // Before the web a date like this is rather somebody's birthday.
    return isDate && text.charCodeAt(start) === 50 ? { kind: undefined, start, count: 1 } : undefined
  }
  if (digits > 4 || digits === 3) return undefined
  const [second, third] = [length(groups, at + 1), length(groups, at + 2)]
  if (digits === 4) {
    if (!isYear(text, start)) return undefined
    if (!isWithin(text, groups[at + 1]?.start, second, 12)) return { kind: undefined, start, count: 1 }
    return { kind: undefined, start, count: isWithin(text, groups[at + 2]?.start, third, 31) ? 3 : 2 }
  }
  const isDay = isWithin(text, start, digits, 31) && isWithin(text, groups[at + 1]?.start, second, 31)
  return isDay && third === 4 && isYear(text, (groups[at + 2] as Group).start)
    ? { kind: undefined, start, count: 3 }
    : undefined
}

/** Whether four digits are a year from 1900 to 2099. */
function isYear(text: string, start: number): boolean {
  return text.startsWith('19', start) || text.startsWith('20', start)
}

/** Whether one or two digits are a number from 1 to `most`. */
function isWithin(text: string, start: number | undefined, digits: number, most: number): boolean {
  if (start === undefined || digits < 1 || digits > 2) return false
  const number = Number(text.slice(start, start + digits))
  return number >= 1 && number <= most
}

/** Numbers as they are written within a country. */
function nationalAt(text: string, groups: readonly Group[], at: number): Thing | undefined {
  const { start, end } = groups[at] as Group
  const first = end - start
  const phone = (count: number): Thing => ({
    kind: 'phone',
    start: text[start - 1] === '(' ? start - 1 : start,
    count,
  })
  if (first === 1 && text[start] === '1' && isNorthAmerican(groups, at + 1)) return phone(4)
  if (isNorthAmerican(groups, at)) return phone(3)
  // Social security number of the USA.
  if (first === 3 && length(groups, at + 1) === 2 && length(groups, at + 2) === 4) {
    return { kind: 'id', start, count: 3 }
  }
  if (first < 2) return undefined
  const { count, digits } = take(groups, at, 15)
  if (digits < 8 || count < 2) return undefined
  const shortest = Math.min(...groups.slice(at, at + count).map((group) => group.end - group.start))
  const isDotted = text[end] === '.' && (groups[at + 1] as Group).start === end + 1
  // Dots join versions too, but for the ten digits in pairs of a French number.
  if (isDotted && (digits !== 10 || count !== 5 || shortest !== 2)) return undefined
  if (text[start] === '0') return phone(count)
  if (count < 3 || digits < 9 || shortest < 2) return undefined
  // A book number begins like this.
  return /^97[89]$/.test(text.slice(start, end)) ? { kind: 'id', start, count } : phone(count)
}

function isNorthAmerican(groups: readonly Group[], at: number): boolean {
  return length(groups, at) === 3 && length(groups, at + 1) === 3 && length(groups, at + 2) === 4
}
