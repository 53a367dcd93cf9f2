import { z } from 'zod'
import { canonicalJson } from '../chain/canonical.ts'
import { publicKeyOf, type PublicKey } from '../chain/signer.ts'
import { UserError } from '../errors.ts'
import type { ExportLine } from './export.ts'
import type { SignedHead } from './head.ts'
import { createVerifier, type Verification } from './verify.ts'

export interface FileVerification extends Verification {
  /** Days are not in it; rows from the first to the last. */
  readonly from: number
  readonly to: number
  readonly publicKey: PublicKey
  readonly signedHeads: readonly SignedHead[]
}

/**
 * Verifies an export by itself.
 * @param key public key (`x`) that it must be signed with; default: the one in the file, which says no more than that
 * the file is one piece
 */
export async function verifyExport(lines: AsyncIterable<string>, key?: string): Promise<FileVerification> {
  const heads: SignedHead[] = []
  const documents = new Map<string, { kind: string; document: string }>()
  let about: Extract<ExportLine, { type: 'ledger' }> | undefined
  let verifier: ReturnType<typeof createVerifier> | undefined
  let publicKey: PublicKey | undefined
  const begin = (): ReturnType<typeof createVerifier> => {
    if (!about || !publicKey) throw notAnExport()
    return createVerifier({
      chain: { site: about.site, opened: about.opened },
      publicKey,
      heads,
      document: (hash) => documents.get(hash),
      from: about.from,
    })
  }
  for await (const text of lines) {
    if (text === '') continue
    const line = readLine(text)
    if (line.type === 'ledger') {
      if (about) throw notAnExport()
      about = line
      publicKey = publicKeyOf(key ?? line.key.x)
    } else if (line.type === 'head') {
      const { type: _, ...head } = line
      heads.push(head)
    } else if (line.type === 'row') {
      const { type: _, ...linked } = line
      verifier ??= begin()
      verifier.row(linked)
    } else if (line.type === 'removed') {
      const { type: _, ...removed } = line
      verifier ??= begin()
      verifier.removed(removed)
    } else documents.set(line.hash, { kind: line.type, document: canonicalJson(line.document) })
  }
  verifier ??= begin()
  if (!about || !publicKey) throw notAnExport()
  if (!heads.some((head) => head.seq === about?.to))
    verifier.fault(`No head signs the last row, ${about.to}.`)
  const verification = verifier.end()
  return { ...verification, from: about.from, to: about.to, publicKey, signedHeads: heads }
}

const HEAD = { site: z.string(), opened: z.string(), seq: z.int(), hash: z.string(), time: z.string() }
const JSON_OBJECT = z.record(z.string(), z.unknown())
/** No more than what is read before a hash or a signature tells whether the rest is as it was. */
const LINE = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('ledger'),
    site: z.string(),
    opened: z.string(),
    from: z.int().min(1),
    to: z.int().min(1),
    key: z.looseObject({ x: z.string() }),
  }),
  z.looseObject({ type: z.literal('head'), ...HEAD, key: z.string(), signature: z.string() }),
  z.looseObject({
    type: z.literal('removed'),
    site: z.string(),
    opened: z.string(),
    from: z.int().min(1),
    to: z.int().min(1),
    hash: z.string(),
    time: z.string(),
    key: z.string(),
    signature: z.string(),
  }),
  z.looseObject({ type: z.literal('notice'), hash: z.string(), document: JSON_OBJECT }),
  z.looseObject({ type: z.literal('policy'), hash: z.string(), document: JSON_OBJECT }),
  z.looseObject({
    type: z.literal('row'),
    previous: z.string(),
    hash: z.string(),
    entry: z.looseObject({
      seq: z.int(),
      policy: z.looseObject({ hash: z.string() }),
      notice: z.string().nullable(),
    }),
  }),
])

function readLine(text: string): ExportLine {
  try {
    const line: unknown = JSON.parse(text)
    // What has no canonical form has no hash either.
    canonicalJson(line)
    return LINE.parse(line) as unknown as ExportLine
  } catch {
    throw notAnExport()
  }
}

function notAnExport(): UserError {
  return new UserError(
    'This file is not an export of a consent ledger: give one made by `sluice consent export`.',
  )
}
