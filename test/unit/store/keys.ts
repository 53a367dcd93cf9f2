import { createHash } from 'node:crypto'
import {
  openDataKeys,
  wrap,
  wrapping,
  type DataKeys,
  type LastingKey,
} from '../../../server/store/data-keys.ts'
import { onlyKey } from '../../../server/store/envelope.ts'
import { named, type MasterKey } from '../../../server/store/key-file.ts'
import type { Store } from '../../../server/store/open.ts'
import { movedClock } from './opened.ts'

/** Keys that are the same in every run. */

export function masterKey(seed: string): MasterKey {
  return named(createHash('sha256').update(seed).digest())
}

export function lastingKey(seed: string): LastingKey {
  return { key: createHash('sha256').update(`lasting ${seed}`).digest(), isLasting: true }
}

export const MASTER = masterKey('one')
export const LASTING = lastingKey('one')

/** Data keys that are in no store. */
export const DATA_KEYS: DataKeys = { ...onlyKey(masterKey('sealing')), lasting: LASTING }

/** Opens the data keys of a new store, of which LASTING is to be one. */
export async function seededDataKeys(store: Store): Promise<DataKeys> {
  const row = { id: 'a'.repeat(16), purpose: 'lasting', generation: 1, created_at: 0, taken: 1 } as const
  const sealing = { ...row, id: 'b'.repeat(16), purpose: 'sealing' } as const
  const envelope = wrapping(MASTER)
  await store.db
    .insertInto('data_key')
    .values([
      wrap(envelope, MASTER, row, LASTING.key),
      wrap(envelope, MASTER, sealing, masterKey('sealing').key),
    ])
    .execute()
  await store.catchUp()
  return openDataKeys({ store, master: MASTER, clock: movedClock() })
}
