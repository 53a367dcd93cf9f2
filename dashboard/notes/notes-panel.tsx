import { useState } from 'preact/hooks'
import type { Note } from '../../schema/note.ts'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import { wordsIn } from '../text/words.ts'
import { Entrance } from '../views/entrance.tsx'
import { Field } from '../views/field.tsx'
import type { ShownNotes } from './context.ts'
import { NOTES_TEXT } from './text.ts'

export interface NotesPanelProps {
  shown: ShownNotes
  /** What a new note is about at first, `2026-11-24`. */
  day: string
}

/** What was written about the days of a line, and a form to write more. */
export function NotesPanel({ shown, day }: NotesPanelProps) {
  const { api, format, announce } = useSurroundings()
  const words = wordsIn(NOTES_TEXT)
  const { site = '', notes, mayWrite, again } = shown
  const address = `api/sites/${encodeURIComponent(site)}/notes`

  async function remove({ id, text }: Note) {
    const reply = await api.send('DELETE', `${address}/${id}`)
    announce(reply.ok ? fill(words.removed, { text }) : words.notRemoved)
    again()
  }

  return (
    <div class="notes">
      {notes.length > 0 && (
        <ul class="notes-list">
          {notes.map((note) => (
            <li key={note.id}>
              <span class="notes-day">{format.timeLong(note.day, 'day')}</span>
              <bdi class="notes-text">{note.text}</bdi>
              <span class="quiet">{words.roles[note.role]}</span>
              {mayWrite && (
                <button type="button" class="button button-quiet" onClick={() => void remove(note)}>
                  {words.remove}
                  <span class="unseen"> {note.text}</span>
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {mayWrite && <AddNote key={day} address={address} day={day} done={again} />}
    </div>
  )
}

function AddNote({ address, day: first, done }: { address: string; day: string; done: () => void }) {
  const { api, announce } = useSurroundings()
  const words = wordsIn(NOTES_TEXT)
  const [day, setDay] = useState(first)
  const [text, setText] = useState('')
  return (
    <Entrance
      submit={words.add}
      send={() => api.send('POST', address, { day, text })}
      done={() => {
        announce(words.added)
        setText('')
        done()
      }}
    >
      <Field label={words.day} type="date" value={day} change={setDay} autocomplete="off" />
      <Field label={words.text} value={text} change={setText} autocomplete="off" hint={words.hint} />
    </Entrance>
  )
}
