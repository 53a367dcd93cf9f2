import type { Transaction } from 'kysely'
import type { EmailMethod, EmailPurpose, EmailSource } from '../../schema/email.ts'
import { canonicalJson } from '../chain/canonical.ts'
import { sha256 } from '../chain/sha256.ts'
import { createSigner, isSigned, type PublicKey, type Signer } from '../chain/signer.ts'
import type { ChainName } from '../consent/chain.ts'
import { chainOf } from '../consent/ledger.ts'
import { UserError } from '../errors.ts'
import type { LastingKey } from '../store/data-keys.ts'
import { deriveKey } from '../store/key-file.ts'
import type { Store } from '../store/open.ts'
import type { EmailHeadTable, EmailLedgerTable, Tables } from '../store/tables.ts'

/**
 * The proof of what recipients consented to: one chain of rows for each site, signed as it grows. A row names nobody; the
 * salt in the recipient's row is what ties it to them, and is gone once they are erased. All that writes runs within a
 * transaction that holds the write lock: nobody else can append.
 */
export interface EmailEntry {
  /** The site's domain. */
  site: string
  /** 1, 2, 3, … without a gap. */
  seq: number
  /** When it was recorded, UTC, `2026-11-24T13:50:07Z`. */
  time: string
  event: 'given' | 'withdrawn' | 'erased'
  purposes: EmailPurpose[]
  /** Null where a recipient was erased. */
  method: EmailMethod | null
  source: EmailSource
  /** When it was decided, as the sender tells; null where a recipient was erased. */
  decided: string | null
  /** SHA-256 of the text that was shown; null where none was. */
  copy: string | null
  commitment: string
}

export type UnplacedEmailEntry = Omit<EmailEntry, 'site' | 'seq'>

/** SHA-256(salt ‖ id of the recipient). */
export function commitmentOf(salt: string, recipient: string): string {
  return sha256(salt, recipient)
}

/** The key that signs heads; the same for as long as the installation is. */
export function emailSigner(lasting: LastingKey): Signer {
  return createSigner(deriveKey(lasting, 'e-mail ledger', 32))
}

/** Appends a row to a site's chain, and signs how far it now reaches. */
export async function appendEmailEntry(
  transaction: Transaction<Tables>,
  signer: Signer,
  siteId: number,
  unplaced: UnplacedEmailEntry,
): Promise<void> {
  const chain = await chainOf(transaction, siteId)
  const { site } = chain
  const head = await transaction
    .selectFrom('email_head')
    .selectAll()
    .where('site_id', '=', siteId)
    .executeTakeFirst()
  if (head && head.key_id !== signer.publicKey.kid) {
    throw new UserError(
      'The ledger of e-mail consents is signed with another key: use the key file or SLUICE_KEY that the server uses.',
      500,
    )
  }
  const last = await transaction
    .selectFrom('email_ledger')
    .select('seq')
    .where('site_id', '=', siteId)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  // It goes on from what was signed, not from what is there: a new signature must not cover up what was cut off.
  const previous = head?.row_hash ?? genesisOf(chain)
  const entry: EmailEntry = { site, seq: Math.max(head?.seq ?? 0, last?.seq ?? 0) + 1, ...unplaced }
  const hash = hashOf(entry, previous)
  await transaction
    .insertInto('email_ledger')
    .values(rowOf(siteId, entry, previous, hash))
    .execute()
  const said = { seq: entry.seq, row_hash: hash, time: entry.time, key_id: signer.publicKey.kid }
  const signed = { ...said, signature: signer.sign(textOf(site, said)) }
  await transaction
    .insertInto('email_head')
    .values({ site_id: siteId, ...signed })
    .onConflict((conflict) => conflict.column('site_id').doUpdateSet(signed))
    .execute()
}

export interface EmailLedgerVerification {
  readonly site: string
  readonly rows: number
  /** A sentence for each; empty: nothing was changed, left out, moved or cut off. */
  readonly faults: string[]
}

