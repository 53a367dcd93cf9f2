import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Interval, Question } from '../../schema/query.ts'
import type { Asking } from '../answers.ts'
import { SeriesChart } from '../charts/series-chart.tsx'
import { SeriesTable } from '../charts/series-table.tsx'
import { pointsOf } from '../charts/series.ts'
import type { Subject } from '../charts/subject.ts'
import { useSurroundings } from '../context.ts'
import { useNotes } from '../notes/context.ts'
import { NotesBelow, NotesTool } from '../notes/notes-tool.tsx'
import { fill } from '../text/text.ts'
import { Card } from './card.tsx'

export interface SeriesCardProps<Q extends Question> {
  title: string
  /** A sentence above the line. */
  about?: string
  asking: Asking<Q>
  interval: Interval
  /** Column of the answer's rows, and what it is of. */
  column: string
  subject: Subject
  /** In place of the ordinary words where there is nothing. */
  nothing?: string
  csv?: Q | undefined
  /** Whether it says that groups were folded, which is about visitors. Default: it does. */
  isFoldTold?: boolean
  /** Controls of this card, beside its title. */
  tools?: ComponentChildren
}

/** One line over time on a card of its own. */
export function SeriesCard<Q extends Question>(props: SeriesCardProps<Q>) {
  const { title, asking, interval, column, subject } = props
  const { text, format } = useSurroundings()
  const meta = asking.latest?.answer.meta
  const shown = useNotes(meta)
  const [isNoting, setNoting] = useState(false)
  const comparison = asking.latest?.answer.comparison
  return (
    <Card
      title={title}
      asking={asking}
      meta={props.isFoldTold === false ? undefined : meta}
      csv={props.csv}
      nothing={props.nothing === undefined ? undefined : <p class="notice">{props.nothing}</p>}
      tools={
        <>
          {meta && interval !== 'minute' && (
            <p class="legend">
              <span class="legend-part">
                <span class="key" /> {format.range(meta)}
              </span>
              {comparison?.rows && (
                <span class="legend-part">
                  <span class="key key-before" /> {format.range(comparison)}
                </span>
              )}
            </p>
          )}
          {props.tools}
          <NotesTool shown={shown} isOpen={isNoting} open={setNoting} />
        </>
      }
      isEmpty={({ answer }) =>
        answer.rows.every((row) => row[column] === 0 || row[column] === null || row[column] === undefined)
      }
      draw={({ answer, now }, showTable) => {
        const points = pointsOf(answer, column, interval, now)
        return (
          <>
            {props.about !== undefined && <p class="quiet series-about">{props.about}</p>}
            <div class="series-place">
              <SeriesChart
                key={`${interval} ${points.length}`}
                points={points}
                interval={interval}
                subject={subject}
                notes={shown.notes}
                open={undefined}
                showTable={showTable}
              />
            </div>
            {isNoting && <NotesBelow shown={shown} day={answer.meta.to.slice(0, 10)} />}
          </>
        )
      }}
      table={({ answer, now }, showChart) => (
        <SeriesTable
          points={pointsOf(answer, column, interval, now)}
          interval={interval}
          subject={subject}
          notes={shown.notes}
          caption={fill(text.chart.tableOf, { title })}
          showChart={showChart}
        />
      )}
    />
  )
}
