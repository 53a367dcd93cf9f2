import type { AnyDimension, FunnelQuery, Step } from '../../schema/query.ts'
import { useAnswer } from '../answers.ts'
import { useSurroundings } from '../context.ts'
import { DASH } from '../format.ts'
import { dimensionText, fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { OTHER } from '../views/breakdown.tsx'
import { Card } from '../views/card.tsx'
import { isAskable, RowLinks } from '../views/row-links.tsx'
import { Wide } from '../views/wide.tsx'
import { stepsOf } from './funnel-bars.tsx'
import { funnelOfQuestion, periodOf } from './questions.ts'
import { GOALS_TEXT } from './text.ts'

/** Values that get a funnel of their own: each is a question. */
const VALUES = 6

export interface FunnelByProps {
  site: string
  steps: Step[]
  by: AnyDimension
  beat: number
}

/** The funnel once more for each of the largest values of a dimension. */
export function FunnelBy({ site, steps, by, beat }: FunnelByProps) {
  const { text, view } = useSurroundings()
  const words = wordsIn(GOALS_TEXT)
  const asking = useAnswer(
    {
      site,
      period: periodOf(view),
      breakdown: by,
      metrics: ['visits'],
      filters: view.filters,
      limit: VALUES,
    },
    beat,
  )
  const name = dimensionText(text, by)
  return (
    <Card
      title={fill(words.byTitle, { name })}
      asking={asking}
      meta={asking.latest?.answer.meta}
      isEmpty={({ answer }) => answer.rows.length === 0}
      draw={({ answer }) => (
        <Wide label={fill(words.byTitle, { name })}>
          <table class="breakdown funnel-by">
            <thead>
              <tr>
                <th scope="col">{name}</th>
                {steps.map((_, index) => (
                  <th key={index} scope="col" class="number">
                    {words.step} {index + 1}
                  </th>
                ))}
                <th scope="col" class="number">
                  {words.byWhole}
                </th>
              </tr>
            </thead>
            <tbody>
              {answer.rows
                .map((row) => String(row[by] ?? ''))
                .filter((value) => value !== OTHER && isAskable(value))
                .map((value) => (
                  <FunnelOf key={value} site={site} steps={steps} by={by} value={value} beat={beat} />
                ))}
            </tbody>
          </table>
          <p class="quiet foot-note">{words.byFolded}</p>
        </Wide>
      )}
    />
  )
}

function FunnelOf({ site, steps, by, value, beat }: FunnelByProps & { value: string }) {
  const { format, view } = useSurroundings()
  const asking = useAnswer<FunnelQuery>(funnelOfQuestion(view, site, steps, by, value), beat)
  const told = asking.latest && stepsOf(asking.latest.answer.rows)
  const whole = told?.at(-1)?.rate
  return (
    <tr aria-busy={asking.isBusy}>
      <th scope="row">
        <span class="row-bar" style={{ inlineSize: `${((whole ?? 0) * 100).toFixed(2)}%` }} />
        <RowLinks dimension={by} value={value} />
      </th>
      {steps.map((_, index) => (
        <td key={index} class="number">
          {told ? format.cell(told[index]?.visits ?? 0) : ''}
        </td>
      ))}
      <td class="number">{whole === null || whole === undefined ? DASH : format.share(whole)}</td>
    </tr>
  )
}
