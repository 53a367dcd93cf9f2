import { inspect } from 'node:util'
import { AREA_CODES } from './data/area-codes.ts'

/**
 * A phone number that shows itself masked, `+1••••••0100`, in every log, error, JSON and comparison of a test: whoever
 * needs its digits has to say so.
 */
export interface PhoneNumber {
  /** E.164, `+12015550123`: to seal, to index and to send, and for nothing else. */
  reveal(): string
  /** Masked. */
  toString(): string
  toJSON(): string
}

/** What a number of the United States or Canada is. */
export type NumberClass =
  /** Of a place, by its area code. The North American plan does not tell mobile from fixed lines. */
  | {
      readonly kind: 'long-code'
      readonly country: 'US' | 'CA'
      /** States or provinces, `FL`. */
      readonly regions: readonly string[]
      /** Every IANA time zone that the area code reaches into. */
      readonly zones: readonly string[]
    }
  | { readonly kind: 'toll-free' }

/** Why a text is no number that a message can be sent to. */
export type NumberFault =
  /** Not a phone number, or one without its country. */
  | 'not-a-number'
  /** Has an extension, which no message reaches. */
  | 'extension'
  /** Five or six digits: these send, nobody is subscribed with one. */
  | 'short-code'
  /** A number elsewhere. Programs are registered for the United States and Canada only. */
  | 'other-country'
  /** An area code that is not in use there, or one that charges its callers. */
  | 'area-code'

export type ParsedNumber =
  { readonly number: PhoneNumber; readonly class: NumberClass } | { readonly fault: NumberFault }

/** 47 CFR 52.101(b) and the codes opened since. */
const TOLL_FREE = ['800', '833', '844', '855', '866', '877', '888']

const BY_CODE = new Map(
  AREA_CODES.flatMap(([country, regions, zones, codes]) => {
    const place = {
      kind: 'long-code',
      country,
      regions: regions.split(','),
      zones: zones.split(' '),
    } as const satisfies NumberClass
    return codes.split(' ').map((code) => [code, place] as const)
  }),
)

/** Every place of the table. */
export const ALL_PLACES = [...new Set(BY_CODE.values())]

/**
 * Reads a number as people write it, `(201) 555-0123` or `tel:+1-201-555-0123`. Without `country` it must begin with its
 * country code. Never throws; reading what it read gives the same.
 */
export function parseNumber(text: string, country?: 'US' | 'CA'): ParsedNumber {
  const written = text
    .normalize('NFKC')
    .replace(/[\p{Cf}]/gu, '')
    .trim()
    .replace(/^tel:/i, '')
  if (/\d.*(?:;ext=|\bext(?:ension)?\b|[x#])[\s.:=]*\d+\s*$/iu.test(written)) return { fault: 'extension' }
  if (!/^\+?[\d\s().\-‐-―·/]+$/u.test(written)) return { fault: 'not-a-number' }
  const digits = written.replace(/\D/g, '')
  if (written.startsWith('+')) return ofDigits(digits)
  if (country === undefined) return { fault: 'not-a-number' }
  if (/^\d{5,6}$/.test(digits)) return { fault: 'short-code' }
  // 011 is how one calls abroad from there.
  if (digits.startsWith('011')) return ofDigits(digits.slice(3))
  if (digits.length === 10) return ofDigits(`1${digits}`)
  return digits.length === 11 && digits.startsWith('1') ? ofDigits(digits) : { fault: 'not-a-number' }
}

function ofDigits(digits: string): ParsedNumber {
  // E.164: a country code, which never begins with 0, and at most 15 digits in all.
  if (!/^[1-9]\d{6,14}$/.test(digits)) return { fault: 'not-a-number' }
  if (!digits.startsWith('1')) return { fault: 'other-country' }
  // Neither area codes nor exchanges begin with 0 or 1.
  const [, code] = /^1([2-9]\d\d)[2-9]\d{6}$/.exec(digits) ?? []
  if (code === undefined) return { fault: 'not-a-number' }
  const known = TOLL_FREE.includes(code) ? ({ kind: 'toll-free' } as const) : BY_CODE.get(code)
  return known ? { number: hold(`+${digits}`), class: known } : { fault: 'area-code' }
}

/**
 * A number that is known to be one: a provider's sender of a message, what was sealed. Any country, since an opt-out
 * counts wherever it comes from; a short code too. Undefined for what is none.
 */
export function knownNumber(e164: string): PhoneNumber | undefined {
  return /^(?:\+[1-9]\d{6,14}|\d{5,6})$/.test(e164) ? hold(e164) : undefined
}

/** What a number is that was read before; undefined outside of the United States and Canada. */
export function classOf(number: PhoneNumber): NumberClass | undefined {
  const parsed = parseNumber(number.reveal())
  return 'class' in parsed ? parsed.class : undefined
}

function hold(e164: string): PhoneNumber {
  const masked = `${e164.slice(0, 2)}••••••${e164.slice(-4)}`
  const show = (): string => masked
  // Not enumerable, so that no comparison and no clone of it shows more than the mask.
  return Object.freeze(
    Object.defineProperties({} as PhoneNumber, {
      reveal: { value: () => e164 },
      toString: { value: show },
      toJSON: { value: show },
      [inspect.custom]: { value: show },
    }),
  )
}
