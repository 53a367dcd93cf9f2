import type { AnyDimension, FunnelQuery } from '../../schema/query.ts'
import { useAnswer } from '../answers.ts'
import type { SiteEntry } from '../api.ts'
import { useSurroundings } from '../context.ts'
import { ownValue, ownValues, withOwn } from '../own.ts'
import { readStep, toStep, writeStep, type WrittenStep } from '../steps/steps.ts'
import { dimensionText, fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { Card } from '../views/card.tsx'
import { Notice } from '../views/notice.tsx'
import { Select } from '../views/select.tsx'
import { FunnelBars } from './funnel-bars.tsx'
import { FunnelBuilder } from './funnel-builder.tsx'
import { FunnelBy } from './funnel-by.tsx'
import { FunnelTable } from './funnel-table.tsx'
import { funnelQuestion, MOST_STEPS } from './questions.ts'
import { GOALS_TEXT } from './text.ts'

/** What a funnel can be broken down by: what a visit has one value of. */
const BY = [
  'device',
  'country',
  'source',
  'channel',
  'utmCampaign',
  'browser',
  'os',
  'language',
] as const satisfies AnyDimension[]

/** Built in place and kept in the address: steps, how many visits took them, and where they left. */
export function Funnel({ site, beat }: { site: SiteEntry; beat: number }) {
  const { text, view, go } = useSurroundings()
  const words = wordsIn(GOALS_TEXT)
  const written = ownValues(view.own, 'step').slice(0, MOST_STEPS).map(readStep)
  const shown: WrittenStep[] = [...written]
  // Two lines to fill in are there from the start.
  while (shown.length < 2) shown.push({ kind: 'page', value: '' })
  const steps = written.flatMap((step) => toStep(step, site.goals) ?? [])
  const question = steps.length >= 2 ? funnelQuestion(view, site.domain, steps) : undefined
  const asking = useAnswer<FunnelQuery>(question, beat)
  const by = BY.find((known) => known === ownValue(view.own, 'by'))
  const change = (next: readonly WrittenStep[]) =>
    go({ own: withOwn(view.own, { step: next.map(writeStep) }) })

  return (
    <>
      <Card
        title={words.funnel}
        asking={question ? asking : { ...asking, latest: undefined }}
        meta={question && asking.latest?.answer.meta}
        before={<FunnelBuilder site={site} steps={shown} change={change} />}
        {...(!question && { instead: <Notice title={words.build} sentence={words.buildHow} /> })}
        foldedWhy={words.folded}
        draw={({ answer }) => <FunnelBars answer={answer} />}
        table={({ answer }) => <FunnelTable answer={answer} />}
        csv={question}
        tools={
          question && (
            <Select<(typeof BY)[number] | ''>
              label={words.by}
              class="select-quiet"
              value={by ?? ''}
              options={[
                ['', words.byNone] as const,
                ...BY.map((one) => [one, fill(words.byName, { name: dimensionText(text, one) })] as const),
              ]}
              change={(one) => go({ own: withOwn(view.own, { by: one === '' ? undefined : one }) })}
            />
          )
        }
      />
      {question && by && <FunnelBy site={site.domain} steps={steps} by={by} beat={beat} />}
    </>
  )
}
