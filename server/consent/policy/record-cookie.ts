import {
  CONSENT_CATEGORIES,
  CONSENT_COOKIE,
  OPTIONAL_CATEGORIES,
  type ConsentRecord,
} from '../../../schema/consent.ts'
import type { CurrentChoice } from './choices-page.ts'

/**
 * The choice in a Cookie header, or undefined where there is none, it cannot be read, or it is over on `today` (UTC,
 * `2026-11-24`). Whatever the header holds, nothing is granted that the record does not clearly say.
 */
export function readChoice(header: string | undefined, today: string): CurrentChoice | undefined {
  const record = recordOf(header)
  if (!isObject(record)) return undefined
  const { categories, day, until } = record
  if (!Array.isArray(categories) || !isDay(day) || !isDay(until) || until <= today) return undefined
  return { granted: OPTIONAL_CATEGORIES.filter((category) => categories.includes(category)), day, until }
}

/** The consent token in a Cookie header; undefined where there is none. Whether it counts is for others to say. */
export function readToken(header: string | undefined): string | undefined {
  const record = recordOf(header)
  return isObject(record) && typeof record['token'] === 'string' ? record['token'] : undefined
}

/** `Set-Cookie` lines that keep a choice for so many days, as the tracker keeps it. */
export function keepChoice(
  record: ConsentRecord,
  options: { days: number; cookieDomain: string | undefined; https: boolean },
): string[] {
  const { days, cookieDomain, https } = options
  const value = encodeURIComponent(JSON.stringify(record))
  const attributes = `Path=/; SameSite=Lax${https ? '; Secure' : ''}`
  const keep = `${CONSENT_COOKIE}=${value}; Max-Age=${days * 86_400}; ${attributes}`
  if (cookieDomain === undefined) return [keep]
  // One that was set for this host alone, before the policy had a cookieDomain, would be read first.
  return [`${CONSENT_COOKIE}=; Max-Age=0; ${attributes}`, `${keep}; Domain=${cookieDomain}`]
}

/** Categories as a record lists them, `essential` first. */
export function recordCategories(granted: readonly string[]): ConsentRecord['categories'] {
  return CONSENT_CATEGORIES.filter((category) => category === 'essential' || granted.includes(category))
}

function recordOf(header: string | undefined): unknown {
  const pair = (header ?? '').split(';').find((one) => one.trim().startsWith(`${CONSENT_COOKIE}=`))
  if (pair === undefined) return undefined
  try {
    return JSON.parse(decodeURIComponent(pair.trim().slice(CONSENT_COOKIE.length + 1)))
  } catch (error) {
    // Anybody can write anything into a cookie.
    if (error instanceof SyntaxError || error instanceof URIError) return undefined
    throw error
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isDay(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))
}
