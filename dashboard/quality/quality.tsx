import type { DropMetric, DropQuery } from '../../schema/query.ts'
import { useAnswer } from '../answers.ts'
import { useSurroundings } from '../context.ts'
import { DASH } from '../format.ts'
import type { ViewProps } from '../registry.ts'
import { wordsIn } from '../text/words.ts'
import { BarTable } from '../views/bar-table.tsx'
import { useBeat } from '../views/beat.ts'
import { Card } from '../views/card.tsx'
import { Figures } from '../views/figures.tsx'
import { Frame } from '../views/frame.tsx'
import { SeriesCard } from '../views/series-card.tsx'
import { comparisonOf, dayIntervalOf, dayPeriodOf } from '../views/timed.ts'
import { SCRUB_KINDS } from './kinds.ts'
import { PipelineCard } from './pipeline.tsx'
import { reasonOf, REASONS_TEXT } from './reasons.ts'
import { QUALITY_TEXT } from './text.ts'

const ROWS = 100

/** What was sent and is not in the numbers, why, and whether what was accepted gets there. */
export function Quality({ site, may }: ViewProps) {
  const { text, format, view } = useSurroundings()
  const words = wordsIn(QUALITY_TEXT)
  const beat = useBeat(false)
  const interval = dayIntervalOf(view)
  const about: DropQuery = { site: site.domain, period: dayPeriodOf(view) }
  const series: DropQuery = {
    ...about,
    interval,
    metrics: ['drops', 'late', 'scrubbed'],
    ...comparisonOf(view),
  }
  const asking = useAnswer<DropQuery>(series, beat.count)
  const { totals, comparison } = asking.latest?.answer ?? {}
  const figure = (name: string, metric: DropMetric, note?: string) => ({
    name,
    value: totals ? format.count(totals[metric] ?? 0) : DASH,
    change:
      comparison && totals?.[metric] !== comparison.totals[metric]
        ? format.difference('count', text.change.visitors, totals?.[metric], comparison.totals[metric])
        : undefined,
    note,
  })

  return (
    <Frame
      site={site}
      title={text.views.quality}
      about={words.about}
      told={asking.latest}
      beat={beat}
      without={['realtime', 'filters']}
    >
      <Figures
        isBusy={asking.isBusy}
        figures={[
          figure(words.drops, 'drops'),
          figure(words.late, 'late', words.lateNote),
          figure(words.scrubbed, 'scrubbed', words.scrubbedNote),
        ]}
      />
      <SeriesCard
        title={words.over}
        asking={asking}
        interval={interval}
        column="drops"
        subject={{ name: words.drops, kind: 'count' }}
        nothing={words.nothing}
        csv={series}
      />
      <ReasonsCard about={about} beat={beat.count} />
      <div class="cards cards-two">
        {may('status.read') && <PipelineCard site={site} beat={beat.count} />}
        <KindsCard about={about} beat={beat.count} />
      </div>
    </Frame>
  )
}

/** Every reason with what it tells. */
function ReasonsCard({ about, beat }: { about: DropQuery; beat: number }) {
  const { text, format } = useSurroundings()
  const words = wordsIn(QUALITY_TEXT)
  const reasons = wordsIn(REASONS_TEXT)
  const question: DropQuery = { ...about, breakdown: 'dropReason', limit: ROWS }
  const asking = useAnswer<DropQuery>(question, beat)
  return (
    <Card
      title={words.reasons}
      asking={asking}
      meta={asking.latest?.answer.meta}
      isEmpty={({ answer }) => answer.rows.length === 0}
      nothing={<p class="notice">{words.nothing}</p>}
      draw={({ answer }) => (
        <BarTable
          heads={[words.reason, words.events, text.columns.share]}
          rows={answer.rows.map((row) => {
            const reason = String(row['dropReason'])
            const { name, why } = reasonOf(reasons, reason)
            const drops = row.drops ?? 0
            return {
              key: reason,
              label: (
                <span class="row-name row-plain row-told">
                  {name} <span class="quiet">{why}</span>
                </span>
              ),
              amount: drops,
              cells: [format.cell(drops), format.share(drops / (answer.totals.drops ?? drops))],
            }
          })}
        />
      )}
      csv={question}
    />
  )
}

/** What the scrubber took out. */
function KindsCard({ about, beat }: { about: DropQuery; beat: number }) {
  const { format } = useSurroundings()
  const words = wordsIn(QUALITY_TEXT)
  const question: DropQuery = { ...about, breakdown: 'scrubKind', limit: ROWS }
  const asking = useAnswer<DropQuery>(question, beat)
  return (
    <Card
      title={words.kinds}
      asking={asking}
      meta={asking.latest?.answer.meta}
      isEmpty={({ answer }) => answer.rows.length === 0}
      nothing={<p class="notice">{words.nothingScrubbed}</p>}
      draw={({ answer }) => (
        <BarTable
          heads={[words.kind, words.values]}
          rows={answer.rows.map((row) => {
            const given = String(row['scrubKind'])
            const kind = SCRUB_KINDS.find((known) => known === given)
            return {
              key: given,
              label: kind === undefined ? given : words.kindNames[kind],
              amount: row.scrubbed ?? 0,
              cells: [format.cell(row.scrubbed ?? 0)],
            }
          })}
        />
      )}
      csv={question}
    />
  )
}
