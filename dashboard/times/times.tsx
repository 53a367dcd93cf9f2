import { useRef } from 'preact/hooks'
import type { Query } from '../../schema/query.ts'
import { useAnswer, type Answered } from '../answers.ts'
import { heatStep } from '../charts/heat.ts'
import { useSize } from '../charts/size.ts'
import { makeFilter } from '../conditions.ts'
import { useSurroundings } from '../context.ts'
import { WEEKDAYS } from '../format.ts'
import { ownValue, withOwn } from '../own.ts'
import type { ViewProps } from '../registry.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { useBeat } from '../views/beat.ts'
import { Card } from '../views/card.tsx'
import { Frame } from '../views/frame.tsx'
import { PageLink } from '../views/page-link.tsx'
import { Select } from '../views/select.tsx'
import { TIMES_TEXT } from './text.ts'
import { busiestOf, weekOf, type WeekCell } from './week.ts'

const COUNTS = ['visitors', 'visits', 'pageviews'] as const
type Counted = (typeof COUNTS)[number]

/** Below this the hours stand below each other: 24 numbers side by side need this much. */
const WIDE = 900

const HOURS = Array.from({ length: 24 }, (_, hour) => hour)

/** When the site is busy: weekdays by hours. */
export function Times({ site }: ViewProps) {
  const { text, view, go } = useSurroundings()
  const words = wordsIn(TIMES_TEXT)
  const beat = useBeat(false)
  const metric = COUNTS.find((known) => known === ownValue(view.own, 'count')) ?? 'visitors'
  const question: Query = {
    site: site.domain,
    period: view.period === 'realtime' ? 'today' : view.period,
    interval: 'hour',
    metrics: [...COUNTS],
    filters: view.filters,
  }
  const asking = useAnswer(question, beat.count)

  return (
    <Frame
      site={site}
      title={text.views.times}
      about={words.about}
      told={asking.latest}
      beat={beat}
      without={['realtime', 'compare']}
    >
      <Card
        title={fill(words.title, { metric: text.metrics[metric] })}
        asking={asking}
        meta={asking.latest?.answer.meta}
        isEmpty={({ answer }) => answer.totals.pageviews === 0}
        draw={(latest) => <Week latest={latest} metric={metric} />}
        csv={question}
        tools={
          <Select
            label={words.count}
            class="select-quiet"
            value={metric}
            options={COUNTS.map((name) => [name, text.metrics[name]] as const)}
            change={(name) =>
              go({ own: withOwn(view.own, { count: name === 'visitors' ? undefined : name }) })
            }
          />
        }
      />
    </Frame>
  )
}

/** The week as a table whose cells are coloured; it is its own table twin. */
function Week({ latest, metric }: { latest: Answered; metric: Counted }) {
  const { text, format } = useSurroundings()
  const words = wordsIn(TIMES_TEXT)
  const frame = useRef<HTMLDivElement>(null)
  const isWide = useSize(frame).width >= WIDE
  const cells = weekOf(latest.answer, metric, latest.now)
  const largest = Math.max(0, ...cells.map(({ average }) => average ?? 0))
  const busiest = busiestOf(cells)
  const cellAt = (weekday: string, hour: number) =>
    cells.find((cell) => cell.weekday === weekday && cell.hour === hour)

  return (
    <div ref={frame}>
      {isWide ? (
        <table class="grid-table">
          <thead>
            <tr>
              <th scope="col">{words.weekday}</th>
              {HOURS.map((hour) => (
                <th key={hour} scope="col">
                  <HourLink hour={hour} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {WEEKDAYS.map((weekday) => (
              <tr key={weekday}>
                <th scope="row">
                  <WeekdayLink weekday={weekday} />
                </th>
                {HOURS.map((hour) => drawn(cellAt(weekday, hour), hour))}
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <table class="grid-table">
          <thead>
            <tr>
              <th scope="col">{words.hour}</th>
              {WEEKDAYS.map((weekday) => (
                <th key={weekday} scope="col">
                  <WeekdayLink weekday={weekday} isShort />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {HOURS.map((hour) => (
              <tr key={hour}>
                <th scope="row">
                  <HourLink hour={hour} />
                </th>
                {WEEKDAYS.map((weekday) => drawn(cellAt(weekday, hour), weekday))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {busiest && (
        <p class="heat-key">
          {fill(words.busiest, {
            weekday: format.name('weekday', busiest.weekday),
            hour: nameOfHour(busiest.hour),
            average: format.average(busiest.average ?? 0),
          })}
        </p>
      )}
    </div>
  )

  function nameOfHour(hour: number): string {
    return format.name('hourOfDay', String(hour).padStart(2, '0'))
  }

  function drawn(one: WeekCell | undefined, key: string | number) {
    if (!one || one.average === null) return <td key={key}>{text.chart.none}</td>
    const average = format.average(one.average)
    return (
      <td
        key={key}
        class={`heat-${heatStep(one.average, largest)}`}
        title={fill(words.cell, { average, sum: format.exact(one.sum) })}
      >
        {average}
      </td>
    )
  }
}

/** Both lead to the overview of that hour or weekday alone. */
function HourLink({ hour }: { hour: number }) {
  const { format, view } = useSurroundings()
  const name = String(hour).padStart(2, '0')
  const others = view.filters.filter(({ dimension }) => dimension !== 'hourOfDay')
  return (
    <PageLink to={{ show: 'numbers', own: [], filters: [...others, makeFilter('hourOfDay', 'is', [name])] }}>
      <span aria-hidden="true">{name}</span>
      <span class="unseen">{format.name('hourOfDay', name)}</span>
    </PageLink>
  )
}

function WeekdayLink({ weekday, isShort = false }: { weekday: string; isShort?: boolean }) {
  const { format, view } = useSurroundings()
  const others = view.filters.filter(({ dimension }) => dimension !== 'weekday')
  return (
    <PageLink to={{ show: 'numbers', own: [], filters: [...others, makeFilter('weekday', 'is', [weekday])] }}>
      {isShort ? format.weekday(weekday) : format.name('weekday', weekday)}
    </PageLink>
  )
}
