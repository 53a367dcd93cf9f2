import type { SmsProgramReport } from '../../schema/sms-report.ts'
import { useSurroundings } from '../context.ts'
import { DASH } from '../format.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { BarTable } from '../views/bar-table.tsx'
import { Card } from '../views/card.tsx'
import { Wide } from '../views/wide.tsx'
import { optOutRate, sentOf } from './buckets.ts'
import type { AskingReport } from './sms.tsx'
import { SMS_TEXT } from './text.ts'

/** How many people stand how to each program. */
export function PeopleCard({ asking }: { asking: AskingReport }) {
  const { format } = useSurroundings()
  const words = wordsIn(SMS_TEXT)
  return (
    <Card
      title={words.programs}
      asking={asking}
      draw={({ value }) => (
        <Wide label={words.programs} class="answer-table roomy">
          <BarTable
            heads={[words.program, words.active, words.pending, words.optedOut, words.lapsed]}
            rows={value.programs.map((program) => {
              const { active, pending, lapsed, 'opted-out': optedOut } = program.standings
              return {
                key: program.id,
                label: <ProgramName program={program} />,
                amount: active,
                cells: [active, pending, optedOut, lapsed].map((count) => format.cell(count)),
              }
            })}
          />
        </Wide>
      )}
    />
  )
}

/** What became of each program's messages, and what of its budget is used. */
export function MessagesCard({ asking }: { asking: AskingReport }) {
  const { format } = useSurroundings()
  const words = wordsIn(SMS_TEXT)
  return (
    <Card
      title={words.messages}
      asking={asking}
      draw={({ value }) => (
        <Wide label={words.messages} class="answer-table roomy">
          <BarTable
            heads={[words.program, words.sent, words.delivered, words.failedShort, words.rate, words.budget]}
            rows={value.programs.map((program) => {
              const { outcomes } = program
              const rate = optOutRate(program)
              return {
                key: program.id,
                label: <ProgramName program={program} />,
                amount: sentOf(outcomes),
                cells: [
                  format.cell(sentOf(outcomes)),
                  format.cell(outcomes.delivered),
                  format.cell(outcomes.failed),
                  rate === null ? DASH : format.share(rate),
                  budgetOf(program.budget),
                ],
              }
            })}
          />
        </Wide>
      )}
    />
  )

  function budgetOf(budget: SmsProgramReport['budget']): string {
    if (budget === null) return words.noBudget
    return budget.most === 0 ? DASH : format.share(budget.spent / budget.most)
  }
}

/** With what it is and what was promised at the sign-up on focus and to whoever hears it. */
function ProgramName({ program: { name, kind, ended, frequency } }: { program: SmsProgramReport }) {
  const { format } = useSurroundings()
  const words = wordsIn(SMS_TEXT)
  const state =
    ended === null ? words.running : fill(words.ended, { day: format.timeLong(ended.slice(0, 10), 'day') })
  const promise = fill(words.promise, { most: String(frequency.most), days: String(frequency.days) })
  const told = [words.kinds[kind], state, promise].join(' · ')
  return (
    <span class="row-name row-plain told-below" title={`${name}: ${told}`}>
      <bdi>{name}</bdi>
      <span class="check-told quiet">{told}</span>
    </span>
  )
}
