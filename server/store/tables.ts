import type { SmsTables } from '../../sms/index.ts'
import type { EmailMode } from '../../schema/email.ts'
import type { MinimumGroupScope, PreConsent } from '../../schema/site.ts'

/** The control plane at rest, column by column as in schema/store/. Times are Unix milliseconds, claims 0 or 1. */
export interface Tables extends SmsTables {
  site: SiteTable
  data_key: DataKeyTable
  api_key: ApiKeyTable
  account: AccountTable
  account_site: AccountSiteTable
  recovery_code: RecoveryCodeTable
  passkey: PasskeyTable
  set_up_link: SetUpLinkTable
  session: SessionTable
  share_link: ShareLinkTable
  report: ReportTable
  report_recipient: ReportRecipientTable
  audit_log: AuditLogTable
  audit_head: AuditHeadTable
  policy: PolicyTable
  consent_ledger: ConsentLedgerTable
  consent_receipt: ConsentReceiptTable
  consent_removed: ConsentRemovedTable
  consent_document: ConsentDocumentTable
  consent_head: ConsentHeadTable
  consent_count: ConsentCountTable
  consent_granted_count: ConsentGrantedCountTable
  drop_count: DropCountTable
  drop_file: DropFileTable
  note: NoteTable
  email_campaign: EmailCampaignTable
  email_link: EmailLinkTable
  email_send: EmailSendTable
  email_recipient: EmailRecipientTable
  email_ledger: EmailLedgerTable
  email_head: EmailHeadTable
  email_copy: EmailCopyTable
}

/**
 * The tables that are read without waiting (`Store.prepareRow`), by every request or where somebody signs in. With
 * PostgreSQL each process has a copy of them in memory: a table belongs here only if it grows with what people do by
 * hand, never with visitors.
 */
export const RESIDENT_TABLES = [
  'site',
  'data_key',
  'api_key',
  'policy',
  'account',
  'account_site',
  'recovery_code',
  'passkey',
  'set_up_link',
  'session',
  'share_link',
  'audit_head',
] as const satisfies readonly (keyof Tables)[]
export type ResidentTable = (typeof RESIDENT_TABLES)[number]

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
  /** Names with a space between them. */
  properties: string
  /** Names of traits, with a space between them. */
  traits: string
  /** JSON of schema/site.ts's goals. */
  goals: string
  added_at: number
  removed_at: number | null
}

export interface DataKeyTable {
  id: string
  purpose: 'lasting' | 'sealing'
  generation: number
  master_id: string
  wrapped: string
  created_at: number
  taken: number
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
  expires_at: number | null
}

/** What an account is for; server/accounts/roles.ts says what each may do. */
export const ROLES = ['owner', 'analyst', 'consent_officer', 'sms_operator', 'auditor'] as const
export type Role = (typeof ROLES)[number]

export interface AccountTable {
  id: string
  email: string
  email_index: string
  role: Role
  all_sites: number
  password_hash: string | null
  totp_secret: string | null
  totp_step: number
  created_at: number
}

export interface AccountSiteTable {
  account_id: string
  site_id: number
}

export interface RecoveryCodeTable {
  account_id: string
  code_hash: string
}

export interface PasskeyTable {
  id: string
  account_id: string
  credential_id: string
  credential_index: string
  name: string
  public_key: string
  counter: number
  created_at: number
  last_used_at: number | null
}

export interface SetUpLinkTable {
  token_hash: string
  account_id: string | null
  totp_secret: string
  expires_at: number
}

export interface SessionTable {
  id_hash: string
  name: string
  account_id: string
  created_at: number
  last_seen_at: number
  second_factor_at: number
}

export interface ShareLinkTable {
  id: string
  site_id: number
  token_hash: string
  name: string
  password_hash: string | null
  /** JSON of schema/query.ts's filters. */
  filters: string
  /** Origins with a space between them. */
  embed: string
  created_at: number
  expires_at: number | null
  revoked_at: number | null
  last_opened_day: string | null
}

export const REPORT_KINDS = ['weekly', 'monthly', 'spike', 'drop'] as const
export type ReportKind = (typeof REPORT_KINDS)[number]
export const REPORT_LANGUAGES = ['en', 'de'] as const
export type ReportLanguage = (typeof REPORT_LANGUAGES)[number]

export interface NoteTable {
  id: string
  site_id: number
  day: string
  text: string
  author_role: Role
  created_at: number
}

export interface ReportTable {
  id: string
  site_id: number
  kind: ReportKind
  language: ReportLanguage
  threshold: number | null
  created_at: number
  told_at: number | null
}

export interface ReportRecipientTable {
  id: string
  report_id: string
  email: string
  email_index: string
  created_at: number
  /** When a mail server took the question whether they want it; null: none has yet. */
  asked_at: number | null
  confirmed_at: number | null
  /** Days of the last report, `2026-11-16..2026-11-22`. */
  sent_for: string | null
  sending_until: number | null
}

export interface AuditLogTable {
  seq: number
  time: string
  actor: string
  action: string
  subject: string | null
  site: string | null
  reason: string | null
  detail: string
  prev_hash: string
  row_hash: string
}

export interface AuditHeadTable {
  only: number
  seq: number
  row_hash: string
  time: string
  key_id: string
  signature: string
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

export interface ConsentRemovedTable {
  site_id: number
  from_seq: number
  to_seq: number
  row_hash: string
  time: string
  key_id: string
  signature: string
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

export interface ConsentGrantedCountTable {
  site_id: number
  day: string
  outcome: string
  granted: string
  gpc: number
  count: number
}

export interface DropCountTable {
  site_id: number
  day: string
  hour: number
  kind: 'dropped' | 'late' | 'scrubbed'
  reason: string
  count: number
}

export interface DropFileTable {
  id: string
}

export interface EmailCampaignTable {
  id: number
  site_id: number
  name: string
  mode: EmailMode
  created_at: number
  removed_at: number | null
}

export interface EmailLinkTable {
  id: number
  campaign_id: number
  target: string
}

export interface EmailSendTable {
  site_id: number
  campaign: string
  day: string
  sends: number
}

export interface EmailRecipientTable {
  id: string
  site_id: number
  email: string
  email_index: string
  salt: string
  opens: number
  clicks: number
  unsubscribed: number
}

export interface EmailLedgerTable {
  site_id: number
  seq: number
  time: string
  event: string
  purposes: string
  method: string | null
  source: string
  decided: string | null
  copy_hash: string | null
  commitment: string
  prev_hash: string
  row_hash: string
}

export interface EmailHeadTable {
  site_id: number
  seq: number
  row_hash: string
  time: string
  key_id: string
  signature: string
}

export interface EmailCopyTable {
  hash: string
  text: string
}
