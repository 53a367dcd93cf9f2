import type { Chain } from '../ports.ts'
import type { LedgerHeadTable, LedgerTable } from './tables.ts'

/** What the ledger tells of. */
export const LEDGER_EVENTS = [
  'consent-written',
  'consent-imported',
  /** YES, NO, START and the like, from the number itself. */
  'yes',
  'no',
  'start',
  'opt-out',
  /** An answer of which a person decided that it was, or was not, an opt-out. */
  'answer-settled',
  'number-reassigned',
  /** What is known of somebody was handed out, or their number shown. */
  'disclosed',
  'erased',
] as const
export type LedgerEvent = (typeof LEDGER_EVENTS)[number]

/** A row as it is hashed: names nobody, and says nothing that an erasure would have to take back. */
export interface LedgerEntry {
  /** 1, 2, 3, … without a gap. */
  seq: number
  id: string
  subject: string
  /** Null: concerns all programs, or none. */
  program: string | null
  event: string
  /** ISO 8601 with its offset, as it was told. */
  occurredAt: string
  /** ISO 8601 in UTC, by the server's clock. */
  recordedAt: string
  actor: string
  method: string
  /** SHA-256(salt ‖ canonical JSON of the payload), base64url. */
  commitment: string
}

/** A signed statement of how far the ledger reached. Kept elsewhere it shows what was cut off or changed since. */
export interface LedgerHead {
  seq: number
  hash: string
  /** ISO 8601 in UTC. */
  time: string
  /** Name of the key. */
  key: string
  /** Ed25519 over the canonical JSON of the other fields and `"ledger":"sms"`, base64url. */
  signature: string
}

type Hashing = Pick<Chain, 'canonicalJson' | 'hash'>

/** What the first row continues. */
export function genesisOf({ canonicalJson, hash }: Hashing): string {
  return hash(canonicalJson({ ledger: 'sms', version: 1 }))
}

export function entryHash({ canonicalJson, hash }: Hashing, entry: LedgerEntry, previous: string): string {
  return hash(canonicalJson(entry), previous)
}

/** What an entry says of its payload: with the salt it proves it, without it tells nothing. */
export function commitmentOf({ canonicalJson, hash }: Hashing, salt: string, payload: object): string {
  return hash(salt, canonicalJson(payload))
}

export function entryOf(row: LedgerTable): LedgerEntry {
  const { seq, id, event, actor, method, commitment } = row
  return {
    seq,
    id,
    subject: row.subject_id,
    program: row.program_id,
    event,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    actor,
    method,
    commitment,
  }
}

/** What a head signs. */
export function headText({ canonicalJson }: Hashing, head: Omit<LedgerHead, 'signature'>): string {
  const { seq, hash, time, key } = head
  return canonicalJson({ ledger: 'sms', seq, hash, time, key })
}

export function headOf(row: LedgerHeadTable): LedgerHead {
  const { seq, row_hash: hash, time, key_id: key, signature } = row
  return { seq, hash, time, key, signature }
}
