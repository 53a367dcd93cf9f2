import { useEffect, useRef, useState } from 'preact/hooks'
import { useSurroundings } from '../../context.ts'
import { fill } from '../../text/text.ts'
import { wordsIn } from '../../text/words.ts'
import { Entrance } from '../../views/entrance.tsx'
import { FailureNotice, sentenceOf } from '../../views/notice.tsx'
import { useSettings } from '../context.ts'
import type { SitePageProps } from '../page.ts'
import { siteAddress, useGet } from '../send.ts'
import { Changes, Findings, type Checked } from './checked.tsx'
import { readLines, type Lines } from './json-lines.ts'
import { BannerPreview } from './preview.tsx'
import { POLICY_TEXT } from './text.ts'

interface InForce {
  revision: number
  /** ISO 8601; null: by nobody. */
  published: string | null
  manifest: { services: { id: string }[] }
  ownServices: string[]
}

/** The policy manifest of a site: read, edited with the server's checks and its banner beside it, published. */
export function Policy({ site, may }: SitePageProps) {
  const { text } = useSurroundings()
  const { time } = useSettings()
  const words = wordsIn(POLICY_TEXT)
  const { value, failure, again } = useGet<InForce>(siteAddress(site, 'policy'))
  if (failure) return <FailureNotice failure={failure} again={again} />
  if (!value) return <p class="waiting">{text.loading}</p>
  const { revision, published } = value
  return (
    <>
      <p class="settings-lead">{words.lead}</p>
      <p>
        {published === null
          ? words.first
          : fill(words.inForce, { revision: String(revision), time: time(published) })}
      </p>
      {!may('policy.write') && <p>{words.locked}</p>}
      <Editor key={revision} site={site} inForce={value} mayPublish={may('policy.write')} again={again} />
    </>
  )
}

/** How long after the last key it is checked, in milliseconds. */
const REST_MS = 700

type Draft = { faultLine: number } | { lines: Lines; checked: Checked | undefined; fault?: string }

interface EditorProps {
  site: string
  inForce: InForce
  mayPublish: boolean
  again: () => void
}

function Editor({ site, inForce, mayPublish, again }: EditorProps) {
  const { api, text, announce } = useSurroundings()
  const words = wordsIn(POLICY_TEXT)
  const area = useRef<HTMLTextAreaElement>(null)
  const [written, setWritten] = useState(() => textOf(inForce))
  const [draft, setDraft] = useState<Draft>()

  useEffect(() => {
    let isCurrent = true
    async function check() {
      const read = readLines(written)
      if ('faultLine' in read) {
        setDraft(read)
        return
      }
      const reply = await api.send<Checked>(
        'POST',
        siteAddress(site, 'policy/check'),
        JSON.parse(written) as object,
      )
      if (!isCurrent) return
      if (reply.ok) setDraft({ ...read, checked: reply.value })
      else setDraft({ ...read, checked: undefined, fault: sentenceOf(reply.failure, text) })
    }
    const timer = setTimeout(() => void check(), REST_MS)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [api, site, written, text])

  /** Puts the keyboard on a line of the text. */
  function goTo(line: number) {
    const before = written.split('\n').slice(0, line - 1)
    const from = before.join('\n').length + (line > 1 ? 1 : 0)
    const to = written.indexOf('\n', from)
    area.current?.focus()
    area.current?.setSelectionRange(from, to < 0 ? written.length : to)
  }

  const checked = draft && 'checked' in draft ? draft.checked : undefined
  const lines = draft && 'lines' in draft ? draft.lines : undefined
  const isReady = checked?.loads === true && (checked.changes?.length ?? 0) > 0
  return (
    <>
      <section class="card settings-card" aria-labelledby="manifest-title">
        <h2 id="manifest-title">{words.text}</h2>
        <p id="manifest-hint" class="quiet">
          {words.textHint}
        </p>
        <textarea
          ref={area}
          class="tag-line settings-text"
          rows={24}
          spellcheck={false}
          readOnly={!mayPublish}
          aria-labelledby="manifest-title"
          aria-describedby="manifest-hint"
          value={written}
          onInput={(event) => setWritten(event.currentTarget.value)}
        />
        <div role="status" class="settings-checks">
          {draft && 'faultLine' in draft && (
            <p class="settings-warning">{fill(words.fault, { line: String(draft.faultLine) })}</p>
          )}
          {draft && 'fault' in draft && <p class="settings-warning">{draft.fault}</p>}
          {checked && lines && <Findings checked={checked} lines={lines} goTo={goTo} />}
          {checked?.loads === true && <Changes checked={checked} />}
        </div>
        {mayPublish && isReady && (
          <Entrance
            submit={fill(words.publish, { revision: String(checked.revision) })}
            send={() => api.send('PUT', siteAddress(site, 'policy'), JSON.parse(written) as object)}
            done={() => {
              announce(words.published)
              again()
            }}
          />
        )}
      </section>
      {checked?.loads === true && checked.preview && (
        <BannerPreview address={checked.preview} languages={checked.languages ?? []} />
      )}
    </>
  )
}

/** As somebody writes it: without what is added by itself. */
function textOf({ manifest, ownServices }: InForce): string {
  const services = manifest.services.filter(({ id }) => !ownServices.includes(id))
  return JSON.stringify({ ...manifest, services }, null, 2)
}
