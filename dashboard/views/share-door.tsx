import { useState } from 'preact/hooks'
import type { Reply, ShareOpened } from '../api.ts'
import { useSurroundings } from '../context.ts'
import { shareOf } from '../navigation.ts'
import { Entrance } from './entrance.tsx'
import { Field } from './field.tsx'
import { PlainPage } from './plain-pages.tsx'

/** Asks for the password of a share link. */
export function ShareDoor({ done }: { done: () => void }) {
  const { api, text, view } = useSurroundings()
  const [password, setPassword] = useState('')
  const words = text.share.door

  function open(): Promise<Reply<ShareOpened>> {
    return api.openShare({ ...(shareOf(view) ?? { id: '', token: '' }), password })
  }

  return (
    <PlainPage title={words.title}>
      <p>{words.how}</p>
      <Entrance submit={words.submit} send={open} done={done}>
        <Field
          label={text.signIn.password}
          value={password}
          change={setPassword}
          type="password"
          autocomplete="current-password"
        />
      </Entrance>
    </PlainPage>
  )
}
