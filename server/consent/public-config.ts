import type { PolicyVersion } from '../../schema/policy.ts'
import type { PublicSiteConfig, Site } from '../../schema/site.ts'
import { preConsentFor } from './jurisdiction.ts'

/**
 * `GET /s/<site>.json`: what the page of a visitor who has not chosen may do, by the law of the visitor's country.
 * @param country ISO 3166-1 alpha-2; empty: unknown, the strictest holds
 */
export function publicConfig(site: Site, version: PolicyVersion, country: string): PublicSiteConfig {
  const preConsent = preConsentFor(site, country)
  const { gpc, cookieDomain } = version.manifest
  return {
    site: site.domain,
    preConsent,
    revision: version.revision,
    // Where anonymous statistics run there is their objection to offer.
    choice: preConsent === 'anonymous' || Object.keys(version.since).length > 0,
    gpc,
    ...(cookieDomain !== undefined && { cookieDomain }),
  }
}
