import { SMS_AUDIT_ACTIONS } from '../../schema/sms.ts'
import { canonicalJson } from '../chain/canonical.ts'
import { sha256 } from '../chain/sha256.ts'
import { isSigned, type PublicKey, type Signer } from '../chain/signer.ts'
import type { AuditHeadTable, AuditLogTable } from '../store/tables.ts'

/** What the log tells of. Nothing else is ever written there. */
export const AUDIT_ACTIONS = [
  'sign-in',
  /** Wrong answers within a minute; `count` says how many. */
  'sign-in.failed',
  /** Tries that were refused unread, within a minute. */
  'sign-in.blocked',
  /** More requests than anybody makes, once for each burst; `kind` says of what. */
  'burst.blocked',
  'sign-out',
  'session.revoked',
  'account.invited',
  /** Password and second factor were set by a link. */
  'account.set-up',
  'account.link-made',
  'account.changed',
  'account.removed',
  'recovery-code.used',
  'recovery-codes.made',
  'passkey.added',
  'passkey.removed',
  /** Rightly signed, with a counter that has not moved on: there is a copy of it. */
  'passkey.refused',
  'password.changed',
  'key.created',
  'key.revoked',
  'share.created',
  'share.revoked',
  'report.created',
  'report.removed',
  /** `subject` is the report; whose address it was is told nowhere. */
  'report.recipient-added',
  'report.recipient-removed',
  /** Somebody said yes to getting it, or stopped it. */
  'report.confirmed',
  'report.stopped',
  /** Somebody wrote about a day, or took it away; `subject` is the note's id. */
  'note.added',
  'note.removed',
  'site.added',
  'site.changed',
  'site.removed',
  'policy.published',
  /** Rows of a ledger whose time had passed were removed; `rows` says how many. */
  'consent.expired',
  'consent.exported',
  /** What is known of one subject was handed out; `subject` is what the ledger names it by. */
  'consent.disclosed',
  'receipt.erased',
  /** An e-mail campaign was made, or its mode or links changed. */
  'campaign.changed',
  'campaign.removed',
  /** Consents of recipients were read from a file; `rows` says how many. */
  'recipients.recorded',
  'recipients.listed',
  'recipient.erased',
  'backup.made',
  'backup.restored',
  /** The master key was replaced. */
  'secret.rotated',
  ...SMS_AUDIT_ACTIONS,
] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]

/** Who did it. `share`: whoever holds the link; `terminal`: somebody with a shell on the server; `nobody`: not known. */
export type Actor =
  `account:${string}` | `key:${string}` | `share:${string}` | 'terminal' | 'server' | 'nobody'

/** What happened, as whoever tells of it says it. Names no person: accounts by their id. */
export interface AuditEvent {
  readonly actor: Actor
  readonly action: AuditAction
  /** Id of an account, key, session or share link, or the hash of a manifest. */
  readonly subject?: string
  /** Domain. */
  readonly site?: string
  readonly reason?: string | undefined
  readonly detail?: Readonly<Record<string, string | number | boolean | readonly string[]>>
}

/** A row as it is hashed. */
export interface AuditEntry {
  /** 1, 2, 3, … without a gap. */
  seq: number
  /** By the server's clock in UTC, `2026-11-24T13:50:07Z`. */
  time: string
  actor: string
  action: string
  subject: string | null
  site: string | null
  reason: string | null
  /** Canonical JSON. */
  detail: string
}

/** A signed statement of how far the log reached. Kept elsewhere it shows what was cut off or changed since. */
export interface AuditHead {
  seq: number
  hash: string
  /** ISO 8601, to the second. */
  time: string
  /** `kid` of the key. */
  key: string
  /** Ed25519 over the canonical JSON of the other fields and `"log":"audit"`, base64url. */
  signature: string
}

/** What the first row continues. */
export const GENESIS = sha256(canonicalJson({ log: 'audit', version: 1 }))

export function entryHash(entry: AuditEntry, previous: string): string {
  return sha256(canonicalJson(entry), previous)
}

export function entryOf(row: AuditLogTable): AuditEntry {
  const { seq, time, actor, action, subject, site, reason, detail } = row
  return { seq, time, actor, action, subject, site, reason, detail }
}

export function signHead(signer: Signer, at: { seq: number; hash: string; time: string }): AuditHead {
  const { seq, hash, time } = at
  const said = { seq, hash, time, key: signer.publicKey.kid }
  return { ...said, signature: signer.sign(textOf(said)) }
}

export function isHeadSigned(publicKey: PublicKey, head: AuditHead): boolean {
  const { signature, ...said } = head
  return said.key === publicKey.kid && isSigned(publicKey, textOf(said), signature)
}

function textOf(said: Omit<AuditHead, 'signature'>): string {
  const { seq, hash, time, key } = said
  return canonicalJson({ log: 'audit', seq, hash, time, key })
}

export function headOf(row: AuditHeadTable): AuditHead {
  const { seq, row_hash: hash, time, key_id: key, signature } = row
  return { seq, hash, time, key, signature }
}
