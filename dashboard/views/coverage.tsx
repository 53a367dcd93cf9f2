import type { ChoiceQuery, DropQuery } from '../../schema/query.ts'
import { useAnswer } from '../answers.ts'
import { useSurroundings } from '../context.ts'
import {
  basisQuestion,
  choicesOf,
  choicesQuestion,
  COVERED_METRICS,
  dropsOf,
  dropsQuestion,
  partsOf,
  type CoveredMetric,
} from '../coverage.ts'
import { fill } from '../text/text.ts'
import { FailureNotice } from './notice.tsx'

export interface CoverageProps {
  site: string
  beat: number
  /** The headline has its answer: until then there is nothing to say what it covers, and others may ask first. */
  isNext: boolean
}

/** What the totals cover: with consent, without a choice, refused, left out, and what other tools would make of it. */
export function Coverage({ site, beat, isNext }: CoverageProps) {
  const { text, format, view } = useSurroundings()
  const words = text.coverage
  const basis = useAnswer(isNext ? basisQuestion(view, site) : undefined, beat)
  const choices = useAnswer<ChoiceQuery>(isNext ? choicesQuestion(view, site) : undefined, beat)
  const drops = useAnswer<DropQuery>(isNext ? dropsQuestion(view, site) : undefined, beat)
  // Rates and durations are told of visits; what they cover is what the visits do.
  const metric: CoveredMetric = COVERED_METRICS.find((known) => known === view.metric) ?? 'visits'
  const answer = basis.latest?.answer
  const parts = answer ? partsOf(answer, metric) : []
  const sum = parts.reduce((all, { count }) => all + count, 0)
  const total = answer?.totals[metric] ?? 0
  const consented = parts.find(({ ground }) => ground === 'consented')?.count ?? 0
  const made = choices.latest && choicesOf(choices.latest.answer)
  const left = drops.latest && dropsOf(drops.latest.answer)
  const isBusy = basis.isBusy || choices.isBusy || drops.isBusy
  // All at once: what comes later would move what is there.
  const isTold = answer && (made || !choices.isBusy) && (left || !drops.isBusy)

  return (
    <section class="card coverage" aria-labelledby="coverage-title" aria-busy={isBusy}>
      <h2 id="coverage-title">{fill(words.title, { metric: text.metrics[metric] })}</h2>
      {basis.failure ? (
        <FailureNotice failure={basis.failure} again={basis.again} />
      ) : isTold ? (
        <>
          <div class="coverage-bar" aria-hidden="true">
            {parts.map(({ ground, count }) => (
              <span
                key={ground}
                class={`coverage-${ground}`}
                style={{ inlineSize: `${((count / sum) * 100).toFixed(2)}%` }}
              />
            ))}
          </div>
          <ul class="coverage-parts">
            {parts.map(({ ground, count, share }) => (
              <li key={ground}>
                <span class={`coverage-key coverage-${ground}`} aria-hidden="true" />
                <strong class="number">{format.share(share)}</strong> {words[ground]}
                <span class="quiet number"> {format.count(count)}</span>
              </li>
            ))}
            {made && <li>{refusedOf(made)}</li>}
            {left && (
              <li>
                {fill(words.left, {
                  robots: format.count(left.robots),
                  unallowed: format.count(left.unallowed),
                })}
              </li>
            )}
          </ul>
          <p class="coverage-others quiet">{others()}</p>
        </>
      ) : (
        <p class="waiting">{text.loading}</p>
      )}
    </section>
  )

  function refusedOf({ made: all, refused, shown }: { made: number; refused: number; shown: number }) {
    if (all === 0) return shown === 0 ? words.noChoice : fill(words.shownOnly, { shown: format.count(shown) })
    return (
      <>
        <strong class="number">{format.share(refused / all)}</strong>{' '}
        {fill(words.refused, { choices: format.count(all) })}
      </>
    )
  }

  function others(): string {
    const sentences = [
      fill(words.askers, { count: format.count(consented) }),
      ...(left && left.robots > 0 ? [fill(words.robots, { robots: format.count(left.robots) })] : []),
      ...(sum > total ? [words.both] : []),
    ]
    return sentences.join(' ')
  }
}
