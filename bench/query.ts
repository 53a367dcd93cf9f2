import { execFileSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import type { Dimension, Query } from '../schema/query.ts'
import { migrate } from '../server/clickhouse/migrate.ts'
import { openClickHouse } from '../server/clickhouse/open.ts'
import { systemClock } from '../server/clock.ts'
import { silentLog } from '../server/log.ts'
import { rollupRows } from '../server/query/rollup-rows.ts'
import { sealDays } from '../server/seal/seal-days.ts'
import { createSites } from '../server/sites/registry.ts'
import { openStore } from '../server/store/open.ts'
import { MADE_EVENTS } from './made-events.ts'
import { freePort, root, startServing } from './product.ts'
import { RAW_SERIES, RAW_TOTALS, rawBreakdown } from './raw-questions.ts'

/**
 * `npm run bench:query`: a whole dashboard (totals beside the period before, a series, eight breakdowns, all asked at
 * once) through the API, beside the same as plain scans of events in the same engine, in one run. 90 days of made-up
 * events, all sealed, and as many more days as dashboards are asked. EVENTS: millions in 90 days, separated by commas. SITES: how many share them; the one with the most is asked.
 */
const EVENTS = (process.env['EVENTS'] ?? '1,10').split(',').map(Number)
const SITES = (process.env['SITES'] ?? '1,20').split(',').map(Number)
const ROUNDS = Number(process.env['ROUNDS'] ?? 20)
/** Plain scans take long; fewer of them show the same. */
const RAW_ROUNDS = Number(process.env['RAW_ROUNDS'] ?? 5)
/** Which days are sealed is asked once a second: so far apart every dashboard asks it. */
const APART_MS = 1_100
const DAYS = 90
/** Answers are kept as long as the data are the same: each dashboard is about other days, one later than the one before. */
const MORE_DAYS = ROUNDS
const DAY_MS = 86_400_000
const BREAKDOWNS: readonly (readonly [Dimension, column: string])[] = [
  ['page', 'page'],
  ['entryPage', 'page'],
  ['source', 'source'],
  ['channel', 'channel'],
  ['country', 'country'],
  ['city', 'city'],
  ['browser', 'browser'],
  ['device', 'device'],
]
/** Cities are close: under a filter they are folded, which takes longer than all the rest. */
const PLAIN_BREAKDOWNS = BREAKDOWNS.map(([dimension]) => (dimension === 'city' ? 'os' : dimension))
const dayBefore = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10)
/** The latest day that is over everywhere, whatever the hour. */
const LAST = 2

interface Made {
  readonly domain: string
  readonly siteId: number
  readonly sealSeconds: number
  /** Bytes on disk for each event. */
  readonly eventBytes: number
  readonly visitBytes: number
  readonly rollupBytes: number
}

async function makeEvents(data: string, millions: number, sites: number): Promise<Made> {
  const store = await openStore({ dataDir: data, log: silentLog })
  const registry = createSites({ store, clock: systemClock })
  const added = []
  for (let site = 0; site < sites; site++) added.push(await registry.add({ domain: `site-${site}.example` }))
  await store.close()
  const clickhouse = await openClickHouse({ dataDir: data, log: silentLog, mode: 'serve' })
  try {
    const { write, long } = clickhouse
    await migrate(write)
    const days = Array.from({ length: DAYS + MORE_DAYS }, (_, index) => dayBefore(LAST + index))
    for (const [index, day] of days.entries()) {
      await write.command({
        query: MADE_EVENTS,
        query_params: {
          day,
          batch: index + 1,
          events: Math.round((millions * 1e6) / DAYS),
          sites: added.map(({ id }) => id),
        },
      })
    }
    const from = performance.now()
    await sealDays({ write: long, rows: rollupRows, timezoneOf: () => 'UTC', log: silentLog }, days)
    const sealSeconds = (performance.now() - from) / 1000 / days.length
    const bytes = async (table: string): Promise<number> => {
      const answer = await write.query({
        query:
          'SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND database = currentDatabase() AND table = {table:String}',
        query_params: { table },
        format: 'JSONEachRow',
      })
      const [found] = await answer.json<{ bytes: number }>()
      return (Number(found?.bytes) / (millions * 1e6)) * (DAYS / days.length)
    }
    const [busiest] = added
    return {
      domain: busiest?.domain ?? '',
      siteId: busiest?.id ?? 0,
      sealSeconds,
      eventBytes: await bytes('events'),
      visitBytes: await bytes('visits'),
      rollupBytes: await bytes('rollup'),
    }
  } finally {
    await clickhouse.close()
  }
}

