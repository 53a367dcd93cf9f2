import { createHash } from 'node:crypto'
import type { Clock } from '../../server/clock.ts'
import { openDataKeys, type DataKeys } from '../../server/store/data-keys.ts'
import { named } from '../../server/store/key-file.ts'
import type { Store } from '../../server/store/open.ts'

/** The keys of a store, under a master key that parent and child of a test both have. */
export function dataKeysOf(store: Store, clock: Clock): Promise<DataKeys> {
  const master = named(createHash('sha256').update('a master key of tests').digest())
  return openDataKeys({ store, master, clock })
}
