import type { ChoiceQuery } from '../../schema/query.ts'
import { useAnswer } from '../answers.ts'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { BarTable } from '../views/bar-table.tsx'
import { Card } from '../views/card.tsx'
import { shareOf } from './choices.ts'
import { grantsOf, grantsQuestion } from './grants.ts'
import { CONSENT_TEXT } from './text.ts'

export interface CategoriesCardProps {
  about: ChoiceQuery
  /** Answers to the notice in the period, those too of which no category is known. */
  answers: number
  beat: number
}

/** How many choices allowed each category, and how many of those under Global Privacy Control. */
export function CategoriesCard({ about, answers, beat }: CategoriesCardProps) {
  const { format } = useSurroundings()
  const words = wordsIn(CONSENT_TEXT)
  const question = grantsQuestion(about, false)
  const all = useAnswer<ChoiceQuery>(question, beat)
  const signalled = useAnswer<ChoiceQuery>(grantsQuestion(about, true), beat)
  const latest = all.latest &&
    signalled.latest && { all: grantsOf(all.latest.answer), signalled: signalled.latest.answer }

  return (
    <Card
      title={words.byCategory}
      asking={{
        latest,
        isBusy: all.isBusy || signalled.isBusy,
        failure: all.failure ?? signalled.failure,
        again: () => {
          all.again()
          signalled.again()
        },
      }}
      isEmpty={(told) => told.all.choices === 0}
      nothing={<p class="notice">{words.nothing}</p>}
      draw={(told) => {
        const withSignal = new Map(grantsOf(told.signalled).allowed)
        const ofSignal = told.signalled.totals.choices ?? 0
        return (
          <>
            <BarTable
              heads={[words.category, words.allowed, words.ofAll, words.ofSignal]}
              rows={told.all.allowed.map(([category, count]) => ({
                key: category,
                label: words.categories[category],
                amount: count,
                cells: [
                  format.cell(count),
                  format.value('rate', shareOf(count, told.all.choices)),
                  format.value('rate', shareOf(withSignal.get(category) ?? 0, ofSignal)),
                ],
              }))}
            />
            <p class="answer-foot quiet">
              {fill(words.byCategoryNote, {
                count: format.count(told.all.choices),
                signalled: format.count(ofSignal),
              })}{' '}
              {told.all.choices < answers &&
                fill(words.since, { count: format.count(told.all.choices), all: format.count(answers) })}
            </p>
          </>
        )
      }}
      csv={question}
    />
  )
}
