import { randomBytes } from 'node:crypto'
import type { ClickHouseSettings } from '@clickhouse/client'
import { SEAL_ROW } from '../clickhouse/day-marks.ts'
import { siteDayOf } from '../clickhouse/site-days.ts'
import { ask, type SealClient } from './ask.ts'
import { readMarks } from './marks.ts'
import { findLogDays } from './primary.ts'

/** The rows of the rollup of some days, and of their visits, computed from events (server/query/rollup-rows.ts has them). */
export interface RollupSource {
  readonly columns: readonly string[]
  readonly visitColumns: readonly string[]
  /** Tables that a draft needs to count in, by name. */
  readonly tables: Readonly<
    Record<
      string,
      { readonly columns: readonly (readonly [name: string, type: string])[]; readonly order: string }
    >
  >
  /**
   * What is inserted one after the other: into one of these tables, into `kept`, the visits, and in the end into `rollup`.
   * Binds `sites`, `timezone`, `days`, `left_out`, `log_site_days`, `key_0` and `key_1`. Rows of `total` say what was
   * computed from.
   */
  steps(given: {
    readonly tableOf: (name: string) => string
    readonly isOnce: boolean
    readonly events: number
  }): readonly {
    readonly into: string
    readonly columns: readonly string[]
    readonly select: string
  }[]
}

export interface DraftParts {
  write: SealClient
  rows: RollupSource
  /** The time zone of a site by its id, decimal: hours are those of its clock. */
  timezoneOf(site: string): string
  /** Ends what a day takes longest for, whose promise then rejects; the draft can still be dropped. */
  signal?: AbortSignal | undefined
}

/** Tables like `rollup` and `visits` that nobody else fills, so that two who seal one day at once do not mix their rows. */
export interface Draft {
  /** Puts the rollups and visits of days of one month into the draft. Answers what was found, of days that have events. */
  compute(days: readonly string[]): Promise<Filled[]>
  /**
   * Replaces days in `rollup` by those of the draft, at one stroke. Another day of their month that somebody else puts in
   * place at the same moment may be as it was before: then it waits to be sealed again. Their visits are replaced before,
   * each day by itself: until its rollup is there, they are of no use.
   */
  publish(days: readonly string[]): Promise<void>
  /** How many rows of `rollup` and `visits` are not those of the draft, of the sites whose events are all there. */
  differences(day: string): Promise<number>
  drop(): Promise<void>
}

export interface Filled {
  readonly day: string
  /** Rows of events that count once although they were there more often. */
  readonly duplicates: number
}

/** Names of drafts begin so; a backup leaves them out. */
export const DRAFT_PREFIX = 'rollup_draft_'
const ABANDONED_HOURS = 6

/** A busy day is sorted and grouped on disk where memory is short. */
const SETTINGS: ClickHouseSettings = {
  max_bytes_before_external_group_by: String(2 ** 30),
  max_bytes_before_external_sort: String(2 ** 30),
}

interface OfSite {
  readonly day: string
  readonly site: string
  /** Rows of events there are now. */
  readonly there: number
  /** Rows of events that its rollup was computed from; 0: it has none. */
  readonly sealed: number
  readonly duplicates: number
}

const SITES = `SELECT toString(day) AS day, toString(site) AS site, max(present) AS there, max(counted) AS sealed, max(twice) AS duplicates
FROM (
SELECT day, site, count() AS present, toUInt64(0) AS counted, toUInt64(count() - uniqExact(event_id)) AS twice
FROM events WHERE day IN {days:Array(Date)} GROUP BY day, site
UNION ALL
SELECT day, site, toUInt64(0), events, toUInt64(0)
FROM rollup WHERE day IN {days:Array(Date)} AND dimension = {total:String}
)
GROUP BY day, site
ORDER BY day, site`

