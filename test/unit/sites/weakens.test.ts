import { expect, it } from 'vitest'
import { DEFAULT_SETTINGS, type SiteSettings } from '../../../server/sites/settings.ts'
import { weakens } from '../../../server/sites/weakens.ts'

const site = { id: 1, domain: 'example.com', ...DEFAULT_SETTINGS }
const strict: Partial<SiteSettings> = { minimumGroupScope: 'all', preConsent: 'auto' }

it.each<[Partial<SiteSettings>, Partial<SiteSettings>, string[]]>([
  [{}, { minimumGroup: 4 }, ['minimumGroup']],
  [{}, { minimumGroup: 5 }, []],
  [{}, { minimumGroup: 50 }, []],
  [strict, { minimumGroupScope: 'close' }, ['minimumGroupScope']],
  [{}, { minimumGroupScope: 'all' }, []],
  [{}, { preConsent: 'auto' }, ['preConsent']],
  [{}, { preConsent: 'anonymous' }, ['preConsent']],
  [strict, { preConsent: 'anonymous' }, ['preConsent']],
  [strict, { preConsent: 'none' }, []],
  [{}, { eventWindowDays: 397 }, ['eventWindowDays']],
  [{}, { eventWindowDays: 30 }, []],
  [{}, { timezone: 'Europe/Berlin', subdomains: true, properties: ['size'] }, []],
  [{}, { minimumGroup: 1, preConsent: 'anonymous' }, ['minimumGroup', 'preConsent']],
])('R1.5 R4.7 of a site with %j, %j protects visitors less by %j', (before, changes, weaker) => {
  expect(weakens({ ...site, ...before }, changes)).toEqual(weaker)
})
