import type { Clock } from '../clock.ts'
import type { AnsweredRow } from './ask.ts'
import type { Statement } from './sql.ts'

/**
 * Runs a statement that is asked several times within a moment only once: the panels of a dashboard all ask for the
 * same totals, and which days are sealed. Where a statement says of which version of the data it is, its answer is kept
 * for whoever asks the same of that version.
 */
export interface Sharing {
  /** `site`: whose question it is. */
  ask(statement: Statement, site: number, signal: AbortSignal): Promise<SharedRows>
}

export interface SharedRows {
  readonly rows: AnsweredRow[]
  /** How fresh the table was when the statement began: ISO time. */
  readonly freshness: string
}

export interface SharingParts {
  run(statement: Statement, site: number, signal: AbortSignal): Promise<AnsweredRow[]>
  freshness(): string
  /** Whether answers are kept beyond the moment. */
  keeps: boolean
  clock: Pick<Clock, 'monotonic'>
}

/** An answer is joined for this long from its beginning: an accepted event is answered within 5 s, and the loader takes 1 s of them. */
const JOIN_MS = 1_000
/** Of all answers that are kept together: a row is some hundred bytes. Those that were asked for longest ago go first. */
const KEPT_ROWS = 100_000
/** An answer without rows is kept too. */
const ROWS_OF_NONE = 1

interface Begun {
  readonly answer: Promise<SharedRows>
  readonly began: number
  readonly controller: AbortController
  listeners: number
}

export function createSharing({ run, freshness, keeps, clock }: SharingParts): Sharing {
  const begun = new Map<string, Begun>()
  /** In the order of their last use. */
  const kept = new Map<string, AnsweredRow[]>()
  let keptRows = 0

  function keep(key: string, rows: AnsweredRow[]): void {
    take(key)
    kept.set(key, rows)
    keptRows += rows.length + ROWS_OF_NONE
    for (const [oldest] of kept) {
      if (keptRows <= KEPT_ROWS) break
      take(oldest)
    }
  }

  function take(key: string): AnsweredRow[] | undefined {
    const rows = kept.get(key)
    if (rows) keptRows -= rows.length + ROWS_OF_NONE
    kept.delete(key)
    return rows
  }

  function start(key: string, statement: Statement, site: number): Begun {
    const controller = new AbortController()
    const isFreshTo = freshness()
    const answer = run(statement, site, controller.signal).then((rows) => {
      if (keeps && statement.version !== undefined) keep(key, rows)
      return { rows, freshness: isFreshTo }
    })
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
    async ask(statement, site, signal) {
      signal.throwIfAborted()
      const key = JSON.stringify([statement.text, statement.values, statement.version])
      const known = take(key)
      if (known) {
        keep(key, known)
        return { rows: known, freshness: freshness() }
      }
      const running = begun.get(key)
      const one =
        running && clock.monotonic() - running.began < JOIN_MS ? running : start(key, statement, site)
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
