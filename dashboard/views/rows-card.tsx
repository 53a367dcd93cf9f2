import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { MetricValues, Query, QueryRow } from '../../schema/query.ts'
import { useAnswer, type Answered } from '../answers.ts'
import { useSurroundings } from '../context.ts'
import { dimensionText, fill } from '../text/text.ts'
import { BarTable } from './bar-table.tsx'
import { OTHER } from './breakdown.tsx'
import { Card } from './card.tsx'
import { Folded } from './folded.tsx'
import { RowLinks } from './row-links.tsx'

const FEW_ROWS = 10
const MORE_ROWS = 100

/** A number column of a card. */
export interface RowColumn {
  head: string
  text: (row: QueryRow, totals: MetricValues) => ComponentChildren
}

export interface RowsCardProps {
  title: string
  /** The question has a breakdown; how many rows are asked for is the card's. */
  question: Query & { breakdown: NonNullable<Query['breakdown']> }
  beat: number
  /** What sorts the rows and draws their bars. */
  amount: (row: QueryRow) => number
  columns: readonly RowColumn[]
  /** Whether the last column holds words and not a number. */
  hasWords?: boolean
  /** In place of the ordinary words where there is nothing. */
  nothing?: string
}

/** The values of a dimension on a card of their own, each a link to what is shown by it alone. Rows of nothing are left out. */
export function RowsCard({
  title,
  question,
  beat,
  amount,
  columns,
  nothing,
  hasWords = false,
}: RowsCardProps) {
  const { text } = useSurroundings()
  const [limit, setLimit] = useState(FEW_ROWS)
  const asked = { ...question, limit }
  const asking = useAnswer(asked, beat)
  const { breakdown } = question
  const meta = asking.latest?.answer.meta
  const rowsOf = ({ answer }: Answered) => answer.rows.filter((row) => amount(row) > 0)

  return (
    <Card
      title={title}
      asking={asking}
      meta={meta}
      csv={asked}
      isEmpty={(latest) => rowsOf(latest).length === 0}
      nothing={nothing === undefined ? undefined : <p class="notice">{nothing}</p>}
      draw={(latest) => {
        const { rowCount, minimumGroup } = latest.answer.meta
        const isMore = rowCount > limit && rowsOf(latest).length >= latest.answer.rows.length
        return (
          <>
            <BarTable
              hasWords={hasWords}
              heads={[dimensionText(text, breakdown), ...columns.map(({ head }) => head)]}
              rows={rowsOf(latest).map((row) => {
                const value = String(row[breakdown] ?? '')
                const isFolded = value === OTHER
                return {
                  key: value,
                  label: isFolded ? (
                    <Folded minimum={minimumGroup} />
                  ) : (
                    <RowLinks dimension={breakdown} value={value} />
                  ),
                  amount: isFolded ? undefined : amount(row),
                  cells: columns.map((column) => column.text(row, latest.answer.totals)),
                }
              })}
            />
            {isMore && limit < MORE_ROWS && (
              <button type="button" class="button button-quiet" onClick={() => setLimit(MORE_ROWS)}>
                {fill(text.more, {
                  count: String(Math.min(rowCount, MORE_ROWS) - limit),
                  total: String(rowCount),
                })}
              </button>
            )}
          </>
        )
      }}
    />
  )
}
