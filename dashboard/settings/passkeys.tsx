import { useEffect, useState } from 'preact/hooks'
import type { Reply } from '../api.ts'
import { canUsePasskeys } from '../can-use-passkeys.ts'
import { useSurroundings } from '../context.ts'
import { makePasskey } from '../passkeys.ts'
import { fill } from '../text/text.ts'
import { Field } from '../views/field.tsx'
import { FailureNotice } from '../views/notice.tsx'
import { useLoaded, useSettings } from './context.ts'
import { Fresh } from './fresh.tsx'

/** One's passkeys: adding and removing them. */
export function Passkeys() {
  const { text, announce } = useSurroundings()
  const { api, words, time, setPasskeys } = useSettings()
  const { value, failure, again } = useLoaded(api.passkeys)
  /** Id of the one that is being removed, or `new`. */
  const [open, setOpen] = useState<string>()
  const passkeys = value?.passkeys ?? []

  useEffect(() => {
    if (value) setPasskeys(value.passkeys.length)
  }, [value, setPasskeys])

  const close = () => setOpen(undefined)
  function done() {
    close()
    announce(words.done)
    again()
  }

  return (
    <section class="card settings-card" aria-labelledby="passkeys-title" aria-busy={!value && !failure}>
      <h2 id="passkeys-title">{words.passkeys.title}</h2>
      <p>{words.passkeys.how}</p>
      {failure && <FailureNotice failure={failure} again={again} />}
      {!value && !failure && <p class="waiting">{text.loading}</p>}
      <ul class="settings-list">
        {passkeys.map(({ id, name, created, lastUsed }) => (
          <li key={id}>
            <span>
              <strong>{name}</strong>,{' '}
              {fill(words.passkeys.line, { created: time(created), used: time(lastUsed) })}
            </span>
            {open === id ? (
              <Fresh
                submit={fill(words.passkeys.removeOne, { name })}
                send={() => api.removePasskey(id)}
                done={done}
                cancel={close}
              />
            ) : (
              <button type="button" class="button" onClick={() => setOpen(id)}>
                {words.passkeys.remove}
                <span class="unseen"> {name}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      {!canUsePasskeys() && <p class="quiet">{words.passkeys.notHere}</p>}
      {open === 'new' && <Add done={done} cancel={close} />}
      {canUsePasskeys() && open !== 'new' && (
        <button type="button" class="button" onClick={() => setOpen('new')}>
          {words.passkeys.add}
        </button>
      )}
    </section>
  )
}

function Add({ done, cancel }: { done: () => void; cancel: () => void }) {
  const { api: server, text } = useSurroundings()
  const { api, words } = useSettings()
  const [name, setName] = useState('')

  async function add(): Promise<Reply<unknown>> {
    const made = await makePasskey(server, { path: 'api/passkeys/ask', given: {} }, text.passkey.none)
    return made.ok ? api.addPasskey(name, made.value) : made
  }

  return (
    <Fresh submit={words.passkeys.add} send={add} done={done} cancel={cancel}>
      <Field
        label={text.passkey.name}
        value={name}
        change={setName}
        autocomplete="off"
        hint={text.passkey.nameHint}
      />
    </Fresh>
  )
}
