import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClickHouseClient } from '@clickhouse/client'
import { migrate } from '../server/clickhouse/migrate.ts'
import { openClickHouse } from '../server/clickhouse/open.ts'
import { silentLog } from '../server/log.ts'
import { rollupRows } from '../server/query/rollup-rows.ts'
import { sealDays } from '../server/seal/seal-days.ts'
import { MADE_EVENTS } from './made-events.ts'
import { median } from './median.ts'

/**
 * `npm run bench:seal`: how long a day of one site takes to be sealed, while batches of events go on being inserted, and how
 * long these take beside the same with nothing else to do. The promise is six seconds a million, and that collecting goes
 * on. EVENTS: millions in the day, separated by commas.
 */
const EVENTS = (process.env['EVENTS'] ?? '0.1,1,10').split(',').map(Number)
const LIMIT_SECONDS_A_MILLION = 6
const SITE = 1
const DAY = '2026-11-20'
const BATCH = { day: '2026-11-21', rows: 5_000, everyMs: 500 }
/** Batches inserted with nothing else to do. */
const ALONE = 10

/** Milliseconds of one batch. */
async function insertBatch(write: ClickHouseClient, batch: number): Promise<number> {
  const values = Array.from({ length: BATCH.rows }, (_, row) => ({
    batch_id: batch,
    row,
    day: BATCH.day,
    visitor: Math.floor(row / 8) + 1,
    time: Date.parse(BATCH.day) / 1_000 + batch + row,
    site: SITE,
    event_id: batch * BATCH.rows + row,
    type: 'pageview',
    collector: 'tracker',
    hostname: 'example.com',
    page: `/page/${row % 100}`,
  }))
  const from = performance.now()
  await write.insert({ table: 'events', values, format: 'JSONEachRow' })
  return performance.now() - from
}

const ms = (values: readonly number[]): string =>
  `${median(values).toFixed(0)} (${Math.max(...values).toFixed(0)}) ms`

console.log(
  `events | sealed in | promised | a batch of ${BATCH.rows.toLocaleString('en')} meanwhile, median (slowest) | alone`,
)
for (const millions of EVENTS) {
  const data = mkdtempSync(path.join(tmpdir(), 'sluice-bench-'))
  const { write, long, close } = await openClickHouse({ dataDir: data, log: silentLog, mode: 'serve' })
  try {
    await migrate(write)
    await write.command({
      query: MADE_EVENTS,
      query_params: { day: DAY, batch: 1, events: millions * 1e6, sites: [SITE] },
    })
    let batch = 2
    const alone: number[] = []
    while (alone.length < ALONE) alone.push(await insertBatch(write, batch++))
    const meanwhile: number[] = []
    const from = performance.now()
    const parts = { write: long, rows: rollupRows, timezoneOf: () => 'UTC', log: silentLog }
    const sealing = sealDays(parts, [DAY]).then(() => performance.now() - from)
    let sealedMs: number | undefined
    while (sealedMs === undefined) {
      meanwhile.push(await insertBatch(write, batch++))
      sealedMs = await Promise.race([sealing, sleep(BATCH.everyMs, undefined)])
    }
    console.log(
      [
        `${millions} M`,
        `${(sealedMs / 1_000).toFixed(1)} s`,
        `${(millions * LIMIT_SECONDS_A_MILLION).toFixed(1)} s`,
        ms(meanwhile),
        ms(alone),
      ].join(' | '),
    )
  } finally {
    await close()
    rmSync(data, { recursive: true, force: true })
  }
}
