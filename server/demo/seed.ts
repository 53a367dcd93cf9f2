import { Readable } from 'node:stream'
import { encodeRow, STORED_COLUMNS, storedLine } from '../../schema/rows.ts'
import type { ClickHouse } from '../clickhouse/open.ts'
import type { Clock } from '../clock.ts'
import type { Sites } from '../sites/registry.ts'
import { siteHour } from '../sites/site-hour.ts'
import type { DataKeys } from '../store/data-keys.ts'
import type { Store } from '../store/open.ts'
import { seedCounts } from './counts.ts'
import { DEMO_GOALS } from './happenings.ts'
import { demoHistory } from './history.ts'
import { seedMessages } from './messages.ts'

/** The demo's own site: its pages are served by this server. */
export const DEMO_SITE = 'localhost'
const DAYS = 30

/** Registers the demo site with 30 days of a made-up past, unless it is there already. */
export async function seedDemo(parts: {
  sites: Sites
  store: Pick<Store, 'db' | 'transaction'>
  dataKeys: DataKeys
  clickhouse: ClickHouse
  clock: Clock
}): Promise<void> {
  const { sites, store, dataKeys, clickhouse, clock } = parts
  if (sites.find(DEMO_SITE)) return
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const site = await sites.add({
    domain: DEMO_SITE,
    preConsent: 'anonymous',
    timezone,
    properties: ['bike', 'plan', 'feature'],
    goals: DEMO_GOALS,
  })
  await seedCounts(store, site, siteHour(timezone, clock.now()), DAYS)
  await seedMessages({ store, dataKeys, clock, siteId: site.id, days: DAYS })
  const byDay = new Map<string, string[]>()
  for (const row of demoHistory({ site: site.id, timezone, now: clock.now(), days: DAYS })) {
    const records = byDay.get(row.day) ?? []
    records.push(encodeRow(row))
    byDay.set(row.day, records)
  }
  for (const [index, records] of [...byDay.values()].entries()) {
    // The order that the loader gives a batch: by visitor and time, numbered, the time without its milliseconds.
    const lines = records.toSorted().map((record, row) => storedLine(index + 1, row, record))
    await clickhouse.write.insert({
      table: 'events',
      columns: STORED_COLUMNS,
      format: 'TabSeparated',
      values: Readable.from([lines.join('')], { objectMode: false }),
    })
  }
}
