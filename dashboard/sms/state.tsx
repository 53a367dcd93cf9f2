import type { SmsQueueReport, SmsSenderReport } from '../../schema/sms-report.ts'
import { localTime } from '../calendar.ts'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { Card } from '../views/card.tsx'
import { Verdict } from '../views/verdict.tsx'
import type { AskingReport } from './sms.tsx'
import { SMS_TEXT } from './text.ts'

interface StateProps {
  asking: AskingReport
  timezone: string
}

/** Day and minute of an instant, ISO 8601, where the site is. */
function useTime(timezone: string): (iso: string) => string {
  const { format } = useSurroundings()
  return (iso) => {
    const ms = Date.parse(iso)
    return `${format.timeLong(localTime(ms, timezone).slice(0, 10), 'day')}, ${format.clock(ms, timezone)}`
  }
}

/** Whether each sender may send, how near it is to its cap, and how its last day went. */
export function SendersCard({ asking, timezone }: StateProps) {
  const { format } = useSurroundings()
  const timeOf = useTime(timezone)
  const words = wordsIn(SMS_TEXT)
  return (
    <Card
      title={words.senders}
      asking={asking}
      draw={({ value }) => (
        <table class="data checks">
          <thead>
            <tr>
              <th scope="col">{words.sender}</th>
              <th scope="col">{words.state}</th>
            </tr>
          </thead>
          <tbody>
            {value.senders.map((sender) => (
              <tr key={sender.id}>
                <th scope="row">
                  {words.classes[sender.class]} <bdi class="quiet">{sender.id}</bdi>
                  <span class="check-told quiet">{toldOf(sender)}</span>
                </th>
                <td>
                  <Verdict judged={VERDICTS[sender.state]} word={words.states[sender.state]} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    />
  )

  function toldOf({ cap, sent, delivered, failed, optOuts, campaign, ...sender }: SmsSenderReport): string {
    const counts = { used: cap.used, most: cap.most, sent, delivered, failed, optOuts }
    const told = fill(words.senderTold, {
      ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, format.count(count)])),
      campaign,
    })
    const amount = format.money((sender.fees / 1_000_000).toFixed(2), 'USD')
    const fees = sender.fees === 0 ? '' : ` ${fill(words.fees, { amount })}`
    if (sender.stateReason === null) return told + fees
    const time = timeOf(sender.stateSince)
    return `${told}${fees} ${fill(words.because, { time, reason: sender.stateReason })}`
  }
}

const VERDICTS = { active: 'good', restricted: 'middling', suspended: 'poor' } as const

/** What waits: for its turn, for the provider, for a person. */
export function QueueCard({ asking, timezone }: StateProps) {
  const { format } = useSurroundings()
  const timeOf = useTime(timezone)
  const words = wordsIn(SMS_TEXT)
  return (
    <Card
      title={words.queue}
      asking={asking}
      draw={({ value }) => (
        <table class="data checks">
          <thead>
            <tr>
              <th scope="col">{words.what}</th>
              <th scope="col">{words.count}</th>
            </tr>
          </thead>
          <tbody>
            {linesOf(value.queue).map(([name, count, why]) => (
              <tr key={name}>
                <th scope="row">
                  {name}
                  <span class="check-told quiet">{why}</span>
                </th>
                <td class="number">{format.count(count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    />
  )

  function linesOf(queue: SmsQueueReport): (readonly [name: string, count: number, why: string])[] {
    const next =
      queue.nextDue === null ? words.waitingNone : fill(words.waitingNext, { time: timeOf(queue.nextDue) })
    return [
      [words.waiting, queue.waiting, next],
      [words.toApprove, queue.toApprove, words.toApproveWhy],
      [words.unclearAnswers, queue.unclearAnswers, words.unclearAnswersWhy],
      [words.unclear, queue.unclear, words.unclearWhy],
      [words.dead, queue.dead, words.deadWhy],
      [words.untold, queue.untold, words.untoldWhy],
    ]
  }
}