const PAGE = 1_000

/** Finds what was changed in a site's chain. */
export async function verifyEmailLedger(
  store: Pick<Store, 'db'>,
  siteId: number,
  publicKey: PublicKey,
): Promise<EmailLedgerVerification> {
  const chain = await chainOf(store.db, siteId)
  const { site } = chain
  const faults: string[] = []
  // The head before the rows: one that is appended meanwhile is a row more, never one that is missing.
  const head = await store.db
    .selectFrom('email_head')
    .selectAll()
    .where('site_id', '=', siteId)
    .executeTakeFirst()
  if (head && !isHeadSigned(publicKey, site, head)) {
    faults.push(`The head of row ${head.seq} does not bear this installation's signature.`)
  }
  let [rows, last, previous] = [0, 0, genesisOf(chain)]
  for await (const row of readRows(store.db, siteId)) {
    rows++
    if (row.seq !== last + 1) {
      faults.push(`Row ${row.seq} stands where row ${last + 1} should be: rows are missing, moved or added.`)
    }
    if (row.prev_hash !== previous) faults.push(`Row ${row.seq} does not continue the row before it.`)
    if (!isAsWritten(site, row)) faults.push(`Row ${row.seq} was changed.`)
    if (head?.seq === row.seq && head.row_hash !== row.row_hash) {
      faults.push(`Row ${row.seq} is not the one that was signed on ${head.time}.`)
    }
    last = row.seq
    previous = row.row_hash
  }
  if (head && head.seq > last) {
    faults.push(
      `The ledger ends at row ${last}, but row ${head.seq} was signed on ${head.time}: rows are cut off.`,
    )
  }
  if (rows > 0 && !head) faults.push('The signed head is gone: nothing shows whether rows are cut off.')
  return { site, rows, faults }
}

async function* readRows(db: Store['db'], siteId: number): AsyncGenerator<EmailLedgerTable> {
  for (let after = Number.MIN_SAFE_INTEGER; ;) {
    const page = await db
      .selectFrom('email_ledger')
      .selectAll()
      .where('site_id', '=', siteId)
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(PAGE)
      .execute()
    yield* page
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = last.seq
  }
}

function genesisOf({ site, opened }: ChainName): string {
  return sha256(canonicalJson({ ledger: 'email', version: 1, site, opened }))
}

function hashOf(entry: EmailEntry, previous: string): string {
  return sha256(canonicalJson(entry), previous)
}

function rowOf(siteId: number, entry: EmailEntry, previous: string, hash: string): EmailLedgerTable {
  const { seq, time, event, purposes, method, source, decided, copy, commitment } = entry
  return {
    site_id: siteId,
    seq,
    time,
    event,
    purposes: purposes.join(','),
    method,
    source,
    decided,
    copy_hash: copy,
    commitment,
    prev_hash: previous,
    row_hash: hash,
  }
}

/** The row as it is stored, whoever wrote it. */
function isAsWritten(site: string, row: EmailLedgerTable): boolean {
  const { seq, time, event, method, source, decided, commitment, copy_hash: copy } = row
  const purposes = row.purposes === '' ? [] : row.purposes.split(',')
  const entry = { site, seq, time, event, purposes, method, source, decided, copy, commitment } as EmailEntry
  try {
    return hashOf(entry, row.prev_hash) === row.row_hash
  } catch (error) {
    // A value that has no canonical form was never written.
    if (error instanceof TypeError) return false
    throw error
  }
}

type Said = Pick<EmailHeadTable, 'seq' | 'row_hash' | 'time' | 'key_id'>

function textOf(site: string, { seq, row_hash: hash, time, key_id: key }: Said): string {
  return canonicalJson({ ledger: 'email', site, seq, hash, time, key })
}

function isHeadSigned(publicKey: PublicKey, site: string, head: EmailHeadTable): boolean {
  return head.key_id === publicKey.kid && isSigned(publicKey, textOf(site, head), head.signature)
}
