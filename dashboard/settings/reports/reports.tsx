import { useState } from 'preact/hooks'
import { useSurroundings } from '../../context.ts'
import { fill } from '../../text/text.ts'
import { wordsIn } from '../../text/words.ts'
import { Entrance } from '../../views/entrance.tsx'
import { FailureNotice } from '../../views/notice.tsx'
import { Adding } from '../adding.tsx'
import { useSettings } from '../context.ts'
import { Facts } from '../facts.tsx'
import type { SitePageProps } from '../page.ts'
import { useGet } from '../send.ts'
import { MakeReport, type Kind, type Language } from './make-report.tsx'
import { REPORTS_TEXT } from './text.ts'

/** Times are ISO 8601. */
interface Report {
  id: string
  kind: Kind
  language: Language
  threshold: number | null
  created: string
  told: string | null
  recipients: { email: string; isConfirmed: boolean; sentFor: string | null }[]
}

/** What is sent about a site by e-mail, and to whom. */
export function Reports({ site, may }: SitePageProps) {
  const { text, announce } = useSurroundings()
  const { words: common } = useSettings()
  const words = wordsIn(REPORTS_TEXT)
  const [isMaking, setMaking] = useState(false)
  const { value, failure, again } = useGet<{ reports: Report[]; canSend: boolean }>(
    `api/reports?site=${encodeURIComponent(site)}`,
  )
  function done() {
    setMaking(false)
    announce(common.done)
    again()
  }

  if (failure) return <FailureNotice failure={failure} again={again} />
  if (!value) return <p class="waiting">{text.loading}</p>
  return (
    <>
      <p class="settings-lead">{words.lead}</p>
      {!value.canSend && <p class="settings-warning">{words.cannotSend}</p>}
      {may('reports.write') && value.canSend && (
        <Adding title={words.make} isOpen={isMaking} open={() => setMaking(true)}>
          <MakeReport site={site} done={done} cancel={() => setMaking(false)} />
        </Adding>
      )}
      {value.reports.length === 0 && <p>{words.none}</p>}
      <ul class="settings-cards">
        {value.reports.map((report) => (
          <li key={report.id} class="card settings-card">
            <ReportCard report={report} site={site} mayRemove={may('reports.write')} done={done} />
          </li>
        ))}
      </ul>
    </>
  )
}

interface ReportCardProps {
  report: Report
  site: string
  mayRemove: boolean
  done: () => void
}

function ReportCard({ report, site, mayRemove, done }: ReportCardProps) {
  const { api, format } = useSurroundings()
  const { day, time } = useSettings()
  const words = wordsIn(REPORTS_TEXT)
  const [open, setOpen] = useState<'preview' | 'remove'>()
  const { id, kind, language, threshold } = report
  const name = words.kinds[kind]
  const shown = new URLSearchParams({ site, kind, language })
  return (
    <>
      <h2 class="settings-name">{name}</h2>
      <Facts
        facts={[
          [words.created, day(report.created)],
          [words.language, words.languages[language]],
          [words.limit, threshold === null ? undefined : format.count(threshold)],
          [words.told, threshold === null ? undefined : time(report.told)],
        ]}
      />
      <ul class="settings-list" aria-label={words.recipients}>
        {report.recipients.map(({ email, isConfirmed, sentFor }) => (
          <li key={email}>
            <bdi>{email}</bdi>
            <span class="quiet">
              {isConfirmed ? words.confirmed : words.asked}
              {sentFor !== null && `, ${fill(words.sent, { days: sentFor.replace('..', ' – ') })}`}
            </span>
          </li>
        ))}
      </ul>
      {open === 'preview' && (
        <iframe
          class="settings-frame"
          title={words.previewOf}
          sandbox=""
          src={`api/reports/preview?${shown.toString()}`}
        />
      )}
      {open === 'remove' && (
        <Entrance
          submit={words.remove}
          send={() => api.send('DELETE', `api/reports/${id}`, { site })}
          done={done}
          cancel={() => setOpen(undefined)}
        >
          <p>{words.removeHow}</p>
        </Entrance>
      )}
      {open !== 'remove' && (
        <p class="settings-actions">
          <button
            type="button"
            class="button"
            aria-expanded={open === 'preview'}
            onClick={() => setOpen(open === 'preview' ? undefined : 'preview')}
          >
            {words.preview}
            <span class="unseen"> {name}</span>
          </button>
          {mayRemove && (
            <button type="button" class="button" onClick={() => setOpen('remove')}>
              {words.remove}
              <span class="unseen"> {name}</span>
            </button>
          )}
        </p>
      )}
    </>
  )
}
