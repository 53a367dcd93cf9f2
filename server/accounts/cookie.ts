/** Where a cookie of the dashboard lives, as the public address decides it. */
export interface SessionCookie {
  /** Text of a Set-Cookie header that keeps a session for so long. */
  set(session: string, seconds: number): string
  /** Text of a Set-Cookie header that forgets it. */
  clear(): string
  /** The session of a Cookie header. */
  read(header: string | undefined): string | undefined
}

/**
 * A cookie like `sluice_session`: HttpOnly; Secure and with a name prefix on https, so that no other host and no plain
 * connection can plant one. Under a path of somebody's site it stays below that path (`__Secure-`, since `__Host-`
 * demands the whole host), and the site's own pages are not sent it.
 *
 * SameSite is Strict: no request that another site's page makes carries it. Whoever follows a link to the dashboard is
 * signed in all the same, since the page itself asks for the numbers, and that request is its own.
 */
export function sessionCookie(publicUrl: string, called = 'sluice_session'): SessionCookie {
  const { protocol, pathname } = new URL(publicUrl)
  const path = pathname.replace(/\/$/, '') || '/'
  const prefix = protocol !== 'https:' ? '' : path === '/' ? '__Host-' : '__Secure-'
  const name = `${prefix}${called}`
  const attributes = `Path=${path}; HttpOnly; SameSite=Strict${protocol === 'https:' ? '; Secure' : ''}`
  return {
    set: (session, seconds) => `${name}=${session}; ${attributes}; Max-Age=${seconds}`,
    clear: () => `${name}=; ${attributes}; Max-Age=0`,
    read: (header) => {
      for (const pair of (header ?? '').split(';')) {
        const [key, value] = pair.trim().split('=', 2)
        if (key === name) return value
      }
      return undefined
    },
  }
}
