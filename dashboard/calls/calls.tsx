import type { Query } from '../../schema/query.ts'
import { useAnswer } from '../answers.ts'
import { useSurroundings } from '../context.ts'
import { DASH } from '../format.ts'
import type { ViewProps } from '../registry.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { useBeat } from '../views/beat.ts'
import { Figures } from '../views/figures.tsx'
import { Frame } from '../views/frame.tsx'
import { RowsCard } from '../views/rows-card.tsx'
import { SeriesCard } from '../views/series-card.tsx'
import { comparisonOf, dayIntervalOf, dayPeriodOf } from '../views/timed.ts'
import { CALLS_TEXT } from './text.ts'

/** Calls made and received, of nobody. */
export function Calls({ site }: ViewProps) {
  const { text, format, view } = useSurroundings()
  const words = wordsIn(CALLS_TEXT)
  const beat = useBeat(false)
  const interval = dayIntervalOf(view)
  const about: Query = { site: site.domain, period: dayPeriodOf(view), filters: view.filters }
  const series: Query = { ...about, interval, metrics: ['calls', 'callMinutes'], ...comparisonOf(view) }
  const asking = useAnswer(series, beat.count)
  const { totals, comparison } = asking.latest?.answer ?? {}
  const { calls, callMinutes } = totals ?? {}
  const changeOf = (metric: 'calls' | 'callMinutes') =>
    comparison &&
    format.difference('count', text.change.visitors, totals?.[metric], comparison.totals[metric])

  return (
    <Frame
      site={site}
      title={text.views.calls}
      about={words.about}
      told={asking.latest}
      beat={beat}
      without={['realtime']}
    >
      <Figures
        isBusy={asking.isBusy}
        figures={[
          { name: words.calls, value: totals ? format.count(calls ?? 0) : DASH, change: changeOf('calls') },
          {
            name: words.minutes,
            value: totals ? format.count(Math.round(callMinutes ?? 0)) : DASH,
            change: changeOf('callMinutes'),
            note: calls
              ? fill(words.perCall, { minutes: format.value('duration', ((callMinutes ?? 0) * 60) / calls) })
              : undefined,
          },
        ]}
      />
      <SeriesCard
        title={words.over}
        asking={asking}
        interval={interval}
        column="calls"
        subject={{ name: words.calls, kind: 'count' }}
        nothing={words.nothing}
        csv={series}
      />
      <div class="cards cards-two">
        {(['direction', 'outcome'] as const).map((breakdown) => (
          <RowsCard
            key={breakdown}
            title={breakdown === 'direction' ? words.directions : words.outcomes}
            question={{ ...about, breakdown, metrics: ['calls', 'callMinutes'] }}
            beat={beat.count}
            amount={(row) => row.calls ?? 0}
            columns={[
              { head: words.calls, text: (row) => format.cell(row.calls ?? 0) },
              { head: words.minutes, text: (row) => format.cell(Math.round(row.callMinutes ?? 0)) },
            ]}
            nothing={words.nothing}
          />
        ))}
      </div>
    </Frame>
  )
}
