/** What the forms that let somebody in have in common. */
import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { Reply } from '../api.ts'
import { useSurroundings } from '../context.ts'
import { useLentFocus } from './lent-focus.ts'
import { sentenceOf } from './notice.tsx'

export interface EntranceProps<T> {
  submit: string
  send: () => Promise<Reply<T>>
  done: (value: T) => void
  /** It is a second way beside another form. */
  isAside?: boolean
  /** Closes the form; absent where it is the page. */
  cancel?: () => void
  children?: ComponentChildren
}

/** A form that is sent once at a time and says, above its button, why it was refused. */
export function Entrance<T>({ submit, send, done, isAside = false, cancel, children }: EntranceProps<T>) {
  const { text } = useSurroundings()
  const [fault, setFault] = useState<string>()
  const [isSending, setSending] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  useLentFocus(form, cancel !== undefined)

  async function ask() {
    setSending(true)
    setFault(undefined)
    const reply = await send()
    setSending(false)
    if (reply.ok) done(reply.value)
    else setFault(sentenceOf(reply.failure, text))
  }

  return (
    <form
      ref={form}
      class="entrance"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isSending) void ask()
      }}
    >
      {children}
      <p class="fault" role="alert">
        {fault}
      </p>
      {/* Not disabled while it is sent: a disabled button loses the keyboard's place. */}
      <p class="entrance-buttons">
        <button type="submit" class={isAside ? 'button' : 'button button-main'} aria-busy={isSending}>
          {submit}
        </button>
        {cancel && (
          <button type="button" class="button" onClick={cancel}>
            {text.cancel}
          </button>
        )}
      </p>
    </form>
  )
}
