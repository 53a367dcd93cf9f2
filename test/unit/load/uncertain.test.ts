import { describe, expect, it } from 'vitest'
import { SMALL, appendIds, recordOf } from '../spool/rig.ts'
import type { Mishap } from './memory-table.ts'
import { buildWithBlocks, loaded, range, spoolTwoDays, start } from './rig.ts'

describe('an insert of unknown outcome', () => {
  it.each<Mishap>(['lost', 'kept', 'part', 'late', 'lied'])(
    'that was %s leaves every row once',
    async (mishap) => {
      const { spool, loader, table } = await start({ options: { limits: { maxRows: 25 } } })
      let calls = 0
      table.mishap = () => (calls++ % 2 === 0 ? mishap : undefined)
      for (let id = 0; id < 100; id += 5) {
        const days = ['2026-11-23', '2026-11-24', '2026-11-25']
        const lines = range(id, id + 5).map((one) => recordOf(one, { day: days[one % 3] ?? '' }))
        await spool.append(lines.join(''), 5)
      }
      await loader.drained()
      expect(loaded(table)).toEqual(range(0, 100))
      expect(new Set(table.lines().map((line) => line.split('\t', 2).join())).size).toBe(100)
      expect(loader.stats()).toMatchObject({ rows: 100, surplusRows: 0 })
      expect(loader.stats().retries).toBeGreaterThan(0)
    },
  )

  it('sends blocks at first, and lines when it is not known what became of them', async () => {
    const { spool, loader, table } = await start({ options: { build: buildWithBlocks } })
    const plan: (Mishap | undefined)[] = [undefined, 'kept']
    table.mishap = () => plan.shift()
    await spoolTwoDays(spool)
    table.refuses = (line) => line.includes('\t2026-11-24\t') && table.inserts.at(-1)?.format === 'Native'
    await loader.drained()
    expect(table.inserts.map(({ day, format }) => [day, format])).toEqual([
      ['2026-11-23', 'Native'],
      ['2026-11-24', 'Native'],
      ['2026-11-24', 'TabSeparated'],
      // Kept, as the next look shows, although its answer was lost.
    ])
    expect(loaded(table)).toEqual(range(0, 40))
    expect(loader.stats()).toMatchObject({ deadRows: 0, surplusRows: 0 })
  })

  it('sends only the days and the rows that are missing', async () => {
    const { spool, loader, table } = await start()
    const plan: (Mishap | undefined)[] = [undefined, 'part']
    table.mishap = () => plan.shift()
    await spool.append(
      range(0, 40)
        .map((id) => recordOf(id, { day: id < 20 ? '2026-11-23' : '2026-11-24' }))
        .join(''),
      40,
    )
    await loader.drained()
    expect(table.inserts.map(({ day }) => day)).toEqual(['2026-11-23', '2026-11-24', '2026-11-24'])
    expect(table.inserts[2]?.rows).toBeLessThan(20)
    expect(loaded(table)).toEqual(range(0, 40))
  })

  it('is told when it took effect after the database had said that it was not running', async () => {
    const { spool, loader, table } = await start()
    const plan: (Mishap | undefined)[] = ['late', 'lost']
    table.mishap = () => plan.shift()
    const { settle } = table
    let asked = 0
    table.settle = async (batchId, signal) => {
      if (++asked === 1) return
      table.land()
      table.land()
      await settle(batchId, signal)
    }
    const { insert } = table
    table.insert = async (...call) => {
      await insert(...call)
      table.land()
    }
    await appendIds(spool, range(0, 10))
    await loader.drained()
    expect(loader.stats().surplusRows).toBe(loaded(table).length - 10)
  })

  it('pauses longer from attempt to attempt, and no longer than it may', async () => {
    const pauses: number[] = []
    const { spool, loader, table } = await start({
      options: {
        async wait(ms) {
          pauses.push(ms)
          if (pauses.length > 9) table.isDown = false
          await new Promise(setImmediate)
        },
      },
    })
    table.isDown = true
    await appendIds(spool, range(0, 3))
    await loader.drained()
    expect(pauses.filter((ms) => ms !== 1000).slice(0, 8)).toEqual([
      150, 300, 600, 1200, 2400, 4800, 7500, 7500,
    ])
  })
})

describe('an outage of the database', () => {
  it('leaves the backlog on the disk and memory flat, and is caught up with', async () => {
    const { spool, loader, table, clock } = await start({ options: { limits: { maxRows: 500 } } })
    table.isDown = true
    for (let batch = 0; batch < 100; batch++) {
      await spool.append(
        range(batch * 20, batch * 20 + 20)
          .map((id) => recordOf(id))
          .join(''),
        20,
      )
      clock.advance(36_000)
    }
    expect(spool.canAccept()).toBe(true)
    expect(spool.stats().memoryBytes).toBeLessThanOrEqual(SMALL.memoryBytes)
    expect(loader.stats().backlogRows).toBe(2000)
    expect(Date.parse(loader.freshness())).toBeLessThan(clock.now() - 3_500_000)
    table.isDown = false
    await loader.drained()
    expect(loaded(table)).toEqual(range(0, 2000))
  })
})
