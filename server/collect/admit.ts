import type { WireEvent } from '../../schema/event.ts'
import { drop, keep, type DropReason, type Outcome } from '../../schema/outcome.ts'
import type { Site } from '../../schema/site.ts'
import type { AdmittedEvent, RequestFacts } from '../event.ts'
import { hostOf, isUnder, trimHost } from '../host.ts'
import type { SiteDay } from '../sites/site-day.ts'
import { parseEvent } from './parse.ts'
import { isSpamHost } from './spam.ts'

/**
 * What holds for all events of a request, asked once for each request. Undefined: its events may be looked at.
 * @param isBot what the user agent says, see server/enrich/bot.ts
 */
export function judgeRequest(site: Site, facts: RequestFacts, isBot: boolean): DropReason | undefined {
  const isAnonymous = site.preConsent === 'anonymous'
  // Global Privacy Control objects to what needs no consent; where consent is needed it is missing anyway.
  if (facts.gpc && isAnonymous) return 'gpc'
  if (facts.prefetch) return 'prefetch'
  if (isBot) return 'bot'
  // `auto` stands for the strictest mode until the visitor's jurisdiction decides it.
  return isAnonymous ? undefined : 'no_consent'
}

/** Whether one event may be kept, with all that needs the site and the clock decided. */
export function admit(raw: unknown, site: Site, facts: RequestFacts, day: SiteDay): Outcome<AdmittedEvent> {
  const parsed = parseEvent(raw)
  if (!parsed.kept) return parsed
  const wire = parsed.value
  const url = parseUrl(wire.url)
  if (!url) return drop('invalid_event')
  const isPage = url.protocol === 'https:' || url.protocol === 'http:'
  if (!isPage || !hostMatches(site, url.hostname)) return drop('hostname')
  if (hasSpamReferrer(wire)) return drop('referrer_spam')
  // Before a choice nothing but this is measured. The mode is asked for each event: no caller can forget it.
  if (site.preConsent !== 'anonymous') return drop('no_consent')
  return keep({ wire, url, ...dateEvent(wire.time, facts.arrivedAt, day), basis: 'anonymous' })
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

function hasSpamReferrer(wire: WireEvent): boolean {
  return wire.type === 'pageview' && wire.referrer !== undefined && isSpamHost(hostOf(wire.referrer))
}

/**
 * An event is dated by its arrival; the visitor's clock only moves it back within the current site day. So no event
 * ever needs the day key of a day that is over.
 */
function dateEvent(time: number, arrivedAt: number, day: SiteDay): { timeMs: number; late: boolean } {
  if (time < day.startMs) return { timeMs: day.startMs, late: true }
  return { timeMs: Math.min(Math.floor(time), arrivedAt), late: false }
}

/** Whether a page on this host counts for the site: its domain, and subdomains where the site says so. */
export function hostMatches(site: Site, hostname: string): boolean {
  const host = trimHost(hostname)
  return host === site.domain || (site.subdomains && isUnder(host, site.domain))
}

const ORIGIN = /^https?:\/\/([a-z\d_][a-z\d._-]*|\[[\d.:a-f]+\])(?::\d{1,5})?$/i

/** Whether a page with this Origin header may send events for the site: any port, http or https. */
export function originAllowed(site: Site, origin: string | undefined): boolean {
  const host = ORIGIN.exec(origin ?? '')?.[1]
  return host !== undefined && hostMatches(site, host.toLowerCase())
}
