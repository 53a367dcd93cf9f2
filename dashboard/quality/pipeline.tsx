import type { PipelineStatus } from '../../schema/status.ts'
import type { SiteEntry } from '../api.ts'
import { useAsked } from '../asked.ts'
import { useSurroundings } from '../context.ts'
import { wordsIn } from '../text/words.ts'
import { Card } from '../views/card.tsx'
import { Verdict } from '../views/verdict.tsx'
import { checksOf } from './checks.ts'
import { QUALITY_TEXT } from './text.ts'

/** Whether spool, loader and rollups do what they should. */
export function PipelineCard({ site, beat }: { site: SiteEntry; beat: number }) {
  const { format } = useSurroundings()
  const words = wordsIn(QUALITY_TEXT)
  const asking = useAsked<PipelineStatus>(`api/status?site=${encodeURIComponent(site.domain)}`, beat)
  return (
    <Card
      title={words.pipeline}
      asking={asking}
      draw={({ value: status, now }) => (
        <table class="data checks">
          <thead>
            <tr>
              <th scope="col">{words.check}</th>
              <th scope="col">{words.state}</th>
            </tr>
          </thead>
          <tbody>
            {checksOf(status, now, { words, format, timezone: site.timezone }).map(
              ({ name, state, told }) => (
                <tr key={name}>
                  <th scope="row">
                    {name}
                    <span class="check-told quiet">{told}</span>
                  </th>
                  <td>
                    <Verdict judged={VERDICTS[state]} word={words[state]} />
                  </td>
                </tr>
              ),
            )}
          </tbody>
        </table>
      )}
    />
  )
}

/** As web vitals are judged. */
const VERDICTS = { good: 'good', look: 'middling', bad: 'poor' } as const
