import { OPTIONAL_CATEGORIES, type OptionalCategory } from '../../../schema/consent.ts'
import type { PolicyManifest, PolicyService, StoredItem } from '../../../schema/policy.ts'
import { lifetimeDays } from './lifetime.ts'
import { coversHost, coversName } from './names.ts'

/**
 * The categories in which a new manifest goes beyond what a visitor agreed to under the old one: a service, host or
 * item came, a purpose reads differently, something stays longer, somebody else provides it. A consent must be for the
 * purpose that was told (GDPR art. 4(11), 6(1)(a); EDPB Guidelines 05/2020, 64). Another controller widens all.
 * Whatever goes away, a new translation and another look widen nothing.
 *
 * How long something learned is kept is a sentence, which cannot be measured: any other sentence counts as longer.
 */
export function widened(before: PolicyManifest, after: PolicyManifest): OptionalCategory[] {
  const isOtherController = before.controller.name !== after.controller.name
  return OPTIONAL_CATEGORIES.filter((category) => {
    const services = after.services.filter((service) => service.category === category)
    if (isOtherController) return services.length > 0
    const sameSentence = sentenceComparer(before.language, after.language)
    return services.some((service) => {
      const known = before.services.find((one) => one.id === service.id && one.category === category)
      return !known || goesBeyond(known, service, sameSentence)
    })
  })
}

type SameSentence = (before: Record<string, string>, after: Record<string, string>) => boolean

function goesBeyond(before: PolicyService, after: PolicyService, same: SameSentence): boolean {
  return (
    before.provider !== after.provider ||
    !same(before.purpose, after.purpose) ||
    (after.retention !== undefined && !(before.retention && same(before.retention, after.retention))) ||
    after.hosts.some((host) => !before.hosts.some((known) => coversHost(known, host))) ||
    after.items.some((item) => isNewItem(before.items, item, same))
  )
}

/** A name that an old pattern took in is no new item, but its purpose and lifetime must be those of the pattern. */
function isNewItem(before: readonly StoredItem[], item: StoredItem, same: SameSentence): boolean {
  return !before.some(
    (known) =>
      known.kind === item.kind &&
      coversName(known.name, item.name) &&
      same(known.purpose, item.purpose) &&
      lifetimeDays(item.lifetime) <= lifetimeDays(known.lifetime),
  )
}

/**
 * Sentences are compared in a language that both manifests have: the new one's own, else the old one's own. Where
 * there is none, nobody can say that they mean the same.
 */
function sentenceComparer(before: string, after: string): SameSentence {
  return (old, fresh) => {
    for (const language of [after, before]) {
      if (Object.hasOwn(old, language) && Object.hasOwn(fresh, language)) {
        return old[language] === fresh[language]
      }
    }
    return false
  }
}
