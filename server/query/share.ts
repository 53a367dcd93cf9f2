import type { Clock } from '../clock.ts'
import type { AnsweredRow } from './ask.ts'
import type { Statement } from './sql.ts'

/**
 * Runs a statement that is asked several times at one moment only once: the panels of a dashboard all ask for the
 * same totals.
 */
export interface Sharing {
  ask(statement: Statement, signal: AbortSignal): Promise<SharedRows>
}

export interface SharedRows {
  readonly rows: AnsweredRow[]
  /** How fresh the table was when the statement began: ISO time. */
  readonly freshness: string
}

export interface SharingParts {
  run(statement: Statement, signal: AbortSignal): Promise<AnsweredRow[]>
  freshness(): string
  clock: Pick<Clock, 'monotonic'>
}

/** A statement is joined for this long: an accepted event is answered within 5 s, and the loader takes 1 s of them. */
const JOIN_MS = 1_000

interface Running {
  readonly answer: Promise<SharedRows>
  readonly began: number
  readonly controller: AbortController
  listeners: number
}

export function createSharing({ run, freshness, clock }: SharingParts): Sharing {
  const running = new Map<string, Running>()

  function start(key: string, statement: Statement): Running {
    const controller = new AbortController()
    const isFreshTo = freshness()
    const answer = run(statement, controller.signal)
      .finally(() => {
        if (running.get(key) === started) running.delete(key)
      })
      .then((rows) => ({ rows, freshness: isFreshTo }))
    const started: Running = { answer, began: clock.monotonic(), controller, listeners: 0 }
    running.set(key, started)
    return started
  }

  return {
    async ask(statement, signal) {
      signal.throwIfAborted()
      const key = JSON.stringify([statement.text, statement.values])
      const known = running.get(key)
      const one = known && clock.monotonic() - known.began < JOIN_MS ? known : start(key, statement)
      one.listeners++
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          one.listeners--
          // Nobody listens any more: it is cancelled, and whoever asks next begins anew.
          if (one.listeners === 0) {
            if (running.get(key) === one) running.delete(key)
            one.controller.abort(signal.reason)
          }
          reject(signal.reason as Error)
        }
        signal.addEventListener('abort', leave, { once: true })
        const heard = (): void => signal.removeEventListener('abort', leave)
        one.answer.then(
          (answered) => {
            heard()
            resolve(answered)
          },
          (error: unknown) => {
            heard()
            reject(error)
          },
        )
      })
    },
  }
}
