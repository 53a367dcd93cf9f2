import { useAnswer } from '../answers.ts'
import { useSurroundings } from '../context.ts'
import { breakdownQuestion } from '../questions.ts'
import type { ViewProps } from '../registry.ts'
import { wordsIn } from '../text/words.ts'
import { useBeat } from '../views/beat.ts'
import { Breakdown } from '../views/breakdown.tsx'
import { Card } from '../views/card.tsx'
import { Frame } from '../views/frame.tsx'
import { PLACES_TEXT } from './text.ts'
import { WorldMap } from './world-map.tsx'

/** Countries on an equal-area map, and as a table. */
export function Places({ site }: ViewProps) {
  const { text, view } = useSurroundings()
  const words = wordsIn(PLACES_TEXT)
  const beat = useBeat(view.period === 'realtime')
  const question = breakdownQuestion(view, site.domain, 'country', { limit: 300 })
  const asking = useAnswer(question, beat.count)
  return (
    <Frame
      site={site}
      title={text.views.places}
      about={words.about}
      told={asking.latest}
      beat={beat}
      without={['compare']}
    >
      <Card
        title={words.title}
        asking={asking}
        meta={asking.latest?.answer.meta}
        foldedWhy={words.folded}
        isEmpty={({ answer }) => answer.rows.length === 0}
        draw={({ answer }) => <WorldMap answer={answer} />}
        table={({ answer }) => <Breakdown dimension="country" answer={answer} />}
        csv={question}
      />
    </Frame>
  )
}
