import type { QueryAnswer } from '../../schema/query.ts'
import { csvText } from '../csv.ts'
import type { Shape } from './parse.ts'

/** The rows of an answer as CSV: a header, and an empty cell where a value cannot be computed. */
export function toCsv(answer: QueryAnswer, query: Shape): string {
  const columns = columnsOfAnswer(query)
  return csvText([columns, ...answer.rows.map((row) => columns.map((column) => row[column] ?? ''))])
}

/** Columns of an answer's rows, in their order. */
export function columnsOfAnswer({ names, metrics }: Shape): string[] {
  return [...names, ...metrics]
}
