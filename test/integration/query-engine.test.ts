import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { METRICS } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { runCli } from '../../server/cli/run.ts'
import { systemClock } from '../../server/clock.ts'
import { silentLog } from '../../server/log.ts'
import { parseQuery } from '../../server/query/parse.ts'
import { createQueries, type Queries } from '../../server/query/run.ts'
import { lastDays } from '../../server/reports/periods.ts'
import { createSites } from '../../server/sites/registry.ts'
import { siteDay } from '../../server/sites/site-day.ts'
import { openStore } from '../../server/store/open.ts'
import { startTestEngine, temporaryFolder, type TestEngine } from '../support/engine.ts'
import { makeSite } from '../support/facts.ts'
import { storedEvent, storeEvents } from '../support/stored-events.ts'

let engine: TestEngine
let queries: Queries
const folder = temporaryFolder()
beforeAll(async () => {
  engine = await startTestEngine({ folder })
  queries = createQueries({ read: engine.clickhouse.read, clock: systemClock, freshness: () => '2026-11-01' })
})
afterAll(async () => {
  await engine.stop()
  rmSync(folder, { recursive: true, force: true })
})

const siteOf = (id: number): Site => makeSite({ id, timezone: 'UTC', minimumGroup: 1 })

const DAY = '2026-11-01'
const PERIOD = { from: DAY, to: DAY }

describe('values from outside', () => {
  const PAYLOADS = [
    `'; DROP TABLE events; --`,
    `') OR 1=1 --`,
    `\\' OR \\'\\'=\\'`,
    '{site:UInt64}',
    `x' UNION ALL SELECT 1 --`,
    'a,b]',
    '[*](.+)?$^|',
    '%27%00',
    'zwölf 🙂 "`',
    String.raw`\N`,
    'NULL',
    '',
  ]
  const site = siteOf(1)
  beforeAll(async () => {
    await storeEvents(
      engine.clickhouse.write,
      PAYLOADS.map((page, row) =>
        storedEvent(site.id, 1n, row, {
          day: DAY,
          visitor: BigInt(row + 1),
          timeMs: Date.parse(`${DAY}T12:00:00Z`),
          page,
          city: page,
          source: page,
        }),
      ),
    )
  })

  async function views(dimension: string, condition: object): Promise<unknown> {
    const filters = [{ dimension, ...condition }]
    const query = parseQuery({ site: 'example.com', period: PERIOD, metrics: ['pageviews'], filters })
    return (await queries.run(site, query)).totals.pageviews
  }

  it('are compared with, letter by letter, whatever they spell', async () => {
    for (const payload of PAYLOADS) {
      const found = {
        payload,
        is: await views('page', { is: [payload] }),
        isNot: await views('source', { isNot: [payload] }),
        // Nothing can be looked for that is empty, and a star would be a glob.
        contains: payload === '' ? 1 : await views('city', { contains: [payload] }),
        matches: payload.includes('*') ? 1 : await views('entryPage', { matches: [payload] }),
      }
      expect(found).toEqual({ payload, is: 1, isNot: PAYLOADS.length - 1, contains: 1, matches: 1 })
    }
  }, 60_000)

  it('come back as they are', async () => {
    const query = parseQuery({ site: 'example.com', period: PERIOD, breakdown: 'page' })
    const { rows } = await queries.run(site, query)
    expect(new Set(rows.map((row) => row['page']))).toEqual(new Set(PAYLOADS))
  })

  it('may be as many as a request can hold', async () => {
    const filters = Array.from({ length: 10 }, (_, index) => ({
      dimension: 'page',
      [index % 2 === 0 ? 'isNot' : 'is']: Array.from(
        { length: 100 },
        (_value, n) => `${`"\\'é`.repeat(10)}${n}`,
      ),
    }))
    const query = parseQuery({ site: 'example.com', period: PERIOD, metrics: ['pageviews'], filters })
    expect((await queries.run(site, query)).totals.pageviews).toBe(0)
    const globs = Array.from({ length: 100 }, (_, n) => `${'**a*'.repeat(100)}${n}`)
    const heavy = parseQuery({
      site: 'example.com',
      period: PERIOD,
      metrics: ['pageviews'],
      filters: [{ dimension: 'page', matches: globs }],
    })
    // Answered, or refused as too complicated: never broken.
    const outcome = await queries.run(site, heavy).then(
      (answer) => answer.totals.pageviews,
      (error: unknown) => (error as { status?: number }).status,
    )
    expect([0, 400]).toContain(outcome)
  })
})

