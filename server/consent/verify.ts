import { sha256 } from '../chain/sha256.ts'
import type { PublicKey } from '../chain/signer.ts'
import { entryHash, genesisHash, type ChainName, type LinkedEntry } from './chain.ts'
import { isHeadSigned, type SignedHead } from './head.ts'
import { isRemovedSigned, type RemovedRows } from './removed.ts'

/** What a ledger is verified with: from the store, or from an export without it. */
export interface Evidence {
  readonly chain: ChainName
  readonly publicKey: PublicKey
  readonly heads: readonly SignedHead[]
  /** Notices and policies by their hash. */
  document(hash: string): { readonly kind: string; readonly document: string } | undefined
  /** First row, where it is not the chain's: only a part was exported. */
  readonly from?: number
}

export interface Verification {
  readonly site: string
  readonly rows: number
  /** Rows that were removed when their time had passed. */
  readonly removed: number
  readonly heads: number
  /** A sentence for each, the first 100; empty: nothing was changed, left out, moved or cut off. */
  readonly faults: string[]
}

export interface Verifier {
  /** Takes the rows one after the other, as they are kept. */
  row(linked: LinkedEntry): void
  /** Takes what stands in place of rows, where they stood. */
  removed(rows: RemovedRows): void
  /** Adds what others found wrong. */
  fault(sentence: string): void
  end(): Verification
}

const MAX_FAULTS = 100

/**
 * Finds each row that was changed, left out, inserted, moved or cut off, but those of which a signed statement says that
 * their time had passed. It sees what was cut off at the end by the
 * signed heads, so as far as the latest head that the verifier is given: one kept elsewhere, or an export, also shows
 * that somebody cut rows and heads together.
 */
export function createVerifier({ chain, publicKey, heads, document, from = 1 }: Evidence): Verifier {
  const faults: string[] = []
  const signed = new Map<number, SignedHead[]>()
  const seen = new Map<string, string | undefined>()
  let [rows, removedRows] = [0, 0]
  let expectedSeq = from
  let expectedPrevious = from === 1 ? genesisHash(chain) : undefined

  const fault = (sentence: string): void => {
    if (faults.length < MAX_FAULTS) faults.push(sentence)
  }

  for (const head of heads) {
    if (head.site !== chain.site || head.opened !== chain.opened || !isHeadSigned(publicKey, head)) {
      fault(`The head of row ${head.seq} does not bear this installation's signature.`)
    } else signed.set(head.seq, [...(signed.get(head.seq) ?? []), head])
  }
  // Where the part begins is known only by a head, which signs the row before.
  if (from > 1) expectedPrevious = signed.get(from - 1)?.[0]?.hash
  if (expectedPrevious === undefined) fault(`Nothing shows what came before row ${from}.`)

  /** What is wrong with a document; each is looked at once. */
  function faultOf(hash: string, kind: 'notice' | 'policy'): string | undefined {
    const key = `${kind} ${hash}`
    if (!seen.has(key)) {
      const found = document(hash)
      if (found?.kind !== kind) seen.set(key, 'is missing')
      else seen.set(key, sha256(found.document) === hash ? undefined : 'was changed')
    }
    return seen.get(key)
  }

  function checkHeads(seq: number, hash: string): void {
    for (const head of signed.get(seq) ?? []) {
      if (head.hash !== hash) fault(`Row ${seq} is not the one that was signed on ${head.time}.`)
    }
  }

  return {
    fault,
    row({ entry, previous, hash }) {
      rows++
      if (entry.seq !== expectedSeq) {
        fault(`Row ${entry.seq} stands where row ${expectedSeq} should be: rows are missing, moved or added.`)
      }
      if (expectedPrevious !== undefined && previous !== expectedPrevious) {
        fault(`Row ${entry.seq} does not continue the row before it.`)
      }
      if (!isAsWritten({ entry, previous, hash })) fault(`Row ${entry.seq} was changed.`)
      checkHeads(entry.seq, hash)
      const policy = faultOf(entry.policy.hash, 'policy')
      if (policy) fault(`The policy that row ${entry.seq} names ${policy}.`)
      const notice = entry.notice === null ? undefined : faultOf(entry.notice, 'notice')
      if (notice) fault(`The notice that row ${entry.seq} names ${notice}.`)
      expectedSeq = entry.seq + 1
      expectedPrevious = hash
    },
    removed(stretch) {
      const { from: first, to: last, hash } = stretch
      removedRows += last - first + 1
      const isOurs = stretch.site === chain.site && stretch.opened === chain.opened
      if (!isOurs || !isRemovedSigned(publicKey, stretch)) {
        fault(
          `What says that the time of rows ${first} to ${last} had passed does not bear this installation's signature.`,
        )
      }
      if (first > expectedSeq) {
        fault(
          `Row ${first} was removed where row ${expectedSeq} should be: rows are missing, moved or added.`,
        )
      }
      // Heads of rows within sign what is not there any more.
      checkHeads(last, hash)
      expectedSeq = last + 1
      expectedPrevious = hash
    },
    end() {
      const last = expectedSeq - 1
      for (const { seq, time } of heads) {
        if (seq > last)
          fault(`The ledger ends at row ${last}, but row ${seq} was signed on ${time}: rows are cut off.`)
      }
      return { site: chain.site, rows, removed: removedRows, heads: heads.length, faults }
    },
  }
}

function isAsWritten({ entry, previous, hash }: LinkedEntry): boolean {
  try {
    return entryHash(entry, previous) === hash
  } catch (error) {
    // A value that has no canonical form was never written.
    if (error instanceof TypeError) return false
    throw error
  }
}
