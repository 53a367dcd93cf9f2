import type { ConsentCategory } from '../../../schema/consent.ts'
import type { PolicyManifest, PolicyService, StoredItem } from '../../../schema/policy.ts'
import { checkEssential } from './check-essential.ts'
import { refused, warning, type Finding } from './finding.ts'
import { isLanguageTag } from './language.ts'
import { lifetimeDays, parseLifetime } from './lifetime.ts'
import { namesMeet } from './names.ts'
import { changedOwnServices, OWN_IDS, ownServices } from './own-services.ts'
import { faultOfText } from './plain-text.ts'

const ID = /^[a-z\d]+(?:-[a-z\d]+)*$/
const HOST = /^(?:\*\.)?(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z](?:[a-z\d-]{0,61}[a-z\d])?$/
/** A cookie's name (RFC 6265, 4.1.1: a token); other storage may use any printable character. */
const COOKIE_NAME = /^[!#$%&'+\-.^_`|~\da-z]+\*?$/i
const STORAGE_NAME = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u
/** Browsers keep no cookie longer (RFC 6265bis, 5.5). */
const MOST_COOKIE_DAYS = 400

/** Each is compared with each other. */
const MOST_ITEMS = 1_000

/** The site's services and what they keep. */
export function checkServices(manifest: PolicyManifest): Finding[] {
  const { services } = manifest
  const changed = changedOwnServices(manifest)
  return [
    ...services.flatMap((service, index) => {
      const place = `services[${index}]`
      if (changed.includes(service.id)) {
        return [
          refused(
            `${place}.id`,
            `${service.id} is Sluice's own service and is added by itself: leave it out, or as it is shown.`,
          ),
        ]
      }
      // Sluice's own, unchanged, have been checked where they are written.
      if (OWN_IDS.includes(service.id)) return []
      return [...checkService(manifest, service, place), ...checkEssential(service, place)]
    }),
    ...twice(services),
    ...acrossCategories(manifest),
  ]
}

function checkService({ language }: PolicyManifest, service: PolicyService, place: string): Finding[] {
  const findings: Finding[] = []
  if (!ID.test(service.id)) {
    findings.push(
      refused(`${place}.id`, 'An id has lower case letters, digits and hyphens, like google-maps.'),
    )
  }
  for (const part of ['name', 'provider'] as const) {
    const fault = faultOfText(service[part])
    if (fault !== undefined) findings.push(refused(`${place}.${part}`, fault))
  }
  findings.push(...checkTranslations(service.purpose, language, `${place}.purpose`))
  if (service.retention) {
    findings.push(...checkTranslations(service.retention, language, `${place}.retention`))
  }
  for (const [index, host] of service.hosts.entries()) {
    if (HOST.test(host)) continue
    findings.push(
      refused(
        `${place}.hosts[${index}]`,
        `${JSON.stringify(host)} is no host: write it in lower case without scheme, port and path, like cdn.example.com or *.example.com.`,
      ),
    )
  }
  for (const [index, item] of service.items.entries()) {
    findings.push(...checkItem(item, language, `${place}.items[${index}]`))
  }
  return findings
}

function checkItem(item: StoredItem, language: string, place: string): Finding[] {
  const findings = checkTranslations(item.purpose, language, `${place}.purpose`)
  const named = item.kind === 'cookie' ? COOKIE_NAME : STORAGE_NAME
  if (!named.test(item.name) || item.name === '*' || item.name.slice(0, -1).includes('*')) {
    findings.push(
      refused(
        `${place}.name`,
        `${JSON.stringify(item.name)} cannot be the name of a ${item.kind}: write it as the browser shows it, with * at the end for any ending.`,
      ),
    )
  }
  if (!parseLifetime(item.lifetime)) {
    findings.push(
      refused(`${place}.lifetime`, 'A lifetime is session, or a number with d, mo or y, like 182d or 13mo.'),
    )
  } else if (item.kind === 'cookie' && lifetimeDays(item.lifetime) > MOST_COOKIE_DAYS) {
    findings.push(
      warning(
        `${place}.lifetime`,
        `Browsers keep no cookie longer than ${MOST_COOKIE_DAYS} days: say how long it stays.`,
      ),
    )
  }
  return findings
}

function checkTranslations(texts: Record<string, string>, language: string, place: string): Finding[] {
  const findings = Object.entries(texts).flatMap(([tag, text]) => {
    const fault = isLanguageTag(tag)
      ? faultOfText(text)
      : 'This is no language tag: write one like en or pt-BR.'
    return fault === undefined ? [] : [refused(`${place}.${tag.slice(0, 40)}`, fault)]
  })
  if (!Object.hasOwn(texts, language)) {
    findings.push(refused(place, `The text in the manifest's own language, ${language}, is missing.`))
  }
  return findings
}

function twice(services: readonly PolicyService[]): Finding[] {
  const seen = new Set<string>()
  return services.flatMap(({ id }, index) => {
    if (!seen.has(id)) {
      seen.add(id)
      return []
    }
    return [
      refused(
        `services[${index}].id`,
        `${JSON.stringify(id)} is the id of another service too: give each its own.`,
      ),
    ]
  })
}

interface PlacedIn {
  category: ConsentCategory
  place: string
}

/** A name in two categories would be cleared with one of them while the other is granted. */
function acrossCategories(manifest: PolicyManifest): Finding[] {
  // Sluice's own names are taken, whether the manifest lists them or not.
  const items = [
    ...ownServices(manifest).flatMap((service) => itemsOf(service, service.id)),
    ...manifest.services.flatMap((service, index) => itemsOf(service, `services[${index}]`)),
  ]
  if (items.length > MOST_ITEMS) {
    return [
      refused(
        'services',
        `A manifest has at most ${MOST_ITEMS} items: sum up names that begin alike with *.`,
      ),
    ]
  }
  return items.flatMap((item, index) => {
    const other = items
      .slice(0, index)
      .find(
        (one) => one.kind === item.kind && one.category !== item.category && namesMeet(one.name, item.name),
      )
    if (!other) return []
    const sentence = `${item.name} is also in the category ${other.category} (${other.name}): refusing one category must not clear another's.`
    return [refused(item.place, sentence)]
  })
}

function itemsOf(service: PolicyService, place: string): (Pick<StoredItem, 'kind' | 'name'> & PlacedIn)[] {
  return service.items.map(({ kind, name }, index) => ({
    kind,
    name,
    category: service.category,
    place: `${place}.items[${index}].name`,
  }))
}
