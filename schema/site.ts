import type { Trait } from './targeting.ts'

/** A website that is measured. */

/** What may be measured before the visitor has made a choice. */
export const PRE_CONSENT_MODES = ['none', 'anonymous', 'auto'] as const
export type PreConsent = (typeof PRE_CONSENT_MODES)[number]

/** Which answers are folded at the minimum group: those that touch a close dimension, or all but plain totals. */
export const MINIMUM_GROUP_SCOPES = ['close', 'all'] as const
export type MinimumGroupScope = (typeof MINIMUM_GROUP_SCOPES)[number]

export interface Site {
  /** 52 random bits: unguessable across installations, exact in a double and in a BIGINT. Never on the wire. */
  id: number
  /** Host name in lower case, without scheme, port or path: `example.com`. Unique. */
  domain: string
  /** IANA time zone; the site's day begins at its midnight. Default `UTC`. */
  timezone: string
  /** Default `none`: nothing is measured before consent. */
  preConsent: PreConsent
  /** Whether pages of subdomains count for this site. Default false. */
  subdomains: boolean
  /** How long single events are kept, in days. Default 396 (13 months); 2 to 762 (25 months). */
  eventWindowDays: number
  /** Fewest distinct visitors a released group may have. Default 5; 1 to 100. */
  minimumGroup: number
  /** Default `close`. */
  minimumGroupScope: MinimumGroupScope
  /** Properties of custom events that are kept; all others are not. Default `feature` and `plan`. */
  properties: readonly string[]
  /** Groups of visitors that are counted under `targeting`; all others are not. Default none. */
  traits: readonly Trait[]
  /** What the site wants visitors to reach. Default none. */
  goals: readonly Goal[]
}

/** Something that a visit reaches: an event of the site, or a page. */
export type Goal = { readonly name: string } & (
  | { readonly event: string }
  /** Glob, as in filters: `*` any characters within a path segment, `**` any characters. */
  | { readonly page: string }
)

/**
 * `GET /s/<site>.json`: what the page of an undecided visitor needs to know. Holds nothing about the visitor.
 */
export interface PublicSiteConfig {
  site: string
  /** The mode in force for this request; `auto` is already resolved. */
  preConsent: 'none' | 'anonymous'
  /** Policy revision in force. */
  revision: number
  /** Whether there is anything to choose, so that the banner is to be shown. */
  choice: boolean
  /** What Global Privacy Control refuses until the visitor explicitly chooses. */
  gpc: 'targeting' | 'all'
  /** Shares the choice among subdomains (PolicyManifest.cookieDomain). Absent: the page's host only. */
  cookieDomain?: string
}
