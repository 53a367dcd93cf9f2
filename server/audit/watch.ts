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

/** @param onLook called each time that it was read: whether it is not as it was written */
export function createAuditWatch(parts: {
  store: Pick<Store, 'db'>
  publicKey: PublicKey
  log: Pick<Log, 'warn' | 'error'>
  onLook: (isBroken: boolean) => void
}): AuditWatch {
  const { store, publicKey, log, onLook } = parts
  let found = 0
  return {
    look: async () => {
      try {
        const { faults } = await verifyAuditLog(store, publicKey)
        found = faults.length
        onLook(found > 0)
        if (found === 0) return
        log.error(
          { faults: found },
          'the audit log is not as it was written: `sluice audit verify` says where',
        )
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

/** How often the audit log is verified, and how long after the start first: it reads all of it. */
const EVERY_MS = 24 * 3_600_000
const FIRST_MS = 60_000
/** Of one that is broken somebody hears once a day, however often the server is started. */
export const AUDIT_REMIND_MS = 23 * 3_600_000

/** Looks by itself until it is closed. */
export function startAuditWatch(
  parts: Parameters<typeof createAuditWatch>[0],
): Pick<AuditWatch, 'readings'> & { close(): void } {
  const watch = createAuditWatch(parts)
  const timers = [
    setTimeout(() => void watch.look(), FIRST_MS),
    setInterval(() => void watch.look(), EVERY_MS),
  ]
  return {
    readings: watch.readings,
    close: () => {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
