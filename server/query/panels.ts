import type { CatalogDimension } from './catalog.ts'
import { TooCostly, type AnsweredRow } from './ask.ts'
import type { Panel, Statement } from './sql.ts'

/** Runs one statement about a site in the database. */
export type Running = (statement: Statement, site: number, signal: AbortSignal) => Promise<AnsweredRow[]>

interface Asked {
  readonly panel: Panel
  readonly signal: AbortSignal
  resolve(rows: AnsweredRow[]): void
  reject(reason: unknown): void
}

/**
 * Runs statements that are the same but for the dimension they are about as one: the panels of a dashboard are asked at
 * one moment, and making the plan of a statement, finding the events it is about and putting them into visits costs more
 * than what is counted for one. All others are run at once, each by itself. It is cancelled when nobody waits any more.
 */
export function createPanels(run: Running): Running {
  const waiting = new Map<string, Asked[]>()

  async function runTogether(key: string, site: number): Promise<void> {
    const found = waiting.get(key) ?? []
    waiting.delete(key)
    const asked = found.filter(({ signal }) => !signal.aborted)
    const [first] = asked
    if (!first) return
    const controller = new AbortController()
    const leave = (): void => {
      if (asked.every(({ signal }) => signal.aborted)) controller.abort(first.signal.reason)
    }
    for (const { signal } of asked) signal.addEventListener('abort', leave, { once: true })
    try {
      const dimensions = [...new Set(asked.map(({ panel }) => panel.dimension))].toSorted()
      const rows = await runAll(first.panel, dimensions, site, controller.signal)
      for (const { panel, resolve } of asked) {
        resolve(rows.filter((row) => row['dimension'] === panel.dimension))
      }
    } catch (error) {
      for (const { reject } of asked) reject(error)
    } finally {
      for (const { signal } of asked) signal.removeEventListener('abort', leave)
    }
  }

  /** What is too much for one statement is asked in several: each has the time and the memory of one. */
  async function runAll(
    { together }: Panel,
    dimensions: readonly CatalogDimension[],
    site: number,
    signal: AbortSignal,
  ): Promise<AnsweredRow[]> {
    try {
      return await run(together(dimensions), site, signal)
    } catch (error) {
      if (!(error instanceof TooCostly) || dimensions.length === 1) throw error
    }
    const each = await Promise.all(dimensions.map((one) => run(together([one]), site, signal)))
    return each.flat()
  }

  return (statement, site, signal) => {
    const { panel } = statement
    if (!panel) return run(statement, site, signal)
    // Without a dimension, what is left is what all of them have in common.
    const { text, values, version } = panel.together([])
    const key = JSON.stringify([panel.kind, text, values, version])
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      const one: Asked = { panel, signal, resolve, reject }
      const together = waiting.get(key)
      if (together) together.push(one)
      else {
        waiting.set(key, [one])
        // Whoever waited for the same answer goes on within this turn of the event loop.
        setImmediate(() => void runTogether(key, site))
      }
    })
  }
}
