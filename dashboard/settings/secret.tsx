import { useSettings } from './context.ts'

/** A link or a key that is shown this once, ready to be copied. */
export function Secret({
  label,
  value,
  hint,
  done,
}: {
  label: string
  value: string
  hint: string
  done: () => void
}) {
  const { words } = useSettings()
  return (
    <section class="card settings-card">
      <div class="tag" role="status">
        <p>{hint}</p>
        <textarea
          class="tag-line"
          rows={2}
          readOnly
          spellcheck={false}
          aria-label={label}
          value={value}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button type="button" class="button" onClick={done}>
          {words.kept}
        </button>
      </div>
    </section>
  )
}
