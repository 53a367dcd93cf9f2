import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Question, QueryAnswer } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { silentLog } from '../../server/log.ts'
import { parseQuestion } from '../../server/query/parse.ts'
import { rollupRows } from '../../server/query/rollup-rows.ts'
import { createQueries } from '../../server/query/run.ts'
import { sealDays } from '../../server/seal/seal-days.ts'
import { startTestEngine, type TestEngine } from '../support/engine.ts'
import { makeSite } from '../support/facts.ts'
import type { OracleEvent } from '../support/oracle.ts'
import { addSite, ask, CHROME, eventually, pageview, send, useProduct } from '../support/product.ts'
import { storedEvent, storeEvents } from '../support/stored-events.ts'

const NUMBERS = ['visitors', 'visits', 'pageviews', 'viewsPerVisit', 'bounceRate'] as const

describe('the same day through both ways', () => {
  const used = useProduct('first.example')

  /** Three people, one of whom sees two pages; the pages of the tracker. */
  const VIEWS = [
    ['192.0.2.1', '/'],
    ['192.0.2.1', '/pricing'],
    ['198.51.100.1', '/'],
    ['203.0.113.1', '/docs'],
  ] as const
  const ONCE = { visitors: 3, visits: 3, pageviews: 4, viewsPerVisit: 4 / 3, bounceRate: 2 / 3 }

  async function track(site: string): Promise<void> {
    for (const [address, page] of VIEWS) {
      const answer = await send(used.product.url, site, [pageview(site, page)], { address })
      expect(await answer.json()).toEqual({ accepted: 1, dropped: 0 })
    }
  }

  /** The log of the same requests, a second ago. */
  async function importLog(site: string): Promise<void> {
    const at = new Date(Date.now() - 1_000).toUTCString()
    const [, day, month, year, clock] = at.split(' ')
    const lines = VIEWS.map(
      ([address, page]) =>
        `${address} - - [${day}/${month}/${year}:${clock} +0000] "GET ${page} HTTP/1.1" 200 100 "-" "${CHROME}"`,
    )
    const name = path.join(used.product.data, `${site}.log`)
    writeFileSync(name, lines.join('\n'))
    const counts = await used.product.cli('import', name, '--site', site, '--json')
    expect(JSON.parse(counts)).toMatchObject({ lines: 4, pageviews: 4 })
  }

  async function asked(site: string, key: string, more: Partial<Question> = {}): Promise<QueryAnswer> {
    const query = { site, period: '7d', metrics: [...NUMBERS], ...more } as Question
    return ask(used.product.url, key, query)
  }

  /** Waits until both ways have told all. */
  async function untilBoth(site: string, key: string): Promise<QueryAnswer> {
    return eventually(
      () => asked(site, key, { breakdown: 'collector' }),
      ({ rows }) => rows.length === 2 && rows.every((row) => row['pageviews'] === 4),
    )
  }

  it('R8.7 counts once where the tracker came first, and each way when it is named', async () => {
    const [site, key] = ['first.example', used.key]
    await track(site)
    await eventually(
      () => asked(site, key),
      ({ totals }) => totals.pageviews === 4,
    )
    // Which came first is told by the second.
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    await importLog(site)
    const both = await untilBoth(site, key)
    expect(both.rows).toEqual(
      expect.arrayContaining([
        { collector: 'tracker', ...ONCE },
        { collector: 'log', ...ONCE },
      ]),
    )
    expect(both.totals).toEqual(ONCE)
    // Which collectors there are is asked once a second.
    const { totals, meta } = await eventually(
      () => asked(site, key),
      (answer) => answer.meta.collector !== undefined,
    )
    expect([totals, meta.collector, meta.trackerFrom]).toEqual([ONCE, 'tracker', undefined])
    const named = await asked(site, key, { filters: [{ dimension: 'collector', is: ['log'] }] })
    expect([named.totals, named.meta.collector]).toEqual([ONCE, undefined])
    expect((await asked(site, key, { metrics: ['requests'] })).totals).toEqual({ requests: 4 })
  })

  it('R8.7 counts once where logs came first: they tell the day on which the tracker begins', async () => {
    const site = 'second.example'
    const key = await addSite(used.product, site)
    await importLog(site)
    expect(await asked(site, key)).toMatchObject({ totals: ONCE, meta: { collector: 'log' } })
    await track(site)
    const both = await untilBoth(site, key)
    expect(both.totals).toEqual(ONCE)
    const today = new Date().toISOString().slice(0, 10)
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
    // Which days the tracker tells is asked once a second.
    const { totals, meta } = await eventually(
      () => asked(site, key, { period: { from: today, to: today } }),
      ({ meta: { trackerFrom } }) => trackerFrom !== undefined,
    )
    expect([totals, meta.collector, meta.trackerFrom]).toEqual([ONCE, 'log', tomorrow])
  })

  it('what the site’s server tells is in every answer, whoever tells the visits', async () => {
    const answer = await used.product.cli(
      'key',
      'create',
      '--site',
      'second.example',
      '--scope',
      'ingest',
      '--json',
    )
    const { key: ingest } = JSON.parse(answer) as { key: string }
    const id = randomBytes(16).toString('base64url')
    const told = await fetch(`${used.product.url}/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ingest}` },
      body: JSON.stringify({ type: 'event', id, time: Date.now(), name: 'Renewal' }),
    })
    expect(told.status).toBe(202)
    const key = await used.product.cli(
      'key',
      'create',
      '--site',
      'second.example',
      '--scope',
      'query',
      '--json',
    )
    await eventually(
      () =>
        asked('second.example', (JSON.parse(key) as { key: string }).key, {
          metrics: ['events', 'pageviews'],
        }),
      ({ totals }) => totals.events === 1 && totals.pageviews === 4,
    )
  })
})

