import { canonicalJson } from '../chain/canonical.ts'
import { isSigned, type PublicKey, type Signer } from '../chain/signer.ts'
import type { ConsentHeadTable } from '../store/tables.ts'
import type { ChainName } from './chain.ts'

/**
 * A signed statement of how far a chain reached: at `time` the row `seq` had the hash `hash`. Kept elsewhere (it is
 * published hourly, and with each export) it shows whether rows up to it were changed or taken away.
 */
export interface SignedHead extends ChainName {
  seq: number
  hash: string
  /** ISO 8601, to the second. */
  time: string
  /** `kid` of the key. */
  key: string
  /** Ed25519 over the canonical JSON of all the other fields, base64url. */
  signature: string
}

export function signHead(
  signer: Signer,
  chain: ChainName,
  at: { seq: number; hash: string; time: string },
): SignedHead {
  const { site, opened } = chain
  const { seq, hash, time } = at
  const said = { site, opened, seq, hash, time, key: signer.publicKey.kid }
  return { ...said, signature: signer.sign(canonicalJson(said)) }
}

export function isHeadSigned(publicKey: PublicKey, head: SignedHead): boolean {
  const { signature, ...said } = head
  return said.key === publicKey.kid && isSigned(publicKey, canonicalJson(said), signature)
}

export function headRowOf(siteId: number, head: SignedHead): ConsentHeadTable {
  const { seq, hash, time, key, signature } = head
  return { site_id: siteId, seq, row_hash: hash, time, key_id: key, signature }
}

export function headOf(chain: ChainName, row: ConsentHeadTable): SignedHead {
  return {
    site: chain.site,
    opened: chain.opened,
    seq: row.seq,
    hash: row.row_hash,
    time: row.time,
    key: row.key_id,
    signature: row.signature,
  }
}
