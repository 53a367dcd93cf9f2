import type { Kysely } from 'kysely'
import { listBackups } from '../backup/folder.ts'
import { openClickHouse } from '../clickhouse/open.ts'
import { migrate } from '../clickhouse/migrate.ts'
import { systemClock } from '../clock.ts'
import type { BackupSettings } from '../config.ts'
import { createLog } from '../log.ts'
import { loadedOn, ROLLUP_DAYS } from '../seal/retention.ts'
import { createSites, type SiteRecord } from '../sites/registry.ts'
import type { Store } from '../store/open.ts'
import type { Tables } from '../store/tables.ts'
import { answer, table, type CliContext, type Command } from './context.ts'
import { withStore } from './with-store.ts'

/** What is there of a kind of data. */
interface Found {
  readonly rows: number
  /** The day of the oldest, `2026-11-24`; null where there is none, or none is written down. */
  readonly oldest: string | null
}

interface FoundInDatabase extends Found {
  /** From which day on the window of the oldest counts: what was imported later than it happened, from then. */
  readonly since: string | null
}

interface Kept extends Found {
  /** Domain; null: of the whole installation. */
  readonly site: string | null
  readonly what: string
  readonly why: string
  /** When it goes, in words. */
  readonly until: string
  /** It is older than it should be. */
  readonly isOverdue: boolean
}

/** `sluice retention`: what is kept, why, until when, and the oldest that is there, by site. */
export const retention: Command = async (context) => {
  const { events, rollups } = await readDatabase(context)
  const kept = await withStore(context, async (store) => {
    const rows: Kept[] = []
    for (const site of createSites({ store, clock: systemClock }).list()) {
      const id = String(site.id)
      rows.push(...(await keptOfSite(store, site, events.get(id) ?? NOTHING, rollups.get(id) ?? NOTHING)))
    }
    return [...rows, ...(await keptOfAll(store, context.config.backups))]
  })
  const cells = kept.map(({ site, what, why, until, rows, oldest, isOverdue }) => {
    const since = `${oldest ?? ''}${isOverdue ? ', OVERDUE' : ''}`
    return [site ?? '', what, why, until, String(rows), since]
  })
  answer(context, { kept }, table(['site', 'what', 'why', 'until', 'rows', 'oldest'], cells))
}

const NOTHING: FoundInDatabase = { rows: 0, oldest: null, since: null }

async function keptOfSite(
  store: Pick<Store, 'db'>,
  { id, domain: site, eventWindowDays: days }: SiteRecord,
  { since: eventsSince, ...events }: FoundInDatabase,
  { since: rollupsSince, ...rollups }: FoundInDatabase,
): Promise<Kept[]> {
  return [
    {
      ...events,
      site,
      what: 'events',
      why: 'the numbers that are asked for',
      until: `${days} days after they happened or were imported`,
      isOverdue: eventsSince !== null && isOlderThan(eventsSince, days),
    },
    {
      ...rollups,
      site,
      what: 'rollups',
      why: 'sums of sealed days, about nobody',
      until: `${Math.max(ROLLUP_DAYS, days)} days after they happened`,
      isOverdue: rollupsSince !== null && isOlderThan(rollupsSince, Math.max(ROLLUP_DAYS, days)),
    },
    {
      ...(await count(store, 'consent_ledger', 'time', id)),
      site,
      what: 'choices',
      why: 'proof of consent, about nobody',
      until: 'six months after a refusal, three years after a consent has ended',
      isOverdue: false,
    },
    {
      ...(await count(store, 'consent_receipt', undefined, id)),
      site,
      what: 'receipts',
      why: 'what visitors prove their choice by',
      until: 'they are erased, or their proof goes',
      isOverdue: false,
    },
    {
      ...(await count(store, 'consent_count', 'day', id)),
      site,
      what: 'sums of choices',
      why: 'rates of consent, about nobody',
      until: 'without end',
      isOverdue: false,
    },
  ]
}

async function keptOfAll(store: Pick<Store, 'db'>, backups: BackupSettings | undefined): Promise<Kept[]> {
  const files = backups ? await listBackups(backups.folder) : []
  const all = { site: null, isOverdue: false }
  return [
    {
      ...(await count(store, 'audit_log', 'time')),
      ...all,
      what: 'audit log',
      why: 'who did what, by ids',
      until: 'without end',
    },
    {
      ...(await count(store, 'account', 'created_at')),
      ...all,
      what: 'accounts',
      why: 'signing in',
      until: 'they are removed',
    },
    ...(backups
      ? [
          {
            ...all,
            rows: files.length,
            oldest: dayOf(files.at(-1)?.time),
            what: 'backups',
            why: 'the loss of this machine',
            until: `there are ${backups.keep} newer ones`,
          },
        ]
      : []),
  ]
}

/** Rows of a table, of one site where an id is given, and the first of a column that tells when. */
async function count(
  store: Pick<Store, 'db'>,
  name: keyof Tables,
  column: string | undefined,
  siteId?: number,
): Promise<Found> {
  const db = store.db as unknown as Kysely<Record<string, Record<string, string | number>>>
  let query = db.selectFrom(name).select((select) => select.fn.countAll<number>().as('rows'))
  if (column !== undefined) query = query.select((select) => select.fn.min(column).as('oldest'))
  if (siteId !== undefined) query = query.where('site_id', '=', siteId)
  const found = (await query.executeTakeFirstOrThrow()) as {
    rows: number
    oldest?: string | number | null
  }
  return { rows: found.rows, oldest: dayOf(found.oldest) }
}

interface OfDatabase {
  /** By the id of their site. */
  readonly events: ReadonlyMap<string, FoundInDatabase>
  readonly rollups: ReadonlyMap<string, FoundInDatabase>
}

async function readDatabase({ config }: CliContext): Promise<OfDatabase> {
  const clickhouse = await openClickHouse({ ...config, log: createLog('warn'), mode: 'command' })
  const bySite = async (from: keyof typeof SINCE): Promise<Map<string, FoundInDatabase>> => {
    const found = await clickhouse.read.query({
      query: `SELECT toString(site) AS site, toString(min(day)) AS oldest, toString(${SINCE[from]}) AS since, count() AS rows FROM ${from} GROUP BY site`,
      format: 'JSONEachRow',
    })
    const sites = await found.json<FoundInDatabase & { site: string }>()
    return new Map(sites.map(({ site, ...of }) => [site, of]))
  }
  try {
    // Before the first start there is no table yet.
    await migrate(clickhouse.write, clickhouse)
    return { events: await bySite('events'), rollups: await bySite('rollup') }
  } finally {
    await clickhouse.close()
  }
}

/** Of a rollup only the row of all events tells which batch came last. */
const SINCE = {
  events: `min(greatest(day, ${loadedOn('batch_id')}))`,
  rollup: `minIf(greatest(day, ${loadedOn('last_batch')}), dimension = 'total')`,
} as const

/** Of an ISO text or Unix milliseconds. */
function dayOf(time: string | number | null | undefined): string | null {
  if (time === null || time === undefined) return null
  return (typeof time === 'number' ? new Date(time).toISOString() : time).slice(0, 10)
}

const DAY_MS = 86_400_000

/** With a day to spare: it may be yesterday still where the site is. */
function isOlderThan(day: string, days: number): boolean {
  return systemClock.now() - Date.parse(day) > (days + 2) * DAY_MS
}
