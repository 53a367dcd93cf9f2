import { randomBytes } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { ClientIp } from '../../../schema/brand.ts'
import type { ConsentDecision } from '../../../schema/consent.ts'
import type { ConsentNotice, PolicyManifest, PolicyVersion } from '../../../schema/policy.ts'
import type { Site } from '../../../schema/site.ts'
import { auditSigner, createAuditLog } from '../../../server/audit/log.ts'
import { canonicalJson } from '../../../server/chain/canonical.ts'
import { sha256 } from '../../../server/chain/sha256.ts'
import type { ConsentFacts } from '../../../server/consent/decide.ts'
import { openConsent, type Consent } from '../../../server/consent/open.ts'
import { createSites } from '../../../server/sites/registry.ts'
import type { Store } from '../../../server/store/open.ts'
import { LASTING } from '../store/keys.ts'
import { dataFolder, listen, movedClock, openedStore, type MovedClock } from '../store/opened.ts'

/** The consent side of a server over a real store, with policies and requests made up by the test. */

export function manifestOf(changes: Partial<PolicyManifest> = {}): PolicyManifest {
  return {
    manifest: 1,
    controller: { name: 'Example Ltd', contact: 'privacy@example.com' },
    language: 'en',
    services: [],
    gpc: 'targeting',
    choiceDays: 182,
    appearance: { position: 'bottom-left', tokens: {}, order: 'accept-first' },
    ...changes,
  }
}

export const ALL_SINCE_1: PolicyVersion['since'] = { performance: 1, functionality: 1, targeting: 1 }

export function versionOf(
  revision: number,
  since: PolicyVersion['since'] = ALL_SINCE_1,
  changes: Partial<PolicyManifest> = {},
): PolicyVersion {
  // The address makes each revision's hash another.
  const manifest = manifestOf({ policyUrl: `https://example.com/privacy/${revision}`, ...changes })
  return { revision, hash: sha256(canonicalJson(manifest)), manifest, publishedAt: 0, since }
}

/** As much of a notice as the ledger looks at. */
export function noticesOf(site: Pick<Site, 'domain'>, version: PolicyVersion): ConsentNotice[] {
  return ['en', 'de'].map((language) => {
    const notice = { site: site.domain, revision: version.revision, language } as Omit<ConsentNotice, 'hash'>
    return { hash: sha256(canonicalJson(notice)), ...notice }
  })
}

export function noticeHash(site: Pick<Site, 'domain'>, version: PolicyVersion, language: string): string {
  const found = noticesOf(site, version).find((notice) => notice.language === language)
  if (!found) throw new Error('no such notice')
  return found.hash
}

export interface Rig {
  clock: MovedClock
  dataDir: string
  store: Store
  site: Site
  consent: Consent
  /** Versions by revision; the last is in force. */
  versions: PolicyVersion[]
  faults: number[]
  warnings: string[]
  /** What the next requests bring; the header `x-ip` stands over its address. */
  facts: ConsentFacts & { ip: string }
}

export async function rig(options: { dataDir?: string; clock?: MovedClock } = {}): Promise<Rig> {
  const { clock = movedClock(Date.UTC(2026, 10, 24, 13, 50, 7, 345)), dataDir = dataFolder() } = options
  const store = await openedStore(dataDir)
  const sites = createSites({ store, clock })
  const site =
    sites.find('example.com') ?? (await sites.add({ domain: 'example.com', timezone: 'Europe/Berlin' }))
  const heard = listen()
  const made: Omit<Rig, 'consent'> = {
    clock,
    dataDir,
    store,
    site,
    versions: [versionOf(1)],
    faults: [],
    warnings: heard.lines,
    facts: { gpc: false, country: 'DE', language: 'de-DE,de;q=0.9', ip: '192.0.2.7' },
  }
  const consent = openConsent({
    store,
    clock,
    log: { ...heard.log, error: heard.log.warn },
    lasting: LASTING,
    audit: createAuditLog({ store, clock, signer: auditSigner(LASTING) }),
    policies: {
      current: () => made.versions.at(-1) as PolicyVersion,
      at: (_site, revision) => made.versions.find((version) => version.revision === revision),
    },
    notices: noticesOf,
    sweepLists: (_version, categories) =>
      categories.map((category) => ({
        category,
        cookies: [`_${category}*`],
        localStorage: [],
        sessionStorage: [],
        indexedDB: [],
        caches: [],
      })),
    findSite: (domain) => sites.find(domain),
    originAllowed: (allowed, origin) => origin === `https://${allowed.domain}`,
    facts: ({ headers }) => ({ ...made.facts, ip: String(headers['x-ip'] ?? made.facts.ip) as ClientIp }),
    onFault: (status) => void made.faults.push(status),
  })
  onTestFinished(() => consent.close())
  return Object.assign(made, { consent })
}

export function decisionOf(changes: Partial<ConsentDecision> = {}): ConsentDecision {
  return {
    version: 1,
    site: 'example.com',
    action: 'accept_all',
    granted: ['performance', 'functionality', 'targeting'],
    revision: 1,
    source: 'banner',
    gpc: false,
    ...changes,
  }
}

export const REFUSAL = { action: 'reject_all', granted: [] } as const satisfies Partial<ConsentDecision>
export const WITHDRAWAL = { action: 'withdraw', granted: [] } as const satisfies Partial<ConsentDecision>

export function unknownReceipt(): string {
  return randomBytes(16).toString('base64url')
}
