import type { AuditLog } from '../audit/log.ts'
import { describe, type Log } from '../log.ts'

/**
 * Wrong and refused tries to sign in, for the audit log: a row for each account and minute, one for all names that
 * nobody has. So a flood of guesses costs a row a minute and not one each, and no try is answered slower than another
 * because it was written down.
 */
export interface Tally {
  /** @param accountId undefined: nobody has that name */
  count(action: 'sign-in.failed' | 'sign-in.blocked', accountId: string | undefined): void
  /** Writes what was counted. */
  flush(): Promise<void>
  /** Writes what was counted and stops. Idempotent. */
  close(): Promise<void>
}

const FLUSH_MS = 60_000

export function createTally(parts: { audit: Pick<AuditLog, 'record'>; log: Pick<Log, 'error'> }): Tally {
  let counts = new Map<string, { action: 'sign-in.failed' | 'sign-in.blocked'; id?: string; count: number }>()

  async function flush(): Promise<void> {
    const counted = [...counts.values()]
    counts = new Map()
    for (const { action, id, count } of counted) {
      await parts.audit.record({
        actor: 'nobody',
        action,
        ...(id !== undefined && { subject: id }),
        detail: { count },
      })
    }
  }
  const timer = setInterval(() => {
    flush().catch((error: unknown) => {
      parts.log.error({ err: describe(error) }, 'failed sign-ins could not be written to the audit log')
    })
  }, FLUSH_MS)

  let closed: Promise<void> | undefined
  return {
    count: (action, id) => {
      const key = `${action} ${id ?? ''}`
      const known = counts.get(key) ?? { action, ...(id !== undefined && { id }), count: 0 }
      known.count++
      counts.set(key, known)
    },
    flush,
    close: () => {
      clearInterval(timer)
      return (closed ??= flush())
    },
  }
}
