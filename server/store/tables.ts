import type { MinimumGroupScope, PreConsent } from '../../schema/site.ts'

/** The control plane at rest, column by column as in schema/store/. Times are Unix milliseconds, claims 0 or 1. */
export interface Tables {
  site: SiteTable
  api_key: ApiKeyTable
  sign_in_link: SignInLinkTable
  session: SessionTable
  policy: PolicyTable
  consent_ledger: ConsentLedgerTable
  consent_receipt: ConsentReceiptTable
  consent_document: ConsentDocumentTable
  consent_head: ConsentHeadTable
  consent_count: ConsentCountTable
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

/** A published policy manifest; rows are only ever added. */
export interface PolicyTable {
  site_id: number
  revision: number
  hash: string
  manifest: string
  published_at: number
  since_performance: number | null
  since_functionality: number | null
  since_targeting: number | null
}

/** One act of choosing; times and hashes as texts, since they are hashed so. */
export interface ConsentLedgerTable {
  site_id: number
  seq: number
  time: string
  event: string
  action: string | null
  source: string | null
  granted: string
  denied: string
  revision: number
  policy_hash: string
  notice_hash: string | null
  locale: string | null
  jurisdiction: string
  gpc: number
  gpc_override: number
  until_day: string | null
  commitment: string | null
  prev_hash: string
  row_hash: string
}

export interface ConsentReceiptTable {
  id: string
  site_id: number
  salt: string
  commitment: string
}

export interface ConsentDocumentTable {
  hash: string
  kind: 'notice' | 'policy'
  document: string
}

export interface ConsentHeadTable {
  site_id: number
  seq: number
  row_hash: string
  time: string
  key_id: string
  signature: string
}

export interface ConsentCountTable {
  site_id: number
  day: string
  language: string
  country: string
  outcome: string
  count: number
}
