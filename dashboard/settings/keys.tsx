import { useCallback, useState } from 'preact/hooks'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import { FailureNotice } from '../views/notice.tsx'
import { Adding } from './adding.tsx'
import { SCOPES, type Key, type Scope } from './api.ts'
import { Choice } from './choice.tsx'
import { useLoaded, useSettings } from './context.ts'
import { Deliberate } from './deliberate.tsx'
import { LIVES, type Life } from './lives.ts'
import type { SitePageProps } from './page.ts'
import { Secret } from './secret.tsx'

/** The keys of a site. Owners make and revoke them, auditors look. */
export function Keys({ site, may }: SitePageProps) {
  const { text, announce } = useSurroundings()
  const { api, words } = useSettings()
  const mayChange = may('keys.write')
  const { value, failure, again } = useLoaded(useCallback(() => api.keys(site), [api, site]))
  const [isMaking, setMaking] = useState(false)
  const [key, setKey] = useState<string>()

  function made(done: { key: string }) {
    setMaking(false)
    setKey(done.key)
    announce(words.done)
    again()
  }

  return (
    <>
      {key !== undefined && (
        <Secret label={words.keys.key} value={key} hint={words.keys.keyHint} done={() => setKey(undefined)} />
      )}
      {mayChange && (
        <Adding title={words.keys.make} isOpen={isMaking} open={() => setMaking(true)}>
          <Make site={site} done={made} cancel={() => setMaking(false)} />
        </Adding>
      )}
      {failure && <FailureNotice failure={failure} again={again} />}
      {!value && !failure && <p class="waiting">{text.loading}</p>}
      {value?.keys.length === 0 && <p class="settings-lead">{words.keys.none}</p>}
      <ul class="settings-cards">
        {value?.keys.map((one) => (
          <li key={one.id} class="card settings-card">
            <KeyCard of={one} site={site} mayChange={mayChange} again={again} />
          </li>
        ))}
      </ul>
    </>
  )
}

interface KeyCardProps {
  of: Key
  site: string
  mayChange: boolean
  again: () => void
}

function KeyCard({ of: key, site, mayChange, again }: KeyCardProps) {
  const { announce } = useSurroundings()
  const { api, words, day } = useSettings()
  const [isRevoking, setRevoking] = useState(false)
  const facts = [
    [words.keys.created, day(key.created)],
    [words.keys.lastUsed, day(key.lastUsed)],
    [words.keys.expires, day(key.expires)],
    ...(key.revoked === null ? [] : [[words.keys.revoked, day(key.revoked)] as const]),
  ]
  return (
    <>
      <h2 class="settings-name">
        {words.scopes[key.scope]} <code>{key.id}</code>
      </h2>
      <dl class="facts">
        {facts.map(([name, fact]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{fact}</dd>
          </div>
        ))}
      </dl>
      {isRevoking && (
        <Deliberate
          submit={fill(words.keys.revokeOne, { id: key.id })}
          send={(reason) => api.revokeKey(key.id, site, reason)}
          done={() => {
            setRevoking(false)
            announce(words.done)
            again()
          }}
          cancel={() => setRevoking(false)}
        />
      )}
      {mayChange && key.revoked === null && !isRevoking && (
        <p class="settings-actions">
          <button type="button" class="button" onClick={() => setRevoking(true)}>
            {words.keys.revoke}
            <span class="unseen"> {key.id}</span>
          </button>
        </p>
      )}
    </>
  )
}

interface MakeProps {
  site: string
  done: (made: { key: string }) => void
  cancel: () => void
}

function Make({ site, done, cancel }: MakeProps) {
  const { api, words } = useSettings()
  const [scope, setScope] = useState<Scope>('query')
  const [life, setLife] = useState<Life>('90d')
  return (
    <Deliberate
      submit={words.keys.make}
      send={(reason) => api.createKey({ site, scope, reason, ...(life !== 'never' && { expires: life }) })}
      done={done}
      cancel={cancel}
    >
      <Choice
        label={words.keys.scope}
        value={scope}
        options={SCOPES.map((one) => [one, words.scopes[one]] as const)}
        change={setScope}
        hint={words.scopeHints[scope]}
      />
      <Choice
        label={words.keys.expires}
        value={life}
        options={LIVES.map((one) => [one, words.lives[one]] as const)}
        change={setLife}
      />
    </Deliberate>
  )
}
