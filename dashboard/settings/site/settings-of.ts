import type { Goal, MinimumGroupScope, PreConsent } from '../../../schema/site.ts'

/** What `GET api/sites/<domain>/settings` answers; docs/api.md has the shape. */
export interface SiteSettingsEntry {
  domain: string
  timezone: string
  /** Holds from then on, ISO 8601. */
  nextTimezone?: { timezone: string; from: string }
  preConsent: PreConsent
  subdomains: boolean
  eventWindowDays: number
  minimumGroup: number
  minimumGroupScope: MinimumGroupScope
  properties: string[]
  goals: Goal[]
  /** ISO 8601. */
  added: string
  script: string
}

/** What of it is changed here. */
export type Changes = Partial<
  Omit<SiteSettingsEntry, 'domain' | 'nextTimezone' | 'goals' | 'added' | 'script'>
>

const MEASURES: Record<PreConsent, number> = { none: 0, auto: 1, anonymous: 2 }

/** By what the change protects visitors less, as the server sees it (server/sites/weakens.ts): it decides. */
export function weakened(before: SiteSettingsEntry, changes: Changes) {
  const after = { ...before, ...changes }
  const weaker = [
    ['minimumGroup', after.minimumGroup < before.minimumGroup],
    ['minimumGroupScope', before.minimumGroupScope === 'all' && after.minimumGroupScope === 'close'],
    ['preConsent', MEASURES[after.preConsent] > MEASURES[before.preConsent]],
    ['eventWindowDays', after.eventWindowDays > before.eventWindowDays],
  ] as const
  return weaker.filter(([, isWeaker]) => isWeaker).map(([name]) => name)
}
