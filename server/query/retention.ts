import type { QueryRow, RetentionQuery } from '../../schema/query.ts'
import type { Site } from '../../schema/site.ts'
import { localDay } from '../sites/site-day.ts'
import type { AnsweredRow } from './ask.ts'
import { addDays, mondayOf } from './calendar.ts'
import { hiddenCells } from './minimum-group-cells.ts'
import { planPeriod, type Span } from './plan.ts'
import type { Planned } from './planned.ts'
import { eventsRelation } from './relations.ts'
import { findSources } from './sealed.ts'
import type { Statement } from './sql.ts'

/**
 * Retention: of the browsers that were here for the first time in a week, how many came back in each week after. They
 * tell it themselves, once a week, under `performance` (schema/event.ts, WireVisit): so the counts are sums, and nobody
 * is recognized. They are about whole weeks, those that the period touches.
 */
export function planRetention({ period = '90d' }: RetentionQuery, site: Site, now: number): Planned {
  const asked = planPeriod(period, undefined, site, now).span
  const today = localDay(site.timezone, now)
  const end = addDays(mondayOf(asked.to), 6)
  const span: Span = { from: mondayOf(asked.from), to: end < today || asked.to > today ? end : today }
  return {
    plan: { span, comparison: undefined },
    answer: async (asking) => {
      const { isOnce } = await findSources(asking, site, span)
      const cells = (await asking(cohortsStatement(site, span, isOnce))).map(cellOf)
      const { rows, folded } = retentionRows(cells, span, today, site.minimumGroup)
      return {
        own: { rows, totals: {}, rowCount: rows.length, folded, from: ['events'] },
        compared: undefined,
      }
    },
  }
}

/** Browsers of one cohort that were here in one week. */
interface Cell {
  /** Monday of their first week. */
  readonly cohort: string
  /** Monday of the week in which they were here. */
  readonly week: string
  readonly browsers: number
  /** Different visitors among them: two browsers may be behind one address. */
  readonly people: number
}

/** All cohorts of each week, those that began before the span too: what is folded must not hang on what is asked. */
function cohortsStatement(site: Site, { from, to }: Span, isOnce: boolean): Statement {
  return {
    text: `SELECT toString(toMonday(day)) AS week, name AS cohort, count() AS browsers, uniqExact(day, visitor) AS people
FROM (
${eventsRelation({ columns: ['name', 'value'], from: 'span', isOnce, isOfAll: true })}
)
WHERE type = 'visit' AND bitAnd(value, 2) != 0 AND name <= week
GROUP BY week, cohort`,
    values: { site: site.id, from, to },
  }
}

function cellOf(row: AnsweredRow): Cell {
  return {
    cohort: String(row['cohort']),
    week: String(row['week']),
    browsers: Number(row['browsers']),
    people: Number(row['people']),
  }
}

/** A row for each week of each cohort of the span, whether anybody came back or not; null where it may not be told. */
function retentionRows(
  cells: readonly Cell[],
  { from, to }: Span,
  today: string,
  minimum: number,
): { rows: QueryRow[]; folded: number } {
  const hidden = new Set<Cell>()
  for (const week of new Set(cells.map((cell) => cell.week))) {
    const own = cells.filter((cell) => cell.week === week)
    for (const cell of hiddenCells(own, minimum)) hidden.add(cell)
  }
  const byKey = new Map(cells.map((cell) => [`${cell.cohort} ${cell.week}`, cell]))
  const told = (cohort: string, week: string): number | null => {
    const cell = byKey.get(`${cohort} ${week}`)
    if (!cell) return 0
    return hidden.has(cell) ? null : cell.browsers
  }
  const rows: QueryRow[] = []
  const last = to < today ? to : today
  for (let cohort = from; cohort <= last; cohort = addDays(cohort, 7)) {
    const first = told(cohort, cohort)
    for (let week = cohort, number = 0; week <= last; week = addDays(week, 7), number++) {
      const visitors = told(cohort, week)
      const rate = visitors === null || !first ? null : visitors / first
      rows.push({ cohort, week: number, visitors, rate })
    }
  }
  return { rows, folded: hidden.size }
}
