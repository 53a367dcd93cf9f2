import type { Transaction } from 'kysely'
import { canonicalJson } from '../chain/canonical.ts'
import { isSigned, type PublicKey, type Signer } from '../chain/signer.ts'
import type { Store } from '../store/open.ts'
import type { ConsentRemovedTable, Tables } from '../store/tables.ts'
import type { ChainName } from './chain.ts'

/**
 * A signed statement in place of rows that were removed when their time had passed: the last of them had this hash, so
 * that the row behind still continues something. Nobody can make one without the key, so rows that are missing without
 * one were cut out.
 */
export interface RemovedRows extends ChainName {
  /** Rows, both included. */
  from: number
  to: number
  hash: string
  /** When it was signed, ISO 8601 to the second. */
  time: string
  /** `kid` of the key. */
  key: string
  /** Ed25519 over the canonical JSON of all the other fields and `"removed":1`, base64url. */
  signature: string
}

export function signRemoved(
  signer: Signer,
  { site, opened }: ChainName,
  rows: Pick<RemovedRows, 'from' | 'to' | 'hash' | 'time'>,
): RemovedRows {
  const { from, to, hash, time } = rows
  const said = { site, opened, from, to, hash, time, key: signer.publicKey.kid }
  return { ...said, signature: signer.sign(textOf(said)) }
}

export function isRemovedSigned(publicKey: PublicKey, removed: RemovedRows): boolean {
  const { signature, ...said } = removed
  return said.key === publicKey.kid && isSigned(publicKey, textOf(said), signature)
}

/** Unlike the text of a head, whatever is in it. */
function textOf(said: Omit<RemovedRows, 'signature'>): string {
  return canonicalJson({ removed: 1, ...said })
}

export function removedOf(chain: ChainName, row: ConsentRemovedTable): RemovedRows {
  const { from_seq: from, to_seq: to, row_hash: hash, time, key_id: key, signature } = row
  return { site: chain.site, opened: chain.opened, from, to, hash, time, key, signature }
}

/** A row that goes: its place and its hash. */
export interface Going {
  readonly seq: number
  readonly hash: string
}

/**
 * Removes rows of a chain and puts signed statements in their place, one for each stretch: those that come to touch
 * earlier ones take their place too.
 * @param going in the order of the chain
 */
export async function removeRows(
  transaction: Transaction<Tables>,
  about: { siteId: number; chain: ChainName; signer: Signer; time: string },
  going: readonly Going[],
): Promise<void> {
  const { siteId, chain, signer, time } = about
  for (const stretch of stretchesOf(going)) {
    await transaction
      .deleteFrom('consent_ledger')
      .where('site_id', '=', siteId)
      .where('seq', '>=', stretch.from)
      .where('seq', '<=', stretch.to)
      .execute()
    const before = await takeStretch(transaction, siteId, 'to_seq', stretch.from - 1)
    const after = await takeStretch(transaction, siteId, 'from_seq', stretch.to + 1)
    const { from, to, hash, key, signature } = signRemoved(signer, chain, {
      from: before?.from_seq ?? stretch.from,
      to: after?.to_seq ?? stretch.to,
      hash: after?.row_hash ?? stretch.hash,
      time,
    })
    await transaction
      .insertInto('consent_removed')
      .values({ site_id: siteId, from_seq: from, to_seq: to, row_hash: hash, time, key_id: key, signature })
      .execute()
  }
}

interface Stretch {
  readonly from: number
  readonly to: number
  readonly hash: string
}

function stretchesOf(going: readonly Going[]): Stretch[] {
  const stretches: Stretch[] = []
  for (const { seq, hash } of going) {
    const last = stretches.at(-1)
    if (last?.to === seq - 1) stretches[stretches.length - 1] = { from: last.from, to: seq, hash }
    else stretches.push({ from: seq, to: seq, hash })
  }
  return stretches
}

/** Takes the statement that begins or ends at a row away, to be part of another. */
function takeStretch(
  transaction: Transaction<Tables>,
  siteId: number,
  side: 'from_seq' | 'to_seq',
  seq: number,
): Promise<ConsentRemovedTable | undefined> {
  return transaction
    .deleteFrom('consent_removed')
    .where('site_id', '=', siteId)
    .where(side, '=', seq)
    .returningAll()
    .executeTakeFirst()
}

/** The statement that stands where a row stood; undefined where it stands, or nothing says that it was removed. */
export function removedAt(
  db: Store['db'],
  siteId: number,
  seq: number,
): Promise<ConsentRemovedTable | undefined> {
  return db
    .selectFrom('consent_removed')
    .selectAll()
    .where('site_id', '=', siteId)
    .where('to_seq', '>=', seq)
    .where('from_seq', '<=', seq)
    .orderBy('to_seq')
    .limit(1)
    .executeTakeFirst()
}
