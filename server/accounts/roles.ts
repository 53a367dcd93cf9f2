import type { KeyScope, Role } from '../store/tables.ts'

/** What can be done. Each route asks for one of these. */
export const PERMISSIONS = [
  'sites.read',
  'query',
  /** The same as a file. */
  'query.export',
  'policy.read',
  'policy.write',
  'keys.read',
  'keys.write',
  'accounts.read',
  'accounts.write',
  'audit.read',
  /** To hand out what is known of one subject, on a legal ground. */
  'disclose',
] as const
export type Permission = (typeof PERMISSIONS)[number]

/** What concerns the whole installation: it takes an account for all sites. */
const OF_ALL_SITES: readonly Permission[] = ['accounts.read', 'accounts.write', 'audit.read']

/**
 * Need to know: an analyst asks about numbers, a consent officer keeps the policy and sees how people chose, an auditor
 * reads who may do what and who did, and changes nothing. An SMS operator sees the sites until the SMS module asks
 * for more.
 */
const BY_ROLE: Record<Role, readonly Permission[]> = {
  owner: PERMISSIONS,
  analyst: ['sites.read', 'query', 'query.export'],
  consent_officer: ['sites.read', 'query', 'query.export', 'policy.read', 'policy.write'],
  sms_operator: ['sites.read'],
  auditor: ['sites.read', 'policy.read', 'keys.read', 'accounts.read', 'audit.read'],
}

/** A key can be stolen and shows no second factor: it opens neither keys, accounts nor the audit log. */
const BY_SCOPE: Record<KeyScope, readonly Permission[]> = {
  query: ['query', 'query.export'],
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

/** All that an account of a role may do; without what concerns all sites where it is limited to some. */
export function permissionsOf(role: Role, isForAll: boolean): Permission[] {
  return BY_ROLE[role].filter((permission) => isForAll || !OF_ALL_SITES.includes(permission))
}

/** All that a key of a scope may do. */
export function permissionsOfScope(scope: KeyScope): readonly Permission[] {
  return BY_SCOPE[scope]
}

/** The scope that a key needs, for the sentence that refuses one; undefined where no key will do. */
export function scopeFor(permission: Permission): KeyScope | undefined {
  return (Object.keys(BY_SCOPE) as KeyScope[]).find((scope) => scopeMay(scope, permission))
}
