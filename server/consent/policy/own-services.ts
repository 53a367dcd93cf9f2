import {
  ADS_KEY,
  CONSENT_COOKIE,
  PREFERENCES_KEY,
  RECEIPT_KEY,
  SWEEP_KEY,
  TRAITS_KEY,
  UNSENT_KEY,
  VISIT_KEY,
} from '../../../schema/consent.ts'
import { BUILT_IN_LANGUAGES, OWN_TEXTS, type BuiltInLanguage } from '../../../schema/consent-text/index.ts'
import type { OwnTexts } from '../../../schema/consent-text/own.ts'
import type { PolicyManifest, PolicyService, StoredItem } from '../../../schema/policy.ts'
import { canonicalJson } from '../../chain/canonical.ts'
import { lookUp } from './language.ts'

/** Ids of the services that every manifest has; a site cannot give them to its own. */
export const OWN_IDS = ['sluice-consent', 'sluice-statistics', 'sluice-preferences', 'sluice-campaigns']

/**
 * What Sluice itself keeps on a device. It is part of every manifest, so that no site forgets to declare it.
 *
 * NOTE: whoever changes an entry widens or narrows the policy of every site. A server that starts with the change
 * publishes it for each of them (`renewOwnServices`), and another sentence in a site's own language asks all visitors
 * who allowed the category again.
 */
export function ownServices(
  manifest: Pick<PolicyManifest, 'controller' | 'language' | 'choiceDays'>,
): PolicyService[] {
  const language = lookUp([manifest.language], BUILT_IN_LANGUAGES) ?? 'en'
  const names = OWN_TEXTS[language as BuiltInLanguage]
  /** A text in every built-in language, and in the manifest's own, where it has to be. */
  const text = (read: (texts: OwnTexts) => string): Record<string, string> => ({
    [manifest.language]: read(names),
    ...Object.fromEntries(BUILT_IN_LANGUAGES.map((one) => [one, read(OWN_TEXTS[one])])),
  })
  const local = (name: string, lifetime: string, read: (texts: OwnTexts) => string): StoredItem => ({
    kind: 'localStorage',
    name,
    purpose: text(read),
    lifetime,
  })
  const provider = manifest.controller.name
  const choice = `${manifest.choiceDays}d`
  return [
    {
      id: 'sluice-consent',
      name: names.consentRecord.name,
      provider,
      category: 'essential',
      essentialPurpose: 'consent-record',
      purpose: text(({ consentRecord }) => consentRecord.purpose),
      hosts: [],
      items: [
        {
          kind: 'cookie',
          name: CONSENT_COOKIE,
          purpose: text(({ consentRecord }) => consentRecord.items.choice),
          lifetime: choice,
        },
        local(RECEIPT_KEY, choice, ({ consentRecord }) => consentRecord.items.receipt),
        local(SWEEP_KEY, choice, ({ consentRecord }) => consentRecord.items.sweep),
      ],
    },
    {
      id: 'sluice-statistics',
      name: names.statistics.name,
      provider,
      category: 'performance',
      purpose: text(({ statistics }) => statistics.purpose),
      hosts: [],
      items: [
        local(VISIT_KEY, '13mo', ({ statistics }) => statistics.items.visit),
        {
          ...local(UNSENT_KEY, 'session', ({ statistics }) => statistics.items.unsent),
          kind: 'sessionStorage',
        },
      ],
      retention: text(({ statistics }) => statistics.retention),
    },
    {
      id: 'sluice-preferences',
      name: names.preferences.name,
      provider,
      category: 'functionality',
      purpose: text(({ preferences }) => preferences.purpose),
      hosts: [],
      items: [local(PREFERENCES_KEY, choice, ({ preferences }) => preferences.items.preferences)],
    },
    {
      id: 'sluice-campaigns',
      name: names.campaigns.name,
      provider,
      category: 'targeting',
      purpose: text(({ campaigns }) => campaigns.purpose),
      hosts: [],
      items: [
        local(ADS_KEY, choice, ({ campaigns }) => campaigns.items.ads),
        local(TRAITS_KEY, choice, ({ campaigns }) => campaigns.items.traits),
      ],
      retention: text(({ campaigns }) => campaigns.retention),
    },
  ]
}

/** What an own service is called in a language; undefined for others, whose names are names. */
export function ownName(id: string, language: string): string | undefined {
  const texts = OWN_TEXTS[(lookUp([language], BUILT_IN_LANGUAGES) ?? 'en') as BuiltInLanguage]
  const names: Record<string, string> = {
    'sluice-consent': texts.consentRecord.name,
    'sluice-statistics': texts.statistics.name,
    'sluice-preferences': texts.preferences.name,
    'sluice-campaigns': texts.campaigns.name,
  }
  return Object.hasOwn(names, id) ? names[id] : undefined
}

/** The manifest with Sluice's own services first. One that has them already, as `policy show` prints it, is the same. */
export function withOwnServices(manifest: PolicyManifest): PolicyManifest {
  const others = manifest.services.filter(({ id }) => !OWN_IDS.includes(id))
  return { ...manifest, services: [...ownServices(manifest), ...others] }
}

/** Ids of services that look like Sluice's own and are not as those are. */
export function changedOwnServices(manifest: PolicyManifest): string[] {
  const own = new Map(ownServices(manifest).map((service) => [service.id, canonicalJson(service)]))
  return manifest.services
    .filter((service) => own.has(service.id) && own.get(service.id) !== canonicalJson(service))
    .map(({ id }) => id)
}
