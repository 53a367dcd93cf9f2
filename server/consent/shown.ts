import type { ConsentNotice, PolicyVersion } from '../../schema/policy.ts'
import type { Site } from '../../schema/site.ts'
import type { Documents } from './documents.ts'
import { createRecentlyUsed } from './recently-used.ts'

export interface FindNoticeParts {
  /** Every notice that the server can show of a version: each language, with and without the objection. */
  notices(site: Site, version: PolicyVersion): readonly ConsentNotice[]
  documents: Pick<Documents, 'notice'>
}

/** The notice of a version with this hash; undefined where this server made none. */
export type FindNotice = (
  site: Site,
  version: PolicyVersion,
  hash: string,
) => Promise<ConsentNotice | undefined>

/** Versions whose notices are kept in memory, some 100 kB each. */
const REMEMBERED = 32

/**
 * Finds what was shown by its hash alone: notices are made anew from the version rather than written down whenever
 * one is asked for, which anybody may do as often as he likes. One that an earlier edition of the built-in texts made
 * is found where a row of the ledger has named it before.
 */
export function createFindNotice({ notices, documents }: FindNoticeParts): FindNotice {
  const made = createRecentlyUsed<string, ReadonlyMap<string, ConsentNotice>>(REMEMBERED)

  const allOf = (site: Site, version: PolicyVersion): ReadonlyMap<string, ConsentNotice> => {
    const key = `${site.domain} ${version.revision} ${version.hash}`
    const known = made.get(key)
    if (known) return known
    const all = new Map(notices(site, version).map((notice) => [notice.hash, notice]))
    made.set(key, all)
    return all
  }

  return async (site, version, hash) => {
    const found = allOf(site, version).get(hash) ?? (await documents.notice(hash))
    return found?.site === site.domain && found.revision === version.revision ? found : undefined
  }
}
