import { z } from 'zod'
import { canonicalJson } from '../chain/canonical.ts'
import { sha256 } from '../chain/sha256.ts'
import { isSigned, publicKeyOf, type PublicKey } from '../chain/signer.ts'
import { UserError } from '../errors.ts'
import { commitmentOf, entryHash, type LinkedEntry } from './chain.ts'
import { manifestOf, type Disclosure } from './disclosure.ts'

export interface DisclosureVerification {
  readonly site: string
  readonly rows: number
  readonly publicKey: PublicKey
  /** A sentence for each; empty: it is as it was made. */
  readonly faults: readonly string[]
}

/** No more than what is read before a hash or the signature tells whether the rest is as it was. */
const DISCLOSURE = z.looseObject({
  disclosure: z.literal(1),
  site: z.string(),
  subject: z.looseObject({ id: z.string() }),
  from: z.string(),
  to: z.string(),
  tie: z.object({ salt: z.string(), commitment: z.string() }),
  manifest: z.looseObject({}),
  key: z.looseObject({ x: z.string() }),
  documents: z.array(z.object({ hash: z.string(), kind: z.string(), document: z.unknown() })),
  rows: z.array(
    z.object({
      entry: z.looseObject({
        seq: z.int(),
        time: z.string(),
        policy: z.looseObject({ hash: z.string() }),
        notice: z.string().nullable(),
        commitment: z.string().nullable(),
      }),
      previous: z.string(),
      hash: z.string(),
    }),
  ),
  signature: z.string(),
})

/**
 * Verifies a disclosure by itself, without the store. Throws UserError for a text that is none.
 * @param key public key (`x`) that it must be signed with; default: the one in it, which says no more than that it is
 * one piece
 */
export function verifyDisclosure(text: string, key?: string): DisclosureVerification {
  const given = read(text)
  const { rows, documents, signature, ...said } = given
  const publicKey = publicKeyOf(key ?? said.key.x)
  const faults: string[] = []
  if (said.key.x !== publicKey.x || !isSigned(publicKey, canonicalJson(said), signature)) {
    faults.push("It does not bear this installation's signature.")
  }
  if (canonicalJson(manifestOf(rows, documents)) !== canonicalJson(said.manifest)) {
    faults.push('Rows or documents are not those that the manifest counts.')
  }
  if (commitmentOf(said.tie.salt, said.subject.id) !== said.tie.commitment) {
    faults.push('The subject is not the one that the rows are about.')
  }
  const there = new Set(
    documents
      .filter(({ hash, document }) => sha256(canonicalJson(document)) === hash)
      .map(({ hash }) => hash),
  )
  for (const row of rows) faults.push(...faultsOf(row, said, there))
  return { site: said.site, rows: rows.length, publicKey, faults }
}

function faultsOf(
  { entry, previous, hash }: LinkedEntry,
  said: Pick<Disclosure, 'from' | 'to' | 'tie'>,
  there: ReadonlySet<string>,
): string[] {
  const { seq, time, policy, notice, commitment } = entry
  const day = time.slice(0, 10)
  return [
    ...(entryHash(entry, previous) === hash ? [] : [`Row ${seq} was changed.`]),
    ...(commitment === said.tie.commitment ? [] : [`Row ${seq} is about somebody else.`]),
    ...(day >= said.from && day <= said.to ? [] : [`Row ${seq} is of another day.`]),
    ...(there.has(policy.hash) ? [] : [`The policy that row ${seq} names is missing or was changed.`]),
    ...(notice === null || there.has(notice)
      ? []
      : [`The notice that row ${seq} names is missing or was changed.`]),
  ]
}

function read(text: string): Disclosure {
  try {
    const value: unknown = JSON.parse(text)
    // What has no canonical form has no signature either.
    canonicalJson(value)
    return DISCLOSURE.parse(value) as unknown as Disclosure
  } catch {
    throw new UserError('This file is not a disclosure: give one made by `sluice disclose`.')
  }
}
