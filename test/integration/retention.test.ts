import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { sluice } from '../support/installation.ts'
import { storedEvent, storeEvents } from '../support/stored-events.ts'
import { openStore } from '../../server/store/open.ts'
import { silentLog } from '../../server/log.ts'

const DAY_MS = 86_400_000

interface Row {
  readonly site: string | null
  readonly what: string
  readonly until: string
  readonly rows: number
  readonly oldest: string | null
  readonly isOverdue: boolean
}

describe('the retention report', () => {
  let engine: TestEngine
  beforeAll(async () => {
    engine = await startTestEngine()
  })
  afterAll(() => engine.stop())

  const dayBefore = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10)

  async function report(): Promise<Row[]> {
    const { code, stdout, stderr } = await sluice(engine.folder, ['retention', '--json'])
    expect([code, stderr]).toEqual([0, ''])
    return (JSON.parse(stdout) as { kept: Row[] }).kept
  }

  it('R4.7 R2.6 tells by site what is kept how long, the oldest that is there, and what is overdue', async () => {
    for (const [domain, days] of [
      ['short.example', '30d'],
      ['long.example', '400d'],
      ['empty.example', '30d'],
    ] as const) {
      await sluice(engine.folder, ['site', 'add', domain, '--event-window', days])
    }
    const store = await openStore({ dataDir: engine.folder, log: silentLog })
    const ids = new Map(store.readRows('site', '').map(({ domain, id }) => [domain, id]))
    await store.close()
    const events = ['short.example', 'long.example'].flatMap((domain, batch) =>
      [2, 40].map((days, row) =>
        storedEvent(ids.get(domain) ?? 0, BigInt(batch + 1), row, {
          day: dayBefore(days),
          timeMs: Date.now() - days * DAY_MS,
          visitor: 1n,
        }),
      ),
    )
    await storeEvents(engine.clickhouse.write, events)

    const rows = await report()
    const eventsOf = (domain: string): Row | undefined =>
      rows.find(({ site, what }) => site === domain && what === 'events')
    expect(eventsOf('short.example')).toMatchObject({
      until: '30 days after they happened or were imported',
      rows: 2,
      oldest: dayBefore(40),
      isOverdue: true,
    })
    expect(eventsOf('long.example')).toMatchObject({ rows: 2, oldest: dayBefore(40), isOverdue: false })
    expect(eventsOf('empty.example')).toMatchObject({ rows: 0, oldest: null, isOverdue: false })
    const whats = rows.filter(({ site }) => site === 'empty.example').map(({ what }) => what)
    expect(whats).toEqual([
      'events',
      'rollups',
      'choices',
      'receipts',
      'e-mail consents',
      'recipients of mails',
      'sums of mails',
      'sums of choices',
      'sums of what was granted',
      'share links',
      'notes',
      'sums of drops',
    ])
    expect(rows.find(({ what }) => what === 'audit log')).toMatchObject({ rows: 3, oldest: dayBefore(0) })
  })

  it('R4.7 tells people the same in a table', async () => {
    const { stdout } = await sluice(engine.folder, ['retention'])
    expect(stdout).toMatch(
      /^short\.example +events .* 30 days after they happened or were imported +2 +\d{4}-\d\d-\d\d, OVERDUE$/m,
    )
    expect(stdout).toMatch(/^ +audit log .* without end +3 /m)
  })

  it('`sluice seal` seals what is over, and a day again; `sluice doctor` tells that it is', async () => {
    const rollups = async (): Promise<unknown> => {
      const { stdout } = await sluice(engine.folder, ['doctor', '--json'])
      const { checks } = JSON.parse(stdout) as { checks: { name: string; ok: boolean; says: string }[] }
      return checks.find(({ name }) => name === 'rollups')
    }
    // The day before yesterday is late after noon only.
    expect(await rollups()).toMatchObject({
      ok: false,
      says: expect.stringMatching(`^[12] days wait to be sealed, since ${dayBefore(40)}: `),
    })
    const { stdout } = await sluice(engine.folder, ['seal'])
    expect(stdout).toContain(`Sealed ${dayBefore(40)}`)
    expect((await sluice(engine.folder, ['seal', '--json'])).stdout).toBe('{"days":[],"duplicates":0}\n')
    expect(await sluice(engine.folder, ['seal', '--day', dayBefore(40)])).toMatchObject({
      code: 0,
      stdout: `Sealed ${dayBefore(40)}.\n`,
    })
    expect(await rollups()).toMatchObject({
      ok: true,
      says: expect.stringMatching(/is what its events give$/),
    })
    const none = await sluice(engine.folder, ['seal', '--day', dayBefore(50)])
    expect([none.code, none.stderr]).toEqual([1, `There are no events of ${dayBefore(50)} to seal.\n`])
    const early = await sluice(engine.folder, ['seal', '--day', dayBefore(0)])
    expect([early.code, early.stderr.includes('is not over everywhere')]).toEqual([2, true])
    expect(
      (await report()).find(({ site, what }) => site === 'long.example' && what === 'rollups'),
    ).toMatchObject({
      oldest: dayBefore(40),
      isOverdue: false,
    })
  })
})
