import type { KeyScope, Role } from '../store/tables.ts'

/** What can be done. Each route asks for one of these; `accounts.*` and `audit.*` concern the whole installation. */
export type Permission =
  | 'sites.read'
  | 'query'
  | 'policy.read'
  | 'policy.write'
  | 'keys.read'
  | 'keys.write'
  | 'accounts.read'
  | 'accounts.write'
  | 'audit.read'

/**
 * Need to know: an analyst asks about numbers, a consent officer keeps the policy and sees how people chose, an auditor
 * reads who may do what and who did, and changes nothing. An SMS operator sees the sites until the SMS module asks
 * for more.
 */
const BY_ROLE: Record<Role, readonly Permission[]> = {
  owner: [
    'sites.read',
    'query',
    'policy.read',
    'policy.write',
    'keys.read',
    'keys.write',
    'accounts.read',
    'accounts.write',
    'audit.read',
  ],
  analyst: ['sites.read', 'query'],
  consent_officer: ['sites.read', 'query', 'policy.read', 'policy.write'],
  sms_operator: ['sites.read'],
  auditor: ['sites.read', 'policy.read', 'keys.read', 'accounts.read', 'audit.read'],
}

/** A key can be stolen and shows no second factor: it opens neither keys, accounts nor the audit log. */
const BY_SCOPE: Record<KeyScope, readonly Permission[]> = {
  query: ['query'],
  ingest: [],
  admin: ['policy.read', 'policy.write'],
  sms: [],
}

export function roleMay(role: Role, permission: Permission): boolean {
  return BY_ROLE[role].includes(permission)
}

export function scopeMay(scope: KeyScope, permission: Permission): boolean {
  return BY_SCOPE[scope].includes(permission)
}

/** The scope that a key needs, for the sentence that refuses one; undefined where no key will do. */
export function scopeFor(permission: Permission): KeyScope | undefined {
  return (Object.keys(BY_SCOPE) as KeyScope[]).find((scope) => scopeMay(scope, permission))
}
