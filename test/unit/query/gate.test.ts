import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createGate, type Gate } from '../../../server/query/gate.ts'

const never = new AbortController().signal

/** Tasks that end when they are told to. */
function taskList(gate: Gate): {
  started: string[]
  add(name: string, site: number, signal?: AbortSignal): Promise<void>
  end(name: string): Promise<void>
} {
  const started: string[] = []
  const ends = new Map<string, () => void>()
  return {
    started,
    add: (name, site, signal = never) =>
      gate.pass(site, signal, () => {
        started.push(name)
        return new Promise((resolve) => ends.set(name, resolve))
      }),
    async end(name) {
      ends.get(name)?.()
      for (let turn = 0; turn < 5; turn++) await Promise.resolve()
    },
  }
}

describe('gate', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  const options = { atOnce: 3, perSite: 2, waiting: 3, waitMs: 1_000 }

  it('lets nobody of another site wait for the questions of one', async () => {
    const tasks = taskList(createGate(options))
    const all = [tasks.add('a1', 1), tasks.add('a2', 1), tasks.add('a3', 1), tasks.add('b1', 2)]
    await Promise.resolve()
    expect(tasks.started).toEqual(['a1', 'a2', 'b1'])
    await tasks.end('b1')
    // There is a free place, but not one of this site.
    expect(tasks.started).toEqual(['a1', 'a2', 'b1'])
    await tasks.end('a1')
    expect(tasks.started).toEqual(['a1', 'a2', 'b1', 'a3'])
    await tasks.end('a2')
    await tasks.end('a3')
    await Promise.all(all)
  })

  it('frees the place of a task that failed', async () => {
    const gate = createGate({ ...options, atOnce: 1 })
    await expect(gate.pass(1, never, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    await expect(gate.pass(1, never, () => Promise.resolve('next'))).resolves.toBe('next')
  })

  it('sends away who is too many or waits too long, with 503', async () => {
    const tasks = taskList(createGate({ ...options, atOnce: 1 }))
    const running = tasks.add('a', 1)
    const waiting = ['b', 'c', 'd'].map((name) => tasks.add(name, 1))
    const ended = Promise.all(waiting.map((one) => expect(one).rejects.toMatchObject({ status: 503 })))
    await expect(tasks.add('e', 1)).rejects.toMatchObject({ status: 503 })
    await vi.advanceTimersByTimeAsync(1_001)
    await ended
    await tasks.end('a')
    await running
    expect(tasks.started).toEqual(['a'])
    // Nobody who gave up holds a place.
    const next = tasks.add('f', 1)
    await tasks.end('f')
    await next
  })

  it('forgets who has gone while waiting', async () => {
    const tasks = taskList(createGate({ ...options, atOnce: 1 }))
    const running = tasks.add('a', 1)
    const gone = new AbortController()
    const waiting = tasks.add('b', 1, gone.signal)
    gone.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    await tasks.end('a')
    await running
    expect(tasks.started).toEqual(['a'])
    await expect(tasks.add('c', 1, gone.signal)).rejects.toThrow('gone')
  })
})
