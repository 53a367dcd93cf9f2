import { useEffect, useRef } from 'preact/hooks'
import type { Interval } from '../../schema/query.ts'
import { useSurroundings } from '../context.ts'
import { kindOf } from '../format.ts'
import type { HeadlineMetric } from '../state.ts'
import { usePointTime } from './crosshair.tsx'
import type { Point } from './series.ts'

export interface SeriesTableProps {
  points: Point[]
  interval: Interval
  metric: HeadlineMetric
  caption: string
  showChart: () => void
}

/** The chart's twin: the same points as a table, in the chart's place. */
export function SeriesTable({ points, interval, metric, caption, showChart }: SeriesTableProps) {
  const { text, format } = useSurroundings()
  const timeOf = usePointTime(interval)
  const frame = useRef<HTMLDivElement>(null)
  const kind = kindOf(metric)
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
              {text.metrics[metric]}
            </th>
            {isCompared && (
              <th scope="col" class="number">
                {text.chart.compared}
              </th>
            )}
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
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
