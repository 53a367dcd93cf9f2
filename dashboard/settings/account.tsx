import { useState } from 'preact/hooks'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import { Entrance } from '../views/entrance.tsx'
import { Field } from '../views/field.tsx'
import { FailureNotice, sentenceOf } from '../views/notice.tsx'
import { RecoveryCodes } from '../views/recovery-codes.tsx'
import { useLoaded, useSettings } from './context.ts'
import { useFactor } from './factor.tsx'
import { Passkeys } from './passkeys.tsx'

/** One's own account: password, passkeys, recovery codes, sessions. */
export function Account() {
  const { text } = useSurroundings()
  const { api, words } = useSettings()
  const { value, failure, again } = useLoaded(api.account)
  if (failure) return <FailureNotice failure={failure} again={again} />
  if (!value) return <p class="waiting">{text.loading}</p>
  return (
    <>
      <p class="settings-lead">
        <strong>{value.email}</strong>, {words.roles[value.role]},{' '}
        {value.sites === 'all' ? words.allSites : value.sites.join(', ')}
      </p>
      <Password />
      <Passkeys />
      <Codes left={value.recoveryCodes} again={again} />
      <Sessions />
    </>
  )
}

function Password() {
  const { text, announce } = useSurroundings()
  const { api, words, setConfirmed } = useSettings()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const { factorField, spend } = useFactor()
  const [isDone, setDone] = useState(false)

  function done() {
    for (const clear of [setCurrent, setPassword]) clear('')
    setConfirmed(true)
    setDone(true)
    announce(words.password.done)
  }

  return (
    <section class="card settings-card" aria-labelledby="password-title">
      <h2 id="password-title">{words.password.title}</h2>
      <Entrance
        submit={words.password.submit}
        send={() => spend((factor) => api.changePassword({ current, password, ...factor }))}
        done={done}
      >
        <Field
          label={words.password.current}
          value={current}
          change={setCurrent}
          type="password"
          autocomplete="current-password"
        />
        <Field
          label={words.password.next}
          value={password}
          change={setPassword}
          type="password"
          autocomplete="new-password"
          hint={text.setUp.passwordHint}
          minLength={8}
        />
        {factorField}
      </Entrance>
      {isDone && <p>{words.password.done}</p>}
    </section>
  )
}

function Codes({ left, again }: { left: number; again: () => void }) {
  const { api, words } = useSettings()
  const { factorField, spend } = useFactor()
  const [codes, setCodes] = useState<string[]>()
  return (
    <section class="card settings-card" aria-labelledby="codes-title">
      <h2 id="codes-title">{words.codes.title}</h2>
      {codes ? (
        <RecoveryCodes
          codes={codes}
          done={() => {
            setCodes(undefined)
            again()
          }}
        />
      ) : (
        <>
          <p>{fill(words.codes.left, { count: String(left) })}</p>
          <Entrance
            submit={words.codes.submit}
            send={() => spend(api.renewRecoveryCodes)}
            done={({ recoveryCodes }) => setCodes(recoveryCodes)}
          >
            {factorField}
          </Entrance>
        </>
      )}
    </section>
  )
}

function Sessions() {
  const { text, announce, signedOut } = useSurroundings()
  const { api, words, time } = useSettings()
  const [fault, setFault] = useState<string>()
  const { value, failure, again } = useLoaded(api.sessions)
  const sessions = value?.sessions ?? []

  async function end(ask: () => ReturnType<typeof api.endOtherSessions>) {
    const reply = await ask()
    if (!reply.ok && reply.failure.kind === 'signed-out') return signedOut()
    setFault(reply.ok ? undefined : sentenceOf(reply.failure, text))
    if (reply.ok) announce(words.sessions.ended)
    // One that has ended by itself meanwhile goes from the list.
    again()
  }

  return (
    <section class="card settings-card" aria-labelledby="sessions-title" aria-busy={!value && !failure}>
      <h2 id="sessions-title">{words.sessions.title}</h2>
      <p>{words.sessions.how}</p>
      {failure && <FailureNotice failure={failure} again={again} />}
      {!value && !failure && <p class="waiting">{text.loading}</p>}
      <ul class="settings-list">
        {sessions.map(({ name, began, lastSeen, isThis }) => (
          <li key={name}>
            <span>
              {fill(words.sessions.line, { began: time(began), seen: time(lastSeen) })}
              {isThis && <strong> {words.sessions.thisOne}</strong>}
            </span>
            {!isThis && (
              <button type="button" class="button" onClick={() => void end(() => api.endSession(name))}>
                {words.sessions.end}
                <span class="unseen"> {time(began)}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      <p class="fault" role="alert">
        {fault}
      </p>
      {sessions.length > 1 && (
        <button type="button" class="button" onClick={() => void end(api.endOtherSessions)}>
          {words.sessions.endOthers}
        </button>
      )}
    </section>
  )
}
