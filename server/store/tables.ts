import type { MinimumGroupScope, PreConsent } from '../../schema/site.ts'

/** The control plane at rest, column by column as in schema/store/. Times are Unix milliseconds, claims 0 or 1. */
export interface Tables {
  site: SiteTable
  api_key: ApiKeyTable
  sign_in_link: SignInLinkTable
  session: SessionTable
}

export interface SiteTable {
  id: number
  domain: string
  timezone: string
  next_timezone: string | null
  next_timezone_from: number | null
  pre_consent: PreConsent
  subdomains: number
  event_window_days: number
  minimum_group: number
  minimum_group_scope: MinimumGroupScope
  added_at: number
  removed_at: number | null
}

/** What a key may be used for; each scope opens its own routes and no others. */
export const KEY_SCOPES = ['query', 'ingest', 'admin', 'sms'] as const
export type KeyScope = (typeof KEY_SCOPES)[number]

export interface ApiKeyTable {
  id: string
  site_id: number
  scope: KeyScope
  key_hash: string
  created_at: number
  last_used_day: string | null
  revoked_at: number | null
}

export interface SignInLinkTable {
  token_hash: string
  expires_at: number
}

export interface SessionTable {
  id_hash: string
  created_at: number
  last_seen_at: number
}
