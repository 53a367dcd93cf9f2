import type { AnsweredRow } from './ask.ts'
import type { Statement } from './sql.ts'

/** Runs one statement in the database. */
export type Running = (statement: Statement, signal: AbortSignal) => Promise<AnsweredRow[]>

interface Asked {
  readonly panel: string
  readonly signal: AbortSignal
  resolve(rows: AnsweredRow[]): void
  reject(reason: unknown): void
}

interface Together {
  readonly statement: Statement
  readonly asked: Asked[]
}

/**
 * Runs statements that are the same but for the dimension they are about as one: the panels of a dashboard are asked at
 * one moment, and making the plan of a statement costs more than what is read for one. All others are run at once, each
 * by itself. It is cancelled when nobody waits any more.
 */
export function createPanels(run: Running): Running {
  const waiting = new Map<string, Together>()

  async function runTogether(key: string): Promise<void> {
    const found = waiting.get(key)
    waiting.delete(key)
    if (!found) return
    const asked = found.asked.filter(({ signal }) => !signal.aborted)
    if (asked.length === 0) return
    const { statement } = found
    const controller = new AbortController()
    const leave = (): void => {
      if (asked.every(({ signal }) => signal.aborted)) controller.abort(asked[0]?.signal.reason)
    }
    for (const { signal } of asked) signal.addEventListener('abort', leave, { once: true })
    try {
      const rollups = [...new Set(asked.map(({ panel }) => panel))].toSorted()
      const rows = await run({ ...statement, values: { ...statement.values, rollups } }, controller.signal)
      for (const { panel, resolve } of asked) resolve(rows.filter((row) => row['dimension'] === panel))
    } catch (error) {
      for (const { reject } of asked) reject(error)
    } finally {
      for (const { signal } of asked) signal.removeEventListener('abort', leave)
    }
  }

  return (statement, signal) => {
    const { panel } = statement
    if (panel === undefined) return run(statement, signal)
    const key = JSON.stringify([statement.text, { ...statement.values, rollups: [] }])
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      const one: Asked = { panel, signal, resolve, reject }
      const together = waiting.get(key)
      if (together) together.asked.push(one)
      else {
        waiting.set(key, { statement, asked: [one] })
        // Whoever waited for the same answer goes on within this turn of the event loop.
        setImmediate(() => void runTogether(key))
      }
    })
  }
}
