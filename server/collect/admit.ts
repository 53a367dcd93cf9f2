import { CATEGORY_BIT, type OptionalCategory } from '../../schema/consent.ts'
import { ANONYMOUS_TYPES, type WireEvent } from '../../schema/event.ts'
import { drop, keep, type DropReason, type Outcome } from '../../schema/outcome.ts'
import type { Site } from '../../schema/site.ts'
import { TARGETING_TYPES } from '../../schema/targeting.ts'
import type { AdmittedEvent, Basis, RequestFacts } from '../event.ts'
import { hostOf, isUnder, trimHost } from '../host.ts'
import type { SiteDay } from '../sites/site-day.ts'
import { parseEvent } from './parse.ts'
import { isSpamHost } from './spam.ts'

/** What is known of a request as a whole. */
export interface RequestToJudge {
  readonly facts: Pick<RequestFacts, 'gpc' | 'prefetch'>
  /** What the user agent says, see server/enrich/bot.ts. */
  readonly isBot: boolean
  /** What may be measured of this visitor before a choice; `auto` resolved. */
  readonly mode: 'none' | 'anonymous'
  /** What the request's consent token covers; absent where it came without one. */
  readonly consent?: ConsentVerdict | undefined
}

/** What server/consent/token.ts says of a token, in bits of CATEGORY_BIT: what holds, and what was widened since. */
export type ConsentVerdict =
  | { readonly ok: true; readonly granted: number; readonly widened: number; readonly revision: number }
  | { readonly ok: false; readonly reason: keyof typeof TOKEN_FAULTS }

const TOKEN_FAULTS = {
  malformed: 'consent_invalid',
  forged: 'consent_invalid',
  other_site: 'consent_invalid',
  expired: 'consent_expired',
  revision: 'consent_revision',
} as const satisfies Record<string, DropReason>

/** The categories that events can need. */
type Category = 'performance' | 'targeting'
/** Why the events of a request may be stored, or why not, by the category that they need. */
export type Grounds = Readonly<Record<Category, Outcome<Basis>>>

/** Asked once for each request. */
export function judgeRequest({ facts, isBot, mode, consent }: RequestToJudge): Grounds {
  if (facts.prefetch) return forAll(drop('prefetch'))
  if (isBot) return forAll(drop('bot'))
  if (consent) {
    // A token that does not count is no reason to fall back on the mode: whoever sends one has chosen.
    return { performance: grantOf(consent, 'performance'), targeting: grantOf(consent, 'targeting') }
  }
  if (mode === 'none') return forAll(drop('no_consent'))
  // Global Privacy Control objects to what needs no consent; where consent is needed it is missing anyway.
  return {
    performance: facts.gpc ? drop('gpc') : keep<Basis>('anonymous'),
    targeting: drop('no_consent'),
  }
}

function forAll(outcome: Outcome<Basis>): Grounds {
  return { performance: outcome, targeting: outcome }
}

/** Whether a consent covers what needs a category, and as what basis. */
export function grantOf(consent: ConsentVerdict, category: OptionalCategory): Outcome<Basis> {
  if (!consent.ok) return drop(TOKEN_FAULTS[consent.reason])
  const { granted, widened, revision } = consent
  if ((widened & CATEGORY_BIT[category]) !== 0) return drop('consent_revision')
  if ((granted & CATEGORY_BIT[category]) === 0) return drop('consent_category')
  return keep<Basis>(`${category}@${revision}`)
}

/** Whether one event may be kept, with all that needs the site and the clock decided. */
export function admit(
  raw: unknown,
  grounds: Grounds,
  site: Site,
  facts: RequestFacts,
  day: SiteDay,
): Outcome<AdmittedEvent> {
  const parsed = parseEvent(raw)
  if (!parsed.kept) return parsed
  const wire = parsed.value
  const ground = grounds[isOf(TARGETING_TYPES, wire) ? 'targeting' : 'performance']
  if (!ground.kept) return ground
  const basis = ground.value
  if (basis === 'anonymous' && !isOf(ANONYMOUS_TYPES, wire)) return drop('no_consent')
  if (wire.type === 'trait' && !site.traits.includes(wire.trait)) return drop('trait')
  const url = parseUrl(wire.url)
  if (!url) return drop('invalid_event')
  const isPage = url.protocol === 'https:' || url.protocol === 'http:'
  if (!isPage || !hostMatches(site, url.hostname)) return drop('hostname')
  if (hasSpamReferrer(wire)) return drop('referrer_spam')
  return keep({ wire, url, ...dateEvent(wire.time, facts.arrivedAt, day), basis })
}

function isOf(types: readonly string[], { type }: WireEvent): boolean {
  return types.includes(type)
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
