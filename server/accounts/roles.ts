import type { KeyScope, Role } from '../store/tables.ts'

/** What can be done. Each route asks for one of these. */
export const PERMISSIONS = [
  'sites.read',
  'query',
  /** The same as a file. */
  'query.export',
  /** How what was accepted gets into the numbers. */
  'status.read',
  'policy.read',
  'policy.write',
  /** What a site measures and how: its settings, goals, snippet, and what is kept of it. */
  'settings.read',
  'settings.write',
  /** What people wrote about days. */
  'notes.read',
  'notes.write',
  /** Links that show a site to whoever holds them. */
  'shares.read',
  'shares.write',
  /** Reports and alerts by e-mail. */
  'reports.read',
  'reports.write',
  'keys.read',
  'keys.write',
  'accounts.read',
  'accounts.write',
  'audit.read',
  /** E-mail campaigns, and what their recipients consented to. */
  'mails.read',
  'mails.write',
  /** To make what goes into a mail. */
  'mails.send',
  /** To hand out what is known of one subject, on a legal ground. */
  'disclose',
  /** Programs, messages and states of consent, without a number; programs and opt-outs; messages. */
  'sms.read',
  'sms.write',
  'sms.send',
  /** Texts that rules hold, answers that are unclear, messages that were given up: to see and decide on them. */
  'sms.review',
  /** Proofs of consent to messages, without numbers; with them; erasing people with phones; loading lists of them. */
  'sms.proof',
  'sms.reveal',
  'sms.erase',
  'sms.import',
] as const
export type Permission = (typeof PERMISSIONS)[number]

/** What concerns the whole installation: it takes an account for all sites. */
const OF_ALL_SITES: readonly Permission[] = [
  'accounts.read',
  'accounts.write',
  'audit.read',
  // Somebody with a phone may have signed up on several.
  'sms.proof',
  'sms.reveal',
  'sms.erase',
]

/**
 * Need to know: an analyst asks about numbers and sees what is measured, a consent officer keeps the policy and sees how
 * people chose, an auditor reads who may do what and who did, and changes nothing. An SMS operator keeps programs, sends
 * their messages, decides on what waits for a person, loads lists, proves, and shows numbers with a second factor;
 * erasing is for owners.
 */
const BY_ROLE: Record<Role, readonly Permission[]> = {
  owner: PERMISSIONS,
  analyst: [
    'sites.read',
    'query',
    'query.export',
    'status.read',
    'settings.read',
    'notes.read',
    'notes.write',
  ],
  consent_officer: [
    'sites.read',
    'query',
    'query.export',
    'status.read',
    'settings.read',
    'notes.read',
    'notes.write',
    'policy.read',
    'policy.write',
    'mails.read',
    'mails.write',
    'mails.send',
  ],
  sms_operator: [
    'sites.read',
    'sms.read',
    'sms.write',
    'sms.send',
    'sms.review',
    'sms.proof',
    'sms.reveal',
    'sms.import',
  ],
  auditor: [
    'sites.read',
    'status.read',
    'settings.read',
    'policy.read',
    'shares.read',
    'reports.read',
    'keys.read',
    'accounts.read',
    'audit.read',
    'sms.read',
    'sms.proof',
  ],
}

/** A key can be stolen and shows no second factor: it opens neither keys, accounts nor the audit log. */
const BY_SCOPE: Record<KeyScope, readonly Permission[]> = {
  query: ['query', 'query.export'],
  ingest: ['mails.send'],
  admin: [
    'settings.read',
    'settings.write',
    'policy.read',
    'policy.write',
    'mails.read',
    'mails.write',
    'mails.send',
  ],
  sms: ['sms.read', 'sms.write', 'sms.send', 'sms.import'],
}

/** Whoever looks at the demo asks about its made-up visits, and sees how its made-up programs fare. */
export const OF_GUESTS: readonly Permission[] = [
  'sites.read',
  'query',
  'query.export',
  'status.read',
  'notes.read',
  'sms.read',
]

/** Whoever holds a share link sees which site it shows, asks about it, and takes the answers along. */
export const OF_SHARES: readonly Permission[] = ['sites.read', 'query', 'query.export']

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
