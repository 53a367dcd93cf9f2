import type { SmsReport } from '../../schema/sms-report.ts'
import type { Pending } from '../answers.ts'
import { useAsked, type Asked } from '../asked.ts'
import { useSurroundings } from '../context.ts'
import { DASH } from '../format.ts'
import type { ViewProps } from '../registry.ts'
import { isRange } from '../state.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { useBeat } from '../views/beat.ts'
import { Card } from '../views/card.tsx'
import { Figures, type Figure } from '../views/figures.tsx'
import { Frame } from '../views/frame.tsx'
import { RowsCard } from '../views/rows-card.tsx'
import { dayPeriodOf } from '../views/timed.ts'
import { sentOf } from './buckets.ts'
import { MessagesCard, PeopleCard } from './programs.tsx'
import { BlockedCard, FailedCard } from './reasons.tsx'
import { OverTimeCard } from './over-time.tsx'
import { QueueCard, SendersCard } from './state.tsx'
import { SMS_TEXT } from './text.ts'

/** What every card of the view is drawn from. */
export type AskingReport = Pending<Asked<SmsReport>>

/** Text messages: who is in, what went out, and what waits. Counts, never a number. */
export function Sms({ site, may }: ViewProps) {
  const { text, format, view } = useSurroundings()
  const words = wordsIn(SMS_TEXT)
  const beat = useBeat(false)
  const period = dayPeriodOf(view)
  const days = isRange(period) ? `${period.from}..${period.to}` : period
  const asking = useAsked<SmsReport>(
    `sms/report?site=${encodeURIComponent(site.domain)}&period=${days}`,
    beat.count,
  )
  const report = asking.latest?.value
  const isUnused = report?.programs.length === 0

  return (
    <Frame
      site={site}
      title={text.views.sms}
      about={words.about}
      beat={beat}
      without={['realtime', 'compare', 'filters']}
    >
      {isUnused || !report ? (
        <Card title={words.programs} asking={asking} draw={() => <p class="notice">{words.nothing}</p>} />
      ) : (
        <>
          <Figures isBusy={asking.isBusy} figures={figuresOf(report)} />
          <OverTimeCard asking={asking} />
          <PeopleCard asking={asking} />
          <MessagesCard asking={asking} />
          <div class="cards cards-two">
            <BlockedCard asking={asking} />
            <FailedCard asking={asking} />
            <SendersCard asking={asking} site={site} />
            <QueueCard asking={asking} site={site} />
          </div>
          {may('query') && (
            <RowsCard
              title={words.results}
              question={{
                site: site.domain,
                period,
                breakdown: 'utmCampaign',
                metrics: ['visitors', 'visits', 'conversionRate'],
                filters: [{ dimension: 'channel', is: ['SMS'] }],
              }}
              beat={beat.count}
              amount={(row) => row.visitors ?? 0}
              columns={[
                { head: words.visitors, text: (row) => format.cell(row.visitors ?? 0) },
                {
                  head: words.converted,
                  text: (row) => format.value('rate', row.conversionRate),
                },
              ]}
              nothing={words.resultsNothing}
            />
          )}
        </>
      )}
    </Frame>
  )

  function figuresOf({ programs }: SmsReport): Figure[] {
    const running = programs.filter(({ ended }) => ended === null)
    const sum = (count: (program: SmsReport['programs'][number]) => number) =>
      programs.reduce((total, program) => total + count(program), 0)
    const sent = sum(({ outcomes }) => sentOf(outcomes))
    const delivered = sum(({ outcomes }) => outcomes.delivered)
    const optOuts = sum((program) => program.optOuts)
    const part = (of: string, some: number) =>
      sent === 0 ? DASH : fill(of, { share: format.share(some / sent) })
    return [
      {
        name: words.optedIn,
        value: format.count(running.reduce((total, { standings }) => total + standings.active, 0)),
        note: fill(words.ofPrograms, { count: format.count(running.length) }),
      },
      {
        name: words.sent,
        value: format.count(sent),
        note: fill(words.ofBlocked, { count: format.count(sum(({ outcomes }) => outcomes.blocked)) }),
      },
      { name: words.delivered, value: format.count(delivered), note: part(words.ofSent, delivered) },
      { name: words.optOuts, value: format.count(optOuts), note: part(words.perSent, optOuts) },
    ]
  }
}
