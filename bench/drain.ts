import { mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import { encodeRow } from '../schema/rows.ts'
import { migrate } from '../server/clickhouse/migrate.ts'
import { openClickHouse } from '../server/clickhouse/open.ts'
import { systemClock } from '../server/clock.ts'
import { clickHouseEventTable } from '../server/load/event-table.ts'
import { openCursor } from '../server/load/cursor.ts'
import { startLoader } from '../server/load/loader.ts'
import { createThreadedBuild } from '../server/load/threaded-build.ts'
import { createLog } from '../server/log.ts'
import { nodeFs } from '../server/spool/fs.ts'
import { openSpool } from '../server/spool/spool.ts'

/**
 * `tsc -b bench && node dist/bench/drain.js [rows]`: how fast what waited while the database was away is loaded into the
 * embedded engine, as batches of blocks and as batches of lines, in turn. Default 400,000 rows each.
 */
const ROWS = Number(process.argv[2] ?? 400_000)
const APPEND = 500
const day = new Date().toISOString().slice(0, 10)
const pick = <T>(from: readonly T[], index: number): T => from[index % from.length] as T

/** Events of some thousand visitors: places, browsers and pages repeat as they do on a site. */
function record(id: number): string {
  const visitor = (id * 7919) % 5_000
  return encodeRow({
    day,
    visitor: BigInt.asUintN(64, BigInt(visitor + 1) * 0x9e3779b97f4a7c15n),
    timeMs: Date.now(),
    site: 7,
    eventId: BigInt.asUintN(64, BigInt(id + 1) * 0xbf58476d1ce4e5b9n),
    type: 'pageview',
    collector: 'tracker',
    basis: 'anonymous',
    hostname: 'bench.example',
    page: `/articles/${id % 300}-how-we-count`,
    referrer: pick(['', 'google.com', 'news.example'], id),
    source: pick(['Direct', 'Google', 'news.example'], id),
    channel: pick(['Direct', 'Organic Search', 'Referral'], id),
    utmSource: pick(['', '', 'newsletter'], id),
    utmMedium: '',
    utmCampaign: '',
    utmTerm: '',
    utmContent: '',
    country: pick(['GB', 'DE', 'FR', 'US'], visitor),
    region: pick(['GB-ENG', 'DE-BE', 'FR-IDF', 'US-CA'], visitor),
    city: pick(['London', 'Berlin', 'Paris', 'San Jose', 'Köln'], visitor),
    network: pick(['British Telecommunications', 'Deutsche Telekom AG', 'Orange S.A.'], visitor),
    browser: pick(['Chrome', 'Safari', 'Firefox'], visitor),
    browserVersion: pick(['139', '18', '142'], visitor),
    os: pick(['Windows', 'iOS', 'Linux'], visitor),
    osVersion: pick(['10', '18.5', ''], visitor),
    device: pick(['desktop', 'mobile'], visitor),
    screen: '',
    language: pick(['en-GB', 'de-DE', 'fr-FR'], visitor),
    visibleMs: 0,
    scrollPercent: 0,
  })
}

const dataDir = mkdtempSync(path.resolve('bench-drain-'))
const log = createLog('error')
const clickhouse = await openClickHouse({ dataDir, log, mode: 'command' })
const thread = createThreadedBuild()
try {
  await migrate(clickhouse.write)
  for (const [name, build] of [
    ['blocks', thread.build],
    ['lines', undefined],
  ] as const) {
    const folder = path.join(dataDir, name)
    const cursor = await openCursor({ folder, fs: nodeFs })
    const spool = await openSpool({ folder, key: new Uint8Array(32), clock: systemClock, log })
    for (let id = 0; id < ROWS; id += APPEND) {
      await spool.append(Array.from({ length: APPEND }, (_, index) => record(id + index)).join(''), APPEND)
    }
    const table = clickHouseEventTable(clickhouse.write)
    const from = performance.now()
    const loader = startLoader({ spool, cursor, table, ...(build && { build }), clock: systemClock, log })
    await loader.drained()
    const perSecond = Math.round((1000 * ROWS) / (performance.now() - from))
    console.log(`${name}: ${ROWS.toLocaleString('en')} rows, ${perSecond.toLocaleString('en')} rows/s`)
    await loader.stop()
    await spool.close()
    await cursor.close()
  }
} finally {
  await thread.close()
  await clickhouse.close()
  rmSync(dataDir, { recursive: true, force: true })
}
