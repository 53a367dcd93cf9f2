import { useEffect, useRef } from 'preact/hooks'
import type { Note } from '../../schema/note.ts'
import type { Interval } from '../../schema/query.ts'
import { useSurroundings } from '../context.ts'
import { usePointTime } from './crosshair.tsx'
import { notesByPoint } from './notes.ts'
import type { Point } from './series.ts'
import type { Subject } from './subject.ts'

export interface SeriesTableProps {
  points: Point[]
  interval: Interval
  subject: Subject
  /** What was written about the days of the line. */
  notes?: readonly Note[]
  caption: string
  showChart: () => void
}

/** The chart's twin: the same points as a table, in the chart's place. */
export function SeriesTable(props: SeriesTableProps) {
  const { points, interval, subject, notes = [], caption, showChart } = props
  const { text, format } = useSurroundings()
  const timeOf = usePointTime(interval)
  const frame = useRef<HTMLDivElement>(null)
  const { name, kind } = subject
  const noted = notesByPoint(points, interval, notes)
  const isCompared = points.some((point) => point.before)
  useEffect(() => frame.current?.focus({ preventScroll: true }), [])

  function press(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Escape' || event.key.toLowerCase() === 't') showChart()
  }

  return (
    <div
      ref={frame}
      class="chart chart-table"
      role="region"
      aria-label={caption}
      tabIndex={0}
      onKeyDown={press}
    >
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{text.chart.time}</th>
            <th scope="col" class="number">
              {name}
            </th>
            {isCompared && (
              <th scope="col" class="number">
                {text.chart.compared}
              </th>
            )}
            {notes.length > 0 && <th scope="col">{text.notes.column}</th>}
          </tr>
        </thead>
        <tbody>
          {points.map((point, index) => (
            <tr key={`${index} ${point.time}`}>
              <th scope="row">{timeOf(point)}</th>
              <td class="number">
                {point.counted === 'ahead' ? text.chart.ahead : format.value(kind, point.value)}
              </td>
              {isCompared && (
                <td class="number">
                  {point.before && (
                    <>
                      <span class="quiet">{format.timeLong(point.before.time, interval)}</span>{' '}
                      {format.value(kind, point.before.value)}
                    </>
                  )}
                </td>
              )}
              {notes.length > 0 && (
                <td>
                  {(noted[index] ?? []).map(({ id, text: note }) => (
                    <bdi key={id} class="note-told">
                      {note}{' '}
                    </bdi>
                  ))}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