describe('under filters', () => {
  const site = siteOf(3)
  const at = (minute: number): number => Date.parse(`${DAY}T12:00:00Z`) + minute * 60_000
  beforeAll(async () => {
    const seen = { day: DAY, country: 'DE' }
    await storeEvents(
      engine.clickhouse.write,
      [
        { ...seen, visitor: 1n, timeMs: at(0), page: '/in', source: 'Google' },
        { ...seen, visitor: 1n, timeMs: at(5), page: '/out' },
        { ...seen, visitor: 2n, timeMs: at(0), page: '/in', source: 'Direct', country: 'FR' },
        // Who had the page open since yesterday, and looks at no other.
        { ...seen, visitor: 3n, timeMs: at(1), page: '/in', type: 'engagement' as const },
      ].map((event, row) => storedEvent(site.id, 3n, row, event)),
    )
  })

  it.each([
    ['the source of a visit', { source: 'Google' }, [1, 1, 2, 300]],
    ['the page it ended on', { exitPage: '/out' }, [1, 1, 2, 300]],
    ['the page it began on', { entryPage: '/in' }, [2, 2, 3, 150]],
    ['a page that was seen within it', { page: '/out' }, [1, 1, 1, 300]],
    ['both', { source: 'Google', page: '/out' }, [1, 1, 1, 300]],
    ['two that nobody has both', { source: 'Direct', page: '/out' }, [0, 0, 0, null]],
    ['no page view at all', { entryPage: '' }, [1, 1, 0, 0]],
  ])('visits are whole by %s', async (_, values, expected) => {
    const query = parseQuery({
      site: 'example.com',
      period: PERIOD,
      metrics: ['visitors', 'visits', 'pageviews', 'visitDuration'],
      filters: Object.entries(values).map(([dimension, value]) => ({ dimension, is: [value] })),
    })
    expect(Object.values((await queries.run(site, query)).totals)).toEqual(expected)
  })
})

describe('a question in the engine', () => {
  it('is cancelled when whoever asked has gone', async () => {
    const site = siteOf(2)
    // Enough for a second of work: 400,000 events of one day.
    await engine.clickhouse.write.command({
      query: `INSERT INTO events (batch_id, row, day, visitor, time, site, type, page)
        SELECT 1, number, '${DAY}', number % 90000 + 1, toDateTime('${DAY} 00:00:00', 'UTC') + number % 86000, 2, 'pageview', toString(number % 5000)
        FROM numbers(400000)`,
    })
    const reader = engine.clickhouse.read
    const running = async (): Promise<number> => {
      const answer = await reader.query({
        query: `SELECT count() AS running FROM system.processes WHERE query LIKE '%uniqExactIf%' AND query NOT LIKE '%system.processes%'`,
        format: 'JSONEachRow',
      })
      return Number((await answer.json<{ running: string }>())[0]?.running)
    }
    const gone = new AbortController()
    const query = parseQuery({
      site: 'example.com',
      period: PERIOD,
      // All that can be asked by page.
      metrics: METRICS.filter((metric) => metric !== 'weeklyVisitors' && metric !== 'monthlyVisitors'),
      breakdown: 'page',
    })
    const asked = queries.run(site, query, gone.signal)
    const outcome = asked.catch((reason: unknown) => reason)
    await until(async () => (await running()) > 0)
    gone.abort(new Error('gone'))
    expect(await outcome).toEqual(new Error('gone'))
    await until(async () => (await running()) === 0)
  }, 60_000)
})

