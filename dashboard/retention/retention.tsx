import type { RetentionQuery } from '../../schema/query.ts'
import { useAnswer, type Answered } from '../answers.ts'
import { heatStep } from '../charts/heat.ts'
import { useSurroundings } from '../context.ts'
import { periodOf } from '../goals/questions.ts'
import { ownValue, withOwn } from '../own.ts'
import type { ViewProps } from '../registry.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { useBeat } from '../views/beat.ts'
import { Card } from '../views/card.tsx'
import { Frame } from '../views/frame.tsx'
import { Notice } from '../views/notice.tsx'
import { Select } from '../views/select.tsx'
import { Wide } from '../views/wide.tsx'
import { cohortsOf, meanRate, type Cohort } from './cohorts.ts'
import { RETENTION_TEXT } from './text.ts'

const SHOWN_AS = ['share', 'count'] as const
type ShownAs = (typeof SHOWN_AS)[number]

/** Weeks of first visits, and who of them came back: a table of numbers with five steps of colour. */
export function Retention({ site }: ViewProps) {
  const { text, view, go } = useSurroundings()
  const words = wordsIn(RETENTION_TEXT)
  const beat = useBeat(false)
  const shownAs = SHOWN_AS.find((one) => one === ownValue(view.own, 'as')) ?? 'share'
  const question: RetentionQuery = { site: site.domain, period: periodOf(view), retention: 'week' }
  const asking = useAnswer<RetentionQuery>(question, beat.count)
  return (
    <Frame
      site={site}
      title={text.views.returning}
      about={words.about}
      told={asking.latest}
      beat={beat}
      without={['realtime', 'compare', 'filters']}
    >
      <Card
        title={words.title}
        asking={asking}
        meta={asking.latest?.answer.meta}
        isEmpty={({ answer }) => answer.meta.foldedRows === 0 && answer.rows.every((row) => !row.visitors)}
        nothing={<Notice title={words.none} sentence={words.noneHow} />}
        foldedWhy={words.folded}
        draw={(latest) => <Cohorts latest={latest} shownAs={shownAs} />}
        csv={question}
        tools={
          <Select<ShownAs>
            label={words.as}
            class="select-quiet"
            value={shownAs}
            options={SHOWN_AS.map((one) => [one, words[one]] as const)}
            change={(one) => go({ own: withOwn(view.own, { as: one === 'share' ? undefined : one }) })}
          />
        }
      />
    </Frame>
  )
}

function Cohorts({ latest, shownAs }: { latest: Answered<RetentionQuery>; shownAs: ShownAs }) {
  const { format } = useSurroundings()
  const words = wordsIn(RETENTION_TEXT)
  const cohorts = cohortsOf(latest.answer, latest.now)
  const columns = Math.max(0, ...cohorts.map(({ weeks }) => weeks.length))
  const rates = cohorts.flatMap(({ weeks }) => weeks.map(({ rate, isOpen }) => (isOpen ? 0 : (rate ?? 0))))
  const largest = Math.max(0, ...rates)
  const numbers = Array.from({ length: columns }, (_, index) => index + 1)

  return (
    <Wide label={words.title}>
      <table class="grid-table cohorts">
        <thead>
          <tr>
            <th scope="col">{words.cohort}</th>
            <th scope="col">{words.size}</th>
            {numbers.map((n) => (
              <th key={n} scope="col">
                {fill(words.week, { n: String(n) })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cohorts.map((cohort) => (
            <tr key={cohort.week}>
              <th scope="row">{format.timeShort(cohort.week, 'week')}</th>
              <td>{cohort.size === null ? hidden() : format.cell(cohort.size)}</td>
              {numbers.map((n) => cell(cohort, n))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{words.mean}</th>
            <td />
            {numbers.map((n) => {
              const mean = meanRate(cohorts, n)
              return <td key={n}>{mean === null ? '' : format.share(mean)}</td>
            })}
          </tr>
        </tfoot>
      </table>
    </Wide>
  )

  /** What may not be told is shown as that, never as nothing. */
  function hidden() {
    return (
      <span class="folded-cell" title={words.hidden}>
        <span aria-hidden="true">·</span>
        <span class="unseen">{words.hidden}</span>
      </span>
    )
  }

  function cell({ weeks, size }: Cohort, n: number) {
    const one = weeks[n - 1]
    // A week that has not come: the empty corner of the triangle.
    if (!one) return <td key={n} class="cell-ahead" />
    if (one.visitors === null || (one.rate === null && size !== 0)) return <td key={n}>{hidden()}</td>
    const share = format.share(one.rate ?? 0)
    const count = format.exact(one.visitors)
    const told = fill(words.cell, { share, count })
    const shown = shownAs === 'share' ? share : count
    if (one.isOpen) {
      return (
        <td key={n} class="cell-open" title={fill(words.soFar, { cell: told })}>
          {fill(words.open, { value: shown })}
        </td>
      )
    }
    return (
      <td key={n} class={`heat-${heatStep(one.rate, largest)}`} title={told}>
        {shown}
      </td>
    )
  }
}
