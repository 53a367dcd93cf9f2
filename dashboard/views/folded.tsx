import { useId, useState } from 'preact/hooks'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'

/** What is folded is shown, never hidden; on focus it says why. */
export function Folded({ minimum }: { minimum: number }) {
  const { text } = useSurroundings()
  const id = useId()
  const [isDismissed, setDismissed] = useState(false)
  const values = { minimum: String(minimum) }
  return (
    <span class={isDismissed ? 'folded folded-dismissed' : 'folded'}>
      <button
        type="button"
        class="row-name"
        aria-describedby={id}
        onKeyDown={(event) => event.key === 'Escape' && setDismissed(true)}
        onFocus={() => setDismissed(false)}
        onPointerEnter={() => setDismissed(false)}
      >
        {fill(text.folded.label, values)}
      </button>
      <span id={id} role="tooltip" class="why">
        {fill(text.folded.why, values)}
      </span>
    </span>
  )
}
