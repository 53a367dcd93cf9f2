import { UserError } from '../errors.ts'
import type { Sites } from '../sites/registry.ts'
import type { AccountRecord, Grants } from './accounts.ts'

/** An account as the API and the terminal tell of it. */
export interface ShownAccount {
  readonly id: string
  readonly email: string
  readonly role: string
  readonly sites: 'all' | string[]
  readonly setUp: boolean
  /** ISO 8601. */
  readonly created: string
}

export function shownAccount(account: AccountRecord, sites: Pick<Sites, 'byId'>): ShownAccount {
  const { id, email, role, isSetUp, createdAt } = account
  return {
    id,
    email,
    role,
    sites: domainsOf(account.sites, sites),
    setUp: isSetUp,
    created: new Date(createdAt).toISOString(),
  }
}

/** Domains as grants. Throws UserError for one that is not registered, or for none at all. */
export function grantsOf(domains: readonly string[], sites: Pick<Sites, 'get'>): Grants {
  if (domains.length === 0) throw new UserError('Name one site at least, or leave sites out for all of them.')
  return new Set(domains.map((domain) => sites.get(domain).id))
}

/** Grants as domains; those of removed sites are left out. */
function domainsOf(grants: Grants, sites: Pick<Sites, 'byId'>): 'all' | string[] {
  if (grants === 'all') return 'all'
  return [...grants].flatMap((id) => sites.byId(id)?.domain ?? []).toSorted()
}
