/** Where the session cookie lives, as the public address decides it. */
export interface SessionCookie {
  /** Text of a Set-Cookie header that keeps a session for so long. */
  set(session: string, seconds: number): string
  /** Text of a Set-Cookie header that forgets it. */
  clear(): string
  /** The session of a Cookie header. */
  read(header: string | undefined): string | undefined
}

/**
 * The cookie `sluice_session`: HttpOnly; Secure and with a name prefix on https, so that no other host and no plain
 * connection can plant one. Under a path of somebody's site it stays below that path (`__Secure-`, since `__Host-`
 * demands the whole host), and the site's own pages are not sent it.
 *
 * SameSite is Lax: with Strict a person who follows the sign-in link from a mail or chat, or any link to the
 * dashboard, would arrive signed out. Lax sends no cookie with what another site posts, and nothing changes by GET.
 */
export function sessionCookie(publicUrl: string): SessionCookie {
  const { protocol, pathname } = new URL(publicUrl)
  const path = pathname.replace(/\/$/, '') || '/'
  const prefix = protocol !== 'https:' ? '' : path === '/' ? '__Host-' : '__Secure-'
  const name = `${prefix}sluice_session`
  const attributes = `Path=${path}; HttpOnly; SameSite=Lax${protocol === 'https:' ? '; Secure' : ''}`
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
