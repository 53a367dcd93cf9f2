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
  site: { domain: string; timezone: string }
}

/** Where a person goes on: no page here decides, since each decision takes a second factor and a reason of its own. */
function InTerminal({ told, command }: { told: string; command: string }) {
  return (
    <span class="check-told">
      {told} <code>{command}</code>
    </span>
  )
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
export function SendersCard({ asking, site: { timezone } }: StateProps) {
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
                  {sender.state !== 'active' && (
                    <InTerminal
                      told={words.toActivate}
                      command={`sluice sms sender set ${sender.id} active --reason "…"`}
                    />
                  )}
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
    const reason = Object.hasOwn(words.rates, sender.stateReason)
      ? words.rates[sender.stateReason as keyof typeof words.rates]
      : sender.stateReason
    return `${told}${fees} ${fill(words.because, { time, reason })}`
  }
}

const VERDICTS = { active: 'good', restricted: 'middling', suspended: 'poor' } as const

interface QueueLine {
  name: string
  count: number
  why: string
  /** What follows `sluice sms`, where a person can do something. */
  command?: string
  /** What it is for. */
  told?: string
}

/** What waits: for its turn, for the provider, for a person. */
export function QueueCard({ asking, site: { domain, timezone } }: StateProps) {
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
              <th scope="col">{words.howMany}</th>
            </tr>
          </thead>
          <tbody>
            {linesOf(value.queue).map(({ name, count, why, command, told = words.inTerminal }) => (
              <tr key={name}>
                <th scope="row">
                  {name}
                  <span class="check-told quiet">{why}</span>
                  {command !== undefined && count > 0 && (
                    <InTerminal told={told} command={`sluice sms ${command}`} />
                  )}
                </th>
                <td class="number">{format.count(count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    />
  )

  function linesOf(queue: SmsQueueReport): QueueLine[] {
    const ofSite = `list --site ${domain}`
    const next =
      queue.nextDue === null ? words.waitingNone : fill(words.waitingNext, { time: timeOf(queue.nextDue) })
    return [
      { name: words.waiting, count: queue.waiting, why: next },
      {
        name: words.toApprove,
        count: queue.toApprove,
        why: words.toApproveWhy,
        command: `held ${ofSite}`,
      },
      {
        name: words.unclearAnswers,
        count: queue.unclearAnswers,
        why: words.unclearAnswersWhy,
        command: `answer ${ofSite}`,
      },
      { name: words.unclear, count: queue.unclear, why: words.unclearWhy },
      { name: words.dead, count: queue.dead, why: words.deadWhy, command: `dead-letter ${ofSite}` },
      {
        name: words.untold,
        count: queue.untold,
        why: words.untoldWhy,
        command: 'connect',
        told: words.ifItStays,
      },
    ]
  }
}
