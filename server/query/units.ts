import type { Metric, MetricValues } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { UserError } from '../errors.ts'
import { localDay } from '../sites/site-day.ts'
import { addDays, addMonths, firstOfMonth, mondayOf } from './calendar.ts'
import type { CatalogDimension } from './catalog.ts'
import { OTHER } from './minimum-group.ts'
import type { ParsedQuery } from './parse.ts'
import type { Plan, Span } from './plan.ts'
import { rankedOf } from './ranked.ts'

/** What figures are in, where that hangs on the question: without it some of them say nothing and are told as null. */
export interface Units {
  /** Of money; undefined where it is in several currencies, empty where there is none. */
  readonly currency: string | undefined
  /** Whether values by rank are of one kind: a second of one web vital is nothing beside a shift of another. */
  readonly isOneVital: boolean
}

export function unitsOf(query: ParsedQuery, currencies: readonly string[] = []): Units {
  return {
    currency: currencies.length > 1 ? undefined : (currencies[0] ?? ''),
    isOneVital:
      rankedOf(query) !== 'vital' ||
      query.filters.some(
        (filter) => filter.dimension === 'vital' && 'is' in filter && filter.is.length === 1,
      ),
  }
}

/** Those of one row of a breakdown. What is lumped may be of several. */
export function unitsOfRow(units: Units, breakdown: CatalogDimension, value: string): Units {
  if (breakdown === 'currency') return { ...units, currency: value === OTHER ? undefined : value }
  return breakdown === 'vital' ? { ...units, isOneVital: units.isOneVital || value !== OTHER } : units
}

interface CalendarUnit {
  readonly interval: 'week' | 'month'
  first(day: string): string
  /** First day of the unit after that of a first day. */
  next(first: string): string
}

/** Visitors of whole calendar units: browsers tell when they are here for the first time in one. */
const CALENDAR_UNITS: Readonly<Partial<Record<Metric, CalendarUnit>>> = {
  weeklyVisitors: { interval: 'week', first: mondayOf, next: (first) => addDays(first, 7) },
  monthlyVisitors: { interval: 'month', first: firstOfMonth, next: (first) => addMonths(first, 1) },
}

/**
 * Throws UserError where weekly or monthly visitors are asked of something else than whole weeks or months, all
 * visitors and one row for each unit: a sum of uniques is none, and a part of a unit lacks those who were here before.
 */
export function checkCalendarUnits(
  query: ParsedQuery,
  { span, comparison }: Plan,
  site: Site,
  now: number,
): void {
  for (const metric of query.metrics) {
    const unit = CALENDAR_UNITS[metric]
    if (!unit) continue
    const { interval } = unit
    if (query.breakdown !== undefined || query.filters.length > 0 || span.window) {
      throw new UserError(
        `Metric "${metric}" is about all visitors of a ${interval}: leave out breakdown, filters and realtime.`,
      )
    }
    if (query.interval !== undefined && query.interval !== interval) {
      throw new UserError(
        `Metric "${metric}" has one row for each ${interval}: ask with interval "${interval}".`,
      )
    }
    for (const days of comparison ? [span, comparison] : [span]) {
      if (!isWhole(days, unit, localDay(site.timezone, now))) {
        throw new UserError(
          `Metric "${metric}" is about whole ${interval}s, and ${days.from} to ${days.to} is none: begin with the first day of a ${interval} and end with the last, or today.`,
        )
      }
      if (query.interval === undefined && unit.next(days.from) <= days.to) {
        throw new UserError(
          `Metric "${metric}" does not add up over several ${interval}s: ask with interval "${interval}".`,
        )
      }
    }
  }
}

function isWhole({ from, to }: Span, unit: CalendarUnit, today: string): boolean {
  const isEnd = unit.next(unit.first(to)) === addDays(to, 1)
  return unit.first(from) === from && (isEnd || to === today)
}

/** Totals of several units: uniques of each do not add up to those of all. */
export function withoutUniques(totals: MetricValues): MetricValues {
  const told = { ...totals }
  for (const metric of ['weeklyVisitors', 'monthlyVisitors'] as const) {
    if (metric in told) told[metric] = null
  }
  return told
}
