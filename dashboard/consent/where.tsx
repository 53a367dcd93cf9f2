import type { ChoiceQuery, QueryAnswer } from '../../schema/query.ts'
import { useAnswer } from '../answers.ts'
import { useSurroundings } from '../context.ts'
import { wordsIn } from '../text/words.ts'
import { BarTable } from '../views/bar-table.tsx'
import { Card } from '../views/card.tsx'
import { ANSWERS, answersIn, byValue, shareOf, type AnswerState } from './choices.ts'
import { CONSENT_TEXT } from './text.ts'

const ROWS = 100

export interface WhereCardProps {
  title: string
  dimension: 'country' | 'language'
  about: ChoiceQuery
  beat: number
}

/** How people of each country, or language, chose. */
export function WhereCard({ title, dimension, about, beat }: WhereCardProps) {
  const { text, format } = useSurroundings()
  const words = wordsIn(CONSENT_TEXT)
  const question = (state: AnswerState): ChoiceQuery => ({
    ...about,
    metrics: ['choices'],
    breakdown: dimension,
    filters: [{ dimension: 'consentState', is: [state] }],
    limit: ROWS,
  })
  const accepted = useAnswer<ChoiceQuery>(question('accepted'), beat)
  const custom = useAnswer<ChoiceQuery>(question('custom'), beat)
  const rejected = useAnswer<ChoiceQuery>(question('rejected'), beat)
  const all = { accepted, custom, rejected }
  const answers = answersOf(all)

  return (
    <Card
      title={title}
      asking={{
        latest: answers,
        isBusy: ANSWERS.some((state) => all[state].isBusy),
        failure: ANSWERS.map((state) => all[state].failure).find((failure) => failure !== undefined),
        again: () => {
          for (const state of ANSWERS) all[state].again()
        },
      }}
      isEmpty={(latest) => byValue(dimension, latest).length === 0}
      nothing={<p class="notice">{words.nothing}</p>}
      draw={(latest) => (
        <BarTable
          heads={[text.dimensions[dimension], words.choices, words.all, words.part, words.none]}
          rows={byValue(dimension, latest).map(({ value, choices }) => {
            const sum = answersIn(choices)
            return {
              key: value,
              label: format.name(dimension, value),
              amount: sum,
              cells: [
                format.cell(sum),
                ...ANSWERS.map((state) => format.value('rate', shareOf(choices[state], sum))),
              ],
            }
          })}
        />
      )}
      csv={{ ...about, metrics: ['choices'], breakdown: dimension, limit: ROWS }}
    />
  )
}

function answersOf(
  all: Readonly<Record<AnswerState, { latest: { answer: QueryAnswer } | undefined }>>,
): Record<AnswerState, QueryAnswer> | undefined {
  const { accepted, custom, rejected } = all
  if (!accepted.latest || !custom.latest || !rejected.latest) return undefined
  return {
    accepted: accepted.latest.answer,
    custom: custom.latest.answer,
    rejected: rejected.latest.answer,
  }
}
