import type { ClickHouseClient } from '@clickhouse/client'
import type { Kysely } from 'kysely'
import { openTarget } from '../backup/open-target.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { DROP_DAYS } from '../drops/counts.ts'
import { loadedOn, ROLLUP_DAYS } from '../seal/retention.ts'
import type { SiteRecord } from '../sites/registry.ts'
import type { Store } from '../store/open.ts'
import type { Tables } from '../store/tables.ts'

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

export interface Kept extends Found {
  /** Domain; null: of the whole installation. */
  readonly site: string | null
  /** The same as `what`, for programs: it does not change with its words. */
  readonly kind: string
  /** After how many days it goes, where that is a number of days. */
  readonly days: number | null
  readonly what: string
  readonly why: string
  /** When it goes, in words. */
  readonly until: string
  /** It is older than it should be. */
  readonly isOverdue: boolean
}

/** What is kept, why, until when, and the oldest that is there: of the sites that are asked about. */
export async function keptOfSites(parts: {
  store: Pick<Store, 'db'>
  read: ClickHouseClient
  clock: Pick<Clock, 'now'>
  sites: readonly SiteRecord[]
}): Promise<Kept[]> {
  const { store, read, sites } = parts
  const now = parts.clock.now()
  const [events, rollups] = [await bySite(read, 'events', sites), await bySite(read, 'rollup', sites)]
  const rows: Kept[] = []
  for (const site of sites) {
    const id = String(site.id)
    rows.push(...(await keptOfSite(store, site, events.get(id) ?? NOTHING, rollups.get(id) ?? NOTHING, now)))
  }
  return rows
}

const NOTHING: FoundInDatabase = { rows: 0, oldest: null, since: null }

async function keptOfSite(
  store: Pick<Store, 'db'>,
  { id, domain: site, eventWindowDays: days }: SiteRecord,
  { since: eventsSince, ...events }: FoundInDatabase,
  { since: rollupsSince, ...rollups }: FoundInDatabase,
  now: number,
): Promise<Kept[]> {
  const drops = await count(store, 'drop_count', 'day', id)
  return [
    {
      ...events,
      site,
      kind: 'events',
      days: days,
      what: 'events',
      why: 'the numbers that are asked for',
      until: `${days} days after they happened or were imported`,
      isOverdue: eventsSince !== null && isOlderThan(eventsSince, days, now),
    },
    {
      ...rollups,
      site,
      kind: 'rollups',
      days: Math.max(ROLLUP_DAYS, days),
      what: 'rollups',
      why: 'sums of sealed days, about nobody',
      until: `${Math.max(ROLLUP_DAYS, days)} days after they happened`,
      isOverdue: rollupsSince !== null && isOlderThan(rollupsSince, Math.max(ROLLUP_DAYS, days), now),
    },
    {
      ...(await count(store, 'consent_ledger', 'time', id)),
      site,
      kind: 'choices',
      days: null,
      what: 'choices',
      why: 'proof of consent, about nobody',
      until: 'six months after a refusal, three years after a consent has ended',
      isOverdue: false,
    },
    {
      ...(await count(store, 'consent_receipt', undefined, id)),
      site,
      kind: 'receipts',
      days: null,
      what: 'receipts',
      why: 'what visitors prove their choice by',
      until: 'they are erased, or their proof goes',
      isOverdue: false,
    },
    {
      ...(await count(store, 'email_ledger', 'time', id)),
      site,
      kind: 'email-consents',
      days: null,
      what: 'e-mail consents',
      why: 'proof of consent, about nobody once a recipient is erased',
      until: 'without end',
      isOverdue: false,
    },
    {
      ...(await count(store, 'email_recipient', undefined, id)),
      site,
      kind: 'email-recipients',
      days: null,
      what: 'recipients of mails',
      why: 'their consent is asked for with each fetch; addresses are sealed',
      until: 'they are erased',
      isOverdue: false,
    },
    {
      ...(await count(store, 'email_send', 'day', id)),
      site,
      kind: 'email-sums',
      days: null,
      what: 'sums of mails',
      why: 'how many went out, about nobody',
      until: 'without end',
      isOverdue: false,
    },
    {
      ...(await count(store, 'consent_count', 'day', id)),
      site,
      kind: 'choice-sums',
      days: null,
      what: 'sums of choices',
      why: 'rates of consent, about nobody',
      until: 'without end',
      isOverdue: false,
    },
    {
      ...(await count(store, 'consent_granted_count', 'day', id)),
      site,
      kind: 'grant-sums',
      days: null,
      what: 'sums of what was granted',
      why: 'rates of consent by category, about nobody',
      until: 'without end',
      isOverdue: false,
    },
    {
      ...(await count(store, 'share_link', 'created_at', id)),
      site,
      kind: 'share-links',
      days: null,
      what: 'share links',
      why: 'who may look without an account',
      until: 'without end, ended ones too',
      isOverdue: false,
    },
    {
      ...(await count(store, 'note', 'day', id)),
      site,
      kind: 'notes',
      days: null,
      what: 'notes',
      why: 'what people know of a day',
      until: 'they are removed, or with the site',
      isOverdue: false,
    },
    {
      ...drops,
      site,
      kind: 'drop-sums',
      days: DROP_DAYS,
      what: 'sums of drops',
      why: 'what was not stored as it was sent, about nobody',
      until: `${DROP_DAYS} days after they were counted, or with the site`,
      isOverdue: drops.oldest !== null && isOlderThan(drops.oldest, DROP_DAYS, now),
    },
  ]
}

/** The same of what belongs to no site. */
export async function keptOfAll(store: Pick<Store, 'db'>, config: Config): Promise<Kept[]> {
  const { backups } = config
  const files = backups ? await openTarget(backups.target, config).list() : []
  const all = { site: null, isOverdue: false }
  return [
    {
      ...(await count(store, 'audit_log', 'time')),
      ...all,
      kind: 'audit-log',
      days: null,
      what: 'audit log',
      why: 'who did what, by ids',
      until: 'without end',
    },
    {
      ...(await count(store, 'account', 'created_at')),
      ...all,
      kind: 'accounts',
      days: null,
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
            kind: 'backups',
            days: null,
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

/** By the id of their site. */
async function bySite(
  read: ClickHouseClient,
  from: keyof typeof SINCE,
  sites: readonly SiteRecord[],
): Promise<Map<string, FoundInDatabase>> {
  const found = await read.query({
    query: `SELECT toString(site) AS site, toString(min(day)) AS oldest, toString(${SINCE[from]}) AS since, count() AS rows FROM ${from} WHERE site IN {sites:Array(UInt64)} GROUP BY site`,
    query_params: { sites: sites.map(({ id }) => id) },
    format: 'JSONEachRow',
  })
  const rows = await found.json<FoundInDatabase & { site: string }>()
  return new Map(rows.map(({ site, ...of }) => [site, of]))
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
function isOlderThan(day: string, days: number, now: number): boolean {
  return now - Date.parse(day) > (days + 2) * DAY_MS
}