/** Milliseconds of a dashboard through the API, of `days` days up to `shift` before the last: all questions at once. */
async function dashboard(
  url: string,
  key: string,
  site: string,
  days: number,
  shift: number,
  more: Partial<Query>,
  breakdowns: readonly Dimension[] = BREAKDOWNS.map(([dimension]) => dimension),
): Promise<number> {
  const period = { from: dayBefore(LAST + shift + days - 1), to: dayBefore(LAST + shift) }
  const metrics: Query['metrics'] = ['visitors', 'visits', 'pageviews', 'bounceRate', 'visitDuration']
  const questions: Query[] = [
    { site, period, metrics, compare: 'previous', ...more },
    { site, period, metrics, interval: 'day', ...more },
    ...breakdowns.map((breakdown): Query => ({
      site,
      period,
      metrics: ['visitors', 'pageviews'],
      breakdown,
      limit: 10,
      ...more,
    })),
  ]
  const from = performance.now()
  await Promise.all(
    questions.map(async (question) => {
      const answer = await fetch(`${url}/api/query`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify(question),
      })
      if (answer.status !== 200) throw new Error(`the API answered ${answer.status}: ${await answer.text()}`)
      await answer.arrayBuffer()
    }),
  )
  return performance.now() - from
}

/** A hundred million events are more than such a scan may keep in memory. */
const SCAN_SETTINGS: ClickHouseSettings = {
  max_bytes_before_external_sort: String(2 ** 30),
  max_bytes_before_external_group_by: String(2 ** 30),
}

/** The same as plain scans, without the limits of questions. */
async function scans(long: ClickHouseClient, site: number, days: number): Promise<number> {
  const span = { site, from: dayBefore(LAST + days - 1), to: dayBefore(LAST) }
  const before = { site, from: dayBefore(LAST + 2 * days - 1), to: dayBefore(LAST + days) }
  const statements: [string, object][] = [
    [RAW_TOTALS, span],
    [RAW_TOTALS, before],
    [RAW_SERIES, span],
    ...BREAKDOWNS.map(([, column]): [string, object] => [rawBreakdown(column), span]),
  ]
  const from = performance.now()
  await Promise.all(
    statements.map(async ([query, values]) => {
      const answer = await long.query({
        query,
        query_params: { ...values },
        format: 'JSONEachRow',
        clickhouse_settings: SCAN_SETTINGS,
      })
      await answer.json()
    }),
  )
  return performance.now() - from
}

/** `measure` is told which round it is, from the last one to 0; the first of all does not count. */
async function p95(rounds: number, measure: (round: number) => Promise<number>): Promise<number> {
  await measure(rounds)
  const times: number[] = []
  for (let round = rounds - 1; round >= 0; round--) {
    await sleep(APART_MS)
    times.push(await measure(round))
  }
  return times.toSorted((a, b) => a - b)[Math.ceil(rounds * 0.95) - 1] ?? 0
}

const ms = (value: number): string => `${Math.round(value).toLocaleString('en')} ms`

console.log(`p95 of ${ROUNDS} dashboards, of ${RAW_ROUNDS} as plain scans; after one that does not count`)
console.log(
  'events | sites | days | dashboard | the same again | plain scans | ratio | with a filter | and without cities',
)
for (const millions of EVENTS) {
  for (const sites of SITES) {
    const data = mkdtempSync(path.join(tmpdir(), 'sluice-bench-'))
    let product: ChildProcess | undefined
    try {
      const made = await makeEvents(data, millions, sites)
      const port = await freePort()
      const url = `http://127.0.0.1:${port}`
      const env = { ...process.env, PORT: String(port), SLUICE_DATA: data, LOG_LEVEL: 'error' }
      product = await startServing(['bin/sluice.mjs', 'start'], env)
      const command = ['bin/sluice.mjs', 'key', 'create', '--site', made.domain, '--scope', 'query', '--json']
      const printed = execFileSync(process.execPath, command, { cwd: root, env, encoding: 'utf8' })
      const { key } = JSON.parse(printed) as { key: string }
      const joined = await openClickHouse({ dataDir: data, log: silentLog, mode: 'command' })
      for (const days of [7, 30, 90]) {
        const ours = await p95(ROUNDS, (round) => dashboard(url, key, made.domain, days, round, {}))
        const again = await p95(ROUNDS, () => dashboard(url, key, made.domain, days, 0, {}))
        const raw = await p95(RAW_ROUNDS, () => scans(joined.long, made.siteId, days))
        const filters: Query['filters'] = [{ dimension: 'country', is: ['DE'] }]
        const filtered = await p95(RAW_ROUNDS, (round) =>
          dashboard(url, key, made.domain, days, round, { filters }),
        )
        const withoutCities = await p95(ROUNDS, (round) =>
          dashboard(url, key, made.domain, days, round, { filters }, PLAIN_BREAKDOWNS),
        )
        console.log(
          [
            `${millions} M`,
            sites,
            days,
            ms(ours),
            ms(again),
            ms(raw),
            `${(raw / ours).toFixed(1)}×`,
            ms(filtered),
            ms(withoutCities),
          ].join(' | '),
        )
      }
      await joined.close()
      console.log(
        `${made.sealSeconds.toFixed(2)} s to seal a day; ${made.eventBytes.toFixed(1)} bytes an event in events, ${made.visitBytes.toFixed(1)} in visits, ${made.rollupBytes.toFixed(1)} in rollups`,
      )
    } finally {
      if (product) {
        product.kill()
        await once(product, 'exit')
      }
      rmSync(data, { recursive: true, force: true })
    }
  }
}
