import { readSends } from '../beacons/campaigns.ts'
import { migrate } from '../clickhouse/migrate.ts'
import { openClickHouse } from '../clickhouse/open.ts'
import { systemClock } from '../clock.ts'
import { silentLog } from '../log.ts'
import { createQueries, type Queries } from '../query/run.ts'
import type { Store } from '../store/open.ts'
import type { CliContext } from './context.ts'

/** An accepted event is in the table within 5 s; a command does not know what the server's loader still holds. */
const LOADED_WITHIN_MS = 5_000

/** Opens the database for the questions of one command, whether the server runs or not, and closes it whatever happens. */
export async function withQueries<T>(
  context: CliContext,
  store: Store,
  act: (queries: Queries) => Promise<T>,
): Promise<T> {
  const clickhouse = await openClickHouse({ ...context.config, log: silentLog, mode: 'command' })
  try {
    await migrate(clickhouse.write, clickhouse)
    return await act(
      createQueries({
        read: clickhouse.read,
        clock: systemClock,
        freshness: () => new Date(systemClock.now() - LOADED_WITHIN_MS).toISOString(),
        sends: (siteId, to) => readSends(store, siteId, to),
      }),
    )
  } finally {
    await clickhouse.close()
  }
}
