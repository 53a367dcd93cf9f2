import { randomBytes } from 'node:crypto'
import type { Chain, Random, Sealing } from '../../sms/index.ts'
import { canonicalJson } from '../chain/canonical.ts'
import { sha256 } from '../chain/sha256.ts'
import { createSigner, type Signer } from '../chain/signer.ts'
import type { DataKeys, LastingKey } from '../store/data-keys.ts'
import { createBlindIndex, createEnvelope, onlyKey } from '../store/envelope.ts'
import { deriveKey, named } from '../store/key-file.ts'

/** What the SMS module needs, made of what the server has. */

const KEY_BYTES = 32

export const random: Random = {
  hex: (bytes) => randomBytes(bytes).toString('hex'),
  fraction: () => randomBytes(4).readUInt32BE() / 2 ** 32,
}

/** Keys of subjects are sealed under the data keys; what is theirs, under theirs. */
export function createSealing(keys: DataKeys): Sealing {
  return {
    envelope: createEnvelope(keys),
    newKey: () => randomBytes(KEY_BYTES).toString('base64url'),
    under: (key) => createEnvelope(onlyKey(named(Buffer.from(key, 'base64url')))),
    index: (purpose) => createBlindIndex(keys.lasting, purpose),
  }
}

/** The key that signs the SMS ledger; the same for as long as the installation is. */
export function smsSigner(lasting: LastingKey): Signer {
  return createSigner(deriveKey(lasting, 'sms ledger', KEY_BYTES))
}

export function createChain(signer: Signer): Chain {
  return { canonicalJson, hash: sha256, keyId: signer.publicKey.kid, sign: (text) => signer.sign(text) }
}