export async function openDraft({ write, rows, timezoneOf, signal }: DraftParts): Promise<Draft> {
  await dropAbandoned(write)
  const table = `${DRAFT_PREFIX}${randomBytes(8).toString('hex')}`
  const tableOf = (name: string): string => (name === 'rollup' ? table : `${table}_${name}`)
  const kept = tableOf('kept')
  const counting = Object.keys(rows.tables).map(tableOf)
  await write.command({ query: `CREATE TABLE ${table} AS rollup` })
  await write.command({ query: `CREATE TABLE ${kept} AS visits` })
  const allColumns = [...rows.columns, 'last_block']
  for (const [name, { columns, order }] of Object.entries(rows.tables)) {
    const types = columns.map(([column, type]) => `${column} ${type}`)
    await write.command({
      query: `CREATE TABLE ${tableOf(name)} (${types.join(', ')}) ENGINE = MergeTree ORDER BY (${order})`,
    })
  }

  async function insert(
    into: string,
    columns: readonly string[],
    select: string,
    parameters: Record<string, unknown>,
  ): Promise<void> {
    // The client goes on with a signal that was aborted between two statements.
    signal?.throwIfAborted()
    await write.command({
      query: `INSERT INTO ${into} (${columns.join(', ')}) ${select}`,
      query_params: parameters,
      clickhouse_settings: SETTINGS,
      ...(signal && { abort_signal: signal }),
    })
  }

  async function compute(wanted: readonly string[]): Promise<Filled[]> {
    for (const own of [table, kept]) await write.command({ query: `TRUNCATE TABLE ${own}` })
    // First the marks, then what they stand for: what comes in between makes a day one to be sealed again.
    const marks = (await readMarks(write, wanted.at(-1) ?? '', wanted[0])).filter(
      ({ day, latest }) => latest > 0 && wanted.includes(day),
    )
    if (marks.length === 0) return []
    const days = marks.map(({ day }) => day)
    const found = await ask<OfSite>(write, SITES, { days, total: 'total' })
    // Their rollup is taken over as it was.
    const expired = found.filter(isExpired)
    const computed = found.filter((one) => !isExpired(one))
    const isOnce = computed.some(({ duplicates }) => duplicates > 0)
    const events = computed.reduce((sum, { there }) => sum + there, 0)
    for (const [timezone, sites] of byZone(computed, timezoneOf)) {
      const numberOf = ({ site, day }: { site: string; day: string }): number => siteDayOf(sites, site, day)
      const logDays = await findLogDays(write, days, sites)
      const parameters = {
        days,
        timezone,
        sites: sites.map(BigInt),
        left_out: expired.filter(({ site }) => sites.includes(site)).map(numberOf),
        log_site_days: logDays.map(numberOf),
        key_0: randomBytes(8).readBigUInt64LE(),
        key_1: randomBytes(8).readBigUInt64LE(),
      }
      for (const own of counting) await write.command({ query: `TRUNCATE TABLE ${own}` })
      for (const { into, columns, select } of rows.steps({ tableOf, isOnce, events })) {
        await insert(tableOf(into), columns, select, parameters)
      }
    }
    const all = rows.columns.join(', ')
    for (const day of days) {
      const sites = expired.filter((one) => one.day === day).map(({ site }) => BigInt(site))
      if (sites.length === 0) continue
      const select = `SELECT ${all} FROM rollup WHERE day = {day:Date} AND site IN {sites:Array(UInt64)}`
      await insert(table, rows.columns, select, { day, sites })
    }
    await insert(
      table,
      ['day', 'site', 'dimension', 'events', 'last_batch', 'duplicates', 'last_block'],
      SEAL_ROWS(table),
      { days, blocks: marks.map(({ latest }) => latest), seal: SEAL_ROW, total: 'total' },
    )
    const isMissing = `day NOT IN (SELECT day FROM ${kept})`
    await insert(kept, ['day'], `SELECT arrayJoin({days:Array(Date)}) AS day WHERE ${isMissing}`, { days })
    return days.map((day) => ({
      day,
      duplicates: computed.reduce((sum, one) => sum + (one.day === day ? one.duplicates : 0), 0),
    }))
  }

  return {
    compute,
    async publish(days) {
      for (const day of days)
        await write.command({
          query: `ALTER TABLE visits REPLACE PARTITION '${checkedDay(day)}' FROM ${kept}`,
        })
      const month = monthOf(days[0] ?? '')
      await insert(
        table,
        allColumns,
        `SELECT ${allColumns.join(', ')} FROM rollup WHERE toYYYYMM(day) = ${month} AND day NOT IN {days:Array(Date)}`,
        { days },
      )
      // A piece for each statement would be opened by every question about the month.
      await write.command({ query: `OPTIMIZE TABLE ${table} FINAL` })
      await write.command({ query: `ALTER TABLE rollup REPLACE PARTITION ${month} FROM ${table}` })
    },
    async differences(day) {
      let different = 0
      for (const [inPlace, draft, columns] of [
        ['rollup', table, allColumns],
        ['visits', kept, rows.visitColumns],
      ] as const) {
        const [found] = await ask<{ different: number }>(write, DIFFERENCES(inPlace, draft, columns), { day })
        different += found?.different ?? 0
      }
      return different
    },
    async drop() {
      for (const own of [...counting, kept, table])
        await write.command({ query: `DROP TABLE IF EXISTS ${own} SYNC` })
    },
  }
}

