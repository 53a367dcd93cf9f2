import { useEffect, useState } from 'preact/hooks'
import { useSurroundings } from '../context.ts'

/** How long the reader has to pause before what they typed is asked for, in milliseconds. */
const PAUSE_MS = 250

export interface SearchProps {
  label: string
  value: string
  search: (text: string) => void
}

/** A line to search a list with: asked for when the reader pauses, at once with Enter. */
export function Search({ label, value, search }: SearchProps) {
  const { text } = useSurroundings()
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  useEffect(() => {
    if (typed === value) return undefined
    const timer = setTimeout(() => search(typed), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed, value])

  return (
    <input
      type="search"
      class="search"
      aria-label={label}
      placeholder={text.search.placeholder}
      value={typed}
      maxLength={120}
      spellcheck={false}
      autocapitalize="off"
      autocomplete="off"
      onInput={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Enter' && search(typed)}
    />
  )
}
