import { useState } from 'preact/hooks'
import { useSurroundings } from '../../context.ts'
import { wordsIn } from '../../text/words.ts'
import { Field } from '../../views/field.tsx'
import { Choice } from '../choice.tsx'
import { Deliberate } from '../deliberate.tsx'
import { REPORTS_TEXT } from './text.ts'

export const KINDS = ['weekly', 'monthly', 'spike', 'drop'] as const
export type Kind = (typeof KINDS)[number]
export const LANGUAGES = ['en', 'de'] as const
export type Language = (typeof LANGUAGES)[number]

export interface MakeReportProps {
  site: string
  /** @param unasked how many the mail server did not take the question to */
  done: (unasked: number) => void
  cancel: () => void
}

/** The form for a report or an alert. */
export function MakeReport({ site, done, cancel }: MakeReportProps) {
  const { api } = useSurroundings()
  const words = wordsIn(REPORTS_TEXT)
  const [kind, setKind] = useState<Kind>('weekly')
  const [threshold, setThreshold] = useState('')
  const [language, setLanguage] = useState<Language>(
    document.documentElement.lang.startsWith('de') ? 'de' : 'en',
  )
  const [recipients, setRecipients] = useState('')
  const isAlert = kind === 'spike' || kind === 'drop'
  return (
    <Deliberate<{ unasked: number }>
      submit={words.make}
      send={(reason) =>
        api.send('POST', 'api/reports', {
          site,
          kind,
          language,
          reason,
          recipients: recipients.split(/[\s,;]+/).filter((address) => address !== ''),
          ...(isAlert && { threshold: Number(threshold) }),
        })
      }
      done={({ unasked }) => done(unasked)}
      cancel={cancel}
    >
      <Choice
        label={words.kind}
        value={kind}
        options={KINDS.map((one) => [one, words.kinds[one]] as const)}
        change={setKind}
      />
      {isAlert && (
        <Field
          label={words.threshold[kind]}
          value={threshold}
          change={setThreshold}
          autocomplete="off"
          isNumeric
        />
      )}
      <Choice
        label={words.language}
        value={language}
        options={LANGUAGES.map((one) => [one, words.languages[one]] as const)}
        change={setLanguage}
      />
      <Field
        label={words.recipients}
        value={recipients}
        change={setRecipients}
        autocomplete="off"
        hint={words.recipientsHint}
      />
    </Deliberate>
  )
}
