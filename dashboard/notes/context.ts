import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Note } from '../../schema/note.ts'
import type { DayRange } from '../../schema/query.ts'
import { useAsked } from '../asked.ts'

/** Whose notes are shown at the lines, and whether the reader may write one. */
export interface NotesOf {
  /** Domain of the site; undefined: the reader may not see them. */
  site: string | undefined
  mayWrite: boolean
}

export const NotesContext = createContext<NotesOf>({ site: undefined, mayWrite: false })

export interface ShownNotes extends NotesOf {
  notes: readonly Note[]
  again: () => void
}

const NONE: readonly Note[] = []

/** The notes of the days that a line shows. Where they cannot be read there are none: the line itself is not held up. */
export function useNotes(range: DayRange | undefined): ShownNotes {
  const of = useContext(NotesContext)
  const days = range && `from=${range.from.slice(0, 10)}&to=${range.to.slice(0, 10)}`
  const path =
    of.site === undefined || days === undefined
      ? undefined
      : `api/sites/${encodeURIComponent(of.site)}/notes?${days}`
  const { latest, again } = useAsked<{ notes: Note[] }>(path, 0)
  return { ...of, notes: latest?.value.notes ?? NONE, again }
}
