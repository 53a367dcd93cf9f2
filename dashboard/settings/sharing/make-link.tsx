import { useState } from 'preact/hooks'
import type { Reply } from '../../api.ts'
import { useSurroundings } from '../../context.ts'
import { fill } from '../../text/text.ts'
import { wordsIn } from '../../text/words.ts'
import { Field } from '../../views/field.tsx'
import { useCondition } from '../../views/filters.tsx'
import { Choice } from '../choice.tsx'
import { useSettings } from '../context.ts'
import { Deliberate } from '../deliberate.tsx'
import { LIVES, type Life } from '../lives.ts'
import { SHARING_TEXT } from './text.ts'

/** What is shown once. */
export interface MadeLink {
  id: string
  link: string
  name: string
  /** Somebody may frame it. */
  isFramed: boolean
}

export interface MakeLinkProps {
  site: string
  done: (made: MadeLink) => void
  cancel: () => void
}

/** The form for a share link. */
export function MakeLink({ site, done, cancel }: MakeLinkProps) {
  const { api, view } = useSurroundings()
  const { words: common } = useSettings()
  const words = wordsIn(SHARING_TEXT)
  const describe = useCondition()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [life, setLife] = useState<Life>('90d')
  const [hosts, setHosts] = useState('')
  const [isNarrowed, setNarrowed] = useState(false)
  const embed = hosts.split(/\s+/).filter((host) => host !== '')

  function make(reason: string): Promise<Reply<{ id: string; link: string }>> {
    return api.send('POST', 'api/share-links', {
      site,
      name,
      reason,
      ...(password !== '' && { password }),
      ...(life !== 'never' && { expires: life }),
      ...(isNarrowed && { filters: view.filters }),
      ...(embed.length > 0 && { embed }),
    })
  }

  return (
    <Deliberate
      submit={words.make}
      send={make}
      done={(made) => done({ ...made, name, isFramed: embed.length > 0 })}
      cancel={cancel}
    >
      <Field label={words.name} value={name} change={setName} autocomplete="off" hint={words.nameHint} />
      <Field
        label={words.password}
        value={password}
        change={setPassword}
        type="password"
        autocomplete="new-password"
        hint={words.passwordHint}
        isOptional
      />
      <Choice
        label={words.expires}
        value={life}
        options={LIVES.map((one) => [one, common.lives[one]] as const)}
        change={setLife}
      />
      <Field
        label={words.embed}
        value={hosts}
        change={setHosts}
        autocomplete="off"
        hint={words.embedHint}
        isOptional
      />
      {view.filters.length === 0 ? (
        <p class="quiet">{words.narrowHow}</p>
      ) : (
        <div class="ticks">
          <label>
            <input
              type="checkbox"
              checked={isNarrowed}
              onChange={(event) => setNarrowed(event.currentTarget.checked)}
            />
            <bdi>{fill(words.narrow, { filters: view.filters.map(describe).join(', ') })}</bdi>
          </label>
        </div>
      )}
    </Deliberate>
  )
}
