import type { Clock } from '../clock.ts'
import type { AnsweredRow } from './ask.ts'
import type { Statement } from './sql.ts'

/**
 * Runs a statement that is asked several times within a moment only once: the panels of a dashboard all ask for the
 * same totals, and which days are sealed.
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

/** An answer is joined for this long from its beginning: an accepted event is answered within 5 s, and the loader takes 1 s of them. */
const JOIN_MS = 1_000

interface Begun {
  readonly answer: Promise<SharedRows>
  readonly began: number
  readonly controller: AbortController
  listeners: number
}

export function createSharing({ run, freshness, clock }: SharingParts): Sharing {
  const begun = new Map<string, Begun>()

  function start(key: string, statement: Statement): Begun {
    const controller = new AbortController()
    const isFreshTo = freshness()
    const answer = run(statement, controller.signal).then((rows) => ({ rows, freshness: isFreshTo }))
    const started: Begun = { answer, began: clock.monotonic(), controller, listeners: 0 }
    begun.set(key, started)
    answer.then(
      () => void setTimeout(forget, JOIN_MS, key, started).unref(),
      () => forget(key, started),
    )
    return started
  }

  function forget(key: string, one: Begun): void {
    if (begun.get(key) === one) begun.delete(key)
  }

  return {
    async ask(statement, signal) {
      signal.throwIfAborted()
      const key = JSON.stringify([statement.text, statement.values])
      const known = begun.get(key)
      const one = known && clock.monotonic() - known.began < JOIN_MS ? known : start(key, statement)
      one.listeners++
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          one.listeners--
          // Nobody listens any more: it is cancelled, and whoever asks next begins anew.
          if (one.listeners === 0) {
            forget(key, one)
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
