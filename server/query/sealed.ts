import type { Site } from '../../schema/site.ts'
import { dayMarks, isUntouched, MARKS, MARK_VALUES, markRows, versionOf } from '../clickhouse/day-marks.ts'
import type { AnsweredRow } from './ask.ts'
import { findPrimary, type Primary } from './primary.ts'
import { METRIC_CATALOG, ROLLUP_DIMENSIONS, ROLLUP_PARTS, VISIT_PARTS } from './catalog.ts'
import type { ParsedQuery } from './parse.ts'
import type { DataVersion, SealedDays } from './subject.ts'
import { isOfVisits } from './visits.ts'
import { slotOf, type Span } from './plan.ts'
import { TOTAL } from './rollup.ts'
import type { Statement } from './sql.ts'

/** Where the days of a span are answered from. */
export interface DaySources {
  readonly days: Pick<SealedDays, 'sealed' | 'open'>
  /** Of sealed days, those of which visits are kept. */
  readonly kept: readonly string[]
  /** Events came twice on some of the days: see EventsFrame. */
  readonly isOnce: boolean
  readonly primary: Primary
  readonly version: DataVersion
}

/** Whether rollups hold what a question asks. Filters, goals, properties, minutes and hours of a
 * breakdown need single events. */
function isInRollups({ filters, interval, breakdown, metrics }: ParsedQuery, span: Span): boolean {
  const slot = interval === undefined ? 'day' : slotOf(interval)
  const isHeld = slot === 'day' || (slot === 'hour' && breakdown === undefined)
  const isKnown = breakdown === undefined || ROLLUP_DIMENSIONS.some((dimension) => dimension === breakdown)
  const isCounted = metrics.every((metric) => ROLLUP_PARTS.includes(METRIC_CATALOG[metric].part))
  return filters.length === 0 && span.window === undefined && isHeld && isKnown && isCounted
}

/** Whether visits hold what a question asks: of whole days, and of dimensions that a row has a value of. */
function isInVisits({ filters, interval, breakdown, metrics }: ParsedQuery, span: Span): boolean {
  const dimensions = [
    ...filters.map(({ dimension }) => dimension),
    ...(breakdown === undefined ? [] : [breakdown]),
  ]
  const isOfDays = span.window === undefined && (interval === undefined || slotOf(interval) === 'day')
  return (
    isOfDays &&
    isOfVisits(dimensions) &&
    metrics.every((metric) => VISIT_PARTS.includes(METRIC_CATALOG[metric].part))
  )
}

/** What a question is answered from besides events. Undefined: nothing. */
export function sealedFor(
  query: ParsedQuery,
  span: Span,
  { days, kept }: Pick<DaySources, 'days' | 'kept'>,
): SealedDays | undefined {
  if (isInRollups(query, span)) return days.sealed.length > 0 ? { from: 'rollup', ...days } : undefined
  if (kept.length === 0 || !isInVisits(query, span)) return undefined
  const isKept = new Set(kept)
  const others = days.sealed.filter((day) => !isKept.has(day))
  return { from: 'visits', sealed: kept, open: [...others, ...days.open] }
}

/** Finds out which days of a span are sealed. A sealed day to which events came is open until it is sealed again. */
export async function findSources(
  asking: (statement: Statement) => Promise<AnsweredRow[]>,
  site: Site,
  span: Span,
): Promise<DaySources> {
  const found = markRows(await asking(MARKS_STATEMENT))
  const all = dayMarks(found)
  const marks = all.filter(({ day }) => day >= span.from && day <= span.to)
  const touched = marks.filter((mark) => mark.sealed > 0 && !isUntouched(mark)).map(({ day }) => day)
  const grown = touched.length === 0 ? [] : await asking(grownStatement(site, touched))
  const open = new Set([
    ...marks.filter(({ sealed }) => sealed === 0).map(({ day }) => day),
    ...grown.map((row) => String(row['day'])),
  ])
  const sealed = marks.filter(({ day }) => !open.has(day))
  const unsealed = all.filter((mark) => !isUntouched(mark)).map(({ day }) => day)
  const isUnsealed = new Set(unsealed)
  return {
    days: { sealed: sealed.map(({ day }) => day), open: [...open] },
    kept: sealed.filter(({ isKept }) => isKept).map(({ day }) => day),
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

/** Of all days: what is asked about one site's collectors must not hang on the span, and all panels share it. */
const MARKS_STATEMENT: Statement = { text: MARKS, values: MARK_VALUES, isLight: true }

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
