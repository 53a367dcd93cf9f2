import { ESSENTIAL_PURPOSES, type PolicyService } from '../../../schema/policy.ts'
import { isUnder } from '../../host.ts'
import { refused, type Finding } from './finding.ts'
import { namesMeet } from './names.ts'
import { KNOWN_TRACKERS, type KnownTracker } from './trackers.ts'

/**
 * Essential means essential: one purpose of the closed list (ePrivacy Directive, art. 5(3); WP29 Opinion 04/2012), and
 * nothing that is known for analytics or advertising.
 */
export function checkEssential(service: PolicyService, place: string): Finding[] {
  const purposes = ESSENTIAL_PURPOSES.join(', ')
  if (service.category !== 'essential') {
    return service.essentialPurpose === undefined
      ? []
      : [
          refused(
            `${place}.essentialPurpose`,
            'Only the category essential has an essential purpose: take it out, or change the category.',
          ),
        ]
  }
  const findings: Finding[] = []
  if (service.essentialPurpose === undefined) {
    findings.push(
      refused(
        `${place}.essentialPurpose`,
        `Essential is what serves one of these: ${purposes}; name it, or choose another category.`,
      ),
    )
  }
  return [...findings, ...KNOWN_TRACKERS.flatMap((tracker) => traces(service, tracker, place))]
}

/** Where an essential service shows that it is a known tracker. */
function traces(service: PolicyService, tracker: KnownTracker, place: string): Finding[] {
  const sentence = (what: string): string =>
    `${what} belongs to ${tracker.owner}, which is not essential (${tracker.source}): choose performance or targeting.`
  const names = [...tracker.names, ...sharedNames(service, tracker)]
  return [
    ...(tracker.words.some((word) => service.name.toLowerCase().includes(word))
      ? [refused(`${place}.name`, sentence(service.name))]
      : []),
    ...service.hosts.flatMap((host, index) =>
      tracker.hosts.some((one) => meetsHost(host, one))
        ? [refused(`${place}.hosts[${index}]`, sentence(host))]
        : [],
    ),
    ...service.items.flatMap(({ name }, index) =>
      names.some((known) => namesMeet(known, bare(name)))
        ? [refused(`${place}.items[${index}].name`, sentence(name))]
        : [],
    ),
  ]
}

function sharedNames(
  { name, provider }: PolicyService,
  { sharedNames: shared }: KnownTracker,
): readonly string[] {
  const words = `${name} ${provider}`.toLowerCase().split(/[^a-z]+/)
  return shared?.beside.some((word) => words.includes(word)) ? shared.names : []
}

/** A host and a tracker's host meet when one lies under the other and can stand for it. */
function meetsHost(host: string, known: string): boolean {
  if (!host.startsWith('*.')) return isUnder(host, known)
  const base = host.slice(2)
  return isUnder(base, known) || isUnder(known, base)
}

/** Browsers put no meaning of the owner's into these beginnings (RFC 6265bis, 4.1.3). */
function bare(name: string): string {
  return name.replace(/^__(?:Secure|Host)-/, '')
}
