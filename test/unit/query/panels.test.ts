import { describe, expect, it } from 'vitest'
import type { AnsweredRow } from '../../../server/query/ask.ts'
import { createPanels } from '../../../server/query/panels.ts'
import type { Statement } from '../../../server/query/sql.ts'

interface Run {
  readonly statement: Statement
  readonly signal: AbortSignal
  resolve(rows: AnsweredRow[]): void
  reject(error: Error): void
}

function setUp(): { ask: ReturnType<typeof createPanels>; runs: Run[] } {
  const runs: Run[] = []
  const ask = createPanels(
    (statement, signal) =>
      new Promise((resolve, reject) => {
        runs.push({ statement, signal, resolve, reject })
      }),
  )
  return { ask, runs }
}

const panel = (dimension: string, limit = 10): Statement => ({
  text: 'SELECT …',
  values: { limit, rollups: [dimension] },
  panel: dimension,
})
const someone = (): AbortSignal => new AbortController().signal
const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

describe('panels', () => {
  it('that are asked at one moment are one statement, and each gets its rows', async () => {
    const { ask, runs } = setUp()
    const asked = ['page', 'city', 'page'].map((dimension) => ask(panel(dimension), someone()))
    const longer = ask(panel('page', 20), someone())
    await nextTurn()
    expect(runs.map(({ statement }) => statement.values)).toEqual([
      { limit: 10, rollups: ['city', 'page'] },
      { limit: 20, rollups: ['page'] },
    ])
    const [page, city] = [
      { dimension: 'page', value: '/' },
      { dimension: 'city', value: 'Kiel' },
    ]
    runs[0]?.resolve([city, page])
    runs[1]?.resolve([])
    expect(await Promise.all([...asked, longer])).toEqual([[page], [city], [page], []])
    const again = ask(panel('page'), someone())
    await nextTurn()
    expect(runs).toHaveLength(3)
    runs[2]?.resolve([])
    await again
  })

  it('leave every other statement as it is', async () => {
    const { ask, runs } = setUp()
    const statement = { text: 'SELECT 1', values: {} }
    const asked = ask(statement, someone())
    expect(runs[0]?.statement).toBe(statement)
    runs[0]?.resolve([])
    await asked
  })

  it('are cancelled when nobody waits any more, and not before', async () => {
    const { ask, runs } = setUp()
    const [one, two] = [new AbortController(), new AbortController()]
    const first = ask(panel('page'), one.signal)
    const second = ask(panel('city'), two.signal)
    await nextTurn()
    one.abort(new Error('gone'))
    await expect(first).rejects.toThrow('gone')
    expect(runs[0]?.signal.aborted).toBe(false)
    two.abort(new Error('gone too'))
    await expect(second).rejects.toThrow('gone too')
    expect(runs[0]?.signal.aborted).toBe(true)
  })

  it('are not run for who has gone before their turn, and fail for all together', async () => {
    const { ask, runs } = setUp()
    const gone = new AbortController()
    const left = ask(panel('page'), gone.signal)
    gone.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    await nextTurn()
    expect(runs).toHaveLength(0)
    const failed = ['page', 'city'].map((dimension) =>
      expect(ask(panel(dimension), someone())).rejects.toThrow('broken'),
    )
    await nextTurn()
    runs[0]?.reject(new Error('broken'))
    await Promise.all(failed)
  })
})
