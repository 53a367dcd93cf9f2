import {
  evidenceOf,
  isKnown,
  verifyLedger,
  type Days,
  type Evidenced,
  type SmsParts,
  type Subject,
} from '../../../sms/index.ts'
import { isSigned, type Signer } from '../../chain/signer.ts'
import type { LegalBasis } from '../../consent/disclosure.ts'
import { UserError } from '../../errors.ts'
import { signProof, type ProofEntry, type ProofMessage, type ProofProgram, type SmsProof } from './bundle.ts'
import { treeOf } from './merkle.ts'

export interface ProofRequest {
  readonly subjectId: string
  /** Shows the number and the texts. */
  readonly isUnmasked: boolean
  /** Absent: all there is. */
  readonly days?: Days
  readonly basis?: LegalBasis
}

/** Who does it and why: as `access.deliberate` has checked, or somebody at a terminal. */
export interface ProofBy {
  readonly actor: `account:${string}` | `key:${string}` | 'terminal'
  readonly reason: string
}

/** Makes one; see `createProofs`. */
export type MakeProof = (request: ProofRequest, by: ProofBy) => Promise<SmsProof>

/**
 * Makes proofs of what subjects allowed and took back. That one was made is in the subject's own ledger and in the audit
 * log before anybody has it. Throws UserError 404 for a subject that is unknown or erased, 409 for a ledger that does not
 * verify: signing it would hide what was changed.
 */
export function createProofs(parts: SmsParts, signer: Signer): MakeProof {
  const { store, subjects, ledger, audit, chain, clock } = parts
  return async ({ subjectId, isUnmasked, days, basis }, { actor, reason }) => {
    const known = await subjects.byId(store.db, subjectId)
    if (!known || !isKnown(known)) throw unknown()
    const { faults } = await verifyLedger(store.db, chain, (text, signature) =>
      isSigned(signer.publicKey, text, signature),
    )
    if (faults.length > 0) {
      throw new UserError(
        'The ledger is not as it was written, and nothing of it is handed out: `sluice sms verify` says what is wrong.',
        409,
      )
    }
    const evidenced = await store.transaction(async (transaction) => {
      // Erased meanwhile: then it is too late to tell anybody.
      const subject = await subjects.byId(transaction, subjectId)
      if (!subject || !isKnown(subject)) throw unknown()
      const why = { reason, masked: !isUnmasked, ...(basis !== undefined && { basis }), ...days }
      await ledger.append(transaction, subject, {
        event: 'disclosed',
        occurredAt: clock.now(),
        actor,
        method: basis === undefined ? 'proof' : 'disclosure',
        payload: why,
      })
      const { reason: _, ...detail } = why
      await audit.append(transaction, {
        actor,
        action: 'sms.proof.exported',
        subject: subjectId,
        reason,
        detail,
      })
      return { subject, ...(await evidenceOf(transaction, parts, subject, days)) }
    })
    return signProof(
      {
        proof: 'sms',
        version: 1,
        made: new Date(clock.now()).toISOString(),
        reason,
        basis: basis ?? null,
        days: days ?? null,
        isMasked: !isUnmasked,
        ...shownOf(evidenced, isUnmasked),
        key: signer.publicKey,
      },
      signer,
    )
  }
}

function shownOf(
  { subject, programs, entries, messages, hashes, head }: Evidenced & { subject: Subject },
  isUnmasked: boolean,
): Pick<SmsProof, 'subject' | 'programs' | 'entries' | 'messages' | 'ledger'> {
  const tree = treeOf(hashes)
  return {
    subject: { id: subject.id, number: isUnmasked ? subject.number.reveal() : subject.number.toString() },
    programs: programs.map(programOf),
    entries: entries.map(({ entry, previous, hash, opened }): ProofEntry => ({
      row: entry,
      previous,
      hash,
      path: tree.path(entry.seq - 1),
      shown: opened && (isUnmasked || isPlain(opened.payload)) ? opened : null,
    })),
    messages: messages.map((one) => messageOf(one, isUnmasked)),
    ledger: { root: tree.root, head },
  }
}

function programOf({ program, sender, standing }: Evidenced['programs'][number]): ProofProgram {
  const { name, seller, kind, useCase, frequency, confirmWithin } = program.program
  return {
    id: program.id,
    name,
    seller,
    kind,
    useCase,
    frequency,
    confirms: confirmWithin !== 'off',
    // The seller's own number, which every recipient knows.
    sender: sender?.reveal() ?? '',
    standing,
  }
}

function messageOf({ row, text }: Evidenced['messages'][number], isUnmasked: boolean): ProofMessage {
  return {
    id: row.id,
    purpose: row.purpose,
    program: row.program_id,
    isAutomated: row.is_automated === 1,
    body: isUnmasked ? (text ?? null) : null,
    status: row.status,
    delivery: row.delivery,
    errorCode: row.error_code,
    segments: row.segments,
    created: new Date(row.created_at).toISOString(),
    handed: row.handed_at === null ? null : new Date(row.handed_at).toISOString(),
    providerId: row.provider_id,
    allowedBy: row.consent_entry_id,
    wasInFlight: row.in_flight_at_stop === 1,
    decision: JSON.parse(row.decision) as unknown,
  }
}

/** A number, an address: what people write about themselves. A time as we write it is none. */
const TELLING = /@|(?:\+?\d[\s().-]?){7,}/
const TIME = /\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?/g

/** Whether a masked proof may show a payload as it is. A disclosure is the seller's own text, with its own number. */
function isPlain(payload: object): boolean {
  const text = JSON.stringify(payload, (key, value: unknown) => (key === 'disclosure' ? '' : value))
  return !TELLING.test(text.replaceAll(TIME, ''))
}

function unknown(): UserError {
  return new UserError(
    'There is no such subject here: it was erased, or never signed up. What is erased cannot be shown.',
    404,
  )
}
