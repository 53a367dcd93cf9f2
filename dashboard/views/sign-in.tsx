import { useState } from 'preact/hooks'
import type { Reply } from '../api.ts'
import { canUsePasskeys } from '../can-use-passkeys.ts'
import { useSurroundings } from '../context.ts'
import { Entrance } from './entrance.tsx'
import { CodeField, Field } from './field.tsx'
import { PlainPage, WithCommand } from './plain-pages.tsx'

/** Address, password and code in one form: the server does not tell which of them was wrong. Or a passkey alone. */
export function SignIn({ done }: { done: () => void }) {
  const { api, text } = useSurroundings()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const words = text.signIn

  async function byPasskey(): Promise<Reply<unknown>> {
    const { showPasskey } = await import('../passkeys.ts')
    const shown = await showPasskey(api, 'api/sign-in/ask', text.passkey.none)
    if (!shown.ok) return shown
    return api.send('POST', 'api/sign-in/passkey', { passkey: shown.value }, true)
  }

  return (
    <PlainPage title={words.title}>
      <Entrance submit={words.submit} send={() => api.signIn({ email, password, code })} done={done}>
        <Field label={words.email} value={email} change={setEmail} type="email" autocomplete="username" />
        <Field
          label={words.password}
          value={password}
          change={setPassword}
          type="password"
          autocomplete="current-password"
        />
        <CodeField value={code} change={setCode} />
      </Entrance>
      {canUsePasskeys() && <Entrance submit={words.passkey} send={byPasskey} done={done} isAside />}
      <div class="quiet">
        <WithCommand sentence={words.first} command={words.command} />
      </div>
    </PlainPage>
  )
}
