import type { Transaction } from 'kysely'
import { createSigner } from '../chain/signer.ts'
import { anotherKey } from './envelope.ts'
import { deriveKey, type MasterKey } from './key-file.ts'
import type { Tables } from './tables.ts'

/**
 * The key of a store from before there were data keys, in which everything derived from the master key itself: it goes
 * on as both, so that signatures hold and what is sealed opens. Undefined for a new store. Throws UserError when the
 * store was used with another master key.
 */
export async function adoptedKeys(
  transaction: Transaction<Tables>,
  master: MasterKey,
): Promise<MasterKey | undefined> {
  const head = await transaction.selectFrom('audit_head').select('key_id').executeTakeFirst()
  const link = await transaction.selectFrom('set_up_link').select('totp_secret').limit(1).executeTakeFirst()
  if (!head && !link) return undefined
  const signer = createSigner(deriveKey(master, 'audit log', 32))
  if (head && head.key_id !== signer.publicKey.kid) throw anotherKey()
  if (link && !link.totp_secret.startsWith(`v1.${master.id}.`)) throw anotherKey()
  return master
}
