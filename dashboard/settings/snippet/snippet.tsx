import { useRef, useState } from 'preact/hooks'
import type { ChoiceQuery } from '../../../schema/query.ts'
import { useAnswer } from '../../answers.ts'
import { useSurroundings } from '../../context.ts'
import { everQuestion } from '../../questions.ts'
import { fill } from '../../text/text.ts'
import { wordsIn } from '../../text/words.ts'
import { useBeat } from '../../views/beat.ts'
import { Field } from '../../views/field.tsx'
import { FailureNotice } from '../../views/notice.tsx'
import type { SitePageProps } from '../page.ts'
import { siteAddress, useGet } from '../send.ts'
import type { SiteSettingsEntry } from '../site/settings-of.ts'
import { SNIPPET_TEXT } from './text.ts'

/** The line for the pages of a site, and whether anything has come of it. */
export function Snippet({ site, may }: SitePageProps) {
  const { text } = useSurroundings()
  const { value, failure, again } = useGet<SiteSettingsEntry>(siteAddress(site, 'settings'))
  if (failure) return <FailureNotice failure={failure} again={again} />
  if (!value) return <p class="waiting">{text.loading}</p>
  return (
    <>
      <Line script={value.script} />
      {may('query') && <Installed site={site} />}
    </>
  )
}

function Line({ script }: { script: string }) {
  const { announce } = useSurroundings()
  const words = wordsIn(SNIPPET_TEXT)
  const line = useRef<HTMLTextAreaElement>(null)
  const [isHash, setHash] = useState(false)
  const [exclude, setExclude] = useState('')
  const [isCopied, setCopied] = useState(false)
  const more = [
    isHash ? ' data-hash' : '',
    exclude.trim() === '' ? '' : ` data-exclude="${exclude.trim().replace(/["&<>]/g, '')}"`,
  ].join('')
  const tag = script.replace('></script>', () => `${more}></script>`)

  async function copy() {
    line.current?.select()
    try {
      await navigator.clipboard.writeText(tag)
      setCopied(true)
      announce(words.copied)
    } catch {
      // Elsewhere than on https the line is selected, ready for the reader's own keys.
      setCopied(false)
    }
  }

  return (
    <section class="card settings-card" aria-labelledby="line-title">
      <h2 id="line-title">{words.tag}</h2>
      <p>{words.how}</p>
      <div class="tag">
        <textarea
          ref={line}
          class="tag-line"
          rows={3}
          readOnly
          spellcheck={false}
          aria-label={words.tag}
          value={tag}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button type="button" class="button" onClick={() => void copy()}>
          {isCopied ? words.copied : words.copy}
        </button>
      </div>
      <div class="ticks">
        <label>
          <input
            type="checkbox"
            checked={isHash}
            onChange={(event) => setHash(event.currentTarget.checked)}
          />
          {words.hash}
        </label>
      </div>
      <Field
        label={words.exclude}
        value={exclude}
        change={setExclude}
        autocomplete="off"
        hint={words.excludeHint}
        isOptional
      />
    </section>
  )
}

function Installed({ site }: { site: string }) {
  const words = wordsIn(SNIPPET_TEXT)
  const [isFound, setFound] = useState(false)
  const beat = useBeat(!isFound)
  const now = useAnswer({ site, period: 'realtime', metrics: ['pageviews'] }, beat.count)
  const ever = useAnswer(everQuestion(site), beat.count)
  const shown = useAnswer<ChoiceQuery>({ site, period: '7d', metrics: ['choices'] }, beat.count)
  const counts = [now, ever].map(({ latest }) => latest?.answer.totals.pageviews ?? 0)
  const choices = Object.values(shown.latest?.answer.totals ?? {}).some((count) => Number(count) > 0)
  const isKnown = [now, ever, shown].every(({ latest, failure }) => latest ?? failure)
  const state =
    (counts[0] ?? 0) > 0
      ? 'now'
      : !isKnown
        ? 'asking'
        : (counts[1] ?? 0) > 0
          ? 'before'
          : choices
            ? 'asked'
            : 'nothing'
  if (state === 'now' && !isFound) setFound(true)

  return (
    <section class="card settings-card" aria-labelledby="installed-title">
      <h2 id="installed-title">{words.installed}</h2>
      <p role="status">{words.states[state]}</p>
      {(state === 'nothing' || state === 'asked') && (
        <>
          <h3>{words.todo}</h3>
          <ul class="settings-steps">
            {Object.entries(words.steps).map(([name, step]) => (
              <li key={name}>{fill(step, { site })}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
