import type { BurstQuery } from '../../schema/query.ts'
import { useAnswer } from '../answers.ts'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { BarTable } from '../views/bar-table.tsx'
import { Card } from '../views/card.tsx'
import { dayPeriodOf } from '../views/timed.ts'
import { Wide } from '../views/wide.tsx'
import { REQUESTS_TEXT } from './text.ts'

/** Fewer in an hour are what any site on the net gets. */
const LEAST = 30
const MOST_ROWS = 50
const COLUMNS = ['probes', 'refused', 'limited', 'failed', 'requests'] as const

/** Who looked for weak places, by operator and hour. Filters do not narrow it: such requests are of no visitor. */
export function BurstsCard({ site, beat }: { site: string; beat: number }) {
  const { format, view } = useSurroundings()
  const words = wordsIn(REQUESTS_TEXT)
  const question: BurstQuery = { site, period: dayPeriodOf(view), bursts: LEAST }
  const asking = useAnswer<BurstQuery>(question, beat)
  return (
    <Card
      title={words.bursts}
      asking={asking}
      before={<p class="quiet series-about">{fill(words.burstsAbout, { least: String(LEAST) })}</p>}
      isEmpty={({ answer }) => answer.rows.length === 0}
      nothing={<p class="notice">{words.noBursts}</p>}
      draw={({ answer }) => (
        <Wide label={words.bursts} class="answer-table roomy">
          <BarTable
            heads={[words.network, words.probes, words.refused, words.limited, words.broken, words.requests]}
            rows={answer.rows.slice(0, MOST_ROWS).map((row) => {
              const [time, network] = [String(row['time']), String(row['network'])]
              return {
                key: `${time} ${network}`,
                label: (
                  <span class="row-name row-plain told-below">
                    <bdi>{format.name('network', network)}</bdi>
                    <span class="check-told quiet">{format.timeLong(time, 'hour')}</span>
                  </span>
                ),
                amount: row.requests ?? 0,
                cells: COLUMNS.map((column) => format.cell(Number(row[column] ?? 0))),
              }
            })}
          />
        </Wide>
      )}
      csv={question}
    />
  )
}
