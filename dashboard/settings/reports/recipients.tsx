import { useState } from 'preact/hooks'
import { useSurroundings } from '../../context.ts'
import { fill } from '../../text/text.ts'
import { wordsIn } from '../../text/words.ts'
import { Entrance } from '../../views/entrance.tsx'
import { Field } from '../../views/field.tsx'
import { useSettings } from '../context.ts'
import { Deliberate } from '../deliberate.tsx'
import { REPORTS_TEXT } from './text.ts'

/** `sentFor` are the days of the last report, `2026-11-16..2026-11-22`. */
export interface Recipient {
  id: string
  email: string
  /** The mail server took the question whether they want it. */
  isAsked: boolean
  isConfirmed: boolean
  sentFor: string | null
}

export interface RecipientsProps {
  site: string
  /** Id of the report. */
  report: string
  recipients: readonly Recipient[]
  mayChange: boolean
  done: () => void
}

/** Who gets a report, where one is taken away and nobody else is touched. */
export function Recipients({ site, report, recipients, mayChange, done }: RecipientsProps) {
  const { api } = useSurroundings()
  const words = wordsIn(REPORTS_TEXT)
  const { day } = useSettings()
  const daysOf = (days: string) => days.split('..').map(day).join(' – ')
  const [leaving, setLeaving] = useState<string>()
  if (recipients.length === 0) return <p>{words.nobody}</p>
  return (
    <ul class="settings-list" aria-label={words.recipients}>
      {recipients.map(({ id, email, isAsked, isConfirmed, sentFor }) => (
        <li key={id}>
          <bdi>{email}</bdi>
          <span class="recipient-state">
            <span class="quiet">
              {isConfirmed ? words.confirmed : isAsked ? words.asked : words.notAsked}
              {sentFor !== null && `, ${fill(words.sent, { days: daysOf(sentFor) })}`}
            </span>
            {mayChange && leaving !== id && (
              <button type="button" class="button" onClick={() => setLeaving(id)}>
                {words.remove}
                <span class="unseen"> {email}</span>
              </button>
            )}
          </span>
          {leaving === id && (
            <Entrance
              submit={words.removeRecipient}
              send={() => api.send('DELETE', `api/reports/${report}/recipients/${id}`, { site })}
              done={done}
              cancel={() => setLeaving(undefined)}
            >
              <p>{words.removeRecipientHow}</p>
            </Entrance>
          )}
        </li>
      ))}
    </ul>
  )
}

export interface AddRecipientProps {
  site: string
  report: string
  /** @param unasked whom the mail server did not take the question to */
  done: (unasked: number) => void
  cancel: () => void
}

/** The form for one more, who is asked like all. */
export function AddRecipient({ site, report, done, cancel }: AddRecipientProps) {
  const { api } = useSurroundings()
  const words = wordsIn(REPORTS_TEXT)
  const [email, setEmail] = useState('')
  return (
    <Deliberate<{ unasked: number }>
      submit={words.ask}
      send={(reason) => api.send('POST', `api/reports/${report}/recipients`, { site, email, reason })}
      done={({ unasked }) => done(unasked)}
      cancel={cancel}
    >
      <Field
        label={words.newRecipient}
        value={email}
        change={setEmail}
        type="email"
        autocomplete="off"
        hint={words.newRecipientHint}
      />
    </Deliberate>
  )
}
