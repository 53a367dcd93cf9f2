import type { PublicKey } from '../chain/signer.ts'
import { describe, type Log } from '../log.ts'
import type { Reading } from '../metrics.ts'
import type { Store } from '../store/open.ts'
import { verifyAuditLog } from './verify.ts'

/** Reads the audit log from time to time, so that somebody hears of it when it is not as it was written. */
export interface AuditWatch {
  /** Reads it once. Never rejects. */
  look(): Promise<void>
  readings(): Reading[]
}

/** @param onBroken called each time that it is found not to be as it was written */
export function createAuditWatch(parts: {
  store: Pick<Store, 'db'>
  publicKey: PublicKey
  log: Pick<Log, 'warn' | 'error'>
  onBroken: () => void
}): AuditWatch {
  const { store, publicKey, log, onBroken } = parts
  let found = 0
  return {
    look: async () => {
      try {
        const { faults } = await verifyAuditLog(store, publicKey)
        found = faults.length
        if (found === 0) return
        log.error(
          { faults: found },
          'the audit log is not as it was written: `sluice audit verify` says where',
        )
        onBroken()
      } catch (error) {
        log.warn({ err: describe(error) }, 'the audit log could not be read to verify it')
      }
    },
    readings: () => [
      {
        name: 'sluice_audit_faults',
        help: 'Faults in the audit log when it was last verified, at most 100. Alert above 0.',
        kind: 'gauge',
        read: () => found,
      },
    ],
  }
}
