import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Api } from './api.ts'
import type { Format } from './format.ts'
import type { View } from './state.ts'
import type { Text } from './text/text.ts'

/** What every part of the page may use. */
export interface Surroundings {
  api: Api
  text: Text
  format: Format
  view: View
  /** Goes to a changed view: a new entry in the browser's history. */
  go: (change: Partial<View>) => void
  /** The query string that `go` would lead to, for links that open in a new tab as well. */
  address: (change: Partial<View>) => string
  /** Says something to a screen reader, once, when it has nothing else to say. */
  announce: (sentence: string) => void
  /** The session has ended: back to the page that says how to get in. */
  signedOut: () => void
}

export const SurroundingsContext = createContext<Surroundings | undefined>(undefined)

export function useSurroundings(): Surroundings {
  const surroundings = useContext(SurroundingsContext)
  if (!surroundings) throw new Error('useSurroundings: there is no SurroundingsContext above this component')
  return surroundings
}
