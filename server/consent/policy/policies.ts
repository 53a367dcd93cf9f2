import { createHash } from 'node:crypto'
import type { Transaction } from 'kysely'
import { OPTIONAL_CATEGORIES, type OptionalCategory } from '../../../schema/consent.ts'
import type { PolicyManifest, PolicyVersion } from '../../../schema/policy.ts'
import type { Site } from '../../../schema/site.ts'
import type { Actor } from '../../audit/entry.ts'
import type { AuditLog } from '../../audit/log.ts'
import { canonicalJson } from '../../chain/canonical.ts'
import type { Clock } from '../../clock.ts'
import { createMirror } from '../../store/mirror.ts'
import type { Store } from '../../store/open.ts'
import type { PolicyTable, Tables } from '../../store/tables.ts'
import { checkManifest, isRefused, RefusedManifest } from './check.ts'
import { defaultManifest } from './default-manifest.ts'
import { withOwnServices } from './own-services.ts'
import { widened } from './widening.ts'

/** What of a site the policies need. */
export type PolicySite = Pick<Site, 'id' | 'domain'>

/** The policies of all sites. What another process publishes is known within 50 ms. */
export interface Policies {
  /** The version in force. Asked by every request; never throws, every site has one. */
  current(site: PolicySite): PolicyVersion
  /**
   * Puts a manifest into force, with Sluice's own services added, and answers its version; the one in force where
   * nothing changed. Throws RefusedManifest where checkManifest refuses.
   * @param actor who does it, for the audit log. Default: whoever has a shell on the server
   */
  publish(site: PolicySite, manifest: PolicyManifest, actor?: Actor): Promise<PolicyVersion>
  /** All versions, the newest first. */
  history(site: PolicySite): Promise<PolicyVersion[]>
  /** One version, or undefined where there is none of that number. */
  at(site: PolicySite, revision: number): PolicyVersion | undefined
  /**
   * Publishes for each site what another release of Sluice keeps on a device or says of it, as a revision of its own, so
   * that whoever agreed to less is asked again. A site on which nobody has chosen yet begins with it.
   */
  renewOwnServices(sites: readonly PolicySite[]): Promise<void>
}

export function createPolicies(parts: {
  store: Store
  clock: Clock
  /** Told of what is published. */
  audit?: Pick<AuditLog, 'append'>
}): Policies {
  const { store, clock, audit } = parts
  const latest = store.prepareRow('policy', 'WHERE site_id = ? ORDER BY revision DESC LIMIT 1')
  const byRevision = store.prepareRow('policy', 'WHERE site_id = ? AND revision = ?')
  // That there is no row is remembered too: most sites never publish one. Only registered sites are asked about.
  const rows = createMirror({
    store,
    clock,
    load: (siteId: number): { version?: PolicyVersion } => {
      const row = latest(siteId)
      return row ? { version: versionOf(row) } : {}
    },
  })
  const firsts = new Map<string, PolicyVersion>()
  const first = ({ domain }: PolicySite): PolicyVersion => {
    const known = firsts.get(domain) ?? firstVersion(defaultManifest({ domain }))
    firsts.set(domain, known)
    return known
  }

  /** Puts a manifest into force after the version that it finds there. */
  async function replace(
    transaction: Transaction<Tables>,
    site: PolicySite,
    actor: Actor,
    manifestAfter: (before: PolicyVersion) => PolicyManifest,
  ): Promise<PolicyVersion> {
    const row = await transaction
      .selectFrom('policy')
      .selectAll()
      .where('site_id', '=', site.id)
      .orderBy('revision', 'desc')
      .limit(1)
      .executeTakeFirst()
    const before = row ? versionOf(row) : ((await firstChosen(transaction, site)) ?? first(site))
    const after = versionAfter(before, manifestAfter(before), clock.now())
    if (after === before) return before
    await transaction.insertInto('policy').values(rowOf(site, after)).execute()
    await audit?.append(transaction, {
      actor,
      action: 'policy.published',
      site: site.domain,
      subject: after.hash,
      detail: { revision: after.revision },
    })
    return after
  }

  return {
    current: (site) => rows.get(site.id)?.version ?? first(site),
    publish: async (site, manifest, actor = 'terminal') => {
      const findings = checkManifest(manifest, site)
      if (findings.some(isRefused)) throw new RefusedManifest(findings)
      // The transaction holds the write lock from its start: two publishers get a number each.
      const version = await store.transaction((transaction) =>
        replace(transaction, site, actor, () => manifest),
      )
      rows.forget()
      return version
    },
    history: async (site) => {
      const published = await store.db
        .selectFrom('policy')
        .selectAll()
        .where('site_id', '=', site.id)
        .orderBy('revision', 'desc')
        .execute()
      return [...published.map(versionOf), first(site)]
    },
    at: (site, revision) => {
      if (revision === 1) return first(site)
      const row = Number.isSafeInteger(revision) ? byRevision(site.id, revision) : undefined
      return row && versionOf(row)
    },
    renewOwnServices: async (sites) => {
      for (const site of sites)
        // Not checked: what the site itself declares is as it was, and rules that came later must not keep this away.
        await store.transaction((transaction) =>
          replace(transaction, site, 'server', ({ manifest }) => manifest),
        )
      rows.forget()
    },
  }
}

