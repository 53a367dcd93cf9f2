import type { Dimension, Query } from '../../schema/query.ts'
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
import { BurstsCard } from './bursts.tsx'
import { REQUESTS_TEXT } from './text.ts'

/** What was asked of the site's own server, and how it answered. */
export function Requests({ site }: ViewProps) {
  const { text, format, view } = useSurroundings()
  const words = wordsIn(REQUESTS_TEXT)
  const beat = useBeat(false)
  const interval = dayIntervalOf(view)
  const about: Query = { site: site.domain, period: dayPeriodOf(view), filters: view.filters }
  const ofErrors: Query = {
    ...about,
    filters: [...view.filters, makeFilter('status', 'matches', ['4*', '5*'])],
  }
  const series: Query = { ...about, interval, metrics: ['requests'], ...comparisonOf(view) }
  const asking = useAnswer(series, beat.count)
  const failing = useAnswer({ ...ofErrors, metrics: ['requests'] }, beat.count)
  const { totals, comparison } = asking.latest?.answer ?? {}
  const failed = failing.latest?.answer.totals.requests
  const card = (title: string, question: Query, breakdown: Dimension, nothing: string) => (
    <RowsCard
      title={title}
      question={{ ...question, breakdown, metrics: ['requests'] }}
      beat={beat.count}
      amount={(row) => row.requests ?? 0}
      columns={[
        { head: words.requests, text: (row) => format.cell(row.requests ?? 0) },
        {
          head: text.columns.share,
          text: (row, all) => format.share((row.requests ?? 0) / Math.max(1, all.requests ?? 0)),
        },
      ]}
      nothing={nothing}
    />
  )

  return (
    <Frame
      site={site}
      title={text.views.requests}
      about={words.about}
      told={asking.latest}
      beat={beat}
      without={['realtime']}
    >
      <Figures
        isBusy={asking.isBusy || failing.isBusy}
        figures={[
          {
            name: words.requests,
            value: totals ? format.count(totals.requests ?? 0) : DASH,
            change:
              comparison &&
              format.difference('count', text.change.visitors, totals?.requests, comparison.totals.requests),
          },
          {
            name: words.failed,
            value: typeof failed === 'number' ? format.count(failed) : DASH,
            note:
              typeof failed === 'number' && totals?.requests
                ? fill(words.share, { share: format.share(failed / totals.requests) })
                : undefined,
          },
        ]}
      />
      <SeriesCard
        title={words.over}
        asking={asking}
        interval={interval}
        column="requests"
        subject={{ name: words.requests, kind: 'count' }}
        nothing={words.nothing}
        csv={series}
      />
      <div class="cards cards-two">
        {card(words.statuses, about, 'status', words.nothing)}
        {card(words.pages, about, 'page', words.nothing)}
        {card(words.faulty, ofErrors, 'page', words.none)}
        {card(words.browsers, about, 'browser', words.nothing)}
        <RowsCard
          title={words.slow}
          question={{ ...about, breakdown: 'network', metrics: ['p75', 'requests'] }}
          beat={beat.count}
          amount={(row) => (typeof row.p75 === 'number' ? row.p75 : 0)}
          columns={[
            { head: words.three, text: (row) => format.value('speed', row.p75) },
            { head: words.requests, text: (row) => format.cell(row.requests ?? 0) },
          ]}
          nothing={words.untimed}
        />
        {card(words.faultyNetworks, ofErrors, 'network', words.none)}
      </div>
      <BurstsCard site={site.domain} beat={beat.count} />
    </Frame>
  )
}
