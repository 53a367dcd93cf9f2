import { useState } from 'preact/hooks'
import type { SiteEntry } from '../api.ts'
import { useSurroundings } from '../context.ts'
import { fill } from '../text/text.ts'
import { Field } from '../views/field.tsx'
import { FailureNotice } from '../views/notice.tsx'
import { Adding } from './adding.tsx'
import { ROLES, type Grants, type Person, type Role } from './api.ts'
import { Choice } from './choice.tsx'
import { useLoaded, useSettings } from './context.ts'
import { Deliberate } from './deliberate.tsx'
import { GrantsField } from './grants-field.tsx'
import { Secret } from './secret.tsx'

/** What is open: inviting somebody, or something about one of the accounts. */
type Open = { what: 'invite' } | { what: 'change' | 'link' | 'remove'; id: string }

/** Who has an account. `mayChange`: an owner of all sites looks, not an auditor. */
export function People({ sites, mayChange }: { sites: SiteEntry[]; mayChange: boolean }) {
  const { text, announce } = useSurroundings()
  const { api, words } = useSettings()
  const { value, failure, again } = useLoaded(api.people)
  const [open, setOpen] = useState<Open>()
  const [link, setLink] = useState<string>()
  const close = () => setOpen(undefined)

  /** After something was changed: what the server says now is shown. */
  function done(made?: { link: string }) {
    close()
    setLink(made?.link)
    announce(words.done)
    again()
  }

  if (failure) return <FailureNotice failure={failure} again={again} />
  if (!value) return <p class="waiting">{text.loading}</p>
  return (
    <>
      {link !== undefined && (
        <Secret
          label={words.people.link}
          value={link}
          hint={words.people.linkHint}
          done={() => setLink(undefined)}
        />
      )}
      {mayChange && (
        <Adding
          title={words.people.invite}
          isOpen={open?.what === 'invite'}
          open={() => setOpen({ what: 'invite' })}
        >
          <Invite sites={sites} done={done} cancel={close} />
        </Adding>
      )}
      <ul class="settings-cards">
        {value.accounts.map((person) => (
          <li key={person.id} class="card settings-card">
            <PersonCard
              person={person}
              sites={sites}
              mayChange={mayChange}
              open={open && 'id' in open && open.id === person.id ? open.what : undefined}
              show={(what) => setOpen({ what, id: person.id })}
              done={done}
              close={close}
            />
          </li>
        ))}
      </ul>
    </>
  )
}

interface PersonCardProps {
  person: Person
  sites: SiteEntry[]
  mayChange: boolean
  open: 'change' | 'link' | 'remove' | undefined
  show: (what: 'change' | 'link' | 'remove') => void
  done: (made?: { link: string }) => void
  close: () => void
}

function PersonCard({ person, sites, mayChange, open, show, done, close }: PersonCardProps) {
  const { api, words, time } = useSettings()
  const { id, email } = person
  const facts = [
    [words.people.role, words.roles[person.role]],
    [words.people.sites, person.sites === 'all' ? words.allSites : person.sites.join(', ')],
    [words.people.secondFactor, person.secondFactor ? words.people.set : words.people.notSet],
    [words.passkeys.title, String(person.passkeys)],
    [words.people.lastSignIn, time(person.lastSignIn)],
  ]
  return (
    <>
      <h2 class="settings-name">{email}</h2>
      <dl class="facts">
        {facts.map(([name, fact]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{fact}</dd>
          </div>
        ))}
      </dl>
      {open === 'change' && <Change person={person} sites={sites} done={() => done()} cancel={close} />}
      {open === 'link' && (
        <Deliberate
          submit={words.people.makeLink}
          send={(reason) => api.makeLink(id, reason)}
          done={done}
          cancel={close}
        />
      )}
      {open === 'remove' && (
        <Deliberate
          submit={fill(words.people.removeOne, { email })}
          send={(reason) => api.remove(id, reason)}
          done={() => done()}
          cancel={close}
        >
          <p>{words.people.removeHint}</p>
        </Deliberate>
      )}
      {mayChange && open === undefined && (
        <p class="settings-actions">
          {(['change', 'link', 'remove'] as const).map((what) => (
            <button key={what} type="button" class="button" onClick={() => show(what)}>
              {words.people.actions[what]}
              <span class="unseen"> {email}</span>
            </button>
          ))}
        </p>
      )}
    </>
  )
}

interface FormProps {
  sites: SiteEntry[]
  cancel: () => void
}

function Invite({ sites, done, cancel }: FormProps & { done: (made: { link: string }) => void }) {
  const { text } = useSurroundings()
  const { api, words } = useSettings()
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('analyst')
  const [grants, setGrants] = useState<Grants>('all')
  return (
    <Deliberate
      submit={words.people.invite}
      send={(reason) => api.invite({ email, role, sites: grants, reason })}
      done={done}
      cancel={cancel}
    >
      <Field label={text.signIn.email} value={email} change={setEmail} type="email" autocomplete="off" />
      <RoleField role={role} change={setRole} />
      <GrantsField sites={sites} grants={grants} change={setGrants} />
    </Deliberate>
  )
}

function Change({ person, sites, done, cancel }: FormProps & { person: Person; done: () => void }) {
  const { api, words } = useSettings()
  const [role, setRole] = useState(person.role)
  const [grants, setGrants] = useState(person.sites)
  return (
    <Deliberate
      submit={words.people.save}
      send={(reason) => api.change(person.id, { role, sites: grants, reason })}
      done={done}
      cancel={cancel}
    >
      <RoleField role={role} change={setRole} />
      <GrantsField sites={sites} grants={grants} change={setGrants} />
      <p class="quiet">{words.people.changeHint}</p>
    </Deliberate>
  )
}

function RoleField({ role, change }: { role: Role; change: (role: Role) => void }) {
  const { words } = useSettings()
  return (
    <Choice
      label={words.people.role}
      value={role}
      options={ROLES.map((one) => [one, words.roles[one]] as const)}
      change={change}
      hint={words.roleHints[role]}
    />
  )
}
