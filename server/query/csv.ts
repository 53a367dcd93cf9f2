import type { QueryAnswer } from '../../schema/query.ts'
import type { Shape } from './parse.ts'

/**
 * The rows of an answer as CSV (RFC 4180): a header, every cell quoted, lines ended by CRLF, an empty cell where a
 * value cannot be computed.
 */
export function toCsv(answer: QueryAnswer, query: Shape): string {
  const columns = columnsOfAnswer(query)
  const lines = [columns, ...answer.rows.map((row) => columns.map((column) => row[column] ?? ''))]
  return lines.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('')
}

/** Columns of an answer's rows, in their order. */
export function columnsOfAnswer(query: Shape): string[] {
  return [
    ...(query.interval === undefined ? [] : ['time']),
    ...(query.breakdown === undefined ? [] : [query.breakdown]),
    ...query.metrics,
  ]
}

/**
 * A spreadsheet takes a cell that begins like a formula for one, even a quoted one, and page addresses and campaign
 * names come from strangers: such a text gets an apostrophe in front. (OWASP, CSV injection.) Numbers are never
 * negative here and stay as they are.
 */
function csvCell(value: string | number): string {
  const text = String(value)
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}
