import { SMS_OUTCOMES } from '../../schema/sms-report.ts'
import { SeriesChart } from '../charts/series-chart.tsx'
import { useSurroundings } from '../context.ts'
import { ownValue, withOwn } from '../own.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { Card } from '../views/card.tsx'
import { Select } from '../views/select.tsx'
import { dayIntervalOf } from '../views/timed.ts'
import { bucketsOf, lineOf, pointsOf, SMS_LINES } from './buckets.ts'
import type { AskingReport } from './sms.tsx'
import { SMS_TEXT } from './text.ts'

/** One line of the reader's choice; its table has all of them. */
export function OverTimeCard({ asking }: { asking: AskingReport }) {
  const { text, format, view, go } = useSurroundings()
  const words = wordsIn(SMS_TEXT)
  const line = SMS_LINES.find((known) => known === ownValue(view.own, 'line')) ?? 'delivered'
  const hours = dayIntervalOf(view)
  const interval = hours === 'hour' ? 'day' : hours
  const title = fill(words.over, { line: words.lines[line] })

  return (
    <Card
      title={title}
      asking={asking}
      isEmpty={({ value }) =>
        value.days.every((day) => day.optOuts === 0 && SMS_OUTCOMES.every((outcome) => day[outcome] === 0))
      }
      nothing={<p class="notice">{words.nothingSent}</p>}
      tools={
        <Select
          label={words.line}
          class="select-quiet"
          value={line}
          options={SMS_LINES.map((name) => [name, words.lines[name]] as const)}
          change={(name) => go({ own: withOwn(view.own, { line: name === 'delivered' ? undefined : name }) })}
        />
      }
      draw={({ value, now }, showTable) => {
        const points = pointsOf(bucketsOf(value.days, interval), line, interval, value, now)
        return (
          <div class="series-place">
            <SeriesChart
              key={`${interval} ${points.length}`}
              points={points}
              interval={interval}
              subject={{ name: words.lines[line], kind: 'count' }}
              open={undefined}
              showTable={showTable}
            />
          </div>
        )
      }}
      table={({ value }) => (
        <table class="data">
          <caption class="unseen">{fill(text.chart.tableOf, { title })}</caption>
          <thead>
            <tr>
              <th scope="col">{text.chart.time}</th>
              {SMS_LINES.map((name) => (
                <th key={name} scope="col" class="number">
                  {words.lines[name]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {bucketsOf(value.days, interval).map((bucket) => (
              <tr key={bucket.time}>
                <th scope="row">{format.timeLong(bucket.time, interval)}</th>
                {SMS_LINES.map((name) => (
                  <td key={name} class="number">
                    {format.count(lineOf(bucket, name))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    />
  )
}
