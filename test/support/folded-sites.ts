import type { FlowQuery, FunnelQuery, Query, QueryAnswer, RetentionQuery } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { parseQuery, parseQuestion } from '../../server/query/parse.ts'
import { createQueries, type Queries } from '../../server/query/run.ts'
import { startTestEngine, type TestEngine } from './engine.ts'
import type { OracleEvent } from './oracle.ts'
import { storedEvent, storeEvents } from './stored-events.ts'

/** An event as a test tells it: at ten o'clock, if no hour is given. */
export type Told = Partial<OracleEvent> & { day: string; visitor: bigint; hour?: number }

/** Sites in November 2026, asked through the query station over a real engine. */
export interface FoldedSites {
  site(minimumGroup: number, minimumGroupScope?: Site['minimumGroupScope']): Site
  store(site: Site, told: readonly Told[]): Promise<void>
  /** The whole month, visitors and page views, unless asked otherwise. */
  ask(site: Site, query: Omit<Query, 'site'>): Promise<QueryAnswer>
  /** The same for other kinds of questions. */
  walk(
    site: Site,
    query: Omit<FunnelQuery, 'site'> | Omit<FlowQuery, 'site'> | Omit<RetentionQuery, 'site'>,
  ): Promise<QueryAnswer>
  stop(): Promise<void>
}

const MONTH = { from: '2026-11-01', to: '2026-11-30' }

/** Each question a moment of its own: what a test told last is answered at once. */
let moment = 0

export async function openFoldedSites(): Promise<FoldedSites> {
  const engine: TestEngine = await startTestEngine()
  const queries: Queries = createQueries({
    read: engine.clickhouse.read,
    clock: { now: () => Date.parse('2026-11-20T15:10:00Z'), monotonic: () => (moment += 2_000) },
    freshness: () => '2026-11-20T15:10:00.000Z',
  })
  let latestSite = 5_000
  return {
    site: (minimumGroup, minimumGroupScope = 'close') => ({
      id: ++latestSite,
      domain: 'example.com',
      timezone: 'UTC',
      preConsent: 'none',
      subdomains: false,
      eventWindowDays: 396,
      minimumGroup,
      minimumGroupScope,
      properties: [],
      traits: [],
      goals: [],
    }),
    async store(site, told) {
      const events = told.map(({ hour = 10, ...event }, row) => {
        const timeMs = Date.parse(`${event.day}T00:00:00Z`) + hour * 3_600_000
        return storedEvent(site.id, 1n, row, { ...event, timeMs })
      })
      await storeEvents(engine.clickhouse.write, events)
    },
    ask: (site, query) =>
      queries.run(
        site,
        parseQuery({ period: MONTH, metrics: ['visitors', 'pageviews'], ...query, site: 'example.com' }),
      ),
    walk: (site, query) => queries.run(site, parseQuestion({ period: MONTH, ...query, site: 'example.com' })),
    stop: () => engine.stop(),
  }
}
