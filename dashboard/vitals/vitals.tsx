import type { Metric, Query, QueryRow } from '../../schema/query.ts'
import { useAnswer, type Answered } from '../answers.ts'
import { makeFilter } from '../conditions.ts'
import { useSurroundings } from '../context.ts'
import { ownValue, withOwn } from '../own.ts'
import type { ViewProps } from '../registry.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { useBeat } from '../views/beat.ts'
import { Card } from '../views/card.tsx'
import { Frame } from '../views/frame.tsx'
import { PageLink } from '../views/page-link.tsx'
import { RowsCard } from '../views/rows-card.tsx'
import { SeriesCard } from '../views/series-card.tsx'
import { comparisonOf, dayIntervalOf, dayPeriodOf } from '../views/timed.ts'
import { Verdict } from '../views/verdict.tsx'
import { VitalScale } from './scale.tsx'
import { VITALS_TEXT } from './text.ts'
import { BOUNDS, verdictOf, VITALS, type VitalName } from './thresholds.ts'

const BREAKDOWNS = { pages: 'page', devices: 'device', browsers: 'browser', networks: 'network' } as const

/** Pages are told by how many saw them, a network by how slow it was: it is looked for where somebody complains. */
const SORTED_BY = {
  pages: ['visitors', 'p75'],
  devices: ['visitors', 'p75'],
  browsers: ['visitors', 'p75'],
  networks: ['p75', 'visitors'],
} as const satisfies Record<keyof typeof BREAKDOWNS, readonly Metric[]>

/** How fast pages were for those who saw them; one vital is looked at closely. */
export function Vitals({ site }: ViewProps) {
  const { text, format, view } = useSurroundings()
  const words = wordsIn(VITALS_TEXT)
  const beat = useBeat(false)
  const interval = dayIntervalOf(view)
  const vital = VITALS.find((known) => known === ownValue(view.own, 'vital')) ?? 'LCP'
  const about: Query = { site: site.domain, period: dayPeriodOf(view), filters: view.filters }
  const all: Query = { ...about, breakdown: 'vital', metrics: ['p75', 'p50', 'p95', 'visitors'], limit: 20 }
  const asking = useAnswer(all, beat.count)
  const ofOne: Query = { ...about, filters: [...view.filters, makeFilter('vital', 'is', [vital])] }
  const series: Query = { ...ofOne, interval, metrics: ['p75'], ...comparisonOf(view) }
  const over = useAnswer(series, beat.count)
  const { good, poor, kind } = BOUNDS[vital]
  const shown = (value: number | null | undefined) => format.value(kind, value)
  const judged = (row: QueryRow) => typeof row.p75 === 'number' && <VerdictOf vital={vital} value={row.p75} />

  return (
    <Frame
      site={site}
      title={text.views.vitals}
      about={words.about}
      told={asking.latest}
      beat={beat}
      without={['realtime']}
    >
      <Card
        title={words.vitals}
        asking={asking}
        meta={asking.latest?.answer.meta}
        isEmpty={({ answer }) => answer.rows.length === 0}
        nothing={<p class="notice">{words.nothing}</p>}
        draw={(latest) => <AllVitals latest={latest} chosen={vital} />}
        csv={all}
      />
      <SeriesCard
        title={fill(words.over, { vital })}
        about={fill(words.bounds, { good: shown(good), poor: shown(poor) })}
        asking={over}
        interval={interval}
        column="p75"
        subject={{ name: vital, kind }}
        nothing={words.nothing}
        csv={series}
      />
      <div class="cards cards-two">
        {(['pages', 'devices', 'browsers', 'networks'] as const).map((name) => (
          <RowsCard
            key={name}
            title={fill(words[name], { vital })}
            question={{ ...ofOne, breakdown: BREAKDOWNS[name], metrics: [...SORTED_BY[name]] }}
            beat={beat.count}
            amount={(row) => (typeof row.p75 === 'number' ? row.p75 : 0)}
            columns={[
              { head: words.three, text: (row) => shown(row.p75) },
              { head: words.verdict, text: judged },
            ]}
            hasWords
            nothing={words.nothing}
          />
        ))}
      </div>
    </Frame>
  )
}

/** A row for each vital, in the order in which people ask for them. */
function AllVitals({ latest, chosen }: { latest: Answered; chosen: VitalName }) {
  const { format, view } = useSurroundings()
  const words = wordsIn(VITALS_TEXT)
  const rows = VITALS.flatMap((vital) => {
    const row = latest.answer.rows.find((one) => one['vital'] === vital)
    return row ? [{ vital, ...valuesOf(row) }] : []
  })
  return (
    <table class="data vitals">
      <thead>
        <tr>
          <th scope="col">{words.vital}</th>
          <th scope="col" class="number">
            {words.three}
          </th>
          <th scope="col">{words.verdict}</th>
          <th scope="col" class="vital-scale-head">
            {words.spread}
          </th>
          <th scope="col" class="number">
            {words.half}
          </th>
          <th scope="col" class="number">
            {words.most}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ vital, p50, p75, p95 }) => {
          const bounds = BOUNDS[vital]
          const shown = (value: number | null) => format.value(bounds.kind, value)
          return (
            <tr key={vital} class={vital === chosen ? 'vital-chosen' : ''}>
              <th scope="row">
                <PageLink
                  class="vital-name"
                  to={{ own: withOwn(view.own, { vital: vital === 'LCP' ? undefined : vital }) }}
                  isCurrent={vital === chosen}
                >
                  {vital} <span class="quiet">{words.names[vital]}</span>
                </PageLink>
              </th>
              <td class="number">
                <strong>{shown(p75)}</strong>
              </td>
              <td>{p75 !== null && <VerdictOf vital={vital} value={p75} />}</td>
              <td class="vital-scale-cell">
                {p50 !== null && p75 !== null && p95 !== null && (
                  <VitalScale bounds={bounds} p50={p50} p75={p75} p95={p95} />
                )}
              </td>
              <td class="number quiet">{shown(p50)}</td>
              <td class="number quiet">{shown(p95)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function VerdictOf({ vital, value }: { vital: VitalName; value: number }) {
  const judged = verdictOf(vital, value)
  return <Verdict judged={judged} word={wordsIn(VITALS_TEXT).verdicts[judged]} />
}

function valuesOf(row: QueryRow): { p50: number | null; p75: number | null; p95: number | null } {
  return { p50: row.p50 ?? null, p75: row.p75 ?? null, p95: row.p95 ?? null }
}
