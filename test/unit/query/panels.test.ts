import { describe, expect, it } from 'vitest'
import type { AnsweredRow } from '../../../server/query/ask.ts'
import { createPanels } from '../../../server/query/panels.ts'
import { TooCostly } from '../../../server/query/ask.ts'
import type { CatalogDimension } from '../../../server/query/catalog.ts'
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
    (statement, _site, signal) =>
      new Promise((resolve, reject) => {
        runs.push({ statement, signal, resolve, reject })
      }),
  )
  return { ask, runs }
}

const SITE = 7

/** A statement about a dimension, of a kind; its text tells of which ones it is. */
function panel(dimension: CatalogDimension, limit = 10, kind = 'event'): Statement {
  const together = (dimensions: readonly CatalogDimension[]): Statement => ({
    text: `SELECT ${dimensions.join(', ')}`,
    values: { limit },
  })
  return { ...together([dimension]), panel: { dimension, kind, together } }
}
const someone = (): AbortSignal => new AbortController().signal
const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

describe('panels', () => {
  it('that are asked at one moment are one statement, and each gets its rows', async () => {
    const { ask, runs } = setUp()
    const asked = (['page', 'city', 'page'] as const).map((dimension) =>
      ask(panel(dimension), SITE, someone()),
    )
    const longer = ask(panel('page', 20), SITE, someone())
    const other = ask(panel('source', 10, 'visit'), SITE, someone())
    await nextTurn()
    expect(runs.map(({ statement }) => statement)).toEqual([
      { text: 'SELECT city, page', values: { limit: 10 } },
      { text: 'SELECT page', values: { limit: 20 } },
      { text: 'SELECT source', values: { limit: 10 } },
    ])
    const [page, city] = [
      { dimension: 'page', value: '/' },
      { dimension: 'city', value: 'Kiel' },
    ]
    runs[0]?.resolve([city, page])
    runs[1]?.resolve([])
    runs[2]?.resolve([])
    expect(await Promise.all([...asked, longer, other])).toEqual([[page], [city], [page], [], []])
    const again = ask(panel('page'), SITE, someone())
    await nextTurn()
    expect(runs).toHaveLength(4)
    runs[3]?.resolve([])
    await again
  })

  it('leave every other statement as it is', async () => {
    const { ask, runs } = setUp()
    const statement = { text: 'SELECT 1', values: {} }
    const asked = ask(statement, SITE, someone())
    expect(runs[0]?.statement).toBe(statement)
    runs[0]?.resolve([])
    await asked
  })

  it('are cancelled when nobody waits any more, and not before', async () => {
    const { ask, runs } = setUp()
    const [one, two] = [new AbortController(), new AbortController()]
    const first = ask(panel('page'), SITE, one.signal)
    const second = ask(panel('city'), SITE, two.signal)
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
    const left = ask(panel('page'), SITE, gone.signal)
    gone.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    await nextTurn()
    expect(runs).toHaveLength(0)
    const failed = (['page', 'city'] as const).map((dimension) =>
      expect(ask(panel(dimension), SITE, someone())).rejects.toThrow('broken'),
    )
    await nextTurn()
    runs[0]?.reject(new Error('broken'))
    await Promise.all(failed)
  })

  it('are asked each by itself where all of them are too much for one statement', async () => {
    const { ask, runs } = setUp()
    const asked = (['page', 'city'] as const).map((dimension) => ask(panel(dimension), SITE, someone()))
    await nextTurn()
    runs[0]?.reject(new TooCostly('too much'))
    await nextTurn()
    expect(runs.map(({ statement }) => statement.text)).toEqual([
      'SELECT city, page',
      'SELECT city',
      'SELECT page',
    ])
    runs[1]?.resolve([{ dimension: 'city', value: 'Kiel' }])
    runs[2]?.resolve([{ dimension: 'page', value: '/' }])
    expect(await Promise.all(asked)).toEqual([
      [{ dimension: 'page', value: '/' }],
      [{ dimension: 'city', value: 'Kiel' }],
    ])
    const alone = ask(panel('page'), SITE, someone())
    await nextTurn()
    runs[3]?.reject(new TooCostly('too much'))
    await expect(alone).rejects.toThrow('too much')
    expect(runs).toHaveLength(4)
  })
})
