import { CONSENT_CATEGORIES } from '../../../schema/consent.ts'
import type {
  ConsentNotice,
  NoticeCategory,
  NoticeTexts,
  PolicyManifest,
  PolicyService,
  PolicyVersion,
} from '../../../schema/policy.ts'
import type { Site } from '../../../schema/site.ts'
import { fill } from '../../http/fill.ts'
import { directionOf } from './language.ts'
import { describeLifetime } from './lifetime.ts'
import { ownName } from './own-services.ts'
import { hashOf } from './policies.ts'
import { chooseLanguage, languagesOf, noticeTexts, translated } from './texts.ts'

/**
 * All that banner, dialog and choices page show, in the best of the wanted languages (BCP 47 tags, best first). The
 * same version and language make the same notice, and the same hash, for everybody.
 */
export function createNotice(
  site: Pick<Site, 'domain'>,
  version: PolicyVersion,
  wanted: string | readonly string[],
  { anonymous }: { anonymous: boolean },
): ConsentNotice {
  const { manifest, revision } = version
  const language = chooseLanguage(manifest, typeof wanted === 'string' ? [wanted] : wanted)
  const own = noticeTexts(manifest, language)
  const categories = noticeCategories(manifest, language, own)
  const { name, contact } = manifest.controller
  const shown = {
    site: site.domain,
    revision,
    language,
    direction: directionOf(language),
    controller: { name, contact },
    ...(manifest.policyUrl !== undefined && { policyUrl: manifest.policyUrl }),
    texts: filledTexts(own, manifest, categories, language),
    categories,
    appearance: manifest.appearance,
    anonymous,
    gpc: manifest.gpc,
    choiceDays: manifest.choiceDays,
    ...(manifest.cookieDomain !== undefined && { cookieDomain: manifest.cookieDomain }),
  }
  return { hash: hashOf(shown), ...shown }
}

/** Every notice that a version can be shown with: each language, with and without the objection. */
export function allNotices(site: Pick<Site, 'domain'>, version: PolicyVersion): ConsentNotice[] {
  return languagesOf(version.manifest).flatMap((language) =>
    [true, false].map((anonymous) => createNotice(site, version, language, { anonymous })),
  )
}

/** The services by category, in words. Categories without a service are left out. */
export function noticeCategories(
  manifest: PolicyManifest,
  language: string,
  texts: Pick<NoticeTexts, 'session'>,
): NoticeCategory[] {
  const say = (sentences: Record<string, string>): string =>
    translated(sentences, language, manifest.language)
  const sayService = (service: PolicyService): NoticeCategory['services'][number] => ({
    name: ownName(service.id, language) ?? service.name,
    provider: service.provider,
    purpose: say(service.purpose),
    hosts: service.hosts,
    ...(service.retention && { retention: say(service.retention) }),
    items: service.items.map(({ kind, name, purpose, lifetime }) => ({
      kind,
      name,
      purpose: say(purpose),
      lifetime: describeLifetime(lifetime, language, texts.session),
    })),
  })
  return CONSENT_CATEGORIES.map((id) => ({
    id,
    services: manifest.services.filter(({ category }) => category === id).map(sayService),
  })).filter(({ services }) => services.length > 0)
}

/** What is known when the notice is made is filled in; `{service}` and what belongs to one page wait. */
function filledTexts(
  texts: NoticeTexts,
  { controller }: PolicyManifest,
  categories: readonly NoticeCategory[],
  language: string,
): NoticeTexts {
  const optional = categories.filter(({ id }) => id !== 'essential')
  const values = {
    controller: controller.name,
    contact: controller.contact,
    purposes: new Intl.ListFormat(language).format(optional.map(({ id }) => texts.categories[id].title)),
    count: new Intl.NumberFormat(language).format(
      optional.reduce((count, { services }) => count + services.length, 0),
    ),
  }
  return { ...texts, intro: fill(texts.intro, values), contact: fill(texts.contact, values) }
}
