import { canonicalJson } from '../../../../server/chain/canonical.ts'
import { sha256 } from '../../../../server/chain/sha256.ts'
import { createSigner } from '../../../../server/chain/signer.ts'
import {
  signProof,
  type ProofEntry,
  type ProofMessage,
  type ProofRow,
  type SmsProof,
} from '../../../../server/sms/proof/bundle.ts'
import { treeOf } from '../../../../server/sms/proof/merkle.ts'
import { COMPLETE } from '../consents.ts'

export const SIGNER = createSigner(Buffer.alloc(32, 3))
export const SUBJECT = 'a'.repeat(32)
export const PROGRAM = 'p'.repeat(16)

/** A time of the scene, in minutes after it began. */
export const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 10, minute)).toISOString()

interface Told {
  readonly event: string
  readonly minute: number
  readonly payload?: object
  /** Of somebody else. */
  readonly isOther?: true
}

/** A ledger in which others' rows stand between the subject's, as there are in every one. */
export const LIFE: readonly Told[] = [
  { event: 'consent-written', minute: 0, isOther: true },
  { event: 'consent-written', minute: 1, payload: { consent: COMPLETE, disclosure: COMPLETE.disclosure } },
  { event: 'yes', minute: 2, payload: { text: 'YES <3' } },
  { event: 'opt-out', minute: 3, isOther: true },
  { event: 'opt-out', minute: 10, payload: { text: 'STOP' } },
]

export interface Ledger {
  readonly entries: ProofEntry[]
  readonly ledger: SmsProof['ledger']
}

export function ledgerOf(told: readonly Told[]): Ledger {
  const rows: Omit<ProofEntry, 'path'>[] = []
  let previous = sha256(canonicalJson({ ledger: 'sms', version: 1 }))
  for (const [index, { event, minute, payload = {}, isOther }] of told.entries()) {
    const salt = String(index).repeat(32)
    const row: ProofRow = {
      seq: index + 1,
      id: `e${index + 1}`,
      subject: isOther ? 'b'.repeat(32) : SUBJECT,
      program: PROGRAM,
      event,
      occurredAt: at(minute),
      recordedAt: at(minute),
      actor: 'subject',
      method: 'web-form',
      commitment: sha256(salt, canonicalJson(payload)),
    }
    const hash = sha256(canonicalJson(row), previous)
    rows.push({ row, previous, hash, shown: { payload, salt } })
    previous = hash
  }
  const tree = treeOf(rows.map(({ hash }) => hash))
  const said = { seq: rows.length, hash: previous, time: at(30), key: SIGNER.publicKey.kid }
  const signature = SIGNER.sign(canonicalJson({ ledger: 'sms', ...said }))
  const entries = rows
    .map((one, index) => ({ ...one, path: tree.path(index) }))
    .filter(({ row }) => row.subject === SUBJECT)
  return { entries, ledger: { root: tree.root, head: { ...said, signature } } }
}

export const MESSAGE: ProofMessage = {
  id: 'm1',
  purpose: 'program',
  program: PROGRAM,
  isAutomated: true,
  body: 'Two for one today. Reply STOP to opt out.',
  status: 'accepted',
  delivery: 'delivered',
  errorCode: null,
  segments: 1,
  created: at(4),
  handed: at(5),
  providerId: 'memory-1',
  allowedBy: 'e2',
  wasInFlight: false,
  decision: { verdict: 'send', entry: 'e2' },
}

export function saidOf(change: Partial<SmsProof> = {}, told = LIFE): Omit<SmsProof, 'signature'> {
  const { signature: _, ...said } = {
    proof: 'sms',
    version: 1,
    made: at(30),
    reason: 'A complaint reached the carrier',
    basis: null,
    days: null,
    isMasked: false,
    subject: { id: SUBJECT, number: '+12015550123' },
    programs: [
      {
        id: PROGRAM,
        name: 'Lantern Deals',
        seller: 'Lantern Coffee LLC',
        kind: 'marketing',
        useCase: 'Marketing',
        frequency: { most: 4, days: 30 },
        confirms: true,
        sender: '+12015550100',
        standing: 'opted-out',
      },
    ],
    ...ledgerOf(told),
    messages: [MESSAGE],
    key: SIGNER.publicKey,
    signature: '',
    ...change,
  } satisfies SmsProof
  return said
}

/** A proof, signed as the server signs it, also where what it says cannot be. */
export function proofOf(change: Partial<SmsProof> = {}, told = LIFE): SmsProof {
  return signProof(saidOf(change, told), SIGNER)
}
