import { useEffect, useState } from 'preact/hooks'
import type { Query } from '../../../schema/query.ts'
import type { Goal } from '../../../schema/site.ts'
import { useAnswer } from '../../answers.ts'
import { useSurroundings } from '../../context.ts'
import { fill } from '../../text/text.ts'
import { wordsIn } from '../../text/words.ts'
import { Entrance } from '../../views/entrance.tsx'
import { Field } from '../../views/field.tsx'
import { FailureNotice } from '../../views/notice.tsx'
import { Adding } from '../adding.tsx'
import { Choice } from '../choice.tsx'
import { useSettings } from '../context.ts'
import type { SitePageProps } from '../page.ts'
import { siteAddress, useGet } from '../send.ts'
import type { SiteSettingsEntry } from '../site/settings-of.ts'
import { GOALS_TEXT } from './text.ts'

/** The goals of a site. */
export function Goals({ site, may }: SitePageProps) {
  const { api, text, announce } = useSurroundings()
  const { words: common } = useSettings()
  const words = wordsIn(GOALS_TEXT)
  const { value, failure, again } = useGet<SiteSettingsEntry>(siteAddress(site, 'settings'))
  /** Name of the one that is being removed; or a new one. */
  const [open, setOpen] = useState<{ remove: string } | 'new'>()
  const mayChange = may('settings.write')
  const close = () => setOpen(undefined)
  function done() {
    close()
    announce(common.done)
    again()
  }

  if (failure) return <FailureNotice failure={failure} again={again} />
  if (!value) return <p class="waiting">{text.loading}</p>
  return (
    <>
      <p class="settings-lead">{words.lead}</p>
      {mayChange && (
        <Adding title={words.add} isOpen={open === 'new'} open={() => setOpen('new')}>
          <AddGoal site={site} mayAsk={may('query')} done={done} cancel={close} />
        </Adding>
      )}
      {value.goals.length === 0 && <p>{words.none}</p>}
      <ul class="settings-cards">
        {value.goals.map((goal) => (
          <li key={goal.name} class="card settings-card">
            <h2 class="settings-name">
              <bdi>{goal.name}</bdi>
            </h2>
            <p class="settings-lead">
              {words.kinds['event' in goal ? 'event' : 'page']}: <code>{patternOf(goal)}</code>
            </p>
            {typeof open === 'object' && open.remove === goal.name && (
              <Entrance
                submit={fill(words.removeOne, { name: goal.name })}
                send={() => api.send('DELETE', siteAddress(site, `goals/${encodeURIComponent(goal.name)}`))}
                done={done}
                cancel={close}
              >
                <p>{words.removeHow}</p>
              </Entrance>
            )}
            {mayChange && !(typeof open === 'object' && open.remove === goal.name) && (
              <p class="settings-actions">
                <button type="button" class="button" onClick={() => setOpen({ remove: goal.name })}>
                  {words.remove}
                  <span class="unseen"> {goal.name}</span>
                </button>
              </p>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}

function patternOf(goal: Goal): string {
  return 'event' in goal ? goal.event : goal.page
}

interface AddGoalProps {
  site: string
  mayAsk: boolean
  done: () => void
  cancel: () => void
}

function AddGoal({ site, mayAsk, done, cancel }: AddGoalProps) {
  const { api } = useSurroundings()
  const words = wordsIn(GOALS_TEXT)
  const [name, setName] = useState('')
  const [kind, setKind] = useState<'page' | 'event'>('page')
  const [pattern, setPattern] = useState('')
  return (
    <Entrance
      submit={words.add}
      send={() => api.send('POST', siteAddress(site, 'goals'), { name, [kind]: pattern })}
      done={done}
      cancel={cancel}
    >
      <Field label={words.name} value={name} change={setName} autocomplete="off" />
      <Choice
        label={words.by}
        value={kind}
        options={[
          ['page', words.kinds.page],
          ['event', words.kinds.event],
        ]}
        change={setKind}
      />
      <Field
        label={words[kind]}
        value={pattern}
        change={setPattern}
        autocomplete="off"
        hint={kind === 'page' ? words.pageHint : words.eventHint}
      />
      {mayAsk && <Fits site={site} kind={kind} pattern={pattern.trim()} />}
    </Entrance>
  )
}

/** How long after the last key it is asked, in milliseconds. */
const REST_MS = 400

/** What the goal would have counted, so that a slip of the pen shows before it is kept. */
function Fits({ site, kind, pattern }: { site: string; kind: 'page' | 'event'; pattern: string }) {
  const { format } = useSurroundings()
  const words = wordsIn(GOALS_TEXT)
  const [settled, setSettled] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setSettled(pattern), REST_MS)
    return () => clearTimeout(timer)
  }, [pattern])
  const question: Query = {
    site,
    period: '30d',
    breakdown: kind,
    metrics: ['visitors'],
    filters: [
      kind === 'page' ? { dimension: 'page', matches: [settled] } : { dimension: 'event', is: [settled] },
    ],
    limit: 5,
  }
  const { latest, isBusy } = useAnswer(settled === '' ? undefined : question)
  const rows = latest?.answer.rows ?? []
  if (settled === '' || isBusy || !latest) return <p role="status" />
  const values = rows.map((row) => `${String(row[kind] ?? '')} (${format.count(row.visitors ?? 0)})`)
  return (
    <p role="status" class="settings-lead">
      <bdi>{rows.length === 0 ? words.fitsNone : fill(words.fits, { values: values.join(', ') })}</bdi>
    </p>
  )
}
