import { useSurroundings } from '../context.ts'

/** New recovery codes, shown this once. */
export function RecoveryCodes({ codes, done }: { codes: string[]; done: () => void }) {
  const { text } = useSurroundings()
  return (
    <>
      <p>{text.recovery.how}</p>
      <ul class="codes" aria-label={text.recovery.label}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <button type="button" class="button button-main" onClick={done}>
        {text.recovery.done}
      </button>
    </>
  )
}
