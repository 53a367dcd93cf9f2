import { createContext } from 'preact'
import { useCallback, useContext, useEffect, useState } from 'preact/hooks'
import type { Failure, Reply } from '../api.ts'
import { useSurroundings } from '../context.ts'
import type { SettingsApi } from './api.ts'
import type { SettingsText } from './text/en.ts'

/** What every part of these pages may use besides the surroundings. */
export interface Settings {
  api: SettingsApi
  words: SettingsText
  /** An instant as the reader writes it; the word for never where there is none. */
  time: (iso: string | null) => string
  /** The same, of a day. */
  day: (iso: string | null) => string
  /** Whether the second factor has to be shown before something that could do harm. */
  needsCode: () => boolean
  /** How many passkeys the reader has. */
  passkeys: number
  setPasskeys: (count: number) => void
  /** It was just shown; or the server says that it has to be. */
  setConfirmed: (isConfirmed: boolean) => void
}

export const SettingsContext = createContext<Settings | undefined>(undefined)

export function useSettings(): Settings {
  const settings = useContext(SettingsContext)
  if (!settings) throw new Error('useSettings: there is no SettingsContext above this component')
  return settings
}

export interface Loaded<T> {
  value: T | undefined
  failure: Failure | undefined
  again: () => void
}

/** Asks when drawn, and again when told to; what was known stays meanwhile. `ask` must be the same while it asks the same. */
export function useLoaded<T>(ask: () => Promise<Reply<T>>): Loaded<T> {
  const { signedOut } = useSurroundings()
  const [stage, setStage] = useState<{ ask: unknown; value?: T; failure?: Failure }>({ ask })
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    let isCurrent = true
    async function load() {
      const reply = await ask()
      if (!isCurrent) return
      if (reply.ok) setStage({ ask, value: reply.value })
      else if (reply.failure.kind === 'signed-out') signedOut()
      else setStage({ ask, failure: reply.failure })
    }
    void load()
    return () => {
      isCurrent = false
    }
  }, [ask, attempt, signedOut])

  const again = useCallback(() => setAttempt((count) => count + 1), [])
  const isSame = stage.ask === ask
  return { value: isSame ? stage.value : undefined, failure: isSame ? stage.failure : undefined, again }
}
