import { canonicalJson } from '../../chain/canonical.ts'
import { sha256 } from '../../chain/sha256.ts'
import { isSigned, publicKeyOf, type PublicKey } from '../../chain/signer.ts'
import { PAGE_PROOF, PAGE_SIGNATURE, pageText, type ProofEntry, type SmsProof } from './bundle.ts'
import { rootBy } from './merkle.ts'
import { remarksOf } from './remarks.ts'

export interface ProofVerification {
  readonly subject: string
  /** As the proof has it, perhaps masked. */
  readonly number: string
  readonly made: string
  readonly entries: number
  readonly messages: number
  readonly publicKey: PublicKey
  /** A sentence for each; empty: it is as it was made, to the byte. */
  readonly faults: readonly string[]
  /** What the proof itself shows that should not be, such as a message after an opt-out. */
  readonly remarks: readonly string[]
}

/** It is no proof at all. */
export class NoProof extends Error {}

/**
 * Verifies a proof by itself, JSON or page, without a store and without a network. Throws NoProof for what is none.
 * @param key public key (`x`) that it must be signed with; default: the one in it, which says no more than that it is
 * one piece
 */
export function verifyProof(text: string, key?: string): ProofVerification {
  const faults: string[] = []
  const isPage = text.startsWith('<!doctype html>')
  const proof = readProof(isPage ? withinPage(text) : text)
  const publicKey = publicKeyOf(key ?? proof.key.x)
  if (isPage && !isPageSigned(text, publicKey)) {
    faults.push('The page does not bear the signature of this installation: some of it was changed.')
  }
  const { signature, ...said } = proof
  if (!isPage && `${canonicalJson(proof)}\n` !== text) faults.push('It is not written as it was made.')
  const isOurs = canonicalJson(proof.key) === canonicalJson(publicKey)
  if (!isOurs || !isSpelt(signature) || !isSigned(publicKey, canonicalJson(said), signature)) {
    faults.push('It does not bear the signature of this installation: some of it was changed.')
    // Its shape is what the signature vouches for: of anything else nothing more can be said.
    return { ...summaryOf(proof), publicKey, faults, remarks: [] }
  }
  faults.push(...ledgerFaults(proof, publicKey))
  return { ...summaryOf(proof), publicKey, faults, remarks: remarksOf(proof) }
}

function summaryOf({
  subject,
  made,
  entries,
  messages,
}: SmsProof): Pick<ProofVerification, 'subject' | 'number' | 'made' | 'entries' | 'messages'> {
  return {
    subject: subject.id,
    number: subject.number,
    made,
    entries: entries.length,
    messages: messages.length,
  }
}

function ledgerFaults({ entries, ledger, subject }: SmsProof, publicKey: PublicKey): string[] {
  const { seq, hash, time, key, signature } = ledger.head
  const faults: string[] = []
  const headText = canonicalJson({ ledger: 'sms', seq, hash, time, key })
  if (key !== publicKey.kid || !isSigned(publicKey, headText, signature)) {
    faults.push('The head of the ledger does not bear the signature of this installation.')
  }
  let before: ProofEntry | undefined
  for (const entry of entries) {
    faults.push(...entryFaults(entry, before, ledger))
    if (entry.row.subject !== subject.id) faults.push(`Row ${entry.row.seq} is about somebody else.`)
    before = entry
  }
  return faults
}

function entryFaults(
  { row, previous, hash, path, shown }: ProofEntry,
  before: ProofEntry | undefined,
  { root, head }: SmsProof['ledger'],
): string[] {
  const { seq } = row
  const claims: [holds: boolean, fault: string][] = [
    [sha256(canonicalJson(row), previous) === hash, `Row ${seq} was changed.`],
    [
      shown === null || sha256(shown.salt, canonicalJson(shown.payload)) === row.commitment,
      `What row ${seq} says is not what it was written with.`,
    ],
    [before === undefined || before.row.seq < seq, `Row ${seq} does not stand in its place.`],
    [
      before?.row.seq !== seq - 1 || before.hash === previous,
      `Row ${seq} does not continue the row before it.`,
    ],
    [rootBy(hash, seq - 1, head.seq, path) === root, `Row ${seq} is not in the ledger that was signed.`],
    [seq !== head.seq || hash === head.hash, `Row ${seq} is not the one that was signed on ${head.time}.`],
  ]
  return claims.filter(([holds]) => !holds).map(([, fault]) => fault)
}

/** Reads no more of it than what tells that it is one: the signature vouches for the rest. */
function readProof(text: string): SmsProof {
  try {
    const value: unknown = JSON.parse(text)
    // What has no canonical form has no signature either.
    canonicalJson(value)
    const proof = value as SmsProof
    const { key, subject, entries, messages, signature } = proof
    const isOne =
      (proof.proof as unknown) === 'sms' &&
      (proof.version as unknown) === 1 &&
      [key.x, subject.id, subject.number, proof.made, signature].every((one) => typeof one === 'string') &&
      Array.isArray(entries) &&
      Array.isArray(messages)
    if (isOne) return proof
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error
  }
  throw new NoProof()
}

function withinPage(page: string): string {
  const [, after = ''] = page.split(PAGE_PROOF[0])
  return after.split(PAGE_PROOF[1])[0] ?? ''
}

function isPageSigned(page: string, publicKey: PublicKey): boolean {
  const [open, close] = PAGE_SIGNATURE
  const at = page.lastIndexOf(open)
  if (at < 0 || !page.endsWith(close)) return false
  const signature = page.slice(at + open.length, -close.length)
  return isSpelt(signature) && isSigned(publicKey, pageText(page.slice(0, at)), signature)
}

/** Base64 leaves bits over at the end: another spelling of the same bytes is a change too. */
function isSpelt(signature: string): boolean {
  return Buffer.from(signature, 'base64url').toString('base64url') === signature
}
