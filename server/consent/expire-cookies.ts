import type { SweepList } from '../../schema/consent.ts'

/**
 * `Set-Cookie` lines that expire what the page cannot: cookies marked HttpOnly. Each cookie that the request brought
 * and a list names is expired for this host and for the whole domain; over https as Secure, which names that begin
 * with `__Secure-` or `__Host-` need, and in the jar of partitioned cookies. Over http a Secure line would be ignored.
 */
export interface ExpireRequest {
  /** The request's Cookie header. */
  cookies: string | undefined
  lists: readonly Pick<SweepList, 'cookies'>[]
  domain: string
  https: boolean
}

/**
 * Usual proxies refuse an answer whose head is larger than 4 kB, and then the visitor would see the withdrawal fail.
 * What has no room is expired by the page, as far as it can.
 */
const MAX_BYTES = 3_000
/** A token by RFC 6265: whatever else stands there cannot be written back. */
const NAME = /^[!#$%&'*+.^_`|~\w-]{1,128}$/

export function expireCookies({ cookies, lists, domain, https }: ExpireRequest): string[] {
  const lines: string[] = []
  let bytes = 0
  for (const name of cookieNames(cookies)) {
    if (!lists.some((list) => list.cookies.some((pattern) => fits(pattern, name)))) continue
    const own = variants(name, domain, https)
    bytes += own.reduce((sum, line) => sum + 'set-cookie: \r\n'.length + line.length, 0)
    if (bytes > MAX_BYTES) break
    lines.push(...own)
  }
  return lines
}

function cookieNames(header: string | undefined): string[] {
  const names = (header ?? '').split(';').map((pair) => (pair.split('=')[0] ?? '').trim())
  return [...new Set(names)].filter((name) => NAME.test(name))
}

/** A pattern may end in `*`: every name that begins so. */
function fits(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

function variants(name: string, domain: string, https: boolean): string[] {
  const expired = `${name}=; Max-Age=0; Path=/`
  const places = [expired, `${expired}; Domain=${domain}`]
  if (!https) return places
  return places.flatMap((line) => [`${line}; Secure`, `${line}; Secure; Partitioned`])
}
