import type { Query } from '../../schema/query.ts'
import { useAnswer } from '../answers.ts'
import { makeFilter } from '../conditions.ts'
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
import { ERRORS_TEXT } from './text.ts'

const BREAKDOWNS = {
  pages: 'page',
  browsers: 'browser',
  devices: 'device',
  networks: 'network',
} as const

/** What went wrong on visitors' pages. A message that is chosen is a filter, so that all else is about it. */
export function Errors({ site }: ViewProps) {
  const { text, format, view } = useSurroundings()
  const words = wordsIn(ERRORS_TEXT)
  const beat = useBeat(false)
  const interval = dayIntervalOf(view)
  const about: Query = { site: site.domain, period: dayPeriodOf(view), filters: view.filters }
  const series: Query = { ...about, interval, metrics: ['errors', 'visitors'], ...comparisonOf(view) }
  const asking = useAnswer(series, beat.count)
  const met = useAnswer(
    { ...about, metrics: ['visitors'], filters: [...view.filters, makeFilter('error', 'matches', ['**'])] },
    beat.count,
  )
  const { totals, comparison } = asking.latest?.answer ?? {}
  const affected = met.latest?.answer.totals.visitors
  const isOfOne = view.filters.some(({ dimension }) => dimension === 'error')
  /** Days on which fewer met one than may be told are left out; where that is all days, it is not nobody. */
  function valueOfAffected(): string {
    if (affected === undefined || affected === null) return DASH
    const isWithheld = affected === 0 && (totals?.errors ?? 0) > 0
    const { minimumGroup = 0 } = met.latest?.answer.meta ?? {}
    return isWithheld ? fill(text.folded.label, { minimum: String(minimumGroup) }) : format.count(affected)
  }
  const columns = [
    { head: words.times, text: (row: { errors?: number | null }) => format.cell(row.errors ?? 0) },
    {
      head: text.metrics.visitors,
      text: (row: { visitors?: number | null }) => format.cell(row.visitors ?? 0),
    },
  ]

  return (
    <Frame
      site={site}
      title={text.views.errors}
      about={words.about}
      told={asking.latest}
      beat={beat}
      without={['realtime']}
    >
      <Figures
        isBusy={asking.isBusy || met.isBusy}
        figures={[
          {
            name: words.errors,
            value: totals ? format.count(totals.errors ?? 0) : DASH,
            change:
              comparison &&
              format.difference('count', text.change.visitors, totals?.errors, comparison.totals.errors),
          },
          {
            name: words.affected,
            value: valueOfAffected(),
            note:
              !isOfOne && affected && totals?.visitors
                ? fill(words.share, { share: format.share(affected / totals.visitors) })
                : undefined,
          },
        ]}
      />
      <SeriesCard
        title={words.over}
        asking={asking}
        interval={interval}
        column="errors"
        subject={{ name: words.errors, kind: 'count' }}
        nothing={words.nothing}
        csv={series}
      />
      <RowsCard
        title={words.messages}
        question={{ ...about, breakdown: 'error', metrics: ['errors', 'visitors'] }}
        beat={beat.count}
        amount={(row) => row.errors ?? 0}
        columns={columns}
        nothing={words.nothing}
      />
      <div class="cards cards-two">
        {(['pages', 'browsers', 'devices', 'networks'] as const).map((name) => (
          <RowsCard
            key={name}
            title={words[name]}
            question={{ ...about, breakdown: BREAKDOWNS[name], metrics: ['errors', 'visitors'] }}
            beat={beat.count}
            amount={(row) => row.errors ?? 0}
            columns={columns.slice(0, 1)}
            nothing={words.nothing}
          />
        ))}
      </div>
    </Frame>
  )
}
