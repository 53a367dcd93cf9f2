import { canonicalJson } from '../../chain/canonical.ts'
import type { PublicKey, Signer } from '../../chain/signer.ts'

/**
 * What is known of one subject, as a file: who allowed what in which words, what was taken back, what was sent and why.
 * It is written as canonical JSON, so that each of its bytes is signed. A type of its own, beside that of the ledger, so
 * that a verifier needs nothing of the module.
 */
export interface SmsProof {
  readonly proof: 'sms'
  readonly version: 1
  /** When it was made, ISO 8601 in UTC. */
  readonly made: string
  /** Why, in the words of whoever did it; a legal basis where there is one. */
  readonly reason: string
  readonly basis: string | null
  /** Days in UTC that it is limited to, both included; null: all there is. */
  readonly days: { readonly from: string; readonly to: string } | null
  /** Number and bodies are left out, and what of the payloads may hold one. */
  readonly isMasked: boolean
  readonly subject: { readonly id: string; readonly number: string }
  readonly programs: readonly ProofProgram[]
  /** Oldest first. */
  readonly entries: readonly ProofEntry[]
  readonly messages: readonly ProofMessage[]
  readonly ledger: {
    /** Of the tree over all its rows, in order (merkle.ts). */
    readonly root: string
    readonly head: ProofHead
  }
  readonly key: PublicKey
  /** Ed25519 over the canonical JSON of all the other fields, base64url. */
  readonly signature: string
}

export interface ProofProgram {
  readonly id: string
  readonly name: string
  readonly seller: string
  readonly kind: string
  readonly useCase: string
  /** At most so many messages within so many days. */
  readonly frequency: { readonly most: number; readonly days: number }
  /** Whether numbers are asked to confirm with YES. */
  readonly confirms: boolean
  /** The number that sends for it. */
  readonly sender: string
  /** How the subject stands to it when the proof is made. */
  readonly standing: string
}

/** A row of the ledger as it is hashed. */
export interface ProofRow {
  readonly seq: number
  readonly id: string
  readonly subject: string
  readonly program: string | null
  readonly event: string
  readonly occurredAt: string
  readonly recordedAt: string
  readonly actor: string
  readonly method: string
  readonly commitment: string
}

export interface ProofEntry {
  readonly row: ProofRow
  readonly previous: string
  readonly hash: string
  /** Leads from the row to the ledger's root. */
  readonly path: readonly string[]
  /** What the row commits to; null where it is withheld. */
  readonly shown: { readonly payload: unknown; readonly salt: string } | null
}

export interface ProofHead {
  readonly seq: number
  readonly hash: string
  readonly time: string
  readonly key: string
  readonly signature: string
}

export interface ProofMessage {
  readonly id: string
  /** `program`, `request` or `answer`. */
  readonly purpose: string
  readonly program: string | null
  readonly isAutomated: boolean
  /** Null where it is masked, or was taken out after its time. */
  readonly body: string | null
  readonly status: string
  readonly delivery: string | null
  readonly errorCode: string | null
  readonly segments: number
  readonly created: string
  /** When it was handed to the provider. */
  readonly handed: string | null
  /** The provider's id. */
  readonly providerId: string | null
  /** The entry that allowed it. */
  readonly allowedBy: string | null
  /** It was with the provider already when an opt-out was taken. */
  readonly wasInFlight: boolean
  /** The last decision of the gate, with its reasons. */
  readonly decision: unknown
}

/** Signs what a proof says. */
export function signProof(said: Omit<SmsProof, 'signature'>, signer: Pick<Signer, 'sign'>): SmsProof {
  return { ...said, signature: signer.sign(canonicalJson(said)) }
}

/** The file. */
export function proofText(proof: SmsProof): string {
  return `${canonicalJson(proof)}\n`
}

/** Before and after what signs a page; what stands before is signed to the byte. */
export const PAGE_SIGNATURE = ['<!-- sluice-sms-proof ', ' -->\n'] as const
/** Before and after the proof itself, within a page. */
export const PAGE_PROOF = ['<script type="application/json" id="proof">', '</script>'] as const

/** What is signed of a page: the text alone could be a proof, or a head. */
export function pageText(page: string): string {
  return `sluice-sms-proof-page\n${page}`
}
