import type { QueryAnswer } from '../../schema/query.ts'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { GOALS_TEXT } from './text.ts'

/** One step of an answer, as numbers. */
export interface FunnelStep {
  number: number
  name: string
  visits: number
  /** Of the first step; null where nobody took that. */
  rate: number | null
  stepRate: number | null
  dropOff: number | null
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

export function stepsOf(rows: QueryAnswer['rows']): FunnelStep[] {
  return rows.map((row) => ({
    number: Number(row['step']),
    name: String(row['name'] ?? ''),
    visits: row.visits ?? 0,
    rate: numberOrNull(row['rate']),
    stepRate: numberOrNull(row['stepRate']),
    dropOff: numberOrNull(row['dropOff']),
  }))
}

/** Each step with a bar as long as its share of the first, and between two steps who did not go on. */
export function FunnelBars({ answer }: { answer: QueryAnswer }) {
  const { format } = useSurroundings()
  const words = wordsIn(GOALS_TEXT)
  const steps = stepsOf(answer.rows)
  const before = answer.comparison?.rows && stepsOf(answer.comparison.rows)
  const last = steps.at(-1)
  const change = before && format.change('bounceRate', last?.rate, before.at(-1)?.rate)
  const told = { rate: share(last?.rate), change: change ? `${change.sign} ${change.word}`.trim() : '' }

  function share(rate: number | null | undefined): string {
    return rate === null || rate === undefined ? format.value('rate', null) : format.share(rate)
  }

  return (
    <>
      <p class="funnel-whole">{fill(change ? words.wholeChange : words.whole, told)}</p>
      <ol class="funnel">
        {steps.map((step, index) => {
          // The first step is the whole in both periods.
          const earlier = index > 0 ? before?.[index]?.rate : undefined
          return (
            <li key={step.number}>
              {step.dropOff !== null && (
                <p class="funnel-left quiet">
                  <span aria-hidden="true">↓ </span>
                  {fill(words.dropOff, {
                    visits: format.count(step.dropOff),
                    rate: share(step.stepRate === null ? null : 1 - step.stepRate),
                  })}
                </p>
              )}
              <p class="funnel-head">
                <bdi class="funnel-name" title={step.name}>
                  {step.number}. {step.name}
                </bdi>
                <span class="number">
                  <strong>{fill(words.rowVisits, { visits: format.count(step.visits) })}</strong>
                  <span class="quiet">
                    {' '}
                    {fill(words.rowRate, { rate: share(step.rate) })}
                    {typeof earlier === 'number'
                      ? `, ${fill(words.rowBefore, { rate: share(earlier) })}`
                      : ''}
                  </span>
                </span>
              </p>
              <div class="funnel-track" aria-hidden="true">
                <span class="funnel-bar" style={{ inlineSize: `${((step.rate ?? 0) * 100).toFixed(2)}%` }} />
                {typeof earlier === 'number' && (
                  <span class="funnel-before" style={{ inlineSize: `${(earlier * 100).toFixed(2)}%` }} />
                )}
              </div>
            </li>
          )
        })}
      </ol>
    </>
  )
}
