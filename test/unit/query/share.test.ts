import { describe, expect, it } from 'vitest'
import type { AnsweredRow } from '../../../server/query/ask.ts'
import { createSharing } from '../../../server/query/share.ts'

const statement = { text: 'SELECT 1', values: { site: 1 } }

function setUp(): {
  sharing: ReturnType<typeof createSharing>
  runs: { signal: AbortSignal; resolve(rows: AnsweredRow[]): void; reject(error: Error): void }[]
  clock: { ms: number; fresh: string }
} {
  const runs: ReturnType<typeof setUp>['runs'] = []
  const clock = { ms: 0, fresh: 't0' }
  const sharing = createSharing({
    run: (_statement, _site, signal) =>
      new Promise((resolve, reject) => {
        runs.push({ signal, resolve, reject })
      }),
    freshness: () => clock.fresh,
    keeps: true,
    clock: { monotonic: () => clock.ms },
  })
  return { sharing, runs, clock }
}

describe('sharing', () => {
  it('runs a statement that is asked twice at one moment once, and tells how fresh it was', async () => {
    const { sharing, runs, clock } = setUp()
    const first = sharing.ask(statement, 1, new AbortController().signal)
    clock.fresh = 't1'
    const second = sharing.ask({ ...statement }, 1, new AbortController().signal)
    const other = sharing.ask({ ...statement, values: { site: 2 } }, 2, new AbortController().signal)
    expect(runs).toHaveLength(2)
    runs[0]?.resolve([{ visitors: 1 }])
    runs[1]?.resolve([])
    await expect(first).resolves.toEqual({ rows: [{ visitors: 1 }], freshness: 't0' })
    await expect(second).resolves.toEqual({ rows: [{ visitors: 1 }], freshness: 't0' })
    await expect(other).resolves.toEqual({ rows: [], freshness: 't1' })
  })

  it('joins an answer within a second of its beginning, and runs it again after that', async () => {
    const { sharing, runs, clock } = setUp()
    const ask = (): ReturnType<typeof sharing.ask> => sharing.ask(statement, 1, new AbortController().signal)
    const first = ask()
    runs[0]?.resolve([{ visitors: 1 }])
    await first
    clock.ms = 999
    clock.fresh = 't1'
    await expect(ask()).resolves.toEqual({ rows: [{ visitors: 1 }], freshness: 't0' })
    clock.ms = 1_000
    const second = ask()
    expect(runs).toHaveLength(2)
    clock.ms = 2_000
    const third = ask()
    expect(runs).toHaveLength(3)
    for (const run of runs) run.resolve([])
    await Promise.all([second, third])
  })

  it('runs it again when it failed', async () => {
    const { sharing, runs } = setUp()
    const failed = sharing.ask(statement, 1, new AbortController().signal)
    runs[0]?.reject(new Error('broken'))
    await expect(failed).rejects.toThrow('broken')
    const again = sharing.ask(statement, 1, new AbortController().signal)
    runs[1]?.resolve([])
    await expect(again).resolves.toMatchObject({ rows: [] })
  })

  it('cancels it when nobody listens any more, and not before', async () => {
    const { sharing, runs } = setUp()
    const [one, two] = [new AbortController(), new AbortController()]
    const first = sharing.ask(statement, 1, one.signal)
    const second = sharing.ask(statement, 1, two.signal)
    one.abort(new Error('gone'))
    await expect(first).rejects.toThrow('gone')
    expect(runs[0]?.signal.aborted).toBe(false)
    two.abort(new Error('gone too'))
    await expect(second).rejects.toThrow('gone too')
    expect(runs[0]?.signal.aborted).toBe(true)
    // Who asks now does not hear of that one's end.
    const third = sharing.ask(statement, 1, new AbortController().signal)
    expect(runs).toHaveLength(2)
    runs[0]?.reject(new Error('cancelled'))
    runs[1]?.resolve([])
    await expect(third).resolves.toMatchObject({ rows: [] })
  })

  it('fails for all who listen', async () => {
    const { sharing, runs } = setUp()
    const asked = [0, 1].map(() => sharing.ask(statement, 1, new AbortController().signal))
    const failed = Promise.all(asked.map((one) => expect(one).rejects.toThrow('broken')))
    runs[0]?.reject(new Error('broken'))
    await failed
  })

  it('keeps an answer as long as the data are the same', async () => {
    const { sharing, runs, clock } = setUp()
    const ask = (version: string): ReturnType<typeof sharing.ask> =>
      sharing.ask({ ...statement, version }, 1, new AbortController().signal)
    const first = ask('one')
    runs[0]?.resolve([{ visitors: 1 }])
    await first
    clock.ms = 3_600_000
    clock.fresh = 't1'
    await expect(ask('one')).resolves.toEqual({ rows: [{ visitors: 1 }], freshness: 't1' })
    expect(runs).toHaveLength(1)
    const second = ask('two')
    runs[1]?.resolve([{ visitors: 2 }])
    await expect(second).resolves.toEqual({ rows: [{ visitors: 2 }], freshness: 't1' })
  })

  it('keeps so many rows, and forgets first what was asked for longest ago', async () => {
    const { sharing, runs, clock } = setUp()
    const rows = Array.from({ length: 40_000 }, () => ({ visitors: 1 }))
    const ask = async (version: string): Promise<void> => {
      clock.ms += 1_000
      const answer = sharing.ask({ ...statement, version }, 1, new AbortController().signal)
      runs.at(-1)?.resolve(rows)
      await answer
    }
    for (const version of ['one', 'two', 'one', 'three', 'one']) await ask(version)
    expect(runs).toHaveLength(3)
    await ask('two')
    expect(runs).toHaveLength(4)
  })
})
