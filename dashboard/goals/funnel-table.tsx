import type { QueryAnswer } from '../../schema/query.ts'
import { useSurroundings } from '../context.ts'
import { DASH } from '../format.ts'
import { wordsIn } from '../text/words.ts'
import { stepsOf } from './funnel-bars.tsx'
import { GOALS_TEXT } from './text.ts'

/** The funnel's twin: the same steps as numbers. */
export function FunnelTable({ answer }: { answer: QueryAnswer }) {
  const { format } = useSurroundings()
  const words = wordsIn(GOALS_TEXT)
  const before = answer.comparison?.rows && stepsOf(answer.comparison.rows)
  const share = (rate: number | null | undefined) =>
    rate === null || rate === undefined ? DASH : format.share(rate)
  const heads = [words.visits, words.ofFirst, words.ofBefore, words.left]

  return (
    <table class="data">
      <caption class="unseen">{words.funnel}</caption>
      <thead>
        <tr>
          <th scope="col">{words.step}</th>
          {[
            ...heads,
            ...(before ? [`${words.before}: ${words.visits}`, `${words.before}: ${words.ofFirst}`] : []),
          ].map((head) => (
            <th key={head} scope="col" class="number">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {stepsOf(answer.rows).map((step, index) => (
          <tr key={step.number}>
            <th scope="row">
              <bdi>
                {step.number}. {step.name}
              </bdi>
            </th>
            <td class="number">{format.exact(step.visits)}</td>
            <td class="number">{share(step.rate)}</td>
            <td class="number">{share(step.stepRate)}</td>
            <td class="number">{step.dropOff === null ? DASH : format.exact(step.dropOff)}</td>
            {before && (
              <>
                <td class="number quiet">{format.exact(before[index]?.visits ?? 0)}</td>
                <td class="number quiet">{share(before[index]?.rate)}</td>
              </>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
