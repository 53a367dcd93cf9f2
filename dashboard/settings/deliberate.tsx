import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Reply } from '../api.ts'
import { Entrance } from '../views/entrance.tsx'
import { CodeField, Field } from '../views/field.tsx'
import { useSettings } from './context.ts'

export interface DeliberateProps<T> {
  /** What is done, on the button. */
  submit: string
  send: (reason: string) => Promise<Reply<T>>
  done: (value: T) => void
  cancel: () => void
  children?: ComponentChildren
}

/** A form for what could do harm: it asks why, and for a code where the last one is ten minutes old. */
export function Deliberate<T>({ submit, send, done, cancel, children }: DeliberateProps<T>) {
  const { api, words, needsCode, setConfirmed } = useSettings()
  const [reason, setReason] = useState('')
  const [code, setCode] = useState('')
  const wantsCode = needsCode()

  async function ask(): Promise<Reply<T>> {
    if (wantsCode) {
      const confirmed = await api.confirm(code)
      if (!confirmed.ok) return confirmed
      setConfirmed(true)
      setCode('')
    }
    const reply = await send(reason)
    // Ten minutes may have passed since this page last knew.
    if (!reply.ok && reply.failure.kind === 'refused' && reply.failure.status === 403) setConfirmed(false)
    return reply
  }

  return (
    <Entrance submit={submit} send={ask} done={done} cancel={cancel}>
      {children}
      <Field
        label={words.reason}
        value={reason}
        change={setReason}
        autocomplete="off"
        hint={words.reasonHint}
      />
      {wantsCode && <CodeField value={code} change={setCode} />}
    </Entrance>
  )
}
