import type { PolicyManifest } from '../../../schema/policy.ts'
import type { Site } from '../../../schema/site.ts'
import { isUnder } from '../../host.ts'
import { refused, warning, type Finding } from './finding.ts'
import { DEFAULT_CHOICE_DAYS } from './manifest.ts'
import { faultOfText } from './plain-text.ts'
import { isPublicSuffix } from './public-suffixes.ts'

/** The common form of an address (RFC 5321); what would mean something else in a link is left out. */
const MAIL =
  /^[^\s@<>"'(),:;\\[\]?&%#]{1,64}@[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)+$/i
const CHOICE_DAYS = { min: 30, max: 395 }

/** Who answers for the site, where to read more, how long a choice holds and where it is known. */
export function checkController(manifest: PolicyManifest, site: Pick<Site, 'domain'>): Finding[] {
  const { controller, policyUrl, choiceDays, cookieDomain } = manifest
  const findings: Finding[] = []
  for (const part of ['name', 'address'] as const) {
    const fault = controller[part] === undefined ? undefined : faultOfText(controller[part])
    if (fault !== undefined) findings.push(refused(`controller.${part}`, fault))
  }
  if (!MAIL.test(controller.contact) && !isWebPage(controller.contact)) {
    findings.push(
      refused(
        'controller.contact',
        'The contact must be an e-mail address or the address of a page that begins with https://.',
      ),
    )
  }
  if (controller.name === site.domain || controller.contact === `https://${site.domain}/`) {
    findings.push(
      warning(
        'controller',
        'Name the company or person who is responsible, and how to reach the data protection officer: a domain and its front page tell visitors neither.',
      ),
    )
  }
  if (policyUrl !== undefined && !isWebPage(policyUrl)) {
    findings.push(refused('policyUrl', 'The privacy policy must be at an address that begins with https://.'))
  }
  if (!Number.isInteger(choiceDays) || choiceDays < CHOICE_DAYS.min || choiceDays > CHOICE_DAYS.max) {
    findings.push(
      refused(
        'choiceDays',
        `A choice holds for a whole number of days from ${CHOICE_DAYS.min} to ${CHOICE_DAYS.max}.`,
      ),
    )
  } else if (choiceDays < DEFAULT_CHOICE_DAYS) {
    // CNIL, guidelines on cookies of 17 September 2020: six months are good practice, for refusals too.
    findings.push(warning('choiceDays', 'Visitors are asked again sooner than after six months.'))
  }
  if (cookieDomain !== undefined && !mayShare(cookieDomain, site.domain)) {
    findings.push(
      refused(
        'cookieDomain',
        `The choice can be shared within ${site.domain} or a parent of it that is no public suffix.`,
      ),
    )
  }
  return findings
}

function isWebPage(address: string): boolean {
  if (/[\s<>"]/.test(address) || !URL.canParse(address)) return false
  const { protocol, username, password } = new URL(address)
  return protocol === 'https:' && username === '' && password === ''
}

/** A browser keeps no cookie of a public suffix: the choice would be lost and asked for on every page. */
function mayShare(cookieDomain: string, domain: string): boolean {
  if (cookieDomain === domain) return true
  // The end of an address of numbers is nobody's domain.
  if (/\.\d+$/.test(domain)) return false
  return isUnder(domain, cookieDomain) && cookieDomain.includes('.') && !isPublicSuffix(cookieDomain)
}
