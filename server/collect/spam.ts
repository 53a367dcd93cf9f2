import { SPAM_HOSTS } from './spam-hosts.ts'

const hosts = new Set(SPAM_HOSTS.trim().split(/\s+/))

/** Whether a referrer's host, or a domain above it, is known for referrer spam. */
export function isSpamHost(host: string): boolean {
  for (let rest = host; rest !== '';) {
    if (hosts.has(rest)) return true
    const dot = rest.indexOf('.')
    if (dot < 0) return false
    rest = rest.slice(dot + 1)
  }
  return false
}
