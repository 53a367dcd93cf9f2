import type { FlowQuery } from '../../schema/query.ts'
import { useAnswer } from '../answers.ts'
import { useSurroundings } from '../context.ts'
import { periodOf } from '../goals/questions.ts'
import { ownValue, withOwn } from '../own.ts'
import type { ViewProps } from '../registry.ts'
import { StepField } from '../steps/step-field.tsx'
import { readStep, toStep, writeStep, type WrittenStep } from '../steps/steps.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { useBeat } from '../views/beat.ts'
import { OTHER } from '../views/breakdown.tsx'
import { Card } from '../views/card.tsx'
import { Frame } from '../views/frame.tsx'
import { Notice } from '../views/notice.tsx'
import { Select } from '../views/select.tsx'
import { FlowChart } from './flow-chart.tsx'
import { FlowTable } from './flow-table.tsx'
import { JOURNEYS_TEXT } from './text.ts'

/** Pages told by name at each step: more would be thinner than a line of text. */
const PAGES = 8
const DEPTHS = ['1', '2', '3'] as const

/** Where visits go from a step, or where they came from to it. */
export function Journeys({ site }: ViewProps) {
  const { text, view, go } = useSurroundings()
  const words = wordsIn(JOURNEYS_TEXT)
  const beat = useBeat(false)
  const { own } = view
  const direction = ownValue(own, 'to') === undefined ? 'from' : 'to'
  const written = ownValue(own, direction)
  const depth = DEPTHS.find((one) => one === ownValue(own, 'depth')) ?? '2'
  const period = periodOf(view)

  // Until a step is chosen, it is the page where most visits begin.
  const entries = useAnswer(
    written === undefined
      ? {
          site: site.domain,
          period,
          breakdown: 'entryPage',
          metrics: ['visits'],
          filters: view.filters,
          limit: 1,
        }
      : undefined,
    beat.count,
  )
  const first = entries.latest?.answer.rows[0]?.['entryPage']
  const entry = typeof first === 'string' && first !== OTHER ? first : ''
  const chosen: WrittenStep = written === undefined ? { kind: 'page', value: entry } : readStep(written)
  const step = toStep(chosen, site.goals)
  const question: FlowQuery | undefined =
    step === undefined
      ? undefined
      : {
          site: site.domain,
          period,
          filters: view.filters,
          flow: { ...(direction === 'from' ? { from: step } : { to: step }), steps: Number(depth) },
          limit: PAGES,
        }
  const asking = useAnswer<FlowQuery>(question, beat.count)
  const follow = (next: WrittenStep, way: 'from' | 'to' = direction) =>
    go({ own: withOwn(own, { from: undefined, to: undefined, [way]: writeStep(next) }) })
  const waiting = question ? asking : entries
  const title = fill(direction === 'from' ? words.title : words.titleTo, { step: chosen.value })

  return (
    <Frame
      site={site}
      title={text.views.journeys}
      about={words.about}
      told={asking.latest ?? entries.latest}
      beat={beat}
      without={['realtime', 'compare']}
    >
      <Card
        title={step ? title : text.views.journeys}
        asking={{ ...waiting, latest: question && asking.latest }}
        meta={question && asking.latest?.answer.meta}
        before={
          <div class="builder journey">
            <Select
              label={words.direction}
              value={direction}
              options={(['from', 'to'] as const).map((way) => [way, words[way]] as const)}
              change={(way) => follow(chosen, way)}
            />
            <StepField site={site} number={1} step={chosen} change={(next) => follow(next)} />
            <Select
              label={words.depth}
              value={depth}
              options={DEPTHS.map((one) => [one, words.depths[one]] as const)}
              change={(one) => go({ own: withOwn(own, { depth: one === '2' ? undefined : one }) })}
            />
          </div>
        }
        {...(!question &&
          !entries.isBusy &&
          !entries.failure && {
            instead: <Notice title={words.choose} sentence={words.chooseHow} />,
          })}
        isEmpty={({ answer }) => answer.rows.length === 0}
        nothing={
          (asking.latest?.answer.meta.foldedRows ?? 0) === 0 ? (
            <Notice title={words.none} sentence={words.noneHow} />
          ) : undefined
        }
        foldedWhy={words.folded}
        draw={({ answer }) => (
          <FlowChart
            answer={answer}
            direction={direction}
            own={chosen.value}
            address={(page) => ({
              own: withOwn(own, { [direction]: writeStep({ kind: 'page', value: page }) }),
            })}
          />
        )}
        table={({ answer }) => <FlowTable answer={answer} direction={direction} />}
        csv={question}
      />
    </Frame>
  )
}
