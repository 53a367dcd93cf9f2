import { CONSENT_CATEGORIES, type ConsentDetail, type ConsentRecord } from '../schema/consent.ts'

declare global {
  interface Document {
    /** Absent where the browser does not prerender. */
    readonly prerendering?: boolean
  }
  interface Navigator {
    /** Absent where the browser does not know the signal, https://www.w3.org/TR/gpc/. */
    readonly globalPrivacyControl?: boolean
  }
}

/** Calls back when somebody looks at the page: at once, or when a page rendered ahead of time is activated. */
export function onActivation(callback: () => void): void {
  if (document.prerendering) document.addEventListener('prerenderingchange', callback)
  else callback()
}

/** A record, or what stands for one before a choice and after an unreadable one. */
export type Choice = Pick<ConsentRecord, 'categories'> & Partial<ConsentRecord>

/** Before a choice, and when its time is over. */
const UNDECIDED: Choice = { categories: [], ask: true }

/**
 * The choice as it stands. Read anew each time, since it can be made in another tab, and never written here.
 *
 * - What cannot be read counts as a refusal.
 * - A browser that keeps no cookies could not keep a refusal: nothing is asked there, and nothing is sent.
 * - A grant that names no last day was not given to this site's policy. A refusal holds all the same.
 */
export function readChoice(): Choice {
  try {
    const kept = document.cookie.match(/(?:^|; )cc_cookie=([^;]*)/)
    if (!kept) return navigator.cookieEnabled ? UNDECIDED : { categories: [] }
    const record = JSON.parse(decodeURIComponent(kept[1] as string)) as Choice
    const until = record.until ?? (record.categories[1] ? '' : '~')
    return until < new Date().toISOString() ? UNDECIDED : record
  } catch {
    // Out of reach in a frame without storage, or behind an element of that name: a refusal could be recorded there.
    return { categories: [] }
  }
}

/** The choice as the page hears of it. */
export function tellChoice(): ConsentDetail {
  const { categories, ask } = readChoice()
  const granted = CONSENT_CATEGORIES.filter((name, rank) => !rank || categories.includes(name))
  return {
    granted,
    denied: CONSENT_CATEGORIES.filter((name) => !granted.includes(name)),
    decided: !ask,
    gpc: !!navigator.globalPrivacyControl,
  }
}
