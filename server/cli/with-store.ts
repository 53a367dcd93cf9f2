import { auditSigner, createAuditLog, type AuditLog } from '../audit/log.ts'
import { systemClock } from '../clock.ts'
import { createLog } from '../log.ts'
import { openDataKeys, type DataKeys } from '../store/data-keys.ts'
import { loadMasterKey, type MasterKey } from '../store/key-file.ts'
import { openStore, type Store } from '../store/open.ts'
import type { CliContext } from './context.ts'

/** Opens the store for one command, whether the server runs or not, and closes it whatever happens. */
export async function withStore<T>(context: CliContext, act: (store: Store) => Promise<T> | T): Promise<T> {
  const { dataDir, databaseUrl, logLevel } = context.config
  // A command speaks in its own sentences: of the log only what somebody should look into.
  const log = createLog(logLevel === 'info' ? 'warn' : logLevel)
  const store = await openStore({ dataDir, databaseUrl, log })
  try {
    return await act(store)
  } finally {
    await store.close()
  }
}

/** The same, for a command that changes something: with the log that is told, and the keys. */
export function withAudit<T>(
  context: CliContext,
  act: (store: Store, audit: AuditLog, keys: CommandKeys) => Promise<T> | T,
): Promise<T> {
  const { dataDir, envKey } = context.config
  return withStore(context, async (store) => {
    const master = loadMasterKey({ dataDir, envKey, log: createLog('warn') })
    const data = await openDataKeys({ store, master, clock: systemClock })
    const signer = auditSigner(data.lasting)
    return act(store, createAuditLog({ store, clock: systemClock, signer }), { master, data })
  })
}

export interface CommandKeys {
  readonly master: MasterKey
  readonly data: DataKeys
}
