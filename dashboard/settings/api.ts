import type { Api, Reply } from '../api.ts'
import type { Passkey } from '../passkeys.ts'

export const ROLES = ['owner', 'analyst', 'consent_officer', 'sms_operator', 'auditor'] as const
export type Role = (typeof ROLES)[number]
export const SCOPES = ['query', 'ingest', 'admin', 'sms'] as const
export type Scope = (typeof SCOPES)[number]

/** Domains, or all there are and will be. */
export type Grants = 'all' | string[]

/** One's own account. */
export interface Account {
  email: string
  role: Role
  sites: Grants
  /** How many are left. */
  recoveryCodes: number
}

/** Times are ISO 8601. */
export interface OwnSession {
  name: string
  began: string
  lastSeen: string
  isThis: boolean
}

/** What somebody shows as the second factor. */
export type Factor = { code: string } | { passkey: Passkey }

/** Times are ISO 8601. */
export interface OwnPasskey {
  id: string
  name: string
  created: string
  lastUsed: string | null
}

export interface Person extends Account {
  id: string
  secondFactor: boolean
  passkeys: number
  lastSignIn: string | null
}

export interface Key {
  id: string
  scope: Scope
  created: string
  /** UTC day. */
  lastUsed: string | null
  expires: string | null
  revoked: string | null
}

/** What the pages of accounts and keys ask; docs/api.md has the shapes. */
export interface SettingsApi {
  account: () => Promise<Reply<Account>>
  sessions: () => Promise<Reply<{ sessions: OwnSession[] }>>
  endSession: (name: string) => Promise<Reply<unknown>>
  endOtherSessions: () => Promise<Reply<unknown>>
  changePassword: (given: { current: string; password: string } & Factor) => Promise<Reply<unknown>>
  renewRecoveryCodes: (factor: Factor) => Promise<Reply<{ recoveryCodes: string[] }>>
  /** Shows the second factor again. */
  confirm: (factor: Factor) => Promise<Reply<unknown>>
  passkeys: () => Promise<Reply<{ passkeys: OwnPasskey[] }>>
  addPasskey: (name: string, passkey: Passkey) => Promise<Reply<unknown>>
  removePasskey: (id: string) => Promise<Reply<unknown>>
  people: () => Promise<Reply<{ accounts: Person[] }>>
  invite: (given: {
    email: string
    role: Role
    sites: Grants
    reason: string
  }) => Promise<Reply<{ link: string }>>
  change: (id: string, given: { role: Role; sites: Grants; reason: string }) => Promise<Reply<unknown>>
  makeLink: (id: string, reason: string) => Promise<Reply<{ link: string }>>
  remove: (id: string, reason: string) => Promise<Reply<unknown>>
  keys: (site: string) => Promise<Reply<{ keys: Key[] }>>
  createKey: (given: {
    site: string
    scope: Scope
    /** `90d`; absent: never. */
    expires?: string
    reason: string
  }) => Promise<Reply<{ key: string }>>
  revokeKey: (id: string, site: string, reason: string) => Promise<Reply<unknown>>
}

export function createSettingsApi({ send }: Pick<Api, 'send'>): SettingsApi {
  return {
    account: () => send('GET', 'api/account'),
    sessions: () => send('GET', 'api/sessions'),
    endSession: (name) => send('DELETE', `api/sessions/${encodeURIComponent(name)}`),
    endOtherSessions: () => send('DELETE', 'api/sessions'),
    changePassword: (given) => send('POST', 'api/account/password', given, true),
    renewRecoveryCodes: (factor) => send('POST', 'api/account/recovery-codes', factor, true),
    confirm: (factor) => send('POST', 'api/session/confirm', factor, true),
    passkeys: () => send('GET', 'api/passkeys'),
    addPasskey: (name, passkey) => send('POST', 'api/passkeys', { name, passkey }),
    removePasskey: (id) => send('DELETE', `api/passkeys/${encodeURIComponent(id)}`),
    people: () => send('GET', 'api/access-review'),
    invite: (given) => send('POST', 'api/users', given),
    change: (id, given) => send('PATCH', userPath(id), given),
    makeLink: (id, reason) => send('POST', `${userPath(id)}/link`, { reason }),
    remove: (id, reason) => send('DELETE', userPath(id), { reason }),
    keys: (site) => send('GET', `api/keys?site=${encodeURIComponent(site)}`),
    createKey: (given) => send('POST', 'api/keys', given),
    revokeKey: (id, site, reason) => send('DELETE', `api/keys/${encodeURIComponent(id)}`, { site, reason }),
  }
}

function userPath(id: string): string {
  return `api/users/${encodeURIComponent(id)}`
}
