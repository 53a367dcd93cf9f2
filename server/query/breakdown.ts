import type { Interval, QueryRow } from '../../schema/query.ts'
import { checkSeriesRows, metricValues, seriesOf, seriesRows, sumsOfRow, valueOfRow } from './answer.ts'
import type { AnsweredRow } from './ask.ts'
import type { CatalogDimension } from './catalog.ts'
import { nameOf } from './parse.ts'
import { bucketsOf } from './plan.ts'
import type { Asking } from './planned.ts'
import { breakdownStatement, brokenDownSeriesStatement } from './sql.ts'
import type { Subject } from './subject.ts'
import { unitsOfRow } from './units.ts'

/** The rows of a breakdown, and the series of each. */
export interface BrokenDown {
  rows: QueryRow[]
  rowCount: number
  folded: number
}

export async function breakDown(
  asking: Asking,
  subject: Subject,
  breakdown: CatalogDimension,
): Promise<BrokenDown> {
  const { query } = subject
  const answered = await asking(breakdownStatement(subject, breakdown))
  const rows = answered.map((row) => {
    const value = valueOfRow(row)
    const values = metricValues(query.metrics, sumsOfRow(row), unitsOfRow(subject.units, breakdown, value))
    return Object.assign({ [nameOf(query, breakdown)]: value }, values)
  })
  const [first] = answered.length > 0 ? answered : await firstOfAll(asking, subject, breakdown)
  return { rows, rowCount: Number(first?.['row_count'] ?? 0), folded: Number(first?.['all_folded'] ?? 0) }
}

/** Behind the last row there is none that could tell how many there are. */
async function firstOfAll(
  asking: Asking,
  subject: Subject,
  breakdown: CatalogDimension,
): Promise<AnsweredRow[]> {
  const { query } = subject
  if (query.offset === 0) return []
  return asking(breakdownStatement({ ...subject, query: { ...query, offset: 0, limit: 1 } }, breakdown))
}

export async function breakDownSeries(
  asking: Asking,
  subject: Subject,
  values: readonly QueryRow[],
  breakdown: CatalogDimension,
  interval: Interval,
): Promise<QueryRow[]> {
  const { query, span, site } = subject
  const buckets = bucketsOf(interval, span, site.timezone)
  checkSeriesRows(values.length, buckets.length)
  const byValue = new Map<string, AnsweredRow[]>()
  for (const row of await asking(brokenDownSeriesStatement(subject, breakdown, interval))) {
    const value = valueOfRow(row)
    const rows = byValue.get(value)
    if (rows) rows.push(row)
    else byValue.set(value, [row])
  }
  return values.flatMap((value) => {
    const name = nameOf(query, breakdown)
    const own = String(value[name])
    const series = seriesOf(byValue.get(own) ?? [], interval, buckets)
    return seriesRows(series, query.metrics, unitsOfRow(subject.units, breakdown, own), { [name]: own })
  })
}
