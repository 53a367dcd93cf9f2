import { VERDICTS, type Verdict } from '../../schema/email.ts'
import type { MailQuery } from '../../schema/query.ts'
import { useAnswer } from '../answers.ts'
import { useSurroundings } from '../context.ts'
import { DASH } from '../format.ts'
import type { ViewProps } from '../registry.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { BarTable } from '../views/bar-table.tsx'
import { useBeat } from '../views/beat.ts'
import { OTHER } from '../views/breakdown.tsx'
import { Card } from '../views/card.tsx'
import { Figures, type Figure } from '../views/figures.tsx'
import { Folded } from '../views/folded.tsx'
import { Frame } from '../views/frame.tsx'
import { SeriesCard } from '../views/series-card.tsx'
import { comparisonOf, dayIntervalOf, dayPeriodOf } from '../views/timed.ts'
import { EMAIL_TEXT } from './text.ts'

const METRICS = ['sends', 'fetches', 'likelyHuman', 'follows'] as const
const ROWS = 100

/** What went out by mail, and who looked at it: people or machines. */
export function Email({ site }: ViewProps) {
  const { text, format, view } = useSurroundings()
  const words = wordsIn(EMAIL_TEXT)
  const beat = useBeat(false)
  const hours = dayIntervalOf(view)
  const interval = hours === 'hour' ? 'day' : hours
  const about: MailQuery = { site: site.domain, period: dayPeriodOf(view) }
  const series: MailQuery = { ...about, interval, metrics: [...METRICS], ...comparisonOf(view) }
  const asking = useAnswer<MailQuery>(series, beat.count)
  const { totals, comparison } = asking.latest?.answer ?? {}

  return (
    <Frame
      site={site}
      title={text.views.email}
      about={words.about}
      told={asking.latest}
      beat={beat}
      without={['realtime', 'filters']}
    >
      <Figures isBusy={asking.isBusy} figures={figures()} />
      <SeriesCard
        title={words.over}
        asking={asking}
        interval={interval}
        column="likelyHuman"
        subject={{ name: words.human, kind: 'count' }}
        nothing={words.nothing}
        isFoldTold={false}
        csv={series}
      />
      <div class="cards cards-two">
        <CampaignsCard about={about} beat={beat.count} />
        <VerdictsCard about={about} beat={beat.count} />
      </div>
    </Frame>
  )

  function figures(): Figure[] {
    const { sends = 0, fetches = 0, likelyHuman = 0, follows = 0 } = totals ?? {}
    const told = (amount: number | null) => (totals ? format.count(amount ?? 0) : DASH)
    const part = (of: string, some: number | null, all: number | null) =>
      some !== null && all ? fill(of, { share: format.share(some / all) }) : undefined
    const machine = (fetches ?? 0) - (likelyHuman ?? 0)
    return [
      {
        name: words.sends,
        value: told(sends),
        change:
          comparison && format.difference('count', text.change.visitors, sends, comparison.totals.sends),
      },
      { name: words.human, value: told(likelyHuman), note: part(words.ofSends, likelyHuman, sends) },
      { name: words.machine, value: told(machine), note: part(words.ofFetches, machine, fetches) },
      { name: words.follows, value: told(follows), note: part(words.ofSends, follows, sends) },
    ]
  }
}

function CampaignsCard({ about, beat }: { about: MailQuery; beat: number }) {
  const { format } = useSurroundings()
  const words = wordsIn(EMAIL_TEXT)
  const question: MailQuery = { ...about, breakdown: 'emailCampaign', metrics: [...METRICS], limit: ROWS }
  const asking = useAnswer<MailQuery>(question, beat)
  return (
    <Card
      title={words.campaigns}
      asking={asking}
      meta={asking.latest?.answer.meta}
      isEmpty={({ answer }) => answer.rows.length === 0}
      nothing={<p class="notice">{words.nothing}</p>}
      draw={({ answer }) => (
        <BarTable
          heads={[words.campaign, words.sent, words.opened, words.rate, words.links]}
          rows={answer.rows.map((row) => {
            const name = String(row['emailCampaign'])
            const [sends, human] = [row.sends ?? 0, row.likelyHuman ?? 0]
            const isFolded = name === OTHER
            return {
              key: name,
              label: isFolded ? (
                <Folded minimum={answer.meta.minimumGroup} />
              ) : (
                <bdi class="row-name row-plain" title={name}>
                  {name}
                </bdi>
              ),
              amount: isFolded ? undefined : sends,
              cells: [
                format.cell(sends),
                format.cell(human),
                sends > 0 ? format.share(human / sends) : DASH,
                format.cell(row.follows ?? 0),
              ],
            }
          })}
        />
      )}
      csv={question}
    />
  )
}

function VerdictsCard({ about, beat }: { about: MailQuery; beat: number }) {
  const { format } = useSurroundings()
  const words = wordsIn(EMAIL_TEXT)
  const question: MailQuery = { ...about, breakdown: 'verdict', metrics: ['fetches'] }
  const asking = useAnswer<MailQuery>(question, beat)
  return (
    <Card
      title={words.verdicts}
      asking={asking}
      isEmpty={({ answer }) => (answer.totals.fetches ?? 0) === 0}
      nothing={<p class="notice">{words.nothing}</p>}
      draw={({ answer }) => (
        <BarTable
          heads={[words.verdict, words.fetches, words.share]}
          rows={answer.rows.map((row) => {
            const verdict = String(row['verdict'])
            const fetches = row.fetches ?? 0
            return {
              key: verdict,
              label: VERDICTS.some((known) => known === verdict) ? words.names[verdict as Verdict] : verdict,
              amount: fetches,
              cells: [format.cell(fetches), format.share(fetches / (answer.totals.fetches ?? fetches))],
            }
          })}
        />
      )}
      csv={question}
    />
  )
}
