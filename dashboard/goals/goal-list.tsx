import { useAnswer, type Asking } from '../answers.ts'
import type { SiteEntry } from '../api.ts'
import { useSurroundings } from '../context.ts'
import { withOwn } from '../own.ts'
import { writeStep } from '../steps/steps.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { Card } from '../views/card.tsx'
import { Notice } from '../views/notice.tsx'
import { PageLink } from '../views/page-link.tsx'
import { RowLinks } from '../views/row-links.tsx'
import { Wide } from '../views/wide.tsx'
import { goalsBeforeQuestion } from './questions.ts'
import { GOALS_TEXT } from './text.ts'

export interface GoalListProps {
  site: SiteEntry
  asking: Asking
  beat: number
}

/** Every goal with how many reached it, the rate, and the change of the rate. Goals that nobody reached are listed too. */
export function GoalList({ site, asking, beat }: GoalListProps) {
  const { text, format, view } = useSurroundings()
  const words = wordsIn(GOALS_TEXT)
  const { latest } = asking
  const compared = latest?.answer.comparison
  const before = useAnswer(compared && goalsBeforeQuestion(view, site.domain, compared), beat)
  const isCompared = view.compare !== 'none'
  const command = fill(words.command, { site: site.domain })

  return (
    <Card
      title={words.goals}
      asking={asking}
      meta={latest?.answer.meta}
      isEmpty={() => site.goals.length === 0}
      nothing={
        <Notice title={words.noGoals} sentence={words.noGoalsHow}>
          <pre class="command">
            <code>{command}</code>
          </pre>
        </Notice>
      }
      draw={() => (
        <Wide label={words.goals}>
          <table class="breakdown goals">
            <thead>
              <tr>
                <th scope="col">{words.goal}</th>
                {[
                  words.visitors,
                  words.rate,
                  ...(isCompared ? [words.change] : []),
                  words.times,
                  words.revenue,
                ].map((head) => (
                  <th key={head} scope="col" class={head === words.change ? 'number goal-change' : 'number'}>
                    {head}
                  </th>
                ))}
                <th scope="col" class="goal-link">
                  <span class="unseen">{words.funnelTo}</span>
                </th>
              </tr>
            </thead>
            <tbody>{goals().map(row)}</tbody>
          </table>
        </Wide>
      )}
      csv={latest?.query}
    />
  )

  /** Those that were reached first, by visitors; then the others in the site's order. */
  function goals(): string[] {
    const reached = (latest?.answer.rows ?? []).map((one) => String(one['goal']))
    const others = site.goals.map(({ name }) => name).filter((name) => !reached.includes(name))
    return [...reached, ...others]
  }

  function row(goal: string) {
    const rows = latest?.answer.rows ?? []
    const own = rows.find((one) => one['goal'] === goal)
    const rate = own?.conversionRate ?? 0
    const rateBefore = before.latest?.answer.rows.find((one) => one['goal'] === goal)?.conversionRate ?? 0
    const change = before.latest && format.change('bounceRate', rate, rateBefore)
    const largest = Math.max(1, ...rows.map(({ visitors }) => visitors ?? 0))
    // A page is seen, not done: the API counts no times of it.
    const isPage = site.goals.some((one) => one.name === goal && 'page' in one)
    const currencies = latest?.answer.meta.currencies
    const hasMoney = own?.revenue !== undefined && Number(own.revenue) !== 0
    return (
      <tr key={goal}>
        <th scope="row">
          <span
            class="row-bar"
            style={{ inlineSize: `${(((own?.visitors ?? 0) / largest) * 100).toFixed(2)}%` }}
          />
          <RowLinks dimension="goal" value={goal} />
        </th>
        <td class="number">{format.cell(own?.visitors ?? 0)}</td>
        <td class="number">{format.share(rate)}</td>
        {isCompared && (
          <td class="number goal-change quiet">{change ? `${change.sign} ${change.word}`.trim() : ''}</td>
        )}
        <td class="number quiet">{isPage ? text.chart.none : format.cell(own?.events ?? 0)}</td>
        <td class="number quiet">
          {hasMoney
            ? format.money(own.revenue, currencies?.length === 1 ? currencies[0] : undefined)
            : text.chart.none}
        </td>
        <td class="goal-link">
          {site.goals.some(({ name }) => name === goal) && (
            <PageLink class="button button-quiet" to={{ own: withOwn(view.own, { step: stepsTo(goal) }) }}>
              <span aria-hidden="true">{words.funnelTo}</span>
              <span class="unseen">{fill(words.funnelToGoal, { goal })}</span>
            </PageLink>
          )}
        </td>
      </tr>
    )
  }
}

/** From any page to a goal: what share of the visits gets there. */
function stepsTo(goal: string): string[] {
  return [writeStep({ kind: 'page', value: '/**' }), writeStep({ kind: 'goal', value: goal })]
}
