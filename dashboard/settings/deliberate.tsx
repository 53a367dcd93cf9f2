import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Reply } from '../api.ts'
import { Field } from '../views/field.tsx'
import { useSettings } from './context.ts'
import { Fresh } from './fresh.tsx'

export interface DeliberateProps<T> {
  /** What is done, on the button. */
  submit: string
  send: (reason: string) => Promise<Reply<T>>
  done: (value: T) => void
  cancel: () => void
  children?: ComponentChildren
}

/** A form for what could do harm: it takes a fresh second factor, and asks why. */
export function Deliberate<T>({ send, children, ...form }: DeliberateProps<T>) {
  const { words } = useSettings()
  const [reason, setReason] = useState('')
  return (
    <Fresh {...form} send={() => send(reason)}>
      {children}
      <Field
        label={words.reason}
        value={reason}
        change={setReason}
        autocomplete="off"
        hint={words.reasonHint}
      />
    </Fresh>
  )
}
