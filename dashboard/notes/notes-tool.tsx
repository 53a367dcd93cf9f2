import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import { OnDemand } from '../views/on-demand.tsx'
import type { ShownNotes } from './context.ts'

const loadPanel = async () => (await import('./notes-panel.tsx')).NotesPanel

export interface NotesToolProps {
  shown: ShownNotes
  isOpen: boolean
  open: (isOpen: boolean) => void
}

/** Opens what was written about the days of a line; nothing where there is none and none can be written. */
export function NotesTool({ shown, isOpen, open }: NotesToolProps) {
  const { text } = useSurroundings()
  const { site, notes, mayWrite } = shown
  if (site === undefined || (notes.length === 0 && !mayWrite)) return null
  return (
    <button type="button" class="button button-quiet" aria-expanded={isOpen} onClick={() => open(!isOpen)}>
      {notes.length === 0 ? text.notes.add : fill(text.notes.count, { count: String(notes.length) })}
    </button>
  )
}

/** The list itself, below the line. */
export function NotesBelow({ shown, day }: { shown: ShownNotes; day: string }) {
  return <OnDemand load={loadPanel} props={{ shown, day }} />
}
