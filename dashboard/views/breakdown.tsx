import type { QueryAnswer, QueryRow } from '../../schema/query.ts'
import { isFiltered, toggleFilter } from '../conditions.ts'
import { useSurroundings } from '../context.ts'
import { kindOf } from '../format.ts'
import { isForBrowser } from '../navigation.ts'
import { COLUMNS, type Columns } from '../questions.ts'
import type { PanelDimension } from '../state.ts'
import { Folded } from './folded.tsx'

/** The value under which the server counts what is folded. */
export const OTHER = '(other)'

/** Values that a question may not carry, the server's limits: they are shown, but cannot be asked for. */
const MOST_CHARACTERS = 512
const UNASKABLE = /\p{Cc}|\p{Cs}/u

export interface BreakdownProps {
  dimension: PanelDimension
  answer: QueryAnswer
}

/** A table whose rows carry a bar behind the text. A row is a link to the page filtered by it. */
export function Breakdown({ dimension, answer }: BreakdownProps) {
  const { text, format } = useSurroundings()
  const columns: Columns = COLUMNS[dimension]
  const { by, beside } = columns
  const amounts = answer.rows.map((row) => row[by] ?? 0)
  // What is folded has no bar: it is many, and would dwarf each one.
  const largest = Math.max(1, ...amounts.filter((_, index) => answer.rows[index]?.[dimension] !== OTHER))
  const total = answer.totals[by] ?? 0

  function besideOf(row: QueryRow, amount: number): string {
    if (beside === 'share') return format.share(total > 0 ? amount / total : 0)
    const value = row[beside]
    const amountBeside = typeof value === 'number' ? value : null
    return beside === 'pageviews' || beside === 'events'
      ? format.cell(amountBeside ?? 0)
      : format.value(kindOf(beside), amountBeside)
  }

  return (
    <table class="breakdown">
      <thead>
        <tr>
          <th scope="col">{text.dimensions[dimension]}</th>
          <th scope="col" class="number">
            {headOf(dimension, by)}
          </th>
          <th scope="col" class="number">
            {text.columns[beside]}
          </th>
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
              <td class="number" title={format.exact(amount)}>
                {format.cell(amount)}
              </td>
              <td class="number quiet">{besideOf(row, amount)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )

  function headOf(of: PanelDimension, metric: 'visitors' | 'visits'): string {
    if (of === 'entryPage') return text.columns.entries
    return of === 'exitPage' ? text.columns.exits : text.metrics[metric]
  }
}

/** “Only this” as the row itself, “not this” beside it; with Alt the row means “not” as well. */
function RowLinks({ dimension, value }: { dimension: PanelDimension; value: string }) {
  const { text, format, view, go, address } = useSurroundings()
  const name = format.name(dimension, value)
  if (value.length > MOST_CHARACTERS || UNASKABLE.test(value)) {
    return (
      <bdi class="row-name row-plain" title={name}>
        {name}
      </bdi>
    )
  }
  const isOnly = isFiltered(view.filters, dimension, 'is', value)
  const only = { filters: toggleFilter(view.filters, dimension, 'is', value) }
  const not = { filters: toggleFilter(view.filters, dimension, 'isNot', value) }

  function follow(event: MouseEvent, change: typeof only) {
    if (isForBrowser(event)) return
    event.preventDefault()
    go(event.altKey ? not : change)
  }

  return (
    <>
      <a
        class="row-name"
        href={address(only)}
        title={name}
        aria-current={isOnly ? 'true' : undefined}
        onClick={(event) => follow(event, only)}
      >
        <span class="unseen">{isOnly ? text.filter.notOnly : text.filter.only} </span>
        <bdi>{name}</bdi>
      </a>
      {!isOnly && (
        <a class="row-not" href={address(not)} onClick={(event) => follow(event, not)}>
          {text.filter.not}
          <span class="unseen">
            {' '}
            <bdi>{name}</bdi>
          </span>
        </a>
      )}
    </>
  )
}
