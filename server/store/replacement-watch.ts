import { describe, type Log } from '../log.ts'
import type { DataKeys } from './data-keys.ts'
import type { Store } from './open.ts'

/** How often a server looks whether the master key is being replaced. The command that does it waits for that. */
const LOOK_MS = 1_000

/**
 * While another process replaces the master key (replace-master.ts), takes the new sealing key into memory as long as
 * the key that this server was started with still opens it, and says so in the store.
 */
export function createReplacementWatch(parts: {
  store: Pick<Store, 'db' | 'prepareRow'>
  dataKeys: Pick<DataKeys, 'find' | 'current'>
  log: Pick<Log, 'info' | 'warn'>
}): { look(): Promise<void>; close(): Promise<void> } {
  const { store, dataKeys, log } = parts
  const notTaken = store.prepareRow('data_key', 'WHERE taken = 0 LIMIT 1')
  let looking: Promise<void> | undefined
  let isTold = false

  /** Whether another process has replaced the key while this one could not see it; said once. */
  function isPassedOver(): boolean {
    try {
      dataKeys.current()
      isTold = false
      return false
    } catch (error) {
      if (!isTold) {
        log.warn(
          { err: describe(error) },
          'the master key was replaced without this server: it seals nothing until it is started with the new one, and its spool needs the old one beside it',
        )
      }
      isTold = true
      return true
    }
  }

  async function take(): Promise<void> {
    if (isPassedOver()) return
    const row = notTaken()
    if (!row) return
    try {
      dataKeys.find(row.id)
      await store.db.updateTable('data_key').set({ taken: 1 }).where('id', '=', row.id).execute()
      log.info({}, 'the master key is being replaced: this server has the new sealing key')
    } catch (error) {
      log.warn({ err: describe(error) }, 'the new sealing key could not be taken')
    }
  }

  const look = (): Promise<void> =>
    (looking ??= take().finally(() => {
      looking = undefined
    }))
  const timer = setInterval(() => void look(), LOOK_MS)
  return {
    look,
    close: async () => {
      clearInterval(timer)
      await looking
    },
  }
}
