import type { Transaction } from 'kysely'
import type { Store } from '../store/open.ts'
import type { Tables } from '../store/tables.ts'

export type Task<T> = (transaction: Transaction<Tables>) => Promise<T>

/**
 * Runs tasks that write to the store. Those that come while a transaction is under way share the next one, so that a
 * rush of choices costs one sync of the disk and not one each. They see each other's writes in order, and are kept
 * together or not at all: a task must not throw for what its caller did, only for a broken machine. Within a task no
 * other may be awaited.
 */
export interface Writer {
  /** Resolves once the task's writes are on disk. */
  write<T>(task: Task<T>): Promise<T>
  /** Resolves when nothing is under way. */
  settled(): Promise<void>
}

interface Waiting {
  run(transaction: Transaction<Tables>): Promise<void>
  kept(): void
  lost(error: unknown): void
}

export function createWriter(store: Pick<Store, 'transaction'>): Writer {
  let waiting: Waiting[] = []
  let working: Promise<void> | undefined

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      try {
        await store.transaction(async (transaction) => {
          for (const one of batch) await one.run(transaction)
        })
        for (const one of batch) one.kept()
      } catch (error) {
        for (const one of batch) one.lost(error)
      }
    }
    working = undefined
  }

  return {
    write: <T>(task: Task<T>) =>
      new Promise<T>((resolve, reject) => {
        let result: T
        waiting.push({
          run: async (transaction) => {
            result = await task(transaction)
          },
          kept: () => resolve(result),
          lost: reject,
        })
        // Begun a moment later, so that all that one moment brings goes together.
        working ??= Promise.resolve().then(work)
      }),
    settled: async () => working,
  }
}
