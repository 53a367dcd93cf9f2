import type { Transaction } from 'kysely'
import type { AuditLog } from '../audit/log.ts'
import type { AuditEvent } from '../audit/entry.ts'
import { canonicalJson } from '../chain/canonical.ts'
import { sha256 } from '../chain/sha256.ts'
import type { PublicKey, Signer } from '../chain/signer.ts'
import type { Clock } from '../clock.ts'
import { UserError } from '../errors.ts'
import { isCalendarDay } from '../query/calendar.ts'
import type { Store } from '../store/open.ts'
import type { Tables } from '../store/tables.ts'
import { verifySite } from './audit.ts'
import { linkedOf, type ChainName, type LinkedEntry } from './chain.ts'
import { chainOf } from './ledger.ts'
import { findReceipt } from './receipts.ts'
import { secondOf } from './time.ts'

/** On what ground somebody is told. One of few, so that an auditor can count them. */
export const LEGAL_BASES = ['court_order', 'law_enforcement', 'regulator', 'data_subject'] as const
export type LegalBasis = (typeof LEGAL_BASES)[number]

/** About whom. Whatever else can be a subject gets another kind. */
export interface DisclosedSubject {
  readonly kind: 'receipt'
  /** Id of the receipt, as its holder has it. */
  readonly id: string
}

export interface DisclosureRequest {
  readonly subject: DisclosedSubject
  /** Days in UTC, both included. */
  readonly from: string
  readonly to: string
  readonly basis: LegalBasis
}

/** What of a subject is handed out: its rows of these days and what they name, and nothing of anybody else. */
export interface Disclosure extends ChainName, DisclosureRequest {
  readonly disclosure: 1
  /** Why, in the words of whoever did it. */
  readonly reason: string
  /** When it was made, ISO 8601. */
  readonly made: string
  /** What the rows name the subject by: SHA-256(`salt` ‖ id), base64url. */
  readonly tie: { readonly salt: string; readonly commitment: string }
  /** Counts, and SHA-256 of the canonical JSON of `{documents, rows}`, base64url. */
  readonly manifest: { readonly rows: number; readonly documents: number; readonly sha256: string }
  readonly key: PublicKey
  readonly documents: readonly DisclosedDocument[]
  readonly rows: readonly LinkedEntry[]
  /** Ed25519 over the canonical JSON of all the other fields but `documents` and `rows`, base64url. */
  readonly signature: string
}

export interface DisclosedDocument {
  readonly hash: string
  readonly kind: 'notice' | 'policy'
  readonly document: unknown
}

/** Who does it and why: as `access.deliberate` has checked, or somebody at a terminal. */
export type DisclosedBy = Pick<AuditEvent, 'actor'> & { readonly reason: string }

/** Makes one; see `createDisclose`. */
export type Disclose = (
  request: DisclosureRequest,
  by: DisclosedBy,
  /** Undefined: whichever site the subject belongs to. */
  siteId?: number,
) => Promise<Disclosure>

/**
 * Discloses what is known of one subject. It is in the audit log, with basis, reason and what was handed out, before
 * anybody has it; the log names the subject as the ledger does, so that a later erasure holds there too. Throws
 * UserError 404 for a subject that is unknown, erased or another site's, 409 for a ledger that does not verify: signing
 * it would hide what was changed.
 */
export function createDisclose(parts: {
  store: Pick<Store, 'db' | 'transaction'>
  audit: Pick<AuditLog, 'append'>
  signer: Signer
  clock: Pick<Clock, 'now'>
}): Disclose {
  const { store, audit, signer, clock } = parts
  return async (request, by, siteId) => {
    const { subject, from, to, basis } = request
    const found = await findReceipt(store.db, subject.id)
    if (!found || (siteId !== undefined && found.receipt.site_id !== siteId)) throw unknown()
    const { site_id: owner } = found.receipt
    if ((await verifySite(store, owner, signer.publicKey)).faults.length > 0) {
      throw new UserError(
        'The ledger of this site is not as it was written, and nothing of it is disclosed: `sluice consent verify` says what is wrong.',
        409,
      )
    }
    return store.transaction(async (transaction) => {
      // Erased meanwhile: then it is too late to tell anybody.
      const known = await findReceipt(transaction, subject.id)
      if (!known) throw unknown()
      const { salt, commitment } = known.receipt
      const chain = await chainOf(transaction, owner)
      const rows = (await rowsOf(transaction, owner, commitment, from, to)).map((row) =>
        linkedOf(chain.site, row),
      )
      const documents = await documentsOf(transaction, rows)
      const said = {
        disclosure: 1,
        ...chain,
        subject,
        from,
        to,
        basis,
        reason: by.reason,
        made: secondOf(clock.now()),
        tie: { salt, commitment },
        manifest: manifestOf(rows, documents),
        key: signer.publicKey,
      } as const
      await audit.append(transaction, {
        ...by,
        action: 'consent.disclosed',
        subject: commitment,
        site: chain.site,
        detail: { kind: subject.kind, basis, from, to, ...said.manifest },
      })
      return { ...said, documents, rows, signature: signer.sign(canonicalJson(said)) }
    })
  }
}

/** Reads what was asked for. Throws UserError 400 that names what is wrong. */
export function checkDisclosure(given: {
  receipt: string
  from: string
  to: string
  basis: string
}): DisclosureRequest {
  const { receipt, from, to } = given
  const basis = LEGAL_BASES.find((known) => known === given.basis)
  if (basis === undefined) {
    throw new UserError(`A disclosure needs its legal basis: \`basis\` is one of ${LEGAL_BASES.join(', ')}.`)
  }
  if (receipt === '') throw new UserError('A disclosure is about one subject: name the receipt in `receipt`.')
  if (!isCalendarDay(from) || !isCalendarDay(to) || from > to) {
    throw new UserError(
      'A disclosure is limited to days: give `from` and `to` like 2026-11-01 and 2026-11-30, the earlier one first.',
    )
  }
  return { subject: { kind: 'receipt', id: receipt }, from, to, basis }
}

export function manifestOf(
  rows: readonly LinkedEntry[],
  documents: readonly DisclosedDocument[],
): Disclosure['manifest'] {
  return {
    rows: rows.length,
    documents: documents.length,
    sha256: sha256(canonicalJson({ documents, rows })),
  }
}

function rowsOf(
  transaction: Transaction<Tables>,
  siteId: number,
  commitment: string,
  from: string,
  to: string,
): Promise<Tables['consent_ledger'][]> {
  return (
    transaction
      .selectFrom('consent_ledger')
      .selectAll()
      .where('commitment', '=', commitment)
      .where('site_id', '=', siteId)
      .where('time', '>=', from)
      // A time of a day is longer than the day and begins with it; nothing that begins so comes after `~`.
      .where('time', '<=', `${to}~`)
      .orderBy('seq')
      .execute()
  )
}

async function documentsOf(
  transaction: Transaction<Tables>,
  rows: readonly LinkedEntry[],
): Promise<DisclosedDocument[]> {
  const hashes = new Set(rows.flatMap(({ entry }) => [entry.policy.hash, entry.notice ?? []].flat()))
  if (hashes.size === 0) return []
  const found = await transaction
    .selectFrom('consent_document')
    .selectAll()
    .where('hash', 'in', [...hashes])
    .orderBy('hash')
    .execute()
  return found.map(({ hash, kind, document }) => ({ hash, kind, document: JSON.parse(document) as unknown }))
}

function unknown(): UserError {
  return new UserError(
    'There is no such receipt here: it was erased, never made, or belongs to another site. What is erased cannot be disclosed.',
    404,
  )
}
