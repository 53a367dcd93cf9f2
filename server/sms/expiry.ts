import { removeExpired, type SmsParts } from '../../sms/index.ts'
import { describe, type Log } from '../log.ts'
import type { Store } from '../store/open.ts'
import { SMS_TABLES } from '../store/personal.ts'

/** Removes what has been kept for its time (sms/retention.ts). */
export interface Expiry {
  /** Looks once; while it is at it, another look does nothing. */
  look(): void
  /** Resolves once nothing is under way. */
  settled(): Promise<void>
}

export function createExpiry(parts: {
  sms: SmsParts
  /** Overwrites what was removed. */
  store: Pick<Store, 'purge'>
  log: Pick<Log, 'info' | 'error'>
}): Expiry {
  const { sms, store, log } = parts
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    try {
      const removed = await removeExpired(sms)
      if (Object.values(removed).every((count) => count === 0)) return
      await store.purge(SMS_TABLES)
      log.info(removed, 'what was kept of text messages for its time is removed')
    } catch (error) {
      // It is looked again, and nothing depends on when.
      log.error({ err: describe(error) }, 'what was kept of text messages for its time could not be removed')
    }
  }

  return {
    look: () => {
      running ??= run().finally(() => {
        running = undefined
      })
    },
    settled: async () => running,
  }
}
