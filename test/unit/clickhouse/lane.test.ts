import { EventEmitter, once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { LaneFullError, createLane } from '../../../server/clickhouse/engine/lane.ts'

/** A task that ends when told to, and tells that it began. */
function gate(begun: string[], name: string): { task: () => Promise<string>; open: () => void } {
  const opening = new EventEmitter()
  const opened = once(opening, 'open')
  return {
    open: () => opening.emit('open'),
    async task() {
      begun.push(name)
      await opened
      return name
    },
  }
}

const never = new AbortController().signal

describe('createLane', () => {
  it('runs no more than its width, the others in order', async () => {
    const lane = createLane(2, 10)
    const begun: string[] = []
    const gates = ['a', 'b', 'c', 'd'].map((name) => gate(begun, name))
    const runs = gates.map(({ task }) => lane.run(never, task))
    expect(begun).toEqual(['a', 'b'])
    expect(lane.busy()).toBe(4)
    gates[1]?.open()
    await runs[1]
    // One that comes just when a place is free does not get ahead of those who wait.
    const late = lane.run(never, gate(begun, 'late').task)
    await expect.poll(() => begun).toEqual(['a', 'b', 'c'])
    for (const { open } of gates) open()
    expect(await Promise.all(runs)).toEqual(['a', 'b', 'c', 'd'])
    await expect.poll(() => begun).toEqual(['a', 'b', 'c', 'd', 'late'])
    void late
  })

  it('gives the place on when a task fails', async () => {
    const lane = createLane(1, 10)
    const failing = lane.run(never, () => Promise.reject(new Error('broken')))
    const next = lane.run(never, () => Promise.resolve('next'))
    await expect(failing).rejects.toThrow('broken')
    expect(await next).toBe('next')
    expect(lane.busy()).toBe(0)
  })

  it('drops who has gone before the turn came', async () => {
    const lane = createLane(1, 10)
    const begun: string[] = []
    const first = gate(begun, 'first')
    const running = lane.run(never, first.task)
    const controller = new AbortController()
    const waiting = lane.run(controller.signal, gate(begun, 'gone').task)
    const last = lane.run(never, () => Promise.resolve('last'))
    controller.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    await expect(lane.run(controller.signal, first.task)).rejects.toThrow('gone')
    first.open()
    expect([await running, await last]).toEqual(['first', 'last'])
    expect(begun).toEqual(['first'])
  })

  it('sends callers away when too many wait', async () => {
    const lane = createLane(1, 1)
    const first = gate([], 'first')
    const running = lane.run(never, first.task)
    const waiting = lane.run(never, () => Promise.resolve('second'))
    await expect(lane.run(never, () => Promise.resolve('third'))).rejects.toBeInstanceOf(LaneFullError)
    first.open()
    expect([await running, await waiting]).toEqual(['first', 'second'])
  })
})
