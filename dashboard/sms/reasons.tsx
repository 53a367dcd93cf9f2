import { useSurroundings } from '../context.ts'
import { wordsIn } from '../text/words.ts'
import { BarTable } from '../views/bar-table.tsx'
import { Card } from '../views/card.tsx'
import type { AskingReport } from './sms.tsx'
import { SMS_TEXT } from './text.ts'

/** Why the gate held messages back. One that had several reasons counts in each. */
export function BlockedCard({ asking }: { asking: AskingReport }) {
  const { format } = useSurroundings()
  const words = wordsIn(SMS_TEXT)
  return (
    <Card
      title={words.blocked}
      asking={asking}
      isEmpty={({ value }) => value.blocked.length === 0}
      nothing={<p class="notice">{words.nothingBlocked}</p>}
      draw={({ value }) => (
        <BarTable
          heads={[words.reason, words.count]}
          rows={value.blocked.map(({ reason, count }) => ({
            key: reason,
            label: Object.hasOwn(words.reasons, reason)
              ? words.reasons[reason as keyof typeof words.reasons]
              : reason,
            amount: count,
            cells: [format.cell(count)],
          }))}
        />
      )}
    />
  )
}

/** Why provider or carriers refused messages, by their code. */
export function FailedCard({ asking }: { asking: AskingReport }) {
  const { format } = useSurroundings()
  const words = wordsIn(SMS_TEXT)
  return (
    <Card
      title={words.failedWhy}
      asking={asking}
      isEmpty={({ value }) => value.failed.length === 0}
      nothing={<p class="notice">{words.nothingFailed}</p>}
      draw={({ value }) => (
        <BarTable
          heads={[words.code, words.count]}
          rows={value.failed.map(({ reason, count, means }) => ({
            key: reason,
            label: (
              <span class="row-name row-plain told-below">
                <bdi>{reason === '' ? words.noCode : reason}</bdi>
                <span class="check-told quiet">{words.means[means]}</span>
              </span>
            ),
            amount: count,
            cells: [format.cell(count)],
          }))}
        />
      )}
    />
  )
}
