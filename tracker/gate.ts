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

/**
 * Whether nothing at all may leave this page. Asked before each request, since a choice can be made in another tab.
 *
 * - A choice without `performance` is recorded in the cookie `cc_cookie`. A record that cannot be read counts as a
 *   refusal. No record, or one that grants `performance`, leaves the question to the site's mode.
 * - Global Privacy Control is on.
 * - The page did not come over http: its address would tell where a file lies on a disk.
 *
 * The cookie is read and nothing is ever written.
 */
export function isSilenced(): boolean {
  try {
    const record = document.cookie.match(/(?:^|; )cc_cookie=([^;]*)/)
    return (
      navigator.globalPrivacyControl === true ||
      !location.protocol.startsWith('http') ||
      (!!record && !JSON.parse(decodeURIComponent(record[1] ?? '')).categories.includes('performance'))
    )
  } catch {
    // Out of reach in a frame without storage, or behind an element of that name: a refusal could be recorded there.
    return true
  }
}
