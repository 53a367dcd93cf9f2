import type { ChoiceQuery } from '../../schema/query.ts'
import { useAnswer } from '../answers.ts'
import { useSurroundings } from '../context.ts'
import { DASH } from '../format.ts'
import { ownValue, withOwn } from '../own.ts'
import type { ViewProps } from '../registry.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { useBeat } from '../views/beat.ts'
import { Figures, type Figure } from '../views/figures.tsx'
import { Frame } from '../views/frame.tsx'
import { Select } from '../views/select.tsx'
import { SeriesCard } from '../views/series-card.tsx'
import { comparisonOf, dayIntervalOf, dayPeriodOf } from '../views/timed.ts'
import { ANSWERS, answersIn, choicesOf, isShare, LINE, lineOf, LINES, shareOf } from './choices.ts'
import { BasisCard } from './basis.tsx'
import { CategoriesCard } from './categories.tsx'
import { signalQuestion, signalShare } from './grants.ts'
import { LeftOutCard } from './left-out.tsx'
import { CONSENT_TEXT } from './text.ts'
import { WhereCard } from './where.tsx'

/** How visitors chose, and what of them is measured on which ground. */
export function Consent({ site }: ViewProps) {
  const { text, format, view, go } = useSurroundings()
  const words = wordsIn(CONSENT_TEXT)
  const beat = useBeat(false)
  const line = LINES.find((known) => known === ownValue(view.own, 'line')) ?? 'accepted'
  const hours = dayIntervalOf(view)
  const interval = hours === 'hour' ? 'day' : hours
  const about: ChoiceQuery = { site: site.domain, period: dayPeriodOf(view) }
  const states: ChoiceQuery = { ...about, breakdown: 'consentState', ...comparisonOf(view) }
  const asking = useAnswer<ChoiceQuery>(states, beat.count)
  const range = asking.latest?.answer.comparison
  const before = useAnswer<ChoiceQuery>(
    range && { site: site.domain, period: { from: range.from, to: range.to }, breakdown: 'consentState' },
    beat.count,
  )
  const signal = useAnswer<ChoiceQuery>(signalQuestion(about), beat.count)
  const signalBefore = useAnswer<ChoiceQuery>(
    range && signalQuestion({ site: site.domain, period: { from: range.from, to: range.to } }),
    beat.count,
  )
  const series: ChoiceQuery = { ...about, interval, breakdown: 'consentState' }
  const over = useAnswer<ChoiceQuery>(series, beat.count)

  return (
    <Frame
      site={site}
      title={text.views.consent}
      about={words.about}
      told={asking.latest}
      beat={beat}
      without={['realtime', 'filters']}
    >
      <Figures isBusy={asking.isBusy} figures={figures()} />
      <SeriesCard
        title={fill(words.over, { line: words.lines[line] })}
        asking={{
          ...over,
          latest: over.latest && {
            ...over.latest,
            answer: { ...over.latest.answer, rows: lineOf(over.latest.answer, line) },
          },
        }}
        interval={interval}
        column={LINE}
        subject={{ name: words.lines[line], kind: isShare(line) ? 'rate' : 'count' }}
        nothing={words.nothing}
        csv={series}
        tools={
          <Select
            label={words.line}
            class="select-quiet"
            value={line}
            options={LINES.map((name) => [name, words.lines[name]] as const)}
            change={(name) =>
              go({ own: withOwn(view.own, { line: name === 'accepted' ? undefined : name }) })
            }
          />
        }
      />
      <div class="cards cards-two">
        <CategoriesCard
          about={about}
          answers={asking.latest ? answersIn(choicesOf(asking.latest.answer.rows)) : 0}
          beat={beat.count}
        />
        <WhereCard title={words.byCountry} dimension="country" about={about} beat={beat.count} />
        <WhereCard title={words.byLanguage} dimension="language" about={about} beat={beat.count} />
        <BasisCard site={site.domain} beat={beat.count} />
        <LeftOutCard site={site.domain} beat={beat.count} />
      </div>
    </Frame>
  )

  function figures(): Figure[] {
    const now = asking.latest && choicesOf(asking.latest.answer.rows)
    const then = before.latest && choicesOf(before.latest.answer.rows)
    const count = (state: 'shown' | 'withdrawn' | 'objected', name: string): Figure => ({
      name,
      value: now ? format.count(now[state]) : DASH,
      change: then && format.difference('count', text.change.visitors, now?.[state], then[state]),
    })
    const share = (
      name: string,
      part: number | null | undefined,
      past: number | null | undefined,
      note: string,
    ) => ({
      name,
      value: format.value('rate', part),
      change: format.difference('rate', text.change.bounceRate, part, past),
      note,
    })
    const answers = now && answersIn(now)
    const of = fill(words.ofChoices, { count: format.count(answers ?? 0) })
    return [
      count('shown', words.offered),
      share(
        words.answered,
        now && shareOf(answersIn(now), now.shown),
        then && shareOf(answersIn(then), then.shown),
        words.ofOffers,
      ),
      ...ANSWERS.map((state) =>
        share(
          words[state],
          now && shareOf(now[state], answersIn(now)),
          then && shareOf(then[state], answersIn(then)),
          of,
        ),
      ),
      share(
        words.signal,
        signal.latest && signalShare(signal.latest.answer),
        signalBefore.latest && signalShare(signalBefore.latest.answer),
        fill(words.ofChoices, { count: format.count(signal.latest?.answer.totals.choices ?? 0) }),
      ),
      count('withdrawn', words.withdrawn),
      count('objected', words.objected),
    ]
  }
}