/** The categories for which visitors are asked again under a new version. */
export function askedAgain(before: PolicyVersion, after: PolicyVersion): OptionalCategory[] {
  return OPTIONAL_CATEGORIES.filter((category) => (after.since[category] ?? 0) > before.revision)
}

/** SHA-256 of the canonical JSON of a document, base64url. */
export function hashOf(document: unknown): string {
  return createHash('sha256').update(canonicalJson(document)).digest('base64url')
}

/**
 * What a site began with under an earlier release, where somebody has chosen under it: the ledger's oldest row names it.
 * Only of sites that never published anything.
 */
async function firstChosen(
  transaction: Transaction<Tables>,
  site: PolicySite,
): Promise<PolicyVersion | undefined> {
  const kept = await transaction
    .selectFrom('consent_ledger')
    .innerJoin('consent_document', 'consent_document.hash', 'consent_ledger.policy_hash')
    .select('consent_document.document')
    .where('consent_ledger.site_id', '=', site.id)
    .orderBy('consent_ledger.seq')
    .limit(1)
    .executeTakeFirst()
  return kept && firstVersion(JSON.parse(kept.document) as PolicyManifest)
}

function firstVersion(manifest: PolicyManifest): PolicyVersion {
  const since = Object.fromEntries(categoriesOf(manifest).map((category) => [category, 1]))
  return { revision: 1, hash: hashOf(manifest), manifest, publishedAt: 0, since }
}

/**
 * The version that a manifest becomes when it is published after another one, with Sluice's own services added; the
 * other one itself where nothing differs. `publishedAt` in milliseconds, 0: by nobody yet.
 */
export function versionAfter(
  before: PolicyVersion,
  manifest: PolicyManifest,
  publishedAt: number,
): PolicyVersion {
  const whole = withOwnServices(manifest)
  const hash = hashOf(whole)
  if (hash === before.hash) return before
  const revision = before.revision + 1
  const wider = widened(before.manifest, whole)
  const since = Object.fromEntries(
    categoriesOf(whole).map((category) => [
      category,
      wider.includes(category) ? revision : (before.since[category] ?? revision),
    ]),
  )
  return { revision, hash, manifest: whole, publishedAt, since }
}

function categoriesOf(manifest: PolicyManifest): OptionalCategory[] {
  return OPTIONAL_CATEGORIES.filter((category) =>
    manifest.services.some((service) => service.category === category),
  )
}

function rowOf({ id }: PolicySite, version: PolicyVersion): PolicyTable {
  return {
    site_id: id,
    revision: version.revision,
    hash: version.hash,
    manifest: canonicalJson(version.manifest),
    published_at: version.publishedAt,
    since_performance: version.since.performance ?? null,
    since_functionality: version.since.functionality ?? null,
    since_targeting: version.since.targeting ?? null,
  }
}

function versionOf(row: PolicyTable): PolicyVersion {
  return {
    revision: row.revision,
    hash: row.hash,
    // Written by rowOf from a manifest that had been checked.
    manifest: JSON.parse(row.manifest) as PolicyManifest,
    publishedAt: row.published_at,
    since: {
      ...(row.since_performance !== null && { performance: row.since_performance }),
      ...(row.since_functionality !== null && { functionality: row.since_functionality }),
      ...(row.since_targeting !== null && { targeting: row.since_targeting }),
    },
  }
}
