import { domainToASCII } from 'node:url'
import { UserError } from '../errors.ts'

const MAX_DOMAIN = 253
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/
const ADDRESS = /^\d+\.\d+\.\d+\.\d+$/

/**
 * The host name of a site as it is kept: lower case, punycode, without scheme, port, path or final dot. Takes what
 * people paste, `https://Example.com/about`. Throws UserError for what is no host name a page can be on.
 */
export function normalizeDomain(input: string): string {
  const text = input.trim()
  const host = hostOf(text)
  if (host === undefined || !isDomain(host) || (ADDRESS.test(host) && !text.includes(host))) {
    throw new UserError(
      `${JSON.stringify(input.slice(0, 80))} is not a domain: give the host name of the site, like example.com.`,
    )
  }
  return host
}

function hostOf(text: string): string | undefined {
  const address = text.includes('://') ? text : `http://${text}`
  if (/[\s@]/.test(text) || !URL.canParse(address)) return undefined
  const url = new URL(address)
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.hostname.replace(/\.$/, '') : undefined
}

/** Whether a text is a host name in its kept form. One word alone is none, but for `localhost`. */
function isDomain(host: string): boolean {
  if (host.length > MAX_DOMAIN || (host !== 'localhost' && !host.includes('.'))) return false
  return host.split('.').every((label) => LABEL.test(label))
}

/**
 * The kept form of a name that came with a request, or undefined where no site can have it. Never throws: anybody can
 * send anything.
 */
export function canonicalDomain(name: string): string | undefined {
  if (name.length > MAX_DOMAIN) return undefined
  const host = domainToASCII(name)
  return host !== '' && isDomain(host) ? host : undefined
}
