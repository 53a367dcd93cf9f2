import { useEffect, useState } from 'preact/hooks'
import type { Failure, Reply, SetUpOffer } from '../api.ts'
import { canUsePasskeys } from '../can-use-passkeys.ts'
import { useSurroundings } from '../context.ts'
import { makePasskey } from '../passkeys.ts'
import { Entrance } from './entrance.tsx'
import { Field } from './field.tsx'
import { FailureNotice } from './notice.tsx'
import { PlainPage } from './plain-pages.tsx'
import { QrCode } from './qr-code.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'

type Step =
  | { name: 'looking' }
  | { name: 'failed'; failure: Failure }
  | { name: 'asking'; offer: SetUpOffer }
  | { name: 'done'; recoveryCodes: string[] }

/** The page of a one-time set-up link: password and second factor, then the recovery codes. */
export function SetUp({ token, done }: { token: string; done: () => void }) {
  const { api, text } = useSurroundings()
  const [step, setStep] = useState<Step>({ name: 'looking' })

  useEffect(() => {
    let isCurrent = true
    async function look() {
      const reply = await api.offer(token)
      if (!isCurrent) return
      setStep(reply.ok ? { name: 'asking', offer: reply.value } : { name: 'failed', failure: reply.failure })
    }
    void look()
    return () => {
      isCurrent = false
    }
  }, [api, token])

  if (step.name === 'failed') return <FailureNotice failure={step.failure} again={done} />
  if (step.name === 'done') {
    return (
      <PlainPage title={text.recovery.title}>
        <RecoveryCodes codes={step.recoveryCodes} done={done} />
      </PlainPage>
    )
  }
  return (
    <PlainPage title={text.setUp.title}>
      {step.name === 'asking' ? (
        <Questions
          token={token}
          offer={step.offer}
          done={(recoveryCodes) => setStep({ name: 'done', recoveryCodes })}
        />
      ) : (
        <p class="quiet" role="status">
          {text.setUp.checking}
        </p>
      )}
    </PlainPage>
  )
}

interface QuestionsProps {
  token: string
  offer: SetUpOffer
  done: (recoveryCodes: string[]) => void
}

function Questions({ token, offer, done }: QuestionsProps) {
  const { api, text } = useSurroundings()
  const [email, setEmail] = useState(offer.email ?? '')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [passkeyName, setPasskeyName] = useState('')
  const [isPasskey, setPasskey] = useState(false)
  const words = text.setUp

  async function send(): Promise<Reply<{ recoveryCodes: string[] }>> {
    const given = { token, email, password }
    if (!isPasskey) return api.setUp({ ...given, code })
    const made = await makePasskey(
      api,
      { path: 'api/set-up/ask', given: { token, email } },
      text.passkey.none,
    )
    return made.ok ? api.setUp({ ...given, passkey: made.value, passkeyName }) : made
  }

  return (
    <Entrance submit={words.submit} send={send} done={({ recoveryCodes }) => done(recoveryCodes)}>
      <Field
        label={text.signIn.email}
        value={email}
        change={offer.email === null ? setEmail : undefined}
        type="email"
        autocomplete="username"
      />
      <Field
        label={text.signIn.password}
        value={password}
        change={setPassword}
        type="password"
        autocomplete="new-password"
        hint={words.passwordHint}
        minLength={8}
      />
      {isPasskey ? (
        <>
          <h2>{words.passkey}</h2>
          <p>{words.passkeyHow}</p>
          <Field
            label={text.passkey.name}
            value={passkeyName}
            change={setPasskeyName}
            autocomplete="off"
            hint={text.passkey.nameHint}
          />
        </>
      ) : (
        <Authenticator offer={offer} code={code} change={setCode} />
      )}
      {canUsePasskeys() && (
        <button type="button" class="button" onClick={() => setPasskey(!isPasskey)}>
          {isPasskey ? words.useAuthenticator : words.usePasskey}
        </button>
      )}
    </Entrance>
  )
}

interface AuthenticatorProps {
  offer: SetUpOffer
  code: string
  change: (code: string) => void
}

function Authenticator({ offer, code, change }: AuthenticatorProps) {
  const words = useSurroundings().text.setUp
  return (
    <>
      <h2>{words.authenticator}</h2>
      <p>{words.why}</p>
      <QrCode text={offer.address} label={words.scan} />
      <p class="secret">
        <span class="unseen">{words.key}: </span>
        {/* In groups of four, which a copy does not contain: the gaps are drawn. */}
        <code>
          {(offer.secret.match(/.{1,4}/g) ?? []).map((four, index) => (
            <span key={index}>{four}</span>
          ))}
        </code>
      </p>
      <p>
        <a href={offer.address}>{words.open}</a>
      </p>
      <Field label={words.code} value={code} change={change} autocomplete="one-time-code" isNumeric />
    </>
  )
}
