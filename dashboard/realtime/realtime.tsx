import { useState } from 'preact/hooks'
import type { Query } from '../../schema/query.ts'
import { useAnswer } from '../answers.ts'
import { useSurroundings } from '../context.ts'
import { DASH } from '../format.ts'
import type { ViewProps } from '../registry.ts'
import { wordsIn } from '../text/words.ts'
import { useBeat } from '../views/beat.ts'
import { Figures } from '../views/figures.tsx'
import { Frame } from '../views/frame.tsx'
import { RowsCard } from '../views/rows-card.tsx'
import { SeriesCard } from '../views/series-card.tsx'
import { REALTIME_TEXT } from './text.ts'

const BREAKDOWNS = { pages: 'page', sources: 'source', countries: 'country', devices: 'device' } as const

/** Who is here now: the last half hour. */
export function Realtime({ site }: ViewProps) {
  const { text, format, view } = useSurroundings()
  const words = wordsIn(REALTIME_TEXT)
  const [isPaused, setPaused] = useState(false)
  const beat = useBeat(!isPaused)
  const about: Query = { site: site.domain, period: 'realtime', filters: view.filters }
  const series: Query = { ...about, interval: 'minute', metrics: ['visitors', 'pageviews', 'events'] }
  const asking = useAnswer(series, beat.count)
  const totals = asking.latest?.answer.totals
  const told = (value: number | null | undefined) => (totals ? format.count(value ?? 0) : DASH)

  return (
    <Frame
      site={site}
      title={text.views.realtime}
      about={words.about}
      told={asking.latest}
      beat={beat}
      without={['period', 'compare']}
      live={{ isPaused, pause: setPaused }}
    >
      <Figures
        isBusy={asking.isBusy}
        figures={[
          { name: words.visitors, value: told(totals?.visitors) },
          { name: words.pageviews, value: told(totals?.pageviews) },
          { name: words.events, value: told(totals?.events) },
        ]}
      />
      <SeriesCard
        title={words.byMinute}
        asking={asking}
        interval="minute"
        column="pageviews"
        subject={{ name: text.metrics.pageviews, kind: 'count' }}
        csv={series}
      />
      <div class="cards cards-two">
        {(['pages', 'sources', 'countries', 'devices'] as const).map((name) => (
          <RowsCard
            key={name}
            title={words[name]}
            question={{ ...about, breakdown: BREAKDOWNS[name], metrics: ['visitors', 'pageviews'] }}
            beat={beat.count}
            amount={(row) => row.visitors ?? 0}
            columns={[
              { head: text.metrics.visitors, text: (row) => format.cell(row.visitors ?? 0) },
              { head: text.columns.pageviews, text: (row) => format.cell(row.pageviews ?? 0) },
            ]}
            nothing={words.nobody}
          />
        ))}
      </div>
    </Frame>
  )
}
