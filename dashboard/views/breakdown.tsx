import type { AnyDimension, QueryAnswer, QueryRow } from '../../schema/query.ts'
import { useSurroundings } from '../context.ts'
import { kindOf } from '../format.ts'
import { columnsOf, type Column, type Columns } from '../questions.ts'
import { dimensionText } from '../text/text.ts'
import { Folded } from './folded.tsx'
import { RowLinks } from './row-links.tsx'

/** The value under which the server counts what is folded. */
export const OTHER = '(other)'

export interface BreakdownProps {
  dimension: AnyDimension
  answer: QueryAnswer
  /** Default: those that a panel shows of the dimension. */
  columns?: Columns
  /** Where the reader sorts by a column: called with the column whose head was pressed. */
  sort?: (by: Column) => void
}

/** A table whose rows carry a bar behind the text. A row is a link to the page filtered by it. */
export function Breakdown({ dimension, answer, columns = columnsOf(dimension), sort }: BreakdownProps) {
  const { text, format } = useSurroundings()
  const columnName = useColumnName()
  const cellOf = useCell(answer)
  const { by, besides } = columns
  const amounts = answer.rows.map((row) => Number(row[by] ?? 0))
  // What is folded has no bar: it is many, and would dwarf each one.
  const largest = Math.max(1, ...amounts.filter((_, index) => answer.rows[index]?.[dimension] !== OTHER))

  return (
    <table class={sort ? 'breakdown breakdown-wide' : 'breakdown'}>
      <thead>
        <tr>
          <th scope="col">{dimensionText(text, dimension)}</th>
          {[by, ...besides].map((column) => head(column))}
        </tr>
      </thead>
      <tbody>
        {answer.rows.map((row, index) => {
          const value = String(row[dimension] ?? '')
          const amount = amounts[index] ?? 0
          return (
            <tr key={value}>
              <th scope="row">
                {value === OTHER ? (
                  <Folded minimum={answer.meta.minimumGroup} />
                ) : (
                  <>
                    <span
                      class="row-bar"
                      style={{ inlineSize: `${((amount / largest) * 100).toFixed(2)}%` }}
                    />
                    <RowLinks dimension={dimension} value={value} />
                  </>
                )}
              </th>
              <td class="number" {...titleOf(row)}>
                {cellOf(row, by, by)}
              </td>
              {besides.map((column) => (
                <td key={column} class="number quiet">
                  {cellOf(row, column, by)}
                </td>
              ))}
            </tr>
          )
        })}
      </tbody>
    </table>
  )

  /** The number in full, where the cell may have shortened it. */
  function titleOf(row: QueryRow) {
    const amount = row[by]
    return typeof amount === 'number' && kindOf(by) === 'count' ? { title: format.exact(amount) } : {}
  }

  function head(column: Column) {
    const name = columnName(dimension, column)
    const isSorted = column === by
    if (!sort || column === 'share') {
      return (
        <th key={column} scope="col" class="number">
          {name}
        </th>
      )
    }
    return (
      <th key={column} scope="col" class="number" aria-sort={isSorted ? 'descending' : undefined}>
        <button type="button" class="sort" onClick={() => sort(column)}>
          {name}
          <span aria-hidden="true">{isSorted ? ' ↓' : ''}</span>
        </button>
      </th>
    )
  }
}

/** What a number column is called: shorter than the metric, where it has to be. */
export function useColumnName(): (dimension: AnyDimension, column: Column) => string {
  const { text } = useSurroundings()
  return (dimension, column) => {
    if (column === 'visits' && dimension === 'entryPage') return text.columns.entries
    if (column === 'visits' && dimension === 'exitPage') return text.columns.exits
    const names: Partial<Record<Column, string>> = { ...text.metrics, ...text.columns }
    return names[column] ?? column
  }
}

/** The text of a cell; `share` is a row's part of the total of the first column. */
function useCell(answer: QueryAnswer): (row: QueryRow, column: Column, by: Columns['by']) => string {
  const { format } = useSurroundings()
  const currency = answer.meta.currencies?.length === 1 ? answer.meta.currencies[0] : undefined
  return (row, column, by) => {
    if (column === 'share') {
      const total = Number(answer.totals[by] ?? 0)
      return format.share(total > 0 ? Number(row[by] ?? 0) / total : 0)
    }
    if (column === 'revenue') return format.money(row.revenue, currency)
    const value = row[column]
    const amount = typeof value === 'number' ? value : null
    return kindOf(column) === 'count' && amount !== null
      ? format.cell(amount)
      : format.value(kindOf(column), amount)
  }
}
