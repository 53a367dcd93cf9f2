import type { ViewProps } from '../registry.ts'
import { useSurroundings } from '../context.ts'
import { useAnswer } from '../answers.ts'
import { wordsIn } from '../text/words.ts'
import { useBeat } from '../views/beat.ts'
import { Frame } from '../views/frame.tsx'
import { Funnel } from './funnel.tsx'
import { GoalList } from './goal-list.tsx'
import { goalsQuestion } from './questions.ts'
import { GOALS_TEXT } from './text.ts'

/** What visitors reach: the goals of the site, and a funnel that the reader builds in place. */
export function Goals({ site }: ViewProps) {
  const { text, view } = useSurroundings()
  const words = wordsIn(GOALS_TEXT)
  const beat = useBeat(false)
  const asking = useAnswer(goalsQuestion(view, site.domain), beat.count)
  return (
    <Frame
      site={site}
      title={text.views.funnels}
      about={words.about}
      told={asking.latest}
      beat={beat}
      without={['realtime']}
    >
      <GoalList site={site} asking={asking} beat={beat.count} />
      <Funnel site={site} beat={beat.count} />
    </Frame>
  )
}
