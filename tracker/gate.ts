import type { ConsentRecord } from '../schema/consent.ts'

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

/** A record, or what stands for one before a choice and after an unreadable one. */
export type Choice = Pick<ConsentRecord, 'categories'> & Partial<ConsentRecord>

/**
 * The choice as it stands. Read anew each time, since it can be made in another tab, and never written here.
 *
 * - What cannot be read counts as a refusal.
 * - A browser that keeps no cookies could not keep a refusal: nothing is asked there, and nothing is sent.
 * - A grant that names no last day was not given to this site's policy. A refusal holds all the same.
 */
export function readChoice(): Choice {
  let choice: Choice = { categories: [] }
  try {
    const kept = document.cookie.match(/(^|; )cc_cookie=([^;]*)/)
    const record = kept && (JSON.parse(decodeURIComponent(kept[2] as string)) as Choice)
    // Before a choice, and when its time is over.
    if (
      record
        ? (record.until ?? (record.categories[1] ? '' : '~')) < new Date().toJSON()
        : navigator.cookieEnabled
    )
      choice.ask = true
    else if (record) choice = record
  } catch {
    // Out of reach in a frame without storage, or behind an element of that name: a refusal could be recorded there.
  }
  return choice
}
