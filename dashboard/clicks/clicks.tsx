import type { Query, QueryRow } from '../../schema/query.ts'
import { useAnswer } from '../answers.ts'
import { makeFilter } from '../conditions.ts'
import { useSurroundings } from '../context.ts'
import { DASH } from '../format.ts'
import type { ViewProps } from '../registry.ts'
import { wordsIn } from '../text/words.ts'
import { useBeat } from '../views/beat.ts'
import { Figures } from '../views/figures.tsx'
import { Frame } from '../views/frame.tsx'
import { RowsCard } from '../views/rows-card.tsx'
import { SeriesCard } from '../views/series-card.tsx'
import { comparisonOf, dayIntervalOf, dayPeriodOf } from '../views/timed.ts'
import { CLICKS_TEXT } from './text.ts'

/** What was clicked, by element and page, and where it led. */
export function Clicks({ site }: ViewProps) {
  const { text, format, view } = useSurroundings()
  const words = wordsIn(CLICKS_TEXT)
  const beat = useBeat(false)
  const interval = dayIntervalOf(view)
  const about: Query = { site: site.domain, period: dayPeriodOf(view), filters: view.filters }
  // Of all that happens on a page, only what has an element is a click.
  const ofClicks: Query = { ...about, filters: [...view.filters, makeFilter('element', 'matches', ['**'])] }
  const series: Query = { ...ofClicks, interval, metrics: ['events', 'visitors'], ...comparisonOf(view) }
  const asking = useAnswer(series, beat.count)
  const { totals, comparison } = asking.latest?.answer ?? {}
  const told = (metric: 'events' | 'visitors') => (totals ? format.count(totals[metric] ?? 0) : DASH)
  const changeOf = (metric: 'events' | 'visitors') =>
    comparison &&
    format.difference('count', text.change.visitors, totals?.[metric], comparison.totals[metric])
  const happened = {
    beat: beat.count,
    amount: (row: QueryRow) => row.events ?? 0,
    columns: [
      { head: words.times, text: (row: QueryRow) => format.cell(row.events ?? 0) },
      { head: text.metrics.visitors, text: (row: QueryRow) => format.cell(row.visitors ?? 0) },
    ],
  }

  return (
    <Frame
      site={site}
      title={text.views.clicks}
      about={words.about}
      told={asking.latest}
      beat={beat}
      without={['realtime']}
    >
      <Figures
        isBusy={asking.isBusy}
        figures={[
          { name: words.clicks, value: told('events'), change: changeOf('events') },
          { name: words.clickers, value: told('visitors'), change: changeOf('visitors') },
        ]}
      />
      <SeriesCard
        title={words.over}
        asking={asking}
        interval={interval}
        column="events"
        subject={{ name: words.clicks, kind: 'count' }}
        nothing={words.nothing}
        csv={series}
      />
      <div class="cards cards-two">
        <RowsCard
          title={words.elements}
          question={{ ...about, breakdown: 'element', metrics: ['events', 'visitors'] }}
          nothing={words.nothing}
          {...happened}
        />
        <RowsCard
          title={words.pages}
          question={{ ...ofClicks, breakdown: 'page', metrics: ['events', 'visitors'] }}
          nothing={words.nothing}
          {...happened}
        />
      </div>
      <div class="cards cards-three">
        {(['outbound', 'download', 'form'] as const).map((breakdown) => (
          <RowsCard
            key={breakdown}
            title={{ outbound: words.outbound, download: words.downloads, form: words.forms }[breakdown]}
            question={{ ...about, breakdown, metrics: ['events', 'visitors'] }}
            nothing={words.none}
            {...happened}
          />
        ))}
      </div>
    </Frame>
  )
}
