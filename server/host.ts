/** Schemes of addresses that people come from; an Android app names itself where a host would stand. */
const ORIGIN =
  /^(?:https?|android-app):\/\/(?:[^/\\?#@]*@)?((?:[a-z\d-]+\.)*[a-z][a-z\d-]*\.?)(?::\d*)?(?=[/?#]|$)/i

/**
 * Host of an absolute address in lower case, without port and closing dot; empty when there is none. Most hosts are
 * read off without building a URL; others (international names, numbers, brackets) are left to the URL parser.
 */
export function hostOf(address: string): string {
  const plain = ORIGIN.exec(address)?.[1]
  if (plain !== undefined) return trimHost(plain.toLowerCase())
  const url = parseUrl(address)
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? trimHost(url.hostname) : ''
}

const BEYOND_ASCII = /[^ -~]/

/** Undefined for what is no absolute address; cheap, whatever it is given. */
export function parseUrl(address: string): URL | undefined {
  // NOTE: Node 20 and 22 deny every address with letters of Latin-1 once `canParse` was called some thousand times.
  if (BEYOND_ASCII.test(address)) {
    try {
      return new URL(address)
    } catch {
      return undefined
    }
  }
  // Asked first: an error with its stack costs ten times what the rest of an event does, and most referrers are empty.
  return address !== '' && URL.canParse(address) ? new URL(address) : undefined
}

/** Whether a host is a domain or lies under it. */
export function isUnder(host: string, domain: string): boolean {
  return host === domain || (host.endsWith(domain) && host[host.length - domain.length - 1] === '.')
}

/** A name may be written with the dot of the root. */
export function trimHost(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host
}
