import type { QueryAnswer } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { FIRST_DAYS, IS_FIRST_DAY_LOGGED, PRIMARY_ROW } from '../clickhouse/primary.ts'
import { addDays } from './calendar.ts'
import type { ParsedQuery } from './parse.ts'
import type { Span } from './plan.ts'
import type { Asking } from './planned.ts'

/** Since when the collectors of a site tell its days. */
export interface Primary {
  /** First day that the tracker tells; undefined: it has told nothing yet. */
  readonly trackerFrom: string | undefined
  /** First day of which there are page views of logs. */
  readonly logFrom: string | undefined
}

/**
 * `open`: all days that may not be sealed, whatever is asked about; `version`: of rollups and of the events of these.
 */
export async function findPrimary(
  asking: Asking,
  site: Site,
  open: readonly string[],
  version: string,
): Promise<Primary> {
  const firsts = await asking({
    text: FIRST_DAYS,
    values: { sites: [site.id], open },
    isLight: true,
    version,
  })
  const firstOf = (collector: 'tracker' | 'log'): string | undefined => {
    const row = firsts.find((one) => one['collector'] === collector)
    return row && String(row['day'])
  }
  const [tracker, log] = [firstOf('tracker'), firstOf('log')]
  if (tracker === undefined || log === undefined || log > tracker)
    return { trackerFrom: tracker, logFrom: log }
  const [row] = await asking({
    text: IS_FIRST_DAY_LOGGED,
    values: { site: site.id, day: tracker, primary: PRIMARY_ROW },
    isLight: true,
  })
  const isLogged = Number(row?.['logged']) === 1
  return { trackerFrom: isLogged ? addDays(tracker, 1) : tracker, logFrom: log }
}

/** Later than any day. */
const NEVER = '2149-06-06'

/** The day that statements compare with, as they bind it. */
export function boundPrimary({ trackerFrom = NEVER }: Primary): { tracker_from: string } {
  return { tracker_from: trackerFrom }
}

/** Whether a question says itself which collectors it is about. */
export function namesCollector({ filters }: Pick<ParsedQuery, 'filters'>): boolean {
  return filters.some(({ dimension }) => dimension === 'collector')
}

/** What an answer tells of: nothing where the question says itself which collectors it is about. */
export function toldPrimary(query: Pick<ParsedQuery, 'filters'>, primary: Primary): Primary | undefined {
  return namesCollector(query) ? undefined : primary
}

/** What an answer about a span says of it. */
export function primaryMeta(
  { trackerFrom, logFrom }: Primary,
  { from, to }: Span,
): Pick<QueryAnswer['meta'], 'collector' | 'trackerFrom'> {
  if (logFrom === undefined) return {}
  if (trackerFrom === undefined) return { collector: 'log' }
  if (logFrom >= trackerFrom || from >= trackerFrom) return { collector: 'tracker' }
  return { collector: to < trackerFrom ? 'log' : 'both', trackerFrom }
}
