import type { ProofEntry, ProofMessage, SmsProof } from './bundle.ts'

/** What gives consent and what takes it, in the words of the ledger. */
const GIVES = ['consent-written', 'consent-imported', 'yes', 'start']
const TAKES = ['opt-out', 'no', 'number-reassigned', 'erased']

type Shown = Pick<SmsProof, 'entries' | 'messages' | 'days' | 'programs'>

/**
 * What a proof shows that should not be: a message that no entry allows, or one that left after an opt-out. Whoever gets
 * the proof need not take our word for it.
 */
export function remarksOf(proof: Shown): string[] {
  const remarks: string[] = []
  for (const message of proof.messages) {
    const { id, handed, purpose } = message
    if (handed === null || purpose !== 'program') continue
    const fault = faultOfEntry(message, proof)
    if (fault !== undefined) remarks.push(`Message ${id} ${fault}.`)
    if (isUnconfirmed(message, proof)) remarks.push(`Message ${id} left before the number had confirmed.`)
    if (leftAfterOptOut(message, proof)) remarks.push(`Message ${id} left on ${handed}, after an opt-out.`)
  }
  return remarks
}

function faultOfEntry({ allowedBy, handed }: ProofMessage, { entries, days }: Shown): string | undefined {
  if (allowedBy === null) return 'names no entry that allowed it'
  const entry = entries.find(({ row }) => row.id === allowedBy)
  // A proof of some days need not hold the entry of an earlier one.
  if (!entry) return days === null ? 'names an entry that is not here' : undefined
  if (!GIVES.includes(entry.row.event)) return 'names an entry that gives no consent'
  return entry.row.recordedAt > (handed ?? '') ? 'left before the entry that it names was written' : undefined
}

function isUnconfirmed({ handed, program }: ProofMessage, { entries, days, programs }: Shown): boolean {
  const isAsked = programs.some(({ id, confirms }) => id === program && confirms)
  if (!isAsked || days !== null) return false
  return !entries.some(
    ({ row }) => row.program === program && row.event === 'yes' && row.recordedAt <= (handed ?? ''),
  )
}

function leftAfterOptOut({ handed, program, wasInFlight }: ProofMessage, { entries }: Shown): boolean {
  if (handed === null || wasInFlight) return false
  // The last word that was written down before it left.
  const last = entries.findLast(
    ({ row }) =>
      (row.program === program || row.program === null) &&
      row.recordedAt < handed &&
      (GIVES.includes(row.event) || TAKES.includes(row.event)),
  )
  return last !== undefined && isTaking(last)
}

function isTaking({ row }: ProofEntry): boolean {
  return TAKES.includes(row.event)
}