describe('sluice query beside a running server', () => {
  it('R9.1 prints a table, CSV and JSON of the same answer', async () => {
    const store = await openStore({ dataDir: folder, log: silentLog })
    const site = await createSites({ store, clock: systemClock }).add({
      domain: 'shop.example',
      minimumGroup: 1,
    })
    await store.close()
    const now = Date.now()
    const { day } = siteDay('UTC', now)
    await storeEvents(engine.clickhouse.write, [
      storedEvent(site.id, 9n, 0, { day, visitor: 1n, timeMs: now, page: '/' }),
      storedEvent(site.id, 9n, 1, { day, visitor: 1n, timeMs: now, page: '/pricing' }),
      storedEvent(site.id, 9n, 2, { day, visitor: 2n, timeMs: now, page: '/' }),
    ])
    const run = async (...flags: string[]): Promise<string> => {
      const [stdout, stderr]: [string[], string[]] = [[], []]
      const code = await runCli(
        ['query', '--site', 'shop.example', '--period', '7d', ...flags],
        { SLUICE_DATA: folder, LOG_LEVEL: 'silent' },
        { stdout: { write: (text) => stdout.push(text) }, stderr: { write: (text) => stderr.push(text) } },
      )
      expect([code, stderr]).toEqual([0, []])
      return stdout.join('')
    }
    const flags = ['--breakdown', 'page', '--metrics', 'pageviews,visitors', '--filter', 'page~/*']
    expect((await run(...flags)).split('\n').slice(2, 7)).toEqual([
      'page      pageviews  visitors',
      '────────  ─────────  ────────',
      '/                 2         2',
      '/pricing          1         1',
      'total             3         2',
    ])
    expect(await run(...flags, '--csv')).toBe(
      '"page","pageviews","visitors"\r\n"/","2","2"\r\n"/pricing","1","1"\r\n',
    )
    expect(JSON.parse(await run(...flags, '--json'))).toMatchObject({
      totals: { pageviews: 3, visitors: 2 },
      meta: { visitors: 'daily-sum', source: 'events' },
    })
  }, 60_000)
})

describe('sluice report preview beside a running server', () => {
  it('R9.1 prints the text of the mail of the week that is over, from the numbers that are there', async () => {
    const store = await openStore({ dataDir: folder, log: silentLog })
    const site = await createSites({ store, clock: systemClock }).add({
      domain: 'week.example',
      minimumGroup: 1,
    })
    await store.close()
    const { from: day } = lastDays('weekly', 'UTC', Date.now())
    const timeMs = Date.parse(`${day}T12:00:00Z`)
    await storeEvents(engine.clickhouse.write, [
      storedEvent(site.id, 9n, 10, { day, visitor: 1n, timeMs, page: '/' }),
      storedEvent(site.id, 9n, 11, { day, visitor: 2n, timeMs, page: '/' }),
      storedEvent(site.id, 9n, 12, { day, visitor: 2n, timeMs: timeMs + 1, page: '/a\u001b[2J' }),
    ])
    const [stdout, stderr]: [string[], string[]] = [[], []]
    const code = await runCli(
      ['report', 'preview', '--site', 'week.example', '--kind', 'weekly'],
      { SLUICE_DATA: folder, LOG_LEVEL: 'silent' },
      { stdout: { write: (text) => stdout.push(text) }, stderr: { write: (text) => stderr.push(text) } },
    )
    expect([code, stderr]).toEqual([0, []])
    const lines = stdout.join('').split('\n')
    expect(lines[0]).toBe('Week on week.example: 2 visitors')
    expect(lines).toContain('Page views: 3 (before: 0)')
    expect(lines).toContain('2  /')
    // What would clear the terminal is shown, not done.
    expect(lines).toContain('1  /a?[2J')
  }, 60_000)
})

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const from = performance.now()
  while (!(await isSo())) {
    if (performance.now() - from > 20_000) throw new Error('it did not come about within 20 s')
  }
}
