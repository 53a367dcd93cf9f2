import { useSurroundings } from '../../context.ts'
import { fill } from '../../text/text.ts'
import { wordsIn } from '../../text/words.ts'
import { FailureNotice } from '../../views/notice.tsx'
import { useSettings } from '../context.ts'
import type { SitePageProps } from '../page.ts'
import { siteAddress, useGet } from '../send.ts'
import { RETENTION_TEXT } from './text.ts'

interface Kept {
  kind: string
  days: number | null
  /** In the server's words. */
  what: string
  why: string
  until: string
  rows: number
  /** Day. */
  oldest: string | null
  isOverdue: boolean
}

/** What is kept of a site, why and until when. */
export function Retention({ site }: SitePageProps) {
  const { text, format } = useSurroundings()
  const { day } = useSettings()
  const words = wordsIn(RETENTION_TEXT)
  const { value, failure, again } = useGet<{ kept: Kept[] }>(siteAddress(site, 'retention'))
  if (failure) return <FailureNotice failure={failure} again={again} />
  if (!value) return <p class="waiting">{text.loading}</p>

  const kinds: Readonly<Record<string, readonly string[]>> = words.kinds
  return (
    <>
      <p class="settings-lead">{words.lead}</p>
      <ul class="settings-cards">
        {value.kept.map((kept) => {
          const [what, why, until] = kinds[kept.kind] ?? [kept.what, kept.why, kept.until]
          const facts = [
            [words.why, why ?? kept.why],
            [words.until, fill(until ?? kept.until, { days: format.count(kept.days ?? 0) })],
            [words.rows, format.count(kept.rows)],
            [words.oldest, kept.oldest === null ? '–' : day(kept.oldest)],
          ]
          return (
            <li key={kept.kind} class="card settings-card">
              <h2 class="settings-name">{what}</h2>
              <dl class="facts">
                {facts.map(([name, fact]) => (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd>{fact}</dd>
                  </div>
                ))}
              </dl>
              {kept.isOverdue && <p class="settings-warning">{words.overdue}</p>}
            </li>
          )
        })}
      </ul>
    </>
  )
}
