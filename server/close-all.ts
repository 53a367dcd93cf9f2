import type { Log } from './log.ts'

/** Closes in reverse what was opened; one that fails keeps none of the others from it. */
export async function closeAll(closers: (() => unknown)[], log: Log): Promise<void> {
  for (const close of closers.toReversed()) {
    try {
      await close()
    } catch (error) {
      // One part that cannot close must not keep the others from closing.
      log.error({ err: error }, 'a part of the server did not close in order')
    }
  }
}
