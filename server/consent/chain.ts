import type { ConsentAction, ConsentSource } from '../../schema/consent.ts'
import { canonicalJson } from '../chain/canonical.ts'
import { sha256 } from '../chain/sha256.ts'
import type { ConsentLedgerTable } from '../store/tables.ts'

/** What happened. `objected`: to anonymous statistics; `erased`: a receipt, by whoever holds it or by the site. */
export const LEDGER_EVENTS = ['given', 'refused', 'withdrawn', 'changed', 'objected', 'erased'] as const
export type LedgerEvent = (typeof LEDGER_EVENTS)[number]

/** A row of the ledger as it is hashed and exported: what an auditor reads. Holds nothing that names a person. */
export interface LedgerEntry {
  site: string
  /** 1, 2, 3, … without a gap. */
  seq: number
  /** By the server's clock in UTC, `2026-11-24T13:50:07Z`; a day, `2026-11-24`, where no receipt belongs to it. */
  time: string
  event: LedgerEvent
  /** Null where a receipt was erased. */
  action: ConsentAction | null
  source: ConsentSource | null
  /** Optional categories in force by this choice, in the order of OPTIONAL_CATEGORIES. */
  granted: string[]
  /** Optional categories that the site uses and that are not granted. */
  denied: string[]
  /** The policy that was shown. */
  policy: { revision: number; hash: string }
  /** Hash of the notice that was shown; null where the page's own code chose, or the notice is not known here. */
  notice: string | null
  /** Language of that notice. */
  locale: string | null
  /** Country, ISO 3166-1 alpha-2, or `unknown`. */
  jurisdiction: string
  gpc: boolean
  /** Granted explicitly, after a notice, though Global Privacy Control is on. */
  gpcOverride: boolean
  /** Day from which the choice is asked for again, UTC; null where a receipt was erased. */
  until: string | null
  /** SHA-256(salt ‖ receipt id), base64url: links the rows of one receipt; null where there is none. */
  commitment: string | null
}

/** The entry in its place: `hash` is SHA-256(canonical JSON of the entry ‖ `previous`), base64url. */
export interface LinkedEntry {
  entry: LedgerEntry
  previous: string
  hash: string
}

/** Which chain it is: a domain that was removed and added again begins another. */
export interface ChainName {
  site: string
  /** When the site was added, ISO 8601. */
  opened: string
}

/** What the first row continues. */
export function genesisHash({ site, opened }: ChainName): string {
  return sha256(canonicalJson({ ledger: 1, site, opened }))
}

export function entryHash(entry: LedgerEntry, previous: string): string {
  return sha256(canonicalJson(entry), previous)
}

/** What ties a receipt to its rows, and no longer does once the salt is gone. */
export function commitmentOf(salt: string, receipt: string): string {
  return sha256(salt, receipt)
}

export function rowOf(siteId: number, { entry, previous, hash }: LinkedEntry): ConsentLedgerTable {
  return {
    site_id: siteId,
    seq: entry.seq,
    time: entry.time,
    event: entry.event,
    action: entry.action,
    source: entry.source,
    granted: entry.granted.join(','),
    denied: entry.denied.join(','),
    revision: entry.policy.revision,
    policy_hash: entry.policy.hash,
    notice_hash: entry.notice,
    locale: entry.locale,
    jurisdiction: entry.jurisdiction,
    gpc: entry.gpc ? 1 : 0,
    gpc_override: entry.gpcOverride ? 1 : 0,
    until_day: entry.until,
    commitment: entry.commitment,
    prev_hash: previous,
    row_hash: hash,
  }
}

/**
 * The row as it is stored, whoever wrote it: a value that rowOf never writes comes out as what it is, so that the hash
 * tells.
 */
export function linkedOf(site: string, row: ConsentLedgerTable): LinkedEntry {
  return {
    entry: {
      site,
      seq: row.seq,
      time: row.time,
      event: row.event as LedgerEvent,
      action: row.action as ConsentAction | null,
      source: row.source as ConsentSource | null,
      granted: listOf(row.granted),
      denied: listOf(row.denied),
      policy: { revision: row.revision, hash: row.policy_hash },
      notice: row.notice_hash,
      locale: row.locale,
      jurisdiction: row.jurisdiction,
      gpc: claimOf(row.gpc),
      gpcOverride: claimOf(row.gpc_override),
      until: row.until_day,
      commitment: row.commitment,
    },
    previous: row.prev_hash,
    hash: row.row_hash,
  }
}

function listOf(text: string): string[] {
  // A column can be made to hold anything by whoever writes the file.
  if (typeof text !== 'string') return text
  return text === '' ? [] : text.split(',')
}

function claimOf(value: number): boolean {
  return value === 0 || value === 1 ? value === 1 : (value as unknown as boolean)
}
