import { createChain, createSealing, random, smsSigner } from '../../../../server/sms/ports.ts'
import type { Chain, Random, Sealing, SmsStore } from '../../../../sms/index.ts'
import type { DataKeys } from '../../../../server/store/data-keys.ts'
import type { Store } from '../../../../server/store/open.ts'
import { seededDataKeys } from '../../store/keys.ts'
import { dataFolder, movedClock, openedStore, tamperer, type MovedClock } from '../../store/opened.ts'

/** The module's store in a real one, with keys that are the same in every run. */
export interface SmsScene {
  readonly dataDir: string
  readonly store: Store
  readonly keys: DataKeys
  readonly sms: SmsStore
  readonly clock: MovedClock
  readonly random: Random
  readonly sealing: Sealing
  readonly chain: Chain
  /** Changes the store as somebody does who has got hold of it. */
  tamper(statement: string, ...values: unknown[]): Promise<number>
}

export async function smsScene(): Promise<SmsScene> {
  const dataDir = dataFolder()
  const store = await openedStore(dataDir)
  const keys = await seededDataKeys(store)
  return {
    dataDir,
    store,
    keys,
    sms: store,
    clock: movedClock(),
    random,
    sealing: createSealing(keys),
    chain: createChain(smsSigner(keys.lasting)),
    tamper: await tamperer(dataDir),
  }
}

export { numberOf } from './numbers.ts'