/** Rows of a day that are in one of two tables more often than in the other; by hash, since a big day has millions. */
const DIFFERENCES = (
  one: string,
  other: string,
  columns: readonly string[],
): string => `SELECT count() AS different
FROM (
SELECT row, sum(side) AS surplus
FROM (
SELECT sipHash128(${columns.join(', ')}) AS row, 1 AS side FROM ${one} WHERE day = {day:Date}
UNION ALL
SELECT sipHash128(${columns.join(', ')}), -1 FROM ${other} WHERE day = {day:Date}
)
GROUP BY row
HAVING surplus != 0
)`

/** The rows that stand for sealed days, also where nothing is left in them. */
const SEAL_ROWS = (
  table: string,
): string => `SELECT day, 0, {seal:String}, sum(counted), max(batch), sum(twice), transform(day, {days:Array(Date)}, {blocks:Array(UInt64)}, toUInt64(0))
FROM (
SELECT day, events AS counted, last_batch AS batch, duplicates AS twice
FROM ${table} WHERE dimension = {total:String}
UNION ALL
SELECT arrayJoin({days:Array(Date)}), toUInt64(0), toUInt64(0), toUInt64(0)
)
GROUP BY day`

/** Whether events are gone that its rollup was computed from. */
function isExpired({ there, sealed }: OfSite): boolean {
  return there < sealed
}

function byZone(found: readonly OfSite[], timezoneOf: (site: string) => string): Map<string, string[]> {
  const zones = new Map<string, string[]>()
  for (const site of new Set(found.map((one) => one.site))) {
    const zone = timezoneOf(site)
    zones.set(zone, [...(zones.get(zone) ?? []), site])
  }
  return zones
}

/** Drafts of processes that were killed. One that is in use is younger. */
async function dropAbandoned(write: SealClient): Promise<void> {
  const found = await ask<{ name: string }>(
    write,
    `SELECT name FROM system.tables
      WHERE database = currentDatabase() AND startsWith(name, {prefix:String})
        AND metadata_modification_time < now() - INTERVAL ${ABANDONED_HOURS} HOUR`,
    { prefix: DRAFT_PREFIX },
  )
  for (const { name } of found) {
    if (/^\w+$/.test(name)) await write.command({ query: `DROP TABLE IF EXISTS ${name} SYNC` })
  }
}

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** The month of a day as a partition of `rollup` is named by it: `202611`. */
export function monthOf(day: string): string {
  return checkedDay(day).slice(0, 7).replace('-', '')
}

/** A day as a partition of `events` is named by it; a statement that changes partitions takes no bound values. */
export function checkedDay(day: string): string {
  if (DAY.test(day)) return day
  throw new Error('a day cannot stand in a statement')
}
