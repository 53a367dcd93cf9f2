import { describe, expect, it } from 'vitest'
import { createIntake, rememberRecords } from '../../../server/spool/intake.ts'
import { createSeen } from '../../../server/spool/seen.ts'
import { SpoolBroken, type Position } from '../../../server/spool/spool.ts'
import { recordOf, testClock } from './rig.ts'

/** A spool whose disk answers when the test says so, as the real one does: blocks in order, refused together. */
function slowSpool() {
  let waiting: { resolve: (position: Position) => void; reject: (reason: Error) => void }[] = []
  let last: Promise<Position> = Promise.resolve(0)
  const appended: string[] = []
  return {
    appended,
    append(lines: string) {
      appended.push(lines)
      last = new Promise<Position>((resolve, reject) => waiting.push({ resolve, reject }))
      return last
    },
    settled: () => (waiting.length === 0 ? Promise.resolve(0) : last),
    end(error?: Error) {
      const ended = waiting
      waiting = []
      for (const { resolve, reject } of ended)
        if (error) reject(error)
        else resolve(1)
    },
  }
}

function rig() {
  const spool = slowSpool()
  const seen = createSeen()
  const intake = createIntake({ spool, seen, clock: testClock() })
  const outcomes: string[] = []
  function request(name: string, ids: readonly bigint[]): boolean[] {
    const batch = intake.open()
    const added = ids.map((id) => batch.add(id, `record ${id}\n`))
    batch.commit().then(
      (records) => outcomes.push(`${name} ${records}`),
      (error: unknown) => outcomes.push(`${name} ${error instanceof Error ? error.name : 'odd'}`),
    )
    return added
  }
  return { spool, seen, outcomes, request }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('intake', () => {
  it('appends the records of a request at once and answers when they are on disk', async () => {
    const { spool, outcomes, request } = rig()
    expect(request('one', [1n, 2n ** 64n - 1n])).toEqual([true, true])
    expect(spool.appended).toEqual([`record 1\nrecord ${2n ** 64n - 1n}\n`])
    await turn()
    expect(outcomes).toEqual([])
    spool.end()
    await turn()
    expect(outcomes).toEqual(['one 2'])
  })

  it('takes an event once, within a request and over requests', async () => {
    const { spool, outcomes, request } = rig()
    expect(request('one', [1n, 2n, 1n])).toEqual([true, true, false])
    spool.end()
    await turn()
    expect(request('two', [2n, 3n])).toEqual([false, true])
    spool.end()
    await turn()
    expect(outcomes).toEqual(['one 2', 'two 1'])
  })

  it('answers a request of duplicates only, or of nothing, without an append', async () => {
    const { spool, outcomes, request } = rig()
    request('one', [1n])
    spool.end()
    await turn()
    request('again', [1n])
    request('empty', [])
    await turn()
    expect(outcomes.toSorted()).toEqual(['again 0', 'empty 0', 'one 1'])
    expect(spool.appended).toHaveLength(1)
  })

  it('answers a duplicate no sooner than the event is on disk', async () => {
    const { spool, outcomes, request } = rig()
    request('one', [1n])
    request('again', [1n])
    await turn()
    expect(outcomes).toEqual([])
    spool.end()
    await turn()
    expect(outcomes).toEqual(['one 1', 'again 0'])
  })

  it('refuses the duplicate together with the event, and counts the retry of either', async () => {
    const { spool, seen, outcomes, request } = rig()
    request('one', [1n])
    request('again', [1n, 2n])
    request('only again', [1n])
    spool.end(new SpoolBroken('the disk failed'))
    await turn()
    expect(outcomes.toSorted()).toEqual(['again SpoolBroken', 'one SpoolBroken', 'only again SpoolBroken'])
    expect(seen.stats().ids).toBe(0)
    expect(request('retry', [1n, 2n])).toEqual([true, true])
    spool.end()
    await turn()
    expect(outcomes.at(-1)).toBe('retry 2')
  })

  it('knows the events that were kept before a start', () => {
    const seen = createSeen()
    const id = 0xfedc_ba98_7654_3210n
    const lines = recordOf(7) + recordOf(0, { eventId: id, page: '/a\tb' }) + recordOf(8)
    rememberRecords(seen, Buffer.from(lines), 0)
    expect(seen.stats().ids).toBe(3)
    expect([7, 8].map((known) => seen.admit(0, known, 0))).toEqual([false, false])
    expect(seen.admit(0xfedc_ba98, 0x7654_3210, 0)).toBe(false)
  })
})
