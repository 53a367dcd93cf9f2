import { describe, type Log } from '../log.ts'

/**
 * Writes nobody waits for: when a key or session was last used. A failure is logged and changes no answer.
 */
export interface Background {
  run(what: string, write: () => Promise<unknown>): void
  /** Resolves when nothing is under way: before the store closes. */
  settled(): Promise<void>
}

export function createBackground(log: Pick<Log, 'warn'>): Background {
  const writes = new Set<Promise<void>>()
  const attempt = async (what: string, write: () => Promise<unknown>): Promise<void> => {
    try {
      await write()
    } catch (error) {
      log.warn({ err: describe(error) }, what)
    }
  }
  return {
    run: (what, write) => {
      const done = attempt(what, write).finally(() => {
        writes.delete(done)
      })
      writes.add(done)
    },
    settled: async () => {
      await Promise.all(writes)
    },
  }
}
