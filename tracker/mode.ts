import type { PublicSiteConfig } from '../schema/site.ts'
import { readChoice } from './gate.ts'

/** What the site says of visitors who have not chosen; empty until it has answered. */
export const config: Partial<PublicSiteConfig> = {}

/**
 * Under what events may leave now: `anonymous`, or the consent token. `none`: nothing may be measured. Nothing of these:
 * it is not known yet, and events wait.
 */
export function mode(): string | undefined {
  const { categories, token, ask } = readChoice()
  if (categories.includes('performance')) return token
  return ask && !navigator.globalPrivacyControl ? config.preConsent : 'none'
}
