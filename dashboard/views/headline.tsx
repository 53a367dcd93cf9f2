import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Asking } from '../answers.ts'
import { daysOfBucket } from '../calendar.ts'
import { SeriesChart } from '../charts/series-chart.tsx'
import { SeriesTable } from '../charts/series-table.tsx'
import { pointsOf, type Point } from '../charts/series.ts'
import type { Subject } from '../charts/subject.ts'
import { useSurroundings } from '../context.ts'
import { kindOf } from '../format.ts'
import { intervalOf, intervalsFor } from '../questions.ts'
import { useNotes } from '../notes/context.ts'
import { NotesBelow, NotesTool } from '../notes/notes-tool.tsx'
import { fill } from '../text/text.ts'
import { Metrics } from './metrics.tsx'
import { FailureNotice } from './notice.tsx'
import { Nothing } from './nothing.tsx'
import { usePeriodName } from './period-name.ts'
import { Select } from './select.tsx'

/** The headline numbers and, for the one chosen, its line over time. */
export function Headline({ series }: { series: Asking }) {
  const { text, format, view, go } = useSurroundings()
  const periodName = usePeriodName()
  const card = useRef<HTMLElement>(null)
  const [isTable, setTable] = useState(false)
  const [isNoting, setNoting] = useState(false)
  const [hasSwitched, setSwitched] = useState(false)
  const { latest, isBusy, failure } = series
  const interval = latest?.query.interval ?? intervalOf(view)
  const points = useMemo(
    () => (latest ? pointsOf(latest.answer, view.metric, interval, latest.now) : []),
    [latest, view.metric, interval],
  )
  const shown = useNotes(latest?.answer.meta)
  const subject: Subject = {
    name: text.metrics[view.metric],
    kind: kindOf(view.metric),
    change: (now, before) => format.change(view.metric, now, before),
  }
  const isEmpty = latest?.answer.totals.pageviews === 0
  const title = fill(text.chart.title, {
    metric: text.metrics[view.metric],
    period: periodName(view.period),
  })
  const fitting = intervalsFor(view.period)

  function show(table: boolean) {
    setTable(table)
    setSwitched(true)
  }
  // From the table back to the line the keyboard stays in the same place.
  useEffect(() => {
    if (hasSwitched && !isTable) card.current?.querySelector<HTMLElement>('[role=slider]')?.focus()
  }, [hasSwitched, isTable])

  function open(point: Point) {
    const days = daysOfBucket(point.time, interval)
    if (days && point.counted !== 'ahead') go({ period: days, interval: undefined })
  }

  return (
    <section ref={card} class="card headline" aria-labelledby="series" aria-busy={isBusy}>
      <h2 id="series" class="unseen">
        {title}
      </h2>
      <Metrics totals={latest?.answer.totals} before={latest?.answer.comparison?.totals} />
      <div class="chart-head">
        <p class="legend">{legend()}</p>
        {fitting.length > 1 && (
          <Select
            label={text.interval.label}
            class="select-quiet"
            value={intervalOf(view)}
            options={fitting.map((name) => [name, text.interval[name]] as const)}
            change={(name) => go({ interval: name === fitting[0] ? undefined : name })}
          />
        )}
        <NotesTool shown={shown} isOpen={isNoting} open={setNoting} />
        <button
          type="button"
          class="button button-quiet"
          aria-pressed={isTable}
          onClick={() => setTable(!isTable)}
        >
          {text.chart.table}
        </button>
      </div>
      <div class="chart-place">{body()}</div>
      {isNoting && latest && <NotesBelow shown={shown} day={latest.answer.meta.to.slice(0, 10)} />}
    </section>
  )

  function body() {
    if (failure) return <FailureNotice failure={failure} again={series.again} />
    if (!latest) return <p class="waiting">{text.loading}</p>
    if (isEmpty) return <Nothing meta={latest.answer.meta} />
    if (isTable) {
      return (
        <SeriesTable
          points={points}
          interval={interval}
          subject={subject}
          notes={shown.notes}
          caption={fill(text.chart.tableOf, { title })}
          showChart={() => show(false)}
        />
      )
    }
    const opens = interval !== 'hour' && interval !== 'minute'
    return (
      <SeriesChart
        key={`${interval} ${points.length}`}
        points={points}
        interval={interval}
        subject={subject}
        notes={shown.notes}
        open={opens ? open : undefined}
        showTable={() => show(true)}
      />
    )
  }

  /** Which dates the line and the dashed line are. */
  function legend() {
    if (!latest) return null
    if (view.period === 'realtime') return fill(text.chart.minutes, { count: format.count(points.length) })
    const { meta, comparison } = latest.answer
    return (
      <>
        <span class="legend-part">
          <span class="key" /> {format.range(meta)}
        </span>
        {comparison && (
          <span class="legend-part">
            <span class="key key-before" /> {format.range(comparison)}
          </span>
        )}
      </>
    )
  }
}
