import { useState } from 'preact/hooks'
import { useSurroundings } from '../../context.ts'
import { wordsIn } from '../../text/words.ts'
import { Entrance } from '../../views/entrance.tsx'
import { FailureNotice } from '../../views/notice.tsx'
import { Adding } from '../adding.tsx'
import { useSettings } from '../context.ts'
import { Facts } from '../facts.tsx'
import type { SitePageProps } from '../page.ts'
import { useGet } from '../send.ts'
import { MakeReport, type Kind, type Language } from './make-report.tsx'
import { AddRecipient, Recipients, type Recipient } from './recipients.tsx'
import { REPORTS_TEXT } from './text.ts'

/** Times are ISO 8601. */
interface Report {
  id: string
  kind: Kind
  language: Language
  threshold: number | null
  created: string
  told: string | null
  recipients: Recipient[]
}

/** What is sent about a site by e-mail, and to whom. */
export function Reports({ site, may }: SitePageProps) {
  const { text, announce } = useSurroundings()
  const { words: common } = useSettings()
  const words = wordsIn(REPORTS_TEXT)
  const [isMaking, setMaking] = useState(false)
  const [unasked, setUnasked] = useState(0)
  const { value, failure, again } = useGet<{ reports: Report[]; canSend: boolean }>(
    `api/reports?site=${encodeURIComponent(site)}`,
  )
  function done(notAsked = 0) {
    setMaking(false)
    setUnasked(notAsked)
    announce(common.done)
    again()
  }

  if (failure) return <FailureNotice failure={failure} again={again} />
  if (!value) return <p class="waiting">{text.loading}</p>
  return (
    <>
      <p class="settings-lead">{words.lead}</p>
      {!value.canSend && <p class="settings-warning">{words.cannotSend}</p>}
      {unasked > 0 && (
        <p class="settings-warning" role="alert">
          {words.unasked}
        </p>
      )}
      {may('reports.write') && value.canSend && (
        <Adding title={words.make} isOpen={isMaking} open={() => setMaking(true)}>
          <MakeReport site={site} done={done} cancel={() => setMaking(false)} />
        </Adding>
      )}
      {value.reports.length === 0 && <p>{words.none}</p>}
      <ul class="settings-cards">
        {value.reports.map((report) => (
          <li key={report.id} class="card settings-card">
            <ReportCard
              report={report}
              site={site}
              mayChange={may('reports.write')}
              canSend={value.canSend}
              done={done}
            />
          </li>
        ))}
      </ul>
    </>
  )
}

interface ReportCardProps {
  report: Report
  site: string
  mayChange: boolean
  canSend: boolean
  done: (unasked?: number) => void
}

function ReportCard({ report, site, mayChange, canSend, done }: ReportCardProps) {
  const { api, format } = useSurroundings()
  const { day, time } = useSettings()
  const words = wordsIn(REPORTS_TEXT)
  const [open, setOpen] = useState<'preview' | 'add' | 'remove'>()
  const { id, kind, language, threshold } = report
  const name = words.kinds[kind]
  const shown = new URLSearchParams({
    site,
    kind,
    language,
    ...(threshold !== null && { threshold: String(threshold) }),
  })
  const isForm = open === 'add' || open === 'remove'
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
      <Recipients
        site={site}
        report={id}
        recipients={report.recipients}
        mayChange={mayChange}
        done={() => done()}
      />
      {open === 'preview' && (
        <iframe
          class="settings-frame"
          title={words.previewOf}
          sandbox=""
          src={`api/reports/preview?${shown.toString()}`}
        />
      )}
      {open === 'add' && (
        <AddRecipient
          site={site}
          report={id}
          done={(unasked) => {
            setOpen(undefined)
            done(unasked)
          }}
          cancel={() => setOpen(undefined)}
        />
      )}
      {open === 'remove' && (
        <Entrance
          submit={words.remove}
          send={() => api.send('DELETE', `api/reports/${id}`, { site })}
          done={() => done()}
          cancel={() => setOpen(undefined)}
        >
          <p>{words.removeHow}</p>
        </Entrance>
      )}
      {!isForm && (
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
          {mayChange && canSend && (
            <button type="button" class="button" onClick={() => setOpen('add')}>
              {words.newRecipient}
              <span class="unseen"> {name}</span>
            </button>
          )}
          {mayChange && (
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
