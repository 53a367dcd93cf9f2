import { UserError } from '../errors.ts'

export interface GateOptions {
  /** Questions answered side by side. */
  atOnce: number
  /** Of these, most of one site: a heavy question of one cannot starve the others. */
  perSite: number
  /** Questions that may wait. */
  waiting: number
  /** Longest wait, in milliseconds. */
  waitMs: number
}

/** Lets questions through in the order they came, a few at a time. */
export interface Gate {
  /**
   * Runs the task when it is its turn. Rejects with UserError (503) when too many wait or the wait was too long, and
   * with the signal's reason when it was aborted before its turn.
   */
  pass<T>(site: number, signal: AbortSignal, task: () => Promise<T>): Promise<T>
}

interface Waiting {
  readonly site: number
  begin(): void
}

export function createGate({ atOnce, perSite, waiting: most, waitMs }: GateOptions): Gate {
  const running = new Map<number, number>()
  let total = 0
  const queue: Waiting[] = []

  const isFree = (site: number): boolean => total < atOnce && (running.get(site) ?? 0) < perSite

  function enter(site: number): void {
    total++
    running.set(site, (running.get(site) ?? 0) + 1)
  }

  function leave(site: number): void {
    total--
    const left = (running.get(site) ?? 1) - 1
    if (left === 0) running.delete(site)
    else running.set(site, left)
    // A freed place goes to the first who may have it: one who waits for a place of its site is passed over.
    const next = queue.findIndex((one) => isFree(one.site))
    if (next >= 0) queue.splice(next, 1)[0]?.begin()
  }

  function turn(site: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
      }
      const one: Waiting = {
        site,
        begin: () => {
          end()
          enter(site)
          resolve()
        },
      }
      const giveUp = (reason: Error): void => {
        end()
        queue.splice(queue.indexOf(one), 1)
        reject(reason)
      }
      const onAbort = (): void => giveUp(signal.reason as Error)
      const timer = setTimeout(() => giveUp(busy()), waitMs)
      signal.addEventListener('abort', onAbort, { once: true })
      queue.push(one)
    })
  }

  return {
    async pass(site, signal, task) {
      signal.throwIfAborted()
      if (isFree(site)) enter(site)
      else {
        if (queue.length >= most) throw busy()
        await turn(site, signal)
      }
      try {
        return await task()
      } finally {
        leave(site)
      }
    },
  }
}

function busy(): UserError {
  return new UserError('Too many questions are being answered: try again in a few seconds.', 503)
}
