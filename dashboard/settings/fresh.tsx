import type { ComponentChildren } from 'preact'
import type { Reply } from '../api.ts'
import { Entrance } from '../views/entrance.tsx'
import { useSettings } from './context.ts'
import { useFactor } from './factor.tsx'

export interface FreshProps<T> {
  /** What is done, on the button. */
  submit: string
  send: () => Promise<Reply<T>>
  done: (value: T) => void
  cancel: () => void
  /** As it stands it takes no second factor. */
  isSpared?: boolean
  children?: ComponentChildren
}

/** A form for what takes a fresh second factor: it asks for one where the last was shown ten minutes ago. */
export function Fresh<T>({ submit, send, done, cancel, isSpared = false, children }: FreshProps<T>) {
  const { api, needsCode, setConfirmed } = useSettings()
  const { factorField, spend } = useFactor()
  const wantsCode = !isSpared && needsCode()

  async function ask(): Promise<Reply<T>> {
    if (wantsCode) {
      const confirmed = await spend(api.confirm)
      if (!confirmed.ok) return confirmed
      setConfirmed(true)
    }
    const reply = await send()
    // Ten minutes may have passed since this page last knew.
    if (!reply.ok && reply.failure.kind === 'refused' && reply.failure.status === 403) setConfirmed(false)
    return reply
  }

  return (
    <Entrance submit={submit} send={ask} done={done} cancel={cancel}>
      {children}
      {wantsCode && factorField}
    </Entrance>
  )
}
