import { openClickHouse } from '../clickhouse/open.ts'
import { migrate } from '../clickhouse/migrate.ts'
import { systemClock } from '../clock.ts'
import { createLog } from '../log.ts'
import { keptOfAll, keptOfSites, type Kept } from '../retention/report.ts'
import { createSites } from '../sites/registry.ts'
import { answer, table, type CliContext, type Command } from './context.ts'
import { withStore } from './with-store.ts'

/** `sluice retention`: what is kept, why, until when, and the oldest that is there, by site. */
export const retention: Command = async (context) => {
  const kept = await readKept(context)
  const cells = kept.map(({ site, what, why, until, rows, oldest, isOverdue }) => {
    const since = `${oldest ?? ''}${isOverdue ? ', OVERDUE' : ''}`
    return [site ?? '', what, why, until, String(rows), since]
  })
  answer(context, { kept }, table(['site', 'what', 'why', 'until', 'rows', 'oldest'], cells))
}

async function readKept(context: CliContext): Promise<Kept[]> {
  const { config } = context
  const clickhouse = await openClickHouse({ ...config, log: createLog('warn'), mode: 'command' })
  try {
    // Before the first start there is no table yet.
    await migrate(clickhouse.write, clickhouse)
    return await withStore(context, async (store) => {
      const sites = createSites({ store, clock: systemClock }).list()
      const kept = await keptOfSites({ store, read: clickhouse.read, clock: systemClock, sites })
      return [...kept, ...(await keptOfAll(store, config))]
    })
  } finally {
    await clickhouse.close()
  }
}
