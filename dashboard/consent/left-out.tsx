import type { DropQuery } from '../../schema/query.ts'
import type { DropReason } from '../../schema/outcome.ts'
import { useAnswer } from '../answers.ts'
import { useSurroundings } from '../context.ts'
import { reasonOf, REASONS_TEXT } from '../quality/reasons.ts'
import { wordsIn } from '../text/words.ts'
import { BarTable } from '../views/bar-table.tsx'
import { Card } from '../views/card.tsx'
import { dayPeriodOf } from '../views/timed.ts'
import { CONSENT_TEXT } from './text.ts'

/** Reasons that are about what a visitor allowed. */
const FOR_WANT_OF_CONSENT: readonly DropReason[] = [
  'no_consent',
  'gpc',
  'consent_category',
  'consent_expired',
  'consent_revision',
  'consent_invalid',
]

/** What was sent and not measured, since no consent covered it. */
export function LeftOutCard({ site, beat }: { site: string; beat: number }) {
  const { text, format, view } = useSurroundings()
  const words = wordsIn(CONSENT_TEXT)
  const reasons = wordsIn(REASONS_TEXT)
  const question: DropQuery = {
    site,
    period: dayPeriodOf(view),
    breakdown: 'dropReason',
    filters: [{ dimension: 'dropReason', is: [...FOR_WANT_OF_CONSENT] }],
  }
  const asking = useAnswer<DropQuery>(question, beat)
  return (
    <Card
      title={words.left}
      asking={asking}
      meta={asking.latest?.answer.meta}
      isEmpty={({ answer }) => (answer.totals.drops ?? 0) === 0}
      nothing={<p class="notice">{words.nothingLeft}</p>}
      draw={({ answer }) => (
        <BarTable
          heads={[words.reason, words.events, text.columns.share]}
          rows={answer.rows.map((row) => {
            const [reason, drops] = [String(row['dropReason']), row.drops ?? 0]
            return {
              key: reason,
              label: reasonOf(reasons, reason).name,
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
