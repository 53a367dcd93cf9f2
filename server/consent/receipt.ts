import {
  OPTIONAL_CATEGORIES,
  type ConsentAction,
  type ConsentCategory,
  type ConsentReceipt,
  type ConsentSource,
} from '../../schema/consent.ts'
import type { PolicyManifest } from '../../schema/policy.ts'
import { canonicalJson } from '../chain/canonical.ts'
import { isSigned, type PublicKey, type Signer } from '../chain/signer.ts'
import { UserError } from '../errors.ts'
import type { ConsentLedgerTable } from '../store/tables.ts'
import { entryHash, linkedOf } from './chain.ts'

export interface ReceiptParts {
  readonly id: string
  readonly site: string
  /** The last row of the ledger that belongs to the receipt. */
  readonly row: ConsentLedgerTable
  readonly manifest: Pick<PolicyManifest, 'controller'>
  readonly signer: Signer
}

/**
 * The record of a choice for the visitor to keep, signed as JSON Web Signature (RFC 7515, EdDSA by RFC 8037): the
 * signed text is the canonical JSON of all the other fields. Throws UserError (500) for a row that was changed after it
 * was written, which is not signed.
 */
export function signReceipt({ id, site, row, manifest, signer }: ReceiptParts): ConsentReceipt {
  const { entry, previous, hash } = linkedOf(site, row)
  if (entryHash(entry, previous) !== hash) {
    throw new UserError(
      'The record of this choice was changed and is not signed: tell the owner of the site.',
      500,
    )
  }
  const { name, contact } = manifest.controller
  const said: Omit<ConsentReceipt, 'signature'> = {
    id,
    version: 1,
    site,
    time: entry.time,
    // Only an erased receipt has neither, and that is found by nobody.
    action: entry.action as ConsentAction,
    source: entry.source as ConsentSource,
    granted: ['essential', ...known(entry.granted)],
    denied: known(entry.denied),
    policy: entry.policy,
    notice: entry.notice,
    locale: entry.locale,
    jurisdiction: entry.jurisdiction,
    gpc: entry.gpc,
    until: entry.until as string,
    controller: { name, contact },
  }
  return { ...said, signature: signJws(signer, canonicalJson(said)) }
}

/** Whether a receipt is as the holder of the key signed it. Never throws for what is a receipt by its type. */
export function verifyReceipt(publicKey: PublicKey, receipt: ConsentReceipt): boolean {
  const { signature, ...said } = receipt
  const [header = '', content = '', mac = '', ...rest] = signature.split('.')
  return (
    rest.length === 0 &&
    header === headerOf(publicKey) &&
    content === base64url(canonicalJson(said)) &&
    isSigned(publicKey, `${header}.${content}`, mac)
  )
}

function signJws(signer: Signer, content: string): string {
  const text = `${headerOf(signer.publicKey)}.${base64url(content)}`
  return `${text}.${signer.sign(text)}`
}

function headerOf({ kid }: PublicKey): string {
  return base64url(canonicalJson({ alg: 'EdDSA', kid }))
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}

function known(names: readonly string[]): ConsentCategory[] {
  return OPTIONAL_CATEGORIES.filter((category) => names.includes(category))
}
