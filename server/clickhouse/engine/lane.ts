/** The engine has more to do than it may take on: the caller tries again later. */
export class LaneFullError extends Error {
  override readonly name = 'LaneFullError'
}

/** Runs up to `width` tasks at once, the others in the order they came. */
export interface Lane {
  /**
   * Resolves as the task does. Rejects with the signal's reason when it was aborted before its turn, with
   * LaneFullError when too many wait already.
   */
  run<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T>
  /** Tasks running or waiting. */
  busy(): number
}

export function createLane(width: number, maxWaiting: number): Lane {
  let running = 0
  const waiting: (() => void)[] = []

  /** The place of a finished task goes to the next in line, so that nobody who comes later gets ahead. */
  function leave(): void {
    const next = waiting.shift()
    if (next) next()
    else running--
  }

  return {
    busy: () => running + waiting.length,
    async run(signal, task) {
      signal.throwIfAborted()
      if (running < width) running++
      else {
        if (waiting.length >= maxWaiting) throw new LaneFullError('too many statements wait')
        await turn(waiting, signal)
      }
      try {
        return await task()
      } finally {
        leave()
      }
    },
  }
}

function turn(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const begin = (): void => {
      signal.removeEventListener('abort', leave)
      resolve()
    }
    const leave = (): void => {
      waiting.splice(waiting.indexOf(begin), 1)
      reject(signal.reason as Error)
    }
    waiting.push(begin)
    signal.addEventListener('abort', leave, { once: true })
  })
}
