import {
  CONSENT_COOKIE,
  RECEIPT_KEY,
  SWEEP_KEY,
  type ConsentRecord,
  type SweepList,
} from '../schema/consent.ts'
import { cookieNames, expireCookie } from './cookies.ts'

/** A day in UTC, `2026-11-24`, so many days from now. */
export function dayIn(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
}

/**
 * Keeps a choice in place of the one before; undefined takes it off the device.
 * @param domain shares it among subdomains; absent: this host alone
 */
export function writeRecord(record: ConsentRecord | undefined, domain: string | undefined): void {
  // A browser passes over a Secure cookie from a page that came over plain http.
  const attributes = `; path=/; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`
  const value = record ? encodeURIComponent(JSON.stringify(record)) : ''
  const expires = new Date(record?.until ?? 0).toUTCString()
  const cookie = `${CONSENT_COOKIE}=${value}; expires=${expires}${domain ? `; domain=${domain}` : ''}${attributes}`
  document.cookie = cookie
  // Another of that name, of an earlier cookieDomain or of another consent tool, would be read in its place.
  if (cookieNames().filter((name) => name === CONSENT_COOKIE).length > (record ? 1 : 0)) {
    expireCookie(CONSENT_COOKIE)
    if (record) document.cookie = cookie
  }
}

/** Denied in a frame of another site and where the browser is told so. */
function storage(): Storage | undefined {
  try {
    return localStorage
  } catch {
    return undefined
  }
}

function write(key: string, text: string | undefined): void {
  if (text) storage()?.setItem(key, text)
  else storage()?.removeItem(key)
}

/** What is to be cleared when it is no longer granted. */
export function readLists(): SweepList[] {
  return JSON.parse(storage()?.getItem(SWEEP_KEY) ?? '[]') as SweepList[]
}

export function writeLists(lists: SweepList[]): void {
  write(SWEEP_KEY, lists.length > 0 ? JSON.stringify(lists) : undefined)
}

/** The receipt of the choice in force, which only who granted something has. */
export function readReceipt(): string | undefined {
  return storage()?.getItem(RECEIPT_KEY) ?? undefined
}

export function writeReceipt(receipt: string | undefined): void {
  write(RECEIPT_KEY, receipt)
}
