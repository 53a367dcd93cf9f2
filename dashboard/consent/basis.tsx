import type { Query } from '../../schema/query.ts'
import { useAnswer } from '../answers.ts'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { BarTable } from '../views/bar-table.tsx'
import { Card } from '../views/card.tsx'
import { dayPeriodOf } from '../views/timed.ts'
import { CONSENT_TEXT } from './text.ts'

const PERFORMANCE = /^performance@(\d+)$/

/** On which ground page views were measured. */
export function BasisCard({ site, beat }: { site: string; beat: number }) {
  const { text, format, view } = useSurroundings()
  const words = wordsIn(CONSENT_TEXT)
  const question: Query = {
    site,
    period: dayPeriodOf(view),
    breakdown: 'basis',
    metrics: ['pageviews', 'visitors'],
  }
  const asking = useAnswer(question, beat)
  const nameOf = (basis: string): string => {
    const revision = PERFORMANCE.exec(basis)?.[1]
    if (revision !== undefined) return fill(words.grounds.performance, { revision })
    return basis === 'anonymous' || basis === 'log' || basis === 'server' ? words.grounds[basis] : basis
  }
  return (
    <Card
      title={words.basis}
      asking={asking}
      meta={asking.latest?.answer.meta}
      isEmpty={({ answer }) => (answer.totals.pageviews ?? 0) === 0}
      nothing={<p class="notice">{words.nothingMeasured}</p>}
      draw={({ answer }) => (
        <BarTable
          heads={[words.ground, text.columns.pageviews, text.columns.share]}
          rows={answer.rows
            .filter((row) => (row.pageviews ?? 0) > 0)
            .map((row) => {
              const [basis, views] = [String(row['basis']), row.pageviews ?? 0]
              return {
                key: basis,
                label: nameOf(basis),
                amount: views,
                cells: [format.cell(views), format.share(views / (answer.totals.pageviews ?? views))],
              }
            })}
        />
      )}
      csv={question}
    />
  )
}
