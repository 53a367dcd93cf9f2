import type { PreConsent, Site } from '../../schema/site.ts'
import type { SiteSettings } from './settings.ts'

/** How much a mode measures before a choice; `auto` goes by the visitor's country. */
const MEASURES: Record<PreConsent, number> = { none: 0, auto: 1, anonymous: 2 }

/**
 * The settings by which a change protects visitors less than before: smaller groups are told, fewer answers are folded,
 * more is measured before a choice, or single events are kept longer.
 */
export function weakens(site: Site, changes: Partial<SiteSettings>): (keyof SiteSettings)[] {
  const after = { ...site, ...changes }
  const weaker: [keyof SiteSettings, boolean][] = [
    ['minimumGroup', after.minimumGroup < site.minimumGroup],
    ['minimumGroupScope', site.minimumGroupScope === 'all' && after.minimumGroupScope === 'close'],
    ['preConsent', MEASURES[after.preConsent] > MEASURES[site.preConsent]],
    ['eventWindowDays', after.eventWindowDays > site.eventWindowDays],
  ]
  return weaker.filter(([, isWeaker]) => isWeaker).map(([name]) => name)
}