/** Four days: logs before the tracker, on its first day and after it; the tracker on the second half of its first day. */
const [BEFORE, FIRST, AFTER, LATER] = ['2026-11-02', '2026-11-03', '2026-11-04', '2026-11-05'] as const
const ALL = { from: BEFORE, to: LATER }

describe('a site that goes over from logs to the tracker', () => {
  let engine: TestEngine
  beforeAll(async () => {
    engine = await startTestEngine()
  })
  afterAll(() => engine.stop())

  let latest = 700

  function told(
    site: Site,
    batchId: bigint,
    collector: OracleEvent['collector'],
    day: string,
    hour: number,
    pages: readonly string[],
    more: Partial<OracleEvent> = {},
  ): OracleEvent[] {
    const begins = Date.parse(`${day}T${String(hour).padStart(2, '0')}:00:00Z`)
    return pages.map((page, view) =>
      storedEvent(site.id, batchId, ++latest, {
        day,
        timeMs: begins + view * 60_000,
        visitor: BigInt(hour),
        page,
        collector,
        basis: collector === 'log' ? 'log' : 'anonymous',
        ...more,
      }),
    )
  }

  const SECOND = 2n ** 32n

  /** `log`, `tracker`: ids of the batches that they came in. */
  async function storeHistory(site: Site, log: bigint, tracker: bigint): Promise<void> {
    await storeEvents(engine.clickhouse.write, [
      ...[BEFORE, FIRST, AFTER].flatMap((day) =>
        [8, 9, 15].flatMap((hour) => told(site, log, 'log', day, hour, ['/a', '/b'])),
      ),
      ...told(site, tracker, 'tracker', FIRST, 15, ['/a', '/b', '/c']),
      ...[AFTER, LATER].flatMap((day) =>
        [8, 15].flatMap((hour) => told(site, tracker, 'tracker', day, hour, ['/a', '/b', '/c'])),
      ),
      ...told(site, tracker, 'server', AFTER, 0, ['/paid'], {
        type: 'event',
        detail: { name: 'Renewal', value: 0, revenue: '5', currency: 'EUR', props: {}, status: 0 },
      }),
    ])
  }

  async function asked(site: Site, query: object): Promise<QueryAnswer> {
    const queries = createQueries({
      read: engine.clickhouse.read,
      clock: { now: () => Date.parse('2026-11-24T12:00:00Z'), monotonic: () => performance.now() },
      freshness: () => '2026-11-24T12:00:00.000Z',
    })
    return queries.run(site, parseQuestion({ site: site.domain, period: ALL, ...query }))
  }

  const seal = (days: readonly string[]): Promise<unknown> =>
    sealDays(
      { write: engine.clickhouse.write, rows: rollupRows, timezoneOf: () => 'UTC', log: silentLog },
      days,
    )

  /** By day: what the primary collector tells, whatever is sealed. */
  async function check(site: Site, first: number): Promise<void> {
    const days = await asked(site, { interval: 'day', metrics: ['visitors', 'pageviews', 'revenue'] })
    expect(days.rows.map((row) => [row['visitors'], row['pageviews']])).toEqual([
      [3, 6],
      first === 3 ? [3, 6] : [1, 3],
      [2, 6],
      [2, 6],
    ])
    expect(days.totals.revenue).toBe('5.00')
    expect(days.meta).toMatchObject({ collector: 'both', trackerFrom: first === 3 ? AFTER : FIRST })
    const pages = await asked(site, { breakdown: 'page', metrics: ['pageviews'] })
    expect(Object.fromEntries(pages.rows.map((row) => [row['page'], row['pageviews']]))).toEqual({
      '/a': first + 7,
      '/b': first + 7,
      '/c': first === 3 ? 4 : 5,
      '/paid': 0,
    })
    const collectors = await asked(site, { breakdown: 'collector', metrics: ['pageviews', 'visits'] })
    expect(Object.fromEntries(collectors.rows.map((row) => [row['collector'], row['visits']]))).toEqual({
      log: 9,
      tracker: 5,
      server: 0,
    })
    expect(collectors.totals.visits).toBe(first + 7)
    const funnel = await asked(site, { funnel: ['/a', '/b', '/c'] })
    expect(funnel.rows.map((row) => row['visits'])).toEqual([first + 7, first + 7, first === 3 ? 4 : 5])
    const flow = await asked(site, { flow: { from: '/b' } })
    expect(Object.fromEntries(flow.rows.map((row) => [String(row['to']), row['visits']]))).toEqual({
      '/c': first === 3 ? 4 : 5,
      null: first === 3 ? 6 : 3,
    })
    const ofLogs = await asked(site, {
      funnel: ['/a', '/c'],
      filters: [{ dimension: 'collector', is: ['log'] }],
    })
    expect(ofLogs.rows.map((row) => row['visits'])).toEqual([9, 0])
  }

  /** `first`: page views of the first day with the tracker, by page; `log`, `tracker`: ids of the batches. */
  const CAME = [
    { first: 3, log: SECOND + 5n, tracker: 2n * SECOND },
    { first: 1, log: 2n * SECOND, tracker: SECOND + 5n },
    // Behind the second an id is random: in a tie it must not decide.
    { first: 1, log: SECOND, tracker: SECOND + 1n },
    { first: 1, log: SECOND + 1n, tracker: SECOND },
  ]

  it(
    'R8.7 is told by logs before its first day with the tracker, and on it where they came in an earlier second',
    { timeout: 180_000 },
    async () => {
      const cases = []
      for (const { first, log, tracker } of CAME) {
        const site = makeSite({ id: ++latest, timezone: 'UTC', minimumGroup: 1 })
        await storeHistory(site, log, tracker)
        cases.push({ site, first })
      }
      for (const days of [[], [FIRST, LATER], [AFTER, BEFORE]]) {
        await seal(days)
        for (const { site, first } of cases) await check(site, first)
      }
      for (const { site } of cases) expect((await asked(site, {})).meta.source).toBe('rollup')
    },
  )

  it('tells of the browsers that came back whichever collector tells the visits', async () => {
    const site = makeSite({ id: ++latest, timezone: 'UTC', minimumGroup: 1 })
    await storeEvents(engine.clickhouse.write, [
      ...told(site, 1n, 'log', BEFORE, 8, ['/a']),
      ...told(site, 1n, 'log', FIRST, 8, ['/a']),
      ...told(site, 2n, 'tracker', FIRST, 8, ['/a'], {
        type: 'visit',
        detail: { name: BEFORE, value: 15, revenue: '0', currency: '', props: {}, status: 0 },
      }),
    ])
    const { rows } = await asked(site, { retention: 'week', period: { from: BEFORE, to: '2026-11-08' } })
    expect(rows).toEqual([{ cohort: BEFORE, week: 0, visitors: 1, rate: 1 }])
  })

  it('still knows the day on which it went over when its events are gone', async () => {
    const site = makeSite({ id: ++latest, timezone: 'UTC', minimumGroup: 1 })
    await storeHistory(site, SECOND, 2n * SECOND)
    await seal([BEFORE, FIRST, AFTER, LATER])
    for (const day of [BEFORE, FIRST]) {
      await engine.clickhouse.write.command({
        query: `ALTER TABLE events DELETE IN PARTITION '${day}' WHERE site = ${site.id}`,
        clickhouse_settings: { mutations_sync: '1' },
      })
    }
    const { rows, meta } = await asked(site, { interval: 'day', metrics: ['visitors'] })
    expect(rows.map((row) => row['visitors'])).toEqual([3, 3, 2, 2])
    expect(meta).toMatchObject({ collector: 'both', trackerFrom: AFTER })
  })
})
