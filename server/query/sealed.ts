import { createHash } from 'node:crypto'
import type { Site } from '../../schema/site.ts'
import { isUntouched, SEAL_ROW, type DayMark } from '../clickhouse/day-marks.ts'
import type { AnsweredRow } from './ask.ts'
import { findPrimary, type Primary } from './primary.ts'
import { METRIC_CATALOG, ROLLUP_DIMENSIONS, ROLLUP_PARTS } from './catalog.ts'
import type { ParsedQuery } from './parse.ts'
import type { DataVersion, SealedDays } from './subject.ts'
import { slotOf, type Span } from './plan.ts'
import { TOTAL } from './rollup.ts'
import type { Statement } from './sql.ts'

/** Where the days of a span are answered from. */
export interface DaySources {
  readonly days: SealedDays
  /** Events came twice on some of the days: see EventsFrame. */
  readonly isOnce: boolean
  readonly primary: Primary
  readonly version: DataVersion
}

/** Whether rollups hold what a question asks. Filters, goals, properties, minutes and hours of a
 * breakdown need single events. */
export function isInRollups({ filters, interval, breakdown, metrics }: ParsedQuery, span: Span): boolean {
  const slot = interval === undefined ? 'day' : slotOf(interval)
  const isHeld = slot === 'day' || (slot === 'hour' && breakdown === undefined)
  const isKnown = breakdown === undefined || ROLLUP_DIMENSIONS.some((dimension) => dimension === breakdown)
  const isCounted = metrics.every((metric) => ROLLUP_PARTS.includes(METRIC_CATALOG[metric].part))
  return filters.length === 0 && span.window === undefined && isHeld && isKnown && isCounted
}

/** Finds out which days of a span are sealed. A sealed day to which events came is open until it is sealed again. */
export async function findSources(
  asking: (statement: Statement) => Promise<AnsweredRow[]>,
  site: Site,
  span: Span,
): Promise<DaySources> {
  const found = (await asking(MARKS)).map((row) => ({
    kind: String(row['kind']),
    name: String(row['name']),
    block: Number(row['block']),
    duplicates: Number(row['duplicates']),
    version: String(row['version']),
  }))
  const all = dayMarks(found)
  const marks = all.filter(({ day }) => day >= span.from && day <= span.to)
  const touched = marks.filter((mark) => mark.sealed > 0 && !isUntouched(mark)).map(({ day }) => day)
  const grown = touched.length === 0 ? [] : await asking(grownStatement(site, touched))
  const open = new Set([
    ...marks.filter(({ sealed }) => sealed === 0).map(({ day }) => day),
    ...grown.map((row) => String(row['day'])),
  ])
  const unsealed = all.filter((mark) => !isUntouched(mark)).map(({ day }) => day)
  const isUnsealed = new Set(unsealed)
  return {
    days: { sealed: marks.filter(({ day }) => !open.has(day)).map(({ day }) => day), open: [...open] },
    isOnce: marks.some(({ duplicates }) => duplicates > 0),
    primary: await findPrimary(
      asking,
      site,
      unsealed,
      versionOf(found, (day) => isUnsealed.has(day)),
    ),
    version: {
      rollups: versionOf(found, () => false),
      events: versionOf(found, (day) => day >= span.from && day <= span.to),
    },
  }
}

/** What stands in the answer to MARKS. */
interface Mark {
  /** `seal`: what a day's rollup was computed from. The name of a table: a partition of it. */
  readonly kind: string
  /** A day, or the name of a partition. */
  readonly name: string
  /** Highest block, plus one. */
  readonly block: number
  readonly duplicates: number
  /** Another one as soon as the partition is. */
  readonly version: string
}

/** Put together here: in the database it takes as long as all that is found. */
function dayMarks(found: readonly Mark[]): Omit<DayMark, 'rows'>[] {
  const days = new Map<string, { day: string; sealed: number; latest: number; duplicates: number }>()
  for (const { kind, name, block, duplicates } of found) {
    if (kind === 'rollup') continue
    const mark = days.get(name) ?? { day: name, sealed: 0, latest: 0, duplicates: 0 }
    days.set(name, mark)
    if (kind === 'events') mark.latest = block
    else Object.assign(mark, { sealed: block, duplicates })
  }
  return [...days.values()].toSorted((one, other) => (one.day < other.day ? -1 : 1))
}

/** Of all rollups, and of the events of some days. */
function versionOf(found: readonly Mark[], isRead: (day: string) => boolean): string {
  const versions = found
    .filter(({ kind, name }) => kind === 'rollup' || (kind === 'events' && isRead(name)))
    .map(({ kind, name, version }) => `${kind} ${name} ${version}\n`)
  return createHash('sha256').update(versions.toSorted().join('')).digest('base64')
}

/**
 * Of all days: what is asked about one site's collectors must not hang on the span, and all panels share it. Beside the
 * marks (day-marks.ts) there is what each partition is made of: a part never changes, and what changes it has another name.
 */
const MARKS: Statement = {
  text: `SELECT 'seal' AS kind, toString(day) AS name, max(last_block) AS block, max(duplicates) AS duplicates, '' AS version
FROM rollup
WHERE site = 0 AND dimension = {seal:String}
GROUP BY day
UNION ALL
SELECT table, partition, toUInt64(max(max_block_number) + 1), toUInt64(0), toString(sipHash64(arraySort(groupArray(name))))
FROM system.parts
WHERE database = currentDatabase() AND table IN ({events:String}, {rollup:String}) AND active
GROUP BY table, partition`,
  values: { seal: SEAL_ROW, events: 'events', rollup: 'rollup' },
  isLight: true,
}

/**
 * The days to which events of this site came after they were sealed. Fewer events than a rollup was computed from mean
 * that the event window has passed: then the rollup is all there is.
 */
function grownStatement({ id }: Site, days: readonly string[]): Statement {
  return {
    text: `SELECT toString(day) AS day
FROM (
SELECT day, count() AS there, max(batch_id) AS latest, toUInt64(0) AS sealed, toUInt64(0) AS sealed_batch
FROM events
WHERE site = {site:UInt64} AND day IN {days:Array(Date)}
GROUP BY day
UNION ALL
SELECT day, toUInt64(0), toUInt64(0), events, last_batch
FROM rollup
WHERE site = {site:UInt64} AND dimension = {total:String} AND day IN {days:Array(Date)}
)
GROUP BY day
HAVING max(there) > max(sealed) OR (max(there) = max(sealed) AND max(latest) != max(sealed_batch))
ORDER BY day`,
    values: { site: id, days, total: TOTAL },
  }
}
